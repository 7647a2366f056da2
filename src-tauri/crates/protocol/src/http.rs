//! Request and reply values: what is to be sent, and what came back.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// A value on the wire that is either shown as it is or masked.
#[derive(Debug, Clone)]
pub enum Value {
    Plain(String),
    Secret(SecretString),
}

impl Value {
    /// The value itself, for sending it.
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(value) => value,
            Self::Secret(value) => value.expose_secret(),
        }
    }
}

/// A header, a form parameter or a member of a flat JSON object.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub value: Value,
}

impl Field {
    pub fn plain(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: Value::Plain(value.into()) }
    }

    pub fn secret(name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        Self { name: name.into(), value: Value::Secret(value.into()) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// The body of a request, before it is encoded.
#[derive(Debug, Clone)]
pub enum Body {
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<Field>),
    /// A flat JSON object of strings.
    Json(Vec<Field>),
    Text {
        content_type: String,
        text: String,
    },
}

impl Body {
    /// The media type that it is sent as.
    pub fn content_type(&self) -> Option<&str> {
        match self {
            Self::Empty => None,
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::Json(_) => Some("application/json"),
            Self::Text { content_type, .. } => Some(content_type),
        }
    }
}

/// A request to send once. Redirects are never followed.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<Field>,
    pub body: Body,
}

impl HttpRequest {
    /// A plain GET that asks for JSON.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: vec![Field::plain("Accept", "application/json")],
            body: Body::Empty,
        }
    }
}

/// A reply as it came.
#[derive(Clone)]
pub struct HttpReply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HttpReply {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The media type in lower case, without its parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let media_type = value.split(';').next().unwrap_or(value);
        Some(media_type.trim().to_ascii_lowercase())
    }

    pub(crate) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status)
    }
}

// Headers and body can hold tokens, so only their sizes are shown.
impl fmt::Debug for HttpReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpReply")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Whether a request to the URL stays on this computer (RFC 8252 section 7.3).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a URL is `https`, or `http` on this computer's loopback.
pub fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// The header that carries an access token (RFC 6750 section 2.1).
pub(crate) fn bearer(access_token: &SecretString) -> Field {
    Field::secret("Authorization", format!("Bearer {}", access_token.expose_secret()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_any_case() {
        let reply = HttpReply {
            status: 200,
            headers: vec![("Content-Type".to_owned(), "Application/JSON; charset=utf-8".to_owned())],
            body: Vec::new(),
        };
        assert_eq!(reply.header("content-TYPE"), Some("Application/JSON; charset=utf-8"));
        assert_eq!(reply.media_type().as_deref(), Some("application/json"));
        assert_eq!(reply.header("date"), None);
    }

    #[test]
    fn debug_output_shows_neither_body_nor_headers() {
        let reply = HttpReply {
            status: 200,
            headers: vec![("Set-Cookie".to_owned(), "hush".to_owned())],
            body: b"hush".to_vec(),
        };
        assert!(!format!("{reply:?}").contains("hush"));
        assert!(!format!("{:?}", Field::secret("code", "hush")).contains("hush"));
    }
}
