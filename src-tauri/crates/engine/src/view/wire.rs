//! The Wire drawer: what went over the network.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One row of the drawer.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExchangeSummary {
    pub id: String,
    /// When the request left.
    pub at: i64,
    /// `GET`, `POST`, `OPEN` for a page opened in the browser, or `LINK` for an app link that came in.
    pub method: String,
    /// Path and purpose, such as `/connect/token authorization_code`.
    pub target: String,
    pub connection: Option<String>,
    /// The HTTP status; absent for a link, a page, or a request without a reply.
    pub status: Option<u16>,
    pub outcome: ExchangeOutcome,
    /// Absent while it runs.
    pub duration_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExchangeOutcome {
    Running,
    Ok,
    /// Data with errors beside it.
    Partial,
    Error,
    /// No reply: refused, timed out or cut off.
    NoReply,
    Cancelled,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExchangeView {
    pub summary: ExchangeSummary,
    pub url: String,
    pub sections: Vec<ExchangeSection>,
    /// Why there was no reply.
    pub failure: Option<String>,
}

/// `Query parameters`, `Request headers`, `Form`, `Request body`, `Response headers`, `Response body`.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExchangeSection {
    pub part: ExchangePart,
    pub title: String,
    pub fields: Vec<FieldView>,
    /// A body that is not a list of fields, with its secrets masked.
    pub text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExchangePart {
    Query,
    RequestHeaders,
    RequestBody,
    ResponseHeaders,
    ResponseBody,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FieldView {
    pub name: String,
    /// Masked where `secret`.
    pub value: String,
    pub secret: bool,
    /// Such as "matches the original".
    pub note: Option<String>,
}
