//! The Query view: saved documents, a run and its response.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorView;

/// A saved query as the sidebar lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct QuerySummary {
    /// `accounts/list-bank-accounts`: the file's path without its ending.
    pub path: String,
    pub name: String,
    /// Empty for a query at the top.
    pub folder: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct QueryView {
    pub path: String,
    pub name: String,
    pub folder: String,
    /// `queries/accounts/list-bank-accounts.graphql`.
    pub file: String,
    pub document: String,
    /// JSON text; empty for none.
    pub variables: String,
    /// What was typed and not saved.
    pub draft: Option<QueryDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct QueryDraft {
    pub document: String,
    pub variables: String,
}

/// One run. `id` is made by the page: a repeated command with the same id does not run again.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunRequest {
    pub id: String,
    pub session: String,
    pub document: String,
    /// Needed where the document has several operations.
    pub operation_name: Option<String>,
    /// JSON text; empty for none.
    pub variables: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResponseView {
    pub status: u16,
    pub duration_ms: i64,
    /// The body as it came, in bytes.
    pub size: u64,
    pub content_type: Option<String>,
    pub headers: Vec<super::NamedValue>,
    /// Indented where it is JSON and not very large, every digit kept; otherwise as it came.
    pub body: String,
    pub json: bool,
    pub errors: Vec<GraphqlErrorView>,
    /// How many errors there are in the body beyond those.
    pub errors_left_out: u64,
    /// Data came along with the errors.
    pub partial: bool,
    /// The exchange in the Wire drawer.
    pub exchange: String,
}

/// An error of the reply, as a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GraphqlErrorView {
    pub card: ErrorView,
    /// `user.bankAccounts[0].transactions`.
    pub path: Option<String>,
    /// `extensions.code`.
    pub code: Option<String>,
    /// One-based.
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub missing_scopes: Vec<String>,
}
