//! The authorization response (RFC 6749 section 4.1.2): one parser for app link, loopback and paste.
//!
//! What arrives here was sent by any process on this computer, so it is bounded, decoded once and never repaired.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;

use crate::text::plain;

/// A callback URL is dropped unread beyond this, in bytes.
pub const MAX_LENGTH: usize = 8 * 1024;

/// What the browser brought back. Nothing of it is believed before `state` is compared.
#[derive(Debug, Clone)]
pub struct Callback {
    /// What stands before `?`, exactly as received; absent for a pasted query string.
    pub target: Option<String>,
    pub state: Option<String>,
    pub outcome: CallbackOutcome,
    /// RFC 9207.
    pub iss: Option<String>,
    pub scope: Option<Vec<String>>,
    pub session_state: Option<String>,
}

#[derive(Debug, Clone)]
pub enum CallbackOutcome {
    Code(SecretString),
    /// RFC 6749 section 4.1.2.1; the texts are one line each and safe to show.
    Error {
        error: String,
        description: Option<String>,
        uri: Option<String>,
    },
    /// Stitch's way to say that the person cancelled.
    StateOnly,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("The callback is longer than 8 KiB and was dropped unread.")]
    TooLong,
    #[error("This is not a callback URL.")]
    NotAUrl,
    #[error("This is a bare code. Without its state nobody can say which sign-in it belongs to.")]
    BareCode,
    #[error("The callback holds no code, no error and no state.")]
    Empty,
    #[error("The callback holds {0} twice (RFC 6749 section 3.1).")]
    Repeated(String),
    #[error("The callback holds {0}, which belongs to another flow than the authorization code flow.")]
    OtherFlow(String),
    #[error("The callback carries something after #, where this flow has nothing.")]
    Fragment,
    #[error("The callback is not UTF-8 once it is decoded.")]
    NotUtf8,
    #[error("The callback holds a control character.")]
    ControlCharacter,
    #[error("The callback names the issuer {got}, but {expected} was asked (RFC 9207 section 2.4).")]
    IssuerMismatch { expected: String, got: String },
    #[error("The callback names no issuer, although {0} says that it always does (RFC 9207 section 2.4).")]
    IssuerMissing(String),
}

impl CallbackError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "callback_too_long",
            Self::NotAUrl => "callback_not_a_url",
            Self::BareCode => "callback_bare_code",
            Self::Empty => "callback_empty",
            Self::Repeated(_) => "callback_repeated_parameter",
            Self::OtherFlow(_) => "callback_other_flow",
            Self::Fragment => "callback_fragment",
            Self::NotUtf8 => "callback_not_utf8",
            Self::ControlCharacter => "callback_control_character",
            Self::IssuerMismatch { .. } => "callback_issuer_mismatch",
            Self::IssuerMissing(_) => "callback_issuer_missing",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong | Self::NotUtf8 | Self::ControlCharacter => {
                "No server sends such a callback. If you pasted it, copy the address again."
            }
            Self::NotAUrl | Self::Empty => {
                "Copy the whole address from the browser's address bar after the sign-in, from its first character to its last."
            }
            Self::BareCode => {
                "Paste the whole address, or everything after the question mark, so that the state is in it."
            }
            Self::Repeated(_) => {
                "Start the sign-in again. If it repeats, the server or something between it and you changes the address."
            }
            Self::OtherFlow(_) | Self::Fragment => {
                "Start the sign-in from here. If it repeats, the client is registered for another flow at the server."
            }
            Self::IssuerMismatch { .. } | Self::IssuerMissing(_) => {
                "Compare the issuer under Endpoints with the provider's documentation. If it is right, do not sign in: another server may have sent this."
            }
        }
    }
}

impl Callback {
    /// Whether it came to that redirect URI: a comparison of strings, without normalising either.
    /// A pasted query string came to no address, so it fits each.
    pub fn matches(&self, redirect_uri: &str) -> bool {
        let expected = redirect_uri.split(['?', '#']).next();
        self.target.is_none() || self.target.as_deref() == expected
    }

    /// The check of RFC 9207 section 2.4, to make after `state` and before everything else.
    ///
    /// `advertised` is the server's `authorization_response_iss_parameter_supported`.
    pub fn check_issuer(&self, issuer: &str, advertised: bool) -> Result<(), CallbackError> {
        match &self.iss {
            Some(iss) if iss != issuer => {
                Err(CallbackError::IssuerMismatch { expected: issuer.to_owned(), got: plain(iss) })
            }
            None if advertised => Err(CallbackError::IssuerMissing(issuer.to_owned())),
            _ => Ok(()),
        }
    }
}

/// Reads a whole callback URL, as the operating system or a loopback listener hands it over.
pub fn parse(input: &str) -> Result<Callback, CallbackError> {
    if input.len() > MAX_LENGTH {
        return Err(CallbackError::TooLong);
    }
    if input.contains(char::is_control) {
        return Err(CallbackError::ControlCharacter);
    }
    if !has_scheme(input) || input.contains(char::is_whitespace) {
        return Err(CallbackError::NotAUrl);
    }
    let (url, fragment) = input.split_once('#').unwrap_or((input, ""));
    let (target, query) = url.split_once('?').unwrap_or((url, ""));
    read(Some(target), query, fragment)
}

/// Reads what a person pasted: a whole callback URL, or only its query string.
pub fn parse_pasted(input: &str) -> Result<Callback, CallbackError> {
    if input.len() > MAX_LENGTH {
        return Err(CallbackError::TooLong);
    }
    let input = unquoted(input);
    if has_scheme(input) {
        return parse(input);
    }
    let text = input.strip_prefix('?').unwrap_or(input);
    if text.contains(char::is_control) {
        return Err(CallbackError::ControlCharacter);
    }
    let (query, fragment) = text.split_once('#').unwrap_or((text, ""));
    if !query.is_empty() && !query.contains(|c: char| c == '?' || c.is_whitespace()) {
        let known = |(name, _): &(&str, &str)| matches!(*name, "code" | "state" | "error");
        if query.split('&').filter_map(|pair| pair.split_once('=')).any(|pair| known(&pair)) {
            return read(None, query, fragment);
        }
        if !query.contains(['&', ':']) {
            return Err(CallbackError::BareCode);
        }
    }
    Err(CallbackError::NotAUrl)
}

/// The parameters that are read; every other name is ignored.
#[derive(Default)]
struct Parameters {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    description: Option<String>,
    uri: Option<String>,
    iss: Option<String>,
    scope: Option<String>,
    session_state: Option<String>,
}

fn read(target: Option<&str>, query: &str, fragment: &str) -> Result<Callback, CallbackError> {
    // Facebook's and IdentityServer's guard against a browser that carries an old fragment along.
    if !matches!(fragment, "" | "_=_") {
        parameters(fragment)?;
        return Err(CallbackError::Fragment);
    }
    let found = parameters(query)?;
    let outcome = match (found.error, found.code) {
        (Some(error), _) => CallbackOutcome::Error {
            error: plain(&error),
            description: found.description.as_deref().map(plain),
            uri: found.uri.as_deref().map(plain),
        },
        (None, Some(code)) => CallbackOutcome::Code(code.into()),
        (None, None) if found.state.is_some() => CallbackOutcome::StateOnly,
        (None, None) => return Err(CallbackError::Empty),
    };
    Ok(Callback {
        target: target.map(str::to_owned),
        state: found.state,
        outcome,
        iss: found.iss,
        scope: found.scope.map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
        session_state: found.session_state,
    })
}

fn parameters(query: &str) -> Result<Parameters, CallbackError> {
    let mut found = Parameters::default();
    let mut seen = HashSet::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        if seen.contains(&name) {
            return Err(CallbackError::Repeated(plain(&name)));
        }
        let slot = match name.as_str() {
            "code" => Some(&mut found.code),
            "state" => Some(&mut found.state),
            "error" => Some(&mut found.error),
            "error_description" => Some(&mut found.description),
            "error_uri" => Some(&mut found.uri),
            "iss" => Some(&mut found.iss),
            "scope" => Some(&mut found.scope),
            "session_state" => Some(&mut found.session_state),
            "id_token" | "access_token" | "response" => return Err(CallbackError::OtherFlow(name)),
            _ => None,
        };
        // An empty parameter counts as absent (RFC 6749 section 3.1).
        if let Some(slot) = slot
            && !value.is_empty()
        {
            *slot = Some(value);
        }
        seen.insert(name);
    }
    Ok(found)
}

/// One form-decode, and only one: `%2525` stays `%25`.
fn decoded(text: &str) -> Result<String, CallbackError> {
    let text = text.replace('+', " ");
    let text = percent_decode_str(&text).decode_utf8().map_err(|_| CallbackError::NotUtf8)?;
    if text.contains('\0') {
        return Err(CallbackError::ControlCharacter);
    }
    Ok(text.into_owned())
}

/// `scheme:` of RFC 3986 section 3.1.
pub(crate) fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// Without the white space and the one pair of quotes that came along when it was copied.
pub(crate) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let pairs = [('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>'), ('“', '”')];
    pairs
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
        .unwrap_or(text)
        .trim()
}

#[cfg(test)]
mod tests;
