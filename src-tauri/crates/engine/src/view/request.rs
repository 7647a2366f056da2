//! The authorization requests that were started here.

use serde::Serialize;
use ts_rs::TS;

/// One sign-in that was started here, with what became of it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequestView {
    pub id: String,
    /// The connection's slug.
    pub connection: String,
    pub connection_name: String,
    pub state: String,
    pub code_challenge: String,
    /// The caller's own name for the end user; empty where none was given.
    pub user_label: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub outcome: RequestOutcome,
    /// Why it did not succeed.
    pub detail: Option<String>,
    /// The session that it made, if that is still here.
    pub session: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RequestOutcome {
    Waiting,
    Succeeded,
    Failed,
    Cancelled,
    Expired,
}

/// What a pasted `state`, callback URL or authorization URL belongs to.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequestFound {
    /// The `state` that was read from what was pasted.
    pub state: String,
    pub request: Option<RequestView>,
    /// One sentence about what this is.
    pub message: String,
}
