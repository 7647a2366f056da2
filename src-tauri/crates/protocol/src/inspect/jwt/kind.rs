//! What a JWT is for, by its header and claims.

use serde_json::Value;

use crate::{
    id_token::is_logout_token,
    inspect::Kind,
    jwt::{Jwt, media_type},
    text::plain,
};

pub(super) fn kind(jwt: &Jwt) -> Kind {
    let claims = &jwt.payload;
    let has = |names: &[&str]| names.iter().any(|name| claims.contains_key(*name));
    let all = |names: &[&str]| names.iter().all(|name| claims.contains_key(*name));
    match jwt.header_text("typ").map(media_type).as_deref() {
        Some("at+jwt") => return Kind::AccessToken,
        Some("logout+jwt") => return Kind::LogoutToken,
        Some("client-authentication+jwt") => return Kind::ClientAssertion,
        Some(typ) if typ.ends_with("+jwt") => return Kind::Jwt,
        _ => {}
    }
    if is_logout_token(claims) {
        Kind::LogoutToken
    } else if has(&["nonce", "at_hash", "c_hash", "s_hash"]) {
        Kind::IdToken
    } else if all(&["iss", "sub", "aud"]) && claims.get("iss") == claims.get("sub") {
        Kind::ClientAssertion
    } else if has(&["scope", "scp", "client_id"]) {
        Kind::AccessToken
    } else if has(&["auth_time", "amr", "acr"]) || all(&["iss", "sub", "aud", "exp", "iat"]) {
        Kind::IdToken
    } else {
        Kind::Jwt
    }
}

/// `An id_token of https://login.example.com for test-1`.
pub(super) fn name(kind: Kind, jwt: &Jwt) -> String {
    let text = |name: &str| jwt.payload.get(name).and_then(Value::as_str).map(plain);
    let of = text("iss").map(|issuer| format!(" of {issuer}")).unwrap_or_default();
    let to = text("aud").map(|audience| format!(" for {audience}")).unwrap_or_default();
    let what = match kind {
        Kind::IdToken => "An id_token",
        Kind::AccessToken => "An access token (JWT)",
        Kind::LogoutToken => "A logout token",
        Kind::ClientAssertion => "A client assertion",
        _ => "A JWT of no kind that is known",
    };
    format!("{what}{of}{to}")
}
