//! What a connection can be set to: the same words in its file, in presets and on the page.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the browser comes back from a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RedirectMethod {
    /// The operating system hands the link to Bobbin (RFC 8252 7.1).
    AppLink,
    /// Bobbin listens on this computer's loopback address while the sign-in waits (RFC 8252 7.3).
    Loopback,
    /// The person pastes what the browser's address bar shows.
    Paste,
}

/// `token_endpoint_auth_method` (RFC 7591 2, OpenID Connect Core 9); it prints its registered name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// A public client.
    None,
    /// The secret in the `Authorization` header.
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// A signed assertion in the body (RFC 7523).
    PrivateKeyJwt,
}

impl AuthenticationMethod {
    /// The registered name, such as `private_key_jwt`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

impl fmt::Display for AuthenticationMethod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a client assertion names as its `aud`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    TokenEndpoint,
    Issuer,
}

/// Who decides that a session is refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefreshPolicy {
    /// The person, each time.
    Ask,
    /// The first request that finds the access token expired.
    WhenNeeded,
}

/// Where requests go: this computer, a test client, or real money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Local,
    Test,
    Live,
}

/// How a session of a connection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StartsWith {
    /// With the authorization code flow, in the person's browser.
    #[default]
    SignIn,
    /// With a refresh token that the person already has.
    RefreshToken,
    /// With tokens that the person already has; nothing is asked of the provider.
    Tokens,
}
