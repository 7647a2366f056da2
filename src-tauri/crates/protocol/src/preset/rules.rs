//! How a provider's token endpoint differs from another's: every difference is a named field.

use serde::Deserialize;

use crate::settings::{AssertionAudience, AuthenticationMethod, RefreshPolicy};

/// How requests to the token, revocation and introspection endpoints are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequests {
    pub body: BodyEncoding,
    /// Whether the body names the client.
    pub client_id: bool,
}

impl Default for TokenRequests {
    /// RFC 6749 section 4.1.3: a form that names the client.
    fn default() -> Self {
        Self { body: BodyEncoding::Form, client_id: true }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyEncoding {
    /// `application/x-www-form-urlencoded`, the standard's own.
    Form,
    /// A flat JSON object of strings with the same members.
    Json,
}

/// Which client authentication the provider takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientAuthenticationRules {
    /// In the order to offer them.
    pub methods: Vec<AuthenticationMethod>,
    pub default: AuthenticationMethod,
    pub audience: AssertionAudience,
}

impl Default for ClientAuthenticationRules {
    /// A public client.
    fn default() -> Self {
        Self {
            methods: vec![AuthenticationMethod::None],
            default: AuthenticationMethod::None,
            audience: AssertionAudience::TokenEndpoint,
        }
    }
}

/// Tokens for the client itself (`client_credentials`, RFC 6749 section 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTokenRules {
    /// The `audience` parameter; the sandbox's begins with `{sandbox}`. Absent: none is sent.
    pub audience: Option<String>,
    pub default_scopes: Vec<String>,
    /// Methods that still work for client tokens and should be left.
    #[serde(default)]
    pub deprecated: Vec<Deprecated>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deprecated {
    pub method: AuthenticationMethod,
    /// Who says so, and what to use instead.
    pub reason: String,
}

/// What a refresh does at the provider, and who decides about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefreshRules {
    pub single_use: bool,
    /// How long a refresh token lives; each use starts the time anew.
    pub sliding_days: Option<u32>,
    pub policy: RefreshPolicy,
    /// What a refresh causes at the provider, asked before it is sent.
    pub consequence: Option<String>,
    /// What to do where the refresh token is refused. Absent: sign in again.
    pub when_refused: Option<String>,
}

impl Default for RefreshRules {
    /// Nothing is known, so the person is asked.
    fn default() -> Self {
        Self {
            single_use: false,
            sliding_days: None,
            policy: RefreshPolicy::Ask,
            consequence: None,
            when_refused: None,
        }
    }
}

/// The provider's own error object, beside that of RFC 6749 section 5.2: which members say what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorShape {
    pub message: Option<String>,
    /// A word for the error.
    pub label: Option<String>,
    /// What the provider's support asks for.
    pub trace_id: Option<String>,
    /// HTTP statuses that mean `invalid_grant` where the object has this shape.
    #[serde(default)]
    pub invalid_grant_statuses: Vec<u16>,
}
