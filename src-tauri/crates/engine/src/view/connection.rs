//! The Connection view.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    AssertionAudience, AuthenticationMethod, AuthenticationView, CheckOutcome, ClientTokensView, Environment,
    FindingView, NamedValue, RedirectMethod, RefreshPolicy, StartsWith,
};

/// One connection with everything that its form shows.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConnectionView {
    pub slug: String,
    pub name: String,
    pub environment: Environment,
    /// The preset's id, such as `stitch-test`.
    pub preset: String,
    /// What the preset is, in a few words, for the line beside the name.
    pub preset_summary: String,
    /// `connections/sandbox.toml`.
    pub file: String,
    /// The SHA-256 of the file, in hexadecimal.
    pub revision: String,
    pub client_id: String,
    /// What the client registration looks like, such as "ids of test clients begin with test-".
    pub client_id_hint: Option<String>,
    pub scopes: Vec<String>,
    /// The preset's catalogue; a chosen scope that it lacks is still in `scopes`.
    pub scope_catalogue: Vec<ScopeView>,
    /// What the issuer's metadata names beside the catalogue; for whom each is, it does not say.
    pub scopes_supported: Vec<String>,
    /// The server's limit on the joined `scope` parameter, in characters.
    pub scope_limit: Option<u32>,
    /// How a session of this connection begins.
    pub starts_with: StartsWith,
    pub authentication: AuthenticationView,
    /// Absent where the provider has none.
    pub client_tokens: Option<ClientTokensView>,
    pub refresh_policy: RefreshPolicy,
    /// What a refresh causes at the provider.
    pub refresh_consequence: Option<String>,
    pub redirect_method: RedirectMethod,
    pub redirect_uri: String,
    pub registration: LinkRegistration,
    pub endpoints: Vec<EndpointView>,
    pub discovery: DiscoveryView,
    /// Sent with each request to the token endpoint and the API.
    pub headers: Vec<NamedValue>,
    /// Headers that the provider knows, with what each is for.
    pub header_hints: Vec<NamedValue>,
    pub parameters: ParametersView,
    /// Parameters and headers that cannot be set by hand.
    pub reserved: Vec<ReservedView>,
    /// What stands in the way of a sign-in or a token request; a subset of the findings.
    pub problems: Vec<Problem>,
    /// Every check of the client, passed ones too.
    pub findings: Vec<FindingView>,
}

/// Extra parameters of each leg.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ParametersView {
    pub authorize: Vec<NamedValue>,
    pub token: Vec<NamedValue>,
    pub refresh: Vec<NamedValue>,
}

/// A parameter or header that cannot be set by hand.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReservedView {
    pub rows: ExtraRows,
    pub name: String,
    /// One sentence.
    pub reason: String,
}

/// What can be added to requests by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExtraRows {
    Authorize,
    Token,
    Refresh,
    Headers,
}

/// Where the endpoints of an OpenID provider come from.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "state")]
#[ts(export)]
pub enum DiscoveryView {
    /// The preset names the endpoints.
    NotUsed,
    /// The issuer is not known or was not asked yet.
    Waiting,
    Fetching,
    Fetched {
        at: i64,
        url: String,
    },
    Failed {
        url: String,
        message: String,
        hint: Option<String>,
    },
}

/// One answer of the redirect doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RedirectCheck {
    pub title: String,
    pub outcome: CheckOutcome,
    /// What was found.
    pub message: String,
    pub hint: Option<String>,
    /// "Repair" can fix it.
    pub repairable: bool,
}

/// What a person may change about a connection.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConnectionDraft {
    /// That of the view that was edited: it is saved only while the file has that content.
    pub revision: String,
    pub name: String,
    pub client_id: String,
    pub scopes: Vec<String>,
    pub redirect_method: RedirectMethod,
    pub redirect_uri: String,
    /// Only those that differ from the preset; an empty value returns to the preset's.
    pub endpoints: Vec<EndpointDraft>,
    pub authentication_method: AuthenticationMethod,
    /// Empty takes the first that fits the key.
    pub algorithm: String,
    pub kid: String,
    pub audience: AssertionAudience,
    pub client_scopes: Vec<String>,
    /// Absent: the preset's own.
    pub client_audience: Option<String>,
    pub refresh_policy: RefreshPolicy,
    pub headers: Vec<NamedValue>,
    pub parameters: ParametersView,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ScopeView {
    pub name: String,
    /// What it allows, in a sentence.
    pub description: String,
    /// Needs a client token; never asked for at a user's sign-in.
    pub client: bool,
}

/// Whether this computer opens the app link's scheme with this Bobbin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "state")]
#[ts(export)]
pub enum LinkRegistration {
    Registered,
    NotRegistered {
        /// What happens to a link instead.
        detail: String,
        hint: String,
        /// Whether registering this Bobbin again would help.
        repairable: bool,
    },
    /// Links open the default profile, and this one is another.
    OtherProfile,
    /// The redirect URI needs no scheme handler.
    NotNeeded,
    Unknown,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EndpointView {
    pub kind: EndpointKind,
    /// The field's own name, such as `authorization_endpoint`.
    pub name: String,
    /// Absent until the sandbox has started, or where the provider has none.
    pub url: Option<String>,
    pub source: EndpointSource,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EndpointDraft {
    pub kind: EndpointKind,
    pub url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EndpointKind {
    Issuer,
    Authorization,
    Token,
    Jwks,
    Userinfo,
    Revocation,
    EndSession,
    Introspection,
    Graphql,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EndpointSource {
    Preset,
    /// From the provider's metadata (OpenID Connect Discovery 1.0 section 4).
    Discovery,
    /// Written by hand in the connection's file or form.
    Manual,
    Sandbox,
    None,
}

/// A field of the form that a sign-in cannot work with.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Problem {
    /// `name`, `clientId`, `scopes`, `redirectUri` or an endpoint's name.
    pub field: String,
    pub message: String,
    /// A warning lets the sign-in start; anything else does not.
    pub warning: bool,
    /// Nothing was entered yet, which is no mistake before somebody has been at the field.
    pub missing: bool,
    /// A note at the field says the same, with what to do.
    pub noted: bool,
}

/// A provider that a new connection can start from.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PresetView {
    pub id: String,
    pub name: String,
    pub environment: Environment,
    pub summary: String,
    /// The issuer's metadata fill in the endpoints.
    pub discovery: bool,
}
