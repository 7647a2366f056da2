//! The sign-in beside the Connection view: numbered steps that fill in as it runs.

use serde::Serialize;
use ts_rs::TS;

use super::{CheckView, ErrorView, RedirectMethod};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInView {
    pub id: String,
    /// The connection's slug.
    pub connection: String,
    pub state: SignInState,
    pub started_at: i64,
    /// When a pending sign-in is given up.
    pub expires_at: i64,
    /// Always five, in the order of the flow.
    pub steps: Vec<StepView>,
    pub code_challenge: String,
    pub redirect_uri: String,
    /// How the browser comes back to this sign-in; it can be switched while it waits.
    pub redirect_method: RedirectMethod,
    /// Those that this redirect URI allows.
    pub redirect_methods: Vec<RedirectMethod>,
    /// The caller's own name for the end user; empty where none was given.
    pub user_label: String,
    /// The session that it made.
    pub session: Option<String>,
    pub failure: Option<ErrorView>,
    /// The id_token's checks, once they were made.
    pub checks: Vec<CheckView>,
    /// Scopes asked for that the server did not grant.
    pub scopes_missing: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignInState {
    /// Waiting for the browser to come back.
    Waiting,
    /// The browser has come back: the code is exchanged and the id_token checked.
    Exchanging,
    Done,
    Cancelled,
    Expired,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StepView {
    pub step: Step,
    pub status: StepStatus,
    /// What happened, or what will.
    pub detail: String,
    pub started_at: Option<i64>,
    pub duration_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Step {
    Prepare,
    Consent,
    Callback,
    Exchange,
    Verify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StepStatus {
    Todo,
    Active,
    Done,
    Failed,
}
