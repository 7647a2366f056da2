//! Who asks: the client, how it proves itself, and how its requests are written.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use url::{Url, form_urlencoded};

use crate::{
    authorization::{Leg, reserved},
    http::{Body, Field, HttpRequest, Method},
    preset::{BodyEncoding, TokenRequests},
    text::names_a_secret_header,
};

/// RFC 7523 section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Headers that say how the body is written and where it goes.
const FRAMING: [&str; 4] = ["content-type", "content-length", "transfer-encoding", "host"];

/// A client for one request. An assertion in it is for one HTTP attempt only.
#[derive(Debug, Clone, Copy)]
pub struct TokenClient<'a> {
    pub token_endpoint: &'a Url,
    pub client_id: &'a str,
    pub authentication: Authentication<'a>,
    pub requests: &'a TokenRequests,
    /// Further headers. Those that a request itself needs are left out.
    pub headers: &'a [(String, String)],
    /// Further parameters for the token endpoint. One that is [`reserved`] is left out.
    pub extra: &'a [(String, String)],
}

/// How the client proves who it is, on every leg (`OpenID` Connect Core 9).
#[derive(Debug, Clone, Copy)]
pub enum Authentication<'a> {
    /// A public client.
    None,
    /// In the `Authorization` header (RFC 6749 section 2.3.1).
    SecretBasic(&'a SecretString),
    /// In the body (RFC 6749 section 2.3.1).
    SecretPost(&'a SecretString),
    /// A signed assertion in the body (RFC 7523 section 2.2).
    PrivateKeyJwt(&'a SecretString),
}

impl TokenClient<'_> {
    /// A request to the token endpoint.
    pub(super) fn grant(&self, grant_type: &str, parameters: Vec<Field>) -> HttpRequest {
        let mut body = vec![Field::plain("grant_type", grant_type)];
        body.extend(self.client_id());
        body.extend(parameters);
        body.extend(self.proof());
        let leg = if grant_type == "refresh_token" { Leg::Refresh } else { Leg::Token };
        for (name, value) in self.extra {
            let taken = reserved(leg, name).is_some() || body.iter().any(|field| field.name == *name);
            if !taken {
                body.push(field(name, value));
            }
        }
        self.post(self.token_endpoint, body)
    }

    /// A request to another endpoint, about one token.
    pub(super) fn about_token(&self, endpoint: &Url, token: &SecretString, hint: &str) -> HttpRequest {
        let mut body = vec![Field::secret("token", token.clone()), Field::plain("token_type_hint", hint)];
        body.extend(self.client_id());
        body.extend(self.proof());
        self.post(endpoint, body)
    }

    /// The header names the client where it proves it; a secret in the body never goes without its client.
    fn client_id(&self) -> Option<Field> {
        let named = match self.authentication {
            Authentication::SecretBasic(_) => false,
            Authentication::SecretPost(_) => true,
            Authentication::None | Authentication::PrivateKeyJwt(_) => self.requests.client_id,
        };
        named.then(|| Field::plain("client_id", self.client_id))
    }

    fn proof(&self) -> Vec<Field> {
        match self.authentication {
            Authentication::None | Authentication::SecretBasic(_) => Vec::new(),
            Authentication::SecretPost(secret) => vec![Field::secret("client_secret", secret.clone())],
            Authentication::PrivateKeyJwt(assertion) => vec![
                Field::plain("client_assertion_type", ASSERTION_TYPE),
                Field::secret("client_assertion", assertion.clone()),
            ],
        }
    }

    fn post(&self, url: &Url, body: Vec<Field>) -> HttpRequest {
        let mut headers = vec![Field::plain("Accept", "application/json")];
        if let Authentication::SecretBasic(secret) = self.authentication {
            headers.push(basic(self.client_id, secret));
        }
        for (name, value) in self.headers {
            let taken = FRAMING.iter().any(|framing| framing.eq_ignore_ascii_case(name))
                || headers.iter().any(|header| header.name.eq_ignore_ascii_case(name));
            if !taken {
                headers.push(field(name, value));
            }
        }
        let body = match self.requests.body {
            BodyEncoding::Form => Body::Form(body),
            BodyEncoding::Json => Body::Json(body),
        };
        HttpRequest { method: Method::Post, url: url.clone(), headers, body }
    }
}

/// Both halves are form-encoded first, so that a colon in the client id does not end it (RFC 6749 section 2.3.1).
fn basic(client_id: &str, secret: &SecretString) -> Field {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let secret = Zeroizing::new(encoded(secret.expose_secret()));
    let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), *secret));
    Field::secret("Authorization", format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

/// What a person has added, masked where its name says so.
fn field(name: &str, value: &str) -> Field {
    if names_a_secret_header(name) { Field::secret(name, value) } else { Field::plain(name, value) }
}

#[cfg(test)]
mod tests;
