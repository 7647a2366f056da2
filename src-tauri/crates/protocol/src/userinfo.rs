//! The userinfo endpoint (`OpenID` Connect Core 5.3).

use secrecy::SecretString;
use url::Url;

use crate::{
    Map,
    http::{HttpReply, HttpRequest, bearer},
    json::{self, JsonError},
    text::{excerpt, plain},
};

/// A larger reply is refused, in bytes.
const MAX_LENGTH: usize = 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoError {
    #[error("The userinfo endpoint answered with a redirect ({0}), which is never followed with a token.")]
    Redirect(u16),
    #[error(
        "The userinfo endpoint does not accept the access token: it has expired, was revoked or lacks the scope openid."
    )]
    Refused,
    #[error("The userinfo endpoint answered {status}: {excerpt}")]
    Status { status: u16, excerpt: String },
    #[error("The userinfo reply is larger than 1 MiB.")]
    TooLarge,
    #[error("The userinfo reply is a signed or encrypted token, which Bobbin does not support.")]
    Signed,
    #[error("The userinfo reply is not a JSON object: {0}")]
    NotJson(String),
    #[error("The userinfo reply holds {0} twice.")]
    Duplicate(String),
    #[error("The userinfo reply has no sub (OIDC Core 5.3.2).")]
    SubMissing,
    #[error(
        "The userinfo reply is about {got}, but {expected} signed in (OIDC Core 5.3.2). Nothing of it is used."
    )]
    SubMismatch { expected: String, got: String },
}

impl UserinfoError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Redirect(_) => "userinfo_redirect",
            Self::Refused => "userinfo_refused",
            Self::Status { .. } => "userinfo_status",
            Self::TooLarge => "userinfo_too_large",
            Self::Signed => "userinfo_signed_unsupported",
            Self::NotJson(_) => "userinfo_not_json",
            Self::Duplicate(_) => "userinfo_duplicate_member",
            Self::SubMissing => "userinfo_sub_missing",
            Self::SubMismatch { .. } => "userinfo_sub_mismatch",
        }
    }
}

/// Asks with the access token in the header (RFC 6750 section 2.1).
pub fn build_userinfo(endpoint: &Url, access_token: &SecretString) -> HttpRequest {
    let mut request = HttpRequest::get(endpoint.clone());
    request.headers.push(bearer(access_token));
    request
}

/// Reads the claims, which must be about the `sub` of the verified `id_token`.
pub fn process_userinfo(reply: &HttpReply, expected_sub: &str) -> Result<Map, UserinfoError> {
    if reply.is_redirect() {
        return Err(UserinfoError::Redirect(reply.status));
    }
    if reply.body.len() > MAX_LENGTH {
        return Err(UserinfoError::TooLarge);
    }
    match reply.status {
        200 => {}
        401 => return Err(UserinfoError::Refused),
        status => {
            let excerpt = excerpt(&reply.body);
            return Err(UserinfoError::Status { status, excerpt });
        }
    }
    if reply.media_type().as_deref() == Some("application/jwt") {
        return Err(UserinfoError::Signed);
    }
    let claims = json::read_object(&reply.body).map_err(|error| match error {
        JsonError::Duplicate(name) => UserinfoError::Duplicate(plain(&name)),
        _ => UserinfoError::NotJson(excerpt(&reply.body)),
    })?;
    match claims.get("sub").and_then(|sub| sub.as_str()) {
        Some(sub) if sub == expected_sub => Ok(claims),
        Some(sub) => Err(UserinfoError::SubMismatch { expected: plain(expected_sub), got: plain(sub) }),
        None => Err(UserinfoError::SubMissing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, content_type: &str, body: &str) -> HttpReply {
        HttpReply {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    fn error_code(status: u16, body: &str) -> &'static str {
        process_userinfo(&reply(status, "application/json", body), "thandi").unwrap_err().code()
    }

    #[test]
    fn userinfo_bearer_header() {
        let endpoint = Url::parse("https://secure.stitch.money/connect/userinfo").unwrap();
        let request = build_userinfo(&endpoint, &"nXPh9P16".into());
        let header = request.headers.iter().find(|header| header.name == "Authorization").unwrap();
        assert_eq!(header.value.expose(), "Bearer nXPh9P16");
        assert!(!format!("{request:?}").contains("nXPh9P16"));
        assert_eq!(request.url, endpoint, "the token is not in the URL");
    }

    #[test]
    fn scope_userinfo_claims() {
        let body = r#"{"sub":"thandi","name":"Thandi Nkosi","email_verified":true}"#;
        let claims = process_userinfo(&reply(200, "application/json", body), "thandi").unwrap();
        assert_eq!(claims["name"], "Thandi Nkosi");
    }

    #[test]
    fn userinfo_invalid_sub() {
        assert_eq!(error_code(200, r#"{"sub":"sipho","name":"Sipho"}"#), "userinfo_sub_mismatch");
        for body in [r#"{"name":"Sipho"}"#, r#"{"sub":1}"#, "{}"] {
            assert_eq!(error_code(200, body), "userinfo_sub_missing", "{body}");
        }
    }

    #[test]
    fn other_replies_are_refused_by_name() {
        assert_eq!(error_code(302, ""), "userinfo_redirect");
        assert_eq!(error_code(401, ""), "userinfo_refused");
        assert_eq!(error_code(500, "<html>"), "userinfo_status");
        assert_eq!(error_code(200, "<html>"), "userinfo_not_json");
        assert_eq!(error_code(200, r#"{"sub":"thandi","sub":"sipho"}"#), "userinfo_duplicate_member");
        assert_eq!(error_code(200, &" ".repeat(MAX_LENGTH + 1)), "userinfo_too_large");
        let signed = process_userinfo(&reply(200, "application/jwt; charset=x", "e30.e30.e30"), "thandi");
        assert_eq!(signed.unwrap_err().code(), "userinfo_signed_unsupported");
    }
}
