//! The id_token (OIDC Core §2).

use serde_json::{Value, json};

use crate::{grants::Authorization, people::Person, secret};

/// Seconds an id_token is valid.
pub(crate) const LIFETIME: u64 = 300;

/// What ties an id_token to one authorization request; a refreshed id_token has none of it.
pub(super) struct Request<'a> {
    pub(super) nonce: &'a str,
    pub(super) state: &'a str,
}

/// The claims for an access token that was given out at `now`.
pub(super) fn claims(
    issuer: &str,
    person: &Person,
    authorization: &Authorization,
    access_token: &str,
    request: Option<&Request<'_>>,
    now: u64,
) -> Value {
    let mut claims = json!({
        "nbf": now,
        "exp": now + LIFETIME,
        "iss": issuer,
        "aud": authorization.client_id,
        "iat": now,
        "at_hash": secret::left_half(access_token),
        "sub": person.subject(&authorization.client_id),
        "auth_time": authorization.auth_time,
        "idp": "local",
        "amr": ["pwd"],
    });
    if let Some(request) = request {
        claims["nonce"] = request.nonce.into();
        claims["s_hash"] = secret::left_half(request.state).into();
        claims["sid"] = authorization.session.as_str().into();
    }
    claims
}
