//! What Inspect says about a pasted text, the PKCE checker, and the sandbox's faults.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CheckView;

/// What a pasted text is to be checked with; nothing of it is kept.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InspectRequest {
    pub text: String,
    /// The slug of the connection whose issuer, client and keys to check against.
    pub connection: Option<String>,
    /// Whether that issuer's keys may be fetched now; else only those that are known already are used.
    pub fetch_keys: bool,
    /// A pasted JWKS or PEM certificate to check a signature with.
    pub keys: Option<String>,
    pub nonce: Option<String>,
    pub state: Option<String>,
    pub code: Option<String>,
    pub access_token: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InspectionView {
    /// Such as `id_token` or `callback`; `unknown` where nothing was recognised.
    pub kind: String,
    /// Where it was found in another, such as `access_token`.
    pub place: Option<String>,
    /// What it is and what is wrong with it, in one sentence.
    pub summary: String,
    pub problems: Vec<InspectProblemView>,
    pub parts: Vec<InspectPart>,
    /// The checks of a token, made as far as what was given allows.
    pub checks: Vec<CheckView>,
    /// What was found inside, such as the tokens of a token reply.
    pub inner: Vec<InspectionView>,
    /// The keys of the chosen connection were not known and were not fetched.
    pub keys_wanted: bool,
    /// Milliseconds that the chosen connection's provider is ahead of this computer's clock, by which its times
    /// were judged; only with the outermost, and where it matters.
    pub clock_ahead_ms: Option<i64>,
    /// The same where it is too far off, so that nothing was judged by it.
    pub clock_off_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InspectProblemView {
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InspectPart {
    pub title: String,
    /// Indented JSON or another text to show as it is.
    pub text: Option<String>,
    pub rows: Vec<InspectRow>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct InspectRow {
    pub name: String,
    /// Masked where it is a secret.
    pub value: String,
    pub meaning: String,
    /// For a time: Unix milliseconds.
    pub time: Option<i64>,
}

/// Whether a verifier and a challenge fit (RFC 7636 section 4).
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PkceView {
    /// Absent until both are there and well-formed.
    pub fits: Option<bool>,
    /// The verifier's S256 challenge.
    pub expected_challenge: Option<String>,
    pub verifier_problems: Vec<String>,
    pub challenge_problems: Vec<String>,
}

/// Fresh values of a sign-in, for trying out.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PkceValues {
    pub code_verifier: String,
    pub code_challenge: String,
    pub state: String,
    pub nonce: String,
}

/// A way in which the sandbox can misbehave.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FaultView {
    pub id: String,
    pub group: String,
    pub title: String,
    /// What one should see in Bobbin, in a sentence.
    pub see: String,
    pub active: bool,
}
