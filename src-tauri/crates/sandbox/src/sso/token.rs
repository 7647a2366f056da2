//! The token endpoint (RFC 6749 §4.1.3, §4.4, §6; RFC 7636 §4.5). Errors are bare `{"error":"…"}`, always 400.

use std::{io, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{client_auth::authenticate, id_token};
use crate::{
    app::App,
    clients::{self, Client},
    clock, faults,
    form::Form,
    grants::{Authorization, CLIENT_ACCESS_LIFETIME, RotateError, Tokens, USER_ACCESS_LIFETIME},
    people, scopes, secret,
    signing::SigningError,
};

/// Why no token is given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// A code of RFC 6749 §5.2.
    #[error("{0}")]
    Refused(&'static str),
    /// IdentityServer's validation of the redirect URI has a shape of its own.
    #[error("the redirect URI is not registered")]
    UnknownRedirect,
    #[error("the state file cannot be written")]
    State(#[from] io::Error),
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// `POST /connect/token`
pub(crate) async fn token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, TokenError> {
    let form = read(&headers, &body)?;
    let client = authenticate(&app, &headers, &form).await.ok_or(TokenError::Refused("invalid_client"))?;
    match form.get("grant_type") {
        Some("authorization_code") => redeem(&app, client, &form).await,
        Some("refresh_token") => refresh(&app, client, &form).await,
        Some("client_credentials") if client.is_public() => Err(TokenError::Refused("unauthorized_client")),
        Some("client_credentials") => client_token(&app, client, &form).await,
        Some(_) => Err(TokenError::Refused("unsupported_grant_type")),
        None => Err(TokenError::Refused("invalid_request")),
    }
}

/// The body of a request that a client sends, which must be a form (RFC 6749 §3.2).
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Form, TokenError> {
    let form = is_form(headers).then(|| Form::parse(body, &[])).flatten();
    form.ok_or(TokenError::Refused("invalid_request"))
}

async fn redeem(app: &App, client: &Client, form: &Form) -> Result<Json<Value>, TokenError> {
    let (Some(code), Some(redirect_uri)) = (form.get("code"), form.get("redirect_uri")) else {
        return Err(TokenError::Refused("invalid_request"));
    };
    if !clients::allows_redirect(redirect_uri) {
        return Err(TokenError::UnknownRedirect);
    }
    let now = clock::now();
    let code = app.sign_ins().redeem(code, now).ok_or(TokenError::Refused("invalid_grant"))?;
    let proved = form.get("code_verifier").is_some_and(|verifier| {
        is_verifier(verifier) && secret::sha256(verifier) == code.request.code_challenge
    });
    if !proved || code.request.client != client || code.request.redirect_uri != redirect_uri {
        return Err(TokenError::Refused("invalid_grant"));
    }
    let authorization = Authorization {
        client_id: client.id.into(),
        person: code.person.id.into(),
        session: code.session,
        scopes: code.scopes,
        auth_time: code.auth_time,
    };
    let request = id_token::Request { nonce: &code.request.nonce, state: &code.request.state };
    let tokens = app.grants.issue_user(&authorization, now).await?;
    answer(app, &authorization, tokens, Some(&request), now).await
}

async fn refresh(app: &App, client: &Client, form: &Form) -> Result<Json<Value>, TokenError> {
    let token = form.get("refresh_token").ok_or(TokenError::Refused("invalid_request"))?;
    let active = app.faults.active();
    if active.has("refresh-invalid-grant") {
        return Err(TokenError::Refused("invalid_grant"));
    }
    let now = clock::now();
    let rotated = app.grants.rotate(client.id, token, form.get("scope"), USER_ACCESS_LIFETIME, now).await;
    let (authorization, mut tokens) = rotated.map_err(|error| match error {
        RotateError::Unusable => TokenError::Refused("invalid_grant"),
        RotateError::Scope => TokenError::Refused("invalid_scope"),
        RotateError::State(source) => TokenError::State(source),
    })?;
    if active.has("refresh-without-new-token") {
        app.grants.reopen(client.id, token).await?;
        tokens.refresh_token = None;
    }
    answer(app, &authorization, tokens, None, now).await
}

async fn client_token(app: &App, client: &Client, form: &Form) -> Result<Json<Value>, TokenError> {
    let granted = match form.get("scope") {
        Some(asked) => scopes::parse_client(asked).ok_or(TokenError::Refused("invalid_scope"))?,
        None => scopes::CLIENT.map(String::from).to_vec(),
    };
    let scope = granted.join(" ");
    let access_token = app.grants.issue_client(client.id, granted, clock::now()).await?;
    Ok(Json(json!({
        "access_token": access_token,
        "expires_in": CLIENT_ACCESS_LIFETIME,
        "token_type": "Bearer",
        "scope": scope,
    })))
}

async fn answer(
    app: &App,
    authorization: &Authorization,
    tokens: Tokens,
    request: Option<&id_token::Request<'_>>,
    now: u64,
) -> Result<Json<Value>, TokenError> {
    // A person that a newer version no longer knows cannot come from our own pages.
    let person = people::find(&authorization.person).ok_or(TokenError::Refused("invalid_grant"))?;
    let mut reply = json!({});
    // A refresh may ask for less than was granted, and without `openid` for no id_token.
    if authorization.scopes.iter().any(|scope| scope == "openid") {
        let mut claims =
            id_token::claims(&app.base_url, person, authorization, &tokens.access_token, request, now);
        let active = app.faults.active();
        faults::id_token::spoil(&mut claims, &active, request.is_none());
        reply["id_token"] = faults::signature::sign(app, &claims, &active).await?.into();
    }
    reply["access_token"] = tokens.access_token.into();
    reply["expires_in"] = USER_ACCESS_LIFETIME.into();
    reply["token_type"] = "Bearer".into();
    if let Some(token) = tokens.refresh_token {
        reply["refresh_token"] = token.into();
    }
    reply["scope"] = authorization.scopes.join(" ").into();
    Ok(Json(reply))
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// RFC 7636 §4.1.
fn is_verifier(value: &str) -> bool {
    (43..=128).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Refused(code) => (StatusCode::BAD_REQUEST, json!({"error": code})),
            Self::UnknownRedirect => (
                StatusCode::BAD_REQUEST,
                json!({"redirect_uri": ["Invalid redirect_uri. Please ensure the URI has been whitelisted."]}),
            ),
            Self::State(_) | Self::Signing(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, json!({"error": "server_error"}))
            }
        };
        (status, Json(body)).into_response()
    }
}
