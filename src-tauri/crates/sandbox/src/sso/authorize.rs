//! The authorization endpoint (RFC 6749 §4.1.1, OIDC Core §3.1.2, RFC 7636 §4.3).
//!
//! A request that is wrong in any way ends on the sandbox's own page and never returns to the client, as with
//! IdentityServer: an address that was not registered, or asks for the wrong thing, is not to be trusted with an answer.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use super::{page, sign_ins::Request};
use crate::{
    app::App,
    clients::{self, Client},
    clock,
    form::Form,
    scopes,
};

/// The lengths of `state` and `nonce`, in characters.
const RANDOM_LENGTH: std::ops::RangeInclusive<usize> = 32..=300;
/// IdentityServer's limit for `redirect_uri`, in characters.
const LONGEST_REDIRECT: usize = 400;

/// Why a request is refused: the code of the specification, and a sentence for the developer.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

/// `GET /connect/authorize`
pub(crate) async fn authorize(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    match parse(query.unwrap_or_default().as_bytes()) {
        Ok(request) => {
            let transaction = app.sign_ins().begin(request, clock::now());
            page::found(&format!("/account/login?transaction={transaction}"))
        }
        Err(refusal) => page::refusal(&refusal),
    }
}

fn parse(query: &[u8]) -> Result<Request, Refusal> {
    let form = Form::parse(query, &[])
        .ok_or_else(|| refuse("invalid_request", "A parameter comes twice, or is too long."))?;
    let client = client(&form)?;
    let redirect_uri = redirect_uri(&form)?;
    match form.get("response_type") {
        Some("code") => {}
        other => return Err(refuse_value("unsupported_response_type", "response_type", "code", other)),
    }
    let asked = form.get("scope").unwrap_or_default();
    let scopes = scopes::parse_user(asked).ok_or_else(|| {
        refuse("invalid_scope", format!(
            "The scope must contain openid, only scopes this client is registered for, and no more than {} characters: \
             {asked}",
            scopes::LONGEST
        ))
    })?;
    Ok(Request {
        client,
        redirect_uri,
        scopes,
        state: random(&form, "state")?,
        nonce: random(&form, "nonce")?,
        code_challenge: code_challenge(&form)?,
    })
}

fn client(form: &Form) -> Result<&'static Client, Refusal> {
    let id = form.get("client_id").unwrap_or_default();
    clients::find(id).ok_or_else(|| {
        refuse("unauthorized_client", format!("No client is registered with the client_id “{id}”."))
    })
}

fn redirect_uri(form: &Form) -> Result<String, Refusal> {
    let uri = form.get("redirect_uri").unwrap_or_default();
    if uri.chars().count() <= LONGEST_REDIRECT && clients::allows_redirect(uri) {
        return Ok(uri.into());
    }
    Err(refuse(
        "invalid_request",
        format!(
            "The redirect_uri must be one of those registered with the client, the same in every character: {uri}"
        ),
    ))
}

fn random(form: &Form, name: &'static str) -> Result<String, Refusal> {
    let value = form.get(name).unwrap_or_default();
    let length = value.chars().count();
    if RANDOM_LENGTH.contains(&length) {
        return Ok(value.into());
    }
    Err(refuse(
        "invalid_request",
        format!(
            "The {name} must have {} to {} characters; it has {length}.",
            RANDOM_LENGTH.start(),
            RANDOM_LENGTH.end()
        ),
    ))
}

fn code_challenge(form: &Form) -> Result<String, Refusal> {
    match form.get("code_challenge_method") {
        Some("S256") => {}
        other => return Err(refuse_value("invalid_request", "code_challenge_method", "S256", other)),
    }
    let challenge = form.get("code_challenge").unwrap_or_default();
    // 43 characters of base64url: a SHA-256 digest without padding.
    let wellformed = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if wellformed {
        return Ok(challenge.into());
    }
    Err(refuse(
        "invalid_request",
        "The code_challenge must be the SHA-256 of the code_verifier, 43 characters of base64url.",
    ))
}

fn refuse(code: &'static str, reason: impl Into<String>) -> Refusal {
    Refusal { code, reason: reason.into() }
}

fn refuse_value(code: &'static str, name: &str, expected: &str, got: Option<&str>) -> Refusal {
    let got = got.map_or_else(|| "is missing".into(), |got| format!("is “{got}”"));
    refuse(code, format!("The {name} must be “{expected}”; it {got}."))
}
