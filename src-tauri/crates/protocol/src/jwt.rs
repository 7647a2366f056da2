//! JSON Web Tokens in their compact form (RFC 7515 section 3.1, RFC 7519): decoded, not yet believed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    Map,
    json::{self, JsonError},
    text::plain,
};

/// Larger tokens are refused unread, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// A decoded token. Nothing in it is true before its signature is verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Jwt {
    pub header: Map,
    pub payload: Map,
    /// The two parts that are signed, with the dot between them.
    pub signing_input: String,
    pub signature: Vec<u8>,
}

impl Jwt {
    /// A header member that is a string.
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    #[error("The token is larger than 64 KiB.")]
    TooLong,
    #[error("There is no token.")]
    Empty,
    #[error("The token holds white space, as from a line break that came along when it was copied.")]
    WhiteSpace,
    #[error("This is not a JWT but an opaque token: it has no dots, between which a JWT has three parts.")]
    Opaque,
    #[error("This is not a JWT: it has {0} parts between dots, where three belong (RFC 7515 section 3.1).")]
    Parts(usize),
    #[error("This token is encrypted (JWE, five parts). Bobbin does not support encrypted tokens.")]
    Encrypted,
    #[error("This token holds another token (nested JWT). Bobbin does not support nested tokens.")]
    Nested,
    #[error("This token is compressed (zip). Bobbin does not support compressed tokens.")]
    Compressed,
    #[error("The {0} has padding (=), which base64url leaves out here (RFC 7515 section 2).")]
    Padding(&'static str),
    #[error("The {0} is not base64url (RFC 7515 section 2).")]
    Base64(&'static str),
    #[error("The {0} is not UTF-8.")]
    NotUtf8(&'static str),
    #[error("The {part} is not JSON: {message}.")]
    NotJson { part: &'static str, message: String },
    #[error("The {part} is {kind}, where a JSON object belongs.")]
    NotAnObject { part: &'static str, kind: &'static str },
    #[error(
        "The {part} holds {name} twice, so that two readers could see two tokens (RFC 8725 section 2.4)."
    )]
    Duplicate { part: &'static str, name: String },
}

impl JwtError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "jwt_too_long",
            Self::Empty => "jwt_empty",
            Self::WhiteSpace => "jwt_white_space",
            Self::Opaque => "jwt_opaque",
            Self::Parts(_) => "jwt_parts",
            Self::Encrypted => "jwt_encrypted_unsupported",
            Self::Nested => "jwt_nested_unsupported",
            Self::Compressed => "jwt_compressed_unsupported",
            Self::Padding(_) => "jwt_padding",
            Self::Base64(_) => "jwt_base64",
            Self::NotUtf8(_) => "jwt_not_utf8",
            Self::NotJson { .. } => "jwt_not_json",
            Self::NotAnObject { .. } => "jwt_not_an_object",
            Self::Duplicate { .. } => "jwt_duplicate_member",
        }
    }
}

/// Takes a token apart without verifying it.
pub fn decode(token: &str) -> Result<Jwt, JwtError> {
    if token.len() > MAX_LENGTH {
        return Err(JwtError::TooLong);
    }
    if token.is_empty() {
        return Err(JwtError::Empty);
    }
    if token.contains(char::is_whitespace) {
        return Err(JwtError::WhiteSpace);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(match parts.len() {
            1 => JwtError::Opaque,
            5 => JwtError::Encrypted,
            count => JwtError::Parts(count),
        });
    };
    let decoded_header = object(header, "header")?;
    if decoded_header.contains_key("zip") {
        return Err(JwtError::Compressed);
    }
    if decoded_header.get("cty").and_then(|cty| cty.as_str()).is_some_and(is_jwt) {
        return Err(JwtError::Nested);
    }
    Ok(Jwt {
        header: decoded_header,
        payload: object(payload, "payload")?,
        signing_input: format!("{header}.{payload}"),
        signature: bytes(signature, "signature")?,
    })
}

/// A `cty` that says that the payload is a token itself (RFC 7519 section 5.2).
fn is_jwt(content_type: &str) -> bool {
    media_type(content_type) == "jwt"
}

/// A `typ` or `cty` as it is compared: in lower case, without `application/` (RFC 7515 section 4.1.9).
pub(crate) fn media_type(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    text.strip_prefix("application/").map(str::to_owned).unwrap_or(text)
}

fn bytes(text: &str, part: &'static str) -> Result<Vec<u8>, JwtError> {
    let error = if text.ends_with('=') { JwtError::Padding(part) } else { JwtError::Base64(part) };
    URL_SAFE_NO_PAD.decode(text).map_err(|_| error)
}

fn object(text: &str, part: &'static str) -> Result<Map, JwtError> {
    let bytes = bytes(text, part)?;
    if std::str::from_utf8(&bytes).is_err() {
        return Err(JwtError::NotUtf8(part));
    }
    json::read_object(&bytes).map_err(|error| match error {
        JsonError::NotJson(message) => JwtError::NotJson { part, message },
        JsonError::NotAnObject(kind) => JwtError::NotAnObject { part, kind },
        JsonError::Duplicate(name) => JwtError::Duplicate { part, name: plain(&name) },
    })
}

#[cfg(test)]
mod tests;
