//! The authorization request (RFC 6749 section 4.1.1, `OpenID` Connect Core 3.1.2.1).

mod reserved;

use std::collections::HashSet;

use url::{Url, form_urlencoded};

pub use self::reserved::{Leg, RESERVED, Reserved, reserved};
use crate::{http::is_protected, text::plain};

/// What one sign-in asks for. `response_type` is `code` and the PKCE method `S256`, always.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizationRequest<'a> {
    pub authorization_endpoint: &'a Url,
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub scopes: &'a [String],
    pub state: &'a str,
    pub nonce: &'a str,
    pub code_challenge: &'a str,
    /// Further parameters, such as `prompt` or `login_hint`; none that is [`reserved`].
    pub extra: &'a [(String, String)],
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    #[error("The authorization endpoint {0} has a fragment (#…), which RFC 6749 section 3.1 does not allow.")]
    Fragment(Url),
    #[error(
        "The authorization endpoint {0} is not https. Plain http is only used on this computer (RFC 6749 section 3.1)."
    )]
    NotProtected(Url),
    #[error("{0} is empty. Fill it in, the server cannot do without it.")]
    Empty(&'static str),
    #[error("\"{0}\" is not a scope: a scope has no spaces, quotes or backslashes (RFC 6749 section 3.3).")]
    Scope(String),
    #[error("The parameter {0} would stand in the authorization URL twice (RFC 6749 section 3.1).")]
    Repeated(String),
    #[error("The extra parameter {name} cannot be set by hand. {reason}")]
    Reserved { name: String, reason: &'static str },
    #[error("An extra parameter has no name. Name it or remove it.")]
    Unnamed,
}

/// Makes the URL that the browser opens. The endpoint's own query stays; spaces become `%20`.
pub fn build_authorization_url(request: &AuthorizationRequest) -> Result<Url, AuthorizationError> {
    let endpoint = request.authorization_endpoint;
    if endpoint.fragment().is_some() {
        return Err(AuthorizationError::Fragment(endpoint.clone()));
    }
    if !is_protected(endpoint) {
        return Err(AuthorizationError::NotProtected(endpoint.clone()));
    }
    if let Some(scope) = request.scopes.iter().find(|scope| !is_scope(scope)) {
        return Err(AuthorizationError::Scope(scope.clone()));
    }

    let scope = request.scopes.join(" ");
    let required = [
        ("client_id", request.client_id),
        ("redirect_uri", request.redirect_uri),
        ("state", request.state),
        ("nonce", request.nonce),
        ("code_challenge", request.code_challenge),
    ];
    if let Some((name, _)) = required.iter().find(|(_, value)| value.is_empty()) {
        return Err(AuthorizationError::Empty(name));
    }
    let mut parameters = vec![("response_type", "code")];
    parameters.extend(required);
    parameters.push(("code_challenge_method", "S256"));
    if !scope.is_empty() {
        parameters.insert(3, ("scope", &scope));
    }
    for (name, value) in request.extra {
        if name.is_empty() {
            return Err(AuthorizationError::Unnamed);
        }
        if let Some(reason) = reserved(Leg::Authorize, name) {
            return Err(AuthorizationError::Reserved { name: plain(name), reason });
        }
        parameters.push((name, value));
    }

    let mut seen: HashSet<String> = endpoint.query_pairs().map(|(name, _)| name.into()).collect();
    for (name, _) in &parameters {
        if !seen.insert((*name).to_owned()) {
            return Err(AuthorizationError::Repeated((*name).to_owned()));
        }
    }

    let ours = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
        .collect::<Vec<_>>()
        .join("&");
    let mut url = endpoint.clone();
    match endpoint.query() {
        Some(own) if !own.is_empty() => url.set_query(Some(&format!("{own}&{ours}"))),
        _ => url.set_query(Some(&ours)),
    }
    Ok(url)
}

/// `scope-token` of RFC 6749 section 3.3.
pub fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

/// Form encoding with `%20`: some servers and address bars take `+` for a plus sign.
fn percent_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests;
