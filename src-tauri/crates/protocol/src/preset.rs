//! Providers that a connection can start from. A preset is data, never code.

mod rules;

use std::sync::LazyLock;

use serde::Deserialize;

pub use rules::{
    BodyEncoding, ClientAuthenticationRules, ClientTokenRules, Deprecated, ErrorShape, RefreshRules,
    TokenRequests,
};

use crate::settings::{Environment, StartsWith};

/// What is known about one provider. What a file leaves out is the standard's own rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What connection files call it, such as `stitch-test`.
    pub id: String,
    pub name: String,
    /// What it is, in a few words.
    pub summary: String,
    pub environment: Environment,
    #[serde(default)]
    pub starts_with: StartsWith,
    /// The endpoints come from the issuer's metadata.
    #[serde(default)]
    pub discovery: bool,
    #[serde(default)]
    pub endpoints: Endpoints,
    pub default_client_id: Option<String>,
    /// What the provider's client ids of this environment begin with.
    pub client_id_prefix: Option<String>,
    /// What the client ids of another environment begin with.
    pub client_id_wrong_prefix: Option<String>,
    pub client_id_hint: Option<String>,
    pub default_redirect_uri: Option<String>,
    #[serde(default)]
    pub default_scopes: Vec<String>,
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// Whether the provider gives id_tokens.
    #[serde(default = "yes")]
    pub openid: bool,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub token_requests: TokenRequests,
    #[serde(default)]
    pub client_authentication: ClientAuthenticationRules,
    /// Absent where the provider gives no tokens to the client itself.
    pub client_tokens: Option<ClientTokenRules>,
    #[serde(default)]
    pub refresh: RefreshRules,
    #[serde(default)]
    pub errors: ErrorShape,
    /// Headers that some of the provider's clients must send.
    #[serde(default)]
    pub headers: Vec<HeaderHint>,
}

/// Endpoint URLs. Those of the sandbox begin with `{sandbox}`, which stands for its base URL.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    pub issuer: Option<String>,
    pub authorization_endpoint: Option<String>,
    pub token_endpoint: Option<String>,
    pub jwks_uri: Option<String>,
    pub userinfo_endpoint: Option<String>,
    pub revocation_endpoint: Option<String>,
    pub introspection_endpoint: Option<String>,
    pub end_session_endpoint: Option<String>,
    pub graphql_endpoint: Option<String>,
}

impl Endpoints {
    /// An endpoint by its field's name, such as `token_endpoint`.
    pub fn get(&self, name: &str) -> Option<&str> {
        match name {
            "issuer" => self.issuer.as_deref(),
            "authorization_endpoint" => self.authorization_endpoint.as_deref(),
            "token_endpoint" => self.token_endpoint.as_deref(),
            "jwks_uri" => self.jwks_uri.as_deref(),
            "userinfo_endpoint" => self.userinfo_endpoint.as_deref(),
            "revocation_endpoint" => self.revocation_endpoint.as_deref(),
            "introspection_endpoint" => self.introspection_endpoint.as_deref(),
            "end_session_endpoint" => self.end_session_endpoint.as_deref(),
            "graphql_endpoint" => self.graphql_endpoint.as_deref(),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    pub name: String,
    /// What it allows, in a sentence.
    pub description: String,
    /// Needs a client token; never asked for at a user's sign-in.
    #[serde(default)]
    pub client: bool,
}

/// What the server takes at most, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of the joined `scope` parameter.
    pub scope: Option<u32>,
    pub redirect_uri: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderHint {
    pub name: String,
    /// What it is for and who needs it, in a sentence.
    pub description: String,
}

fn yes() -> bool {
    true
}

const FILES: [&str; 6] = [
    include_str!("../presets/sandbox.toml"),
    include_str!("../presets/stitch-test.toml"),
    include_str!("../presets/stitch-live.toml"),
    include_str!("../presets/vault.toml"),
    include_str!("../presets/openid.toml"),
    include_str!("../presets/tokens.toml"),
];

// A file that does not parse is left out here and fails a test below.
static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect());

/// Every preset, in the order to offer them.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

pub fn preset(id: &str) -> Option<&'static Preset> {
    presets().iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests;
