//! How a connection proves which client it is, and what its doctor found.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AssertionAudience, AuthenticationMethod, NamedValue};

/// The client's authentication at the token endpoint, without its secrets.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AuthenticationView {
    pub method: AuthenticationMethod,
    /// What the provider takes, in the order to offer it.
    pub methods: Vec<AuthenticationChoice>,
    pub secret_present: bool,
    pub key: Option<KeyView>,
    /// The signature algorithm of the assertion, such as `RS256`.
    pub algorithm: String,
    /// Those that fit the key.
    pub algorithms: Vec<String>,
    /// The `kid` of the assertion's header; empty where there is none.
    pub kid: String,
    pub audience: AssertionAudience,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AuthenticationChoice {
    pub method: AuthenticationMethod,
    /// Why it should not be chosen any more.
    pub deprecated: Option<String>,
}

/// What may be shown of a private key: never the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyView {
    /// `RSA 2048` or `EC P-256`.
    pub kind: String,
    pub kid: Option<String>,
    /// Where the `kid` came from, in words.
    pub kid_source: String,
    pub certificate: Option<CertificateView>,
    /// What is to be known about it, such as that it expires soon.
    pub warning: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CertificateView {
    pub subject: String,
    pub issuer: String,
    pub not_before: i64,
    pub not_after: i64,
    /// Upper-case hexadecimal.
    pub sha1: String,
}

/// The client assertion as it would be sent now (RFC 7523 section 3), unsigned.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AssertionPreview {
    /// Indented JSON.
    pub header_json: String,
    pub claims_json: String,
}

/// What a client's own tokens are asked for with.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientTokensView {
    pub scopes: Vec<String>,
    /// Sent as `audience`; empty sends none. Absent: the sandbox's, which is known when it runs.
    pub audience: Option<String>,
    /// The preset's own.
    pub default_audience: Option<String>,
    /// Why this way of getting them is deprecated, where it is.
    pub deprecated: Option<String>,
    /// The session that a request would use again.
    pub session: Option<String>,
}

/// Which tokens a provider refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Asked {
    SignIn,
    Refresh,
    ClientToken,
}

/// One check of a client before or after something is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FindingView {
    pub code: String,
    /// The field of the form that it is about, such as `clientId`.
    pub field: String,
    pub level: FindingLevel,
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FindingLevel {
    Passed,
    Warning,
    Error,
}

/// What an import of a credentials file used and what it did not.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CredentialsImportView {
    /// The SHA-256 of the connection's file with it, in hexadecimal.
    pub revision: String,
    /// The field's name, and what it became.
    pub used: Vec<NamedValue>,
    /// The field's name, and why it was not used.
    pub ignored: Vec<NamedValue>,
}
