//! Token introspection (RFC 7662): what the server itself says of a token.

use serde_json::Value;

use crate::{
    Map,
    http::HttpReply,
    json::kind,
    preset::ErrorShape,
    token::{TokenError, success},
};

/// What the server says of a token (RFC 7662 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introspection {
    /// Whether the token can be used. An unknown token is not an error: it is not active.
    pub active: bool,
    /// The whole reply, `active` included.
    pub members: Map,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectionError {
    /// The server refused the request, or its reply cannot be read.
    #[error(transparent)]
    Endpoint(#[from] TokenError),
    #[error("The introspection reply is a signed token (RFC 9701), which Bobbin does not support.")]
    Signed,
    #[error("The introspection reply has no active (RFC 7662 section 2.2).")]
    ActiveMissing,
    #[error("The introspection reply's active is {0}, where true or false belongs (RFC 7662 section 2.2).")]
    ActiveType(&'static str),
}

impl IntrospectionError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Endpoint(error) => error.code(),
            Self::Signed => "introspection_signed_unsupported",
            Self::ActiveMissing => "introspection_active_missing",
            Self::ActiveType(_) => "introspection_active_wrong_type",
        }
    }
}

/// Reads the reply to a request of [`build_introspection`](crate::token::build_introspection).
pub fn process_introspection_reply(reply: &HttpReply) -> Result<Introspection, IntrospectionError> {
    let signed = "application/token-introspection+jwt";
    if reply.status == 200 && reply.media_type().as_deref() == Some(signed) {
        return Err(IntrospectionError::Signed);
    }
    let members = success(reply, &ErrorShape::default())?;
    match members.get("active") {
        Some(Value::Bool(active)) => Ok(Introspection { active: *active, members }),
        Some(other) => Err(IntrospectionError::ActiveType(kind(other))),
        None => Err(IntrospectionError::ActiveMissing),
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

    fn code(status: u16, content_type: &str, body: &str) -> &'static str {
        process_introspection_reply(&reply(status, content_type, body)).unwrap_err().code()
    }

    #[test]
    fn an_active_token_comes_with_all_its_members_in_order() {
        let body = r#"{"active":true,"scope":"a b","exp":1419356238,"limit":1.00}"#;
        let read = process_introspection_reply(&reply(200, "application/json", body)).unwrap();
        assert!(read.active);
        assert_eq!(serde_json::to_string(&read.members).unwrap(), body);
    }

    #[test]
    fn an_unknown_token_is_not_active_and_no_error() {
        let read =
            process_introspection_reply(&reply(200, "application/json", r#"{"active":false}"#)).unwrap();
        assert!(!read.active);
    }

    #[test]
    fn active_must_be_a_boolean() {
        for (body, expected) in [
            ("{}", "introspection_active_missing"),
            (r#"{"active":"true"}"#, "introspection_active_wrong_type"),
            (r#"{"active":null}"#, "introspection_active_wrong_type"),
            (r#"{"active":true,"active":false}"#, "token_reply_duplicate_member"),
            ("[]", "token_reply_not_an_object"),
        ] {
            assert_eq!(code(200, "application/json", body), expected, "{body}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_servers_error() {
        assert_eq!(code(401, "application/json", r#"{"error":"invalid_client"}"#), "token_invalid_client");
        assert_eq!(code(302, "text/html", ""), "token_redirect");
    }

    #[test]
    fn a_signed_reply_is_named() {
        let signed = "application/token-introspection+jwt; charset=utf-8";
        assert_eq!(code(200, signed, "e30.e30."), "introspection_signed_unsupported");
    }
}
