//! `connections/<slug>.toml`: how to talk to one provider as one client.

use std::{collections::BTreeMap, path::Path};

use bobbin_protocol::settings::{AssertionAudience, AuthenticationMethod, RedirectMethod, RefreshPolicy};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::FileError;

/// A connection as its file says it. The client's secrets are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionFile {
    pub name: String,
    /// The preset's id, such as `sandbox`.
    pub preset: String,
    /// Empty where the provider knows no clients.
    pub client_id: String,
    pub scopes: Vec<String>,
    /// `None` where nobody signs in with a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
    /// `None` for a public client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Authentication>,
    /// `None` for what the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_tokens: Option<ClientTokens>,
    /// `None` for what the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
    /// As the provider's credentials file says; what a token reply says of itself counts for more.
    #[serde(default, skip_serializing_if = "Lifetimes::is_empty")]
    pub lifetimes: Lifetimes,
    /// Sent with each request to the provider's token endpoint and API.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub parameters: Parameters,
    /// Only those that differ from the preset, by their field names such as `token_endpoint`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<String, String>,
}

/// How the browser comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    pub method: RedirectMethod,
    /// RFC 6749 3.1.2; compared character by character.
    pub uri: String,
}

/// How the client says who it is (OIDC Core 9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    pub method: AuthenticationMethod,
    /// `RS256`, `PS256` or `ES256`; `None` for the one that fits the key.
    #[serde(default, deserialize_with = "algorithm", skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// RFC 7515 4.1.4; `None` for the key's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `None` for what the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<AssertionAudience>,
}

/// What the client asks for on its own behalf (RFC 6749 4.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTokens {
    pub scopes: Vec<String>,
    /// `None` for what the preset says; the empty text sends none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    pub policy: RefreshPolicy,
}

/// How long tokens last, in seconds; `None` where the file did not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<u32>,
    /// From the sign-in on, however often it is exchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<u32>,
    /// From each refresh token's own issue on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_sliding: Option<u32>,
}

impl Lifetimes {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Parameters beside those of the specifications, for each leg.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Of the authorization request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorize: BTreeMap<String, String>,
    /// Of the token request (RFC 6749 4.1.3), refreshes aside.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub token: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refresh: BTreeMap<String, String>,
}

impl Parameters {
    fn is_empty(&self) -> bool {
        [&self.authorize, &self.token, &self.refresh].into_iter().all(BTreeMap::is_empty)
    }
}

impl ConnectionFile {
    /// The text of the file at `path`; an error where that could not be read again.
    pub(super) fn text(&self, path: &Path) -> Result<String, FileError> {
        let text = toml::to_string(self).map_err(|error| FileError::Malformed {
            path: path.to_owned(),
            line: None,
            message: error.to_string(),
        })?;
        Self::parse(path, &text)?;
        Ok(text)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, FileError> {
        toml::from_str(text).map_err(|error| {
            // What is missing from the file as a whole has the whole file as its place.
            let at = error.span().filter(|span| span.start > 0 || span.end < text.len());
            let before = at.and_then(|span| text.get(..span.start));
            let key = before.and_then(|before| key_of_line(text, before.len()));
            let message = match key {
                Some(key) if !error.message().contains(key) => format!("`{key}`: {}", error.message()),
                _ => error.message().to_owned(),
            };
            FileError::Malformed {
                path: path.to_owned(),
                line: before.map(|before| before.matches('\n').count() + 1),
                message,
            }
        })
    }
}

/// What stands before the `=` in the line of the byte `at`.
fn key_of_line(text: &str, at: usize) -> Option<&str> {
    let begin = text.get(..at)?.rfind('\n').map_or(0, |before| before + 1);
    let (key, _) = text.get(begin..)?.lines().next()?.split_once('=')?;
    Some(key.trim())
}

fn algorithm<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    const KNOWN: &[&str] = &["RS256", "PS256", "ES256"];
    let word = String::deserialize(deserializer)?;
    if KNOWN.contains(&word.as_str()) {
        return Ok(Some(word));
    }
    Err(de::Error::unknown_variant(&word, KNOWN))
}

#[cfg(test)]
mod tests;
