//! The Session view: tiles, claims and checks.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Environment;

/// A session as the sidebar lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SessionSummary {
    pub id: String,
    pub label: String,
    pub connection: String,
    pub kind: SessionKind,
    pub access_issued_at: i64,
    /// Absent where the server gave no `expires_in`.
    pub access_expires_at: Option<i64>,
    pub scopes: Vec<String>,
}

/// Whose tokens a session holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SessionKind {
    /// An end user's, by a sign-in or a refresh token.
    User,
    /// The client's own (RFC 6749 4.4).
    Client,
    /// Pasted; nothing was asked of a server.
    Manual,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SessionView {
    pub id: String,
    pub label: String,
    pub connection: String,
    pub connection_name: String,
    pub environment: Environment,
    pub kind: SessionKind,
    pub created_at: i64,
    /// Milliseconds that the provider's clock is ahead of this computer's, as its `Date` headers say; times of the
    /// id_token are checked with it. Absent where they agree within two seconds or nothing is known.
    pub clock_ahead_ms: Option<i64>,
    /// The same where it is too far off to be followed: one of the two clocks is plainly wrong.
    pub clock_off_ms: Option<i64>,
    /// False while the key store is not ready: a restart loses this session.
    pub persisted: bool,
    /// Absent until the first refresh of a session that began with a refresh token alone.
    pub access: Option<TokenView>,
    pub id_token: Option<IdTokenView>,
    pub refresh: Option<RefreshView>,
    pub scopes_granted: Vec<String>,
    pub scopes_requested: Vec<String>,
    /// Members of the token reply that no specification names, such as Vault's `user_id`.
    pub extra: Vec<NamedValue>,
    /// What was odd about the reply that brought the tokens, one sentence each.
    pub warnings: Vec<String>,
    /// Nobody has verified who signed in: no query may use it.
    pub unverified: bool,
    /// Oldest first.
    pub history: Vec<RefreshRecordView>,
    /// What the provider has for this session besides its tokens.
    pub abilities: SessionAbilities,
}

/// Which endpoints a session can be asked about at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each so or not")]
pub struct SessionAbilities {
    pub userinfo: bool,
    pub introspection: bool,
    pub revocation: bool,
    pub end_session: bool,
    /// The client does not prove who it is, which introspection asks for (RFC 7662 section 2.1).
    pub public_client: bool,
}

/// The userinfo reply (OIDC Core 5.3).
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UserinfoView {
    pub claims: Vec<ClaimView>,
    pub at: i64,
}

/// The introspection reply (RFC 7662 2.2).
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IntrospectionView {
    pub active: bool,
    pub claims: Vec<ClaimView>,
    pub at: i64,
}

/// The access token's tile.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TokenView {
    pub issued_at: i64,
    pub expires_at: Option<i64>,
    pub expiry_source: ExpirySource,
    /// `opaque` or `JWT`.
    pub format: String,
    pub token_type: String,
    /// Enough to tell two tokens apart, such as `nXPh…6kK4`.
    pub masked: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IdTokenView {
    pub issued_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub alg: String,
    /// False where a check failed; such a session is only made by hand.
    pub verified: bool,
    /// When the checks were made.
    pub checked_at: i64,
    pub claims: Vec<ClaimView>,
    /// The decoded header and payload, indented.
    pub header_json: String,
    pub payload_json: String,
    pub checks: Vec<CheckView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClaimView {
    pub name: String,
    /// As JSON, strings without their quotes.
    pub value: String,
    /// What it says, in words, such as "Signed in by password".
    pub meaning: String,
    /// For a time: Unix milliseconds, so that the page can say how long ago.
    pub time: Option<i64>,
}

/// One verdict about a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckView {
    /// The claim or member that was checked, such as `at_hash` or `signature`.
    pub name: String,
    pub title: String,
    pub outcome: CheckOutcome,
    /// The reason code of a failure, such as `id_token_nonce_mismatch`.
    pub code: Option<String>,
    pub expected: String,
    pub got: String,
    /// Why it matters, or why it was skipped.
    pub why: String,
    /// Such as `OIDC Core 3.1.3.7 (6)`.
    pub section: String,
    /// What to do about a failure.
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CheckOutcome {
    Passed,
    Failed,
    Skipped,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RefreshView {
    pub issued_at: i64,
    /// By the provider's rule, as the reply does not say it.
    pub expires_at: Option<i64>,
    pub expiry_source: ExpirySource,
    pub sliding_days: Option<u32>,
    pub single_use: bool,
    /// 1 for the first pair; each refresh adds one.
    pub generation: u32,
    pub state: RefreshState,
    /// What a refresh will cause at this provider, asked before it is sent.
    pub consequence: Option<String>,
}

/// Who says when a token ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExpirySource {
    /// The reply that brought it.
    Reply,
    /// What is known of the provider.
    Preset,
    /// The credentials file that was imported into the connection.
    Credentials,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RefreshState {
    Ready,
    InFlight,
    /// The server may have consumed it. Where no reply came, Bobbin sends it once more by itself; a person may always.
    PossiblyConsumed,
    /// The server refused it; only a new sign-in helps.
    Rejected,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RefreshRecordView {
    pub at: i64,
    pub generation: u32,
    pub ok: bool,
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NamedValue {
    pub name: String,
    pub value: String,
}

/// A secret of a session that a person can reveal or copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SessionSecret {
    AccessToken,
    IdToken,
    RefreshToken,
}
