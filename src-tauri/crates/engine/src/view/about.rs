//! What somebody needs to say which Bobbin they have, and where it keeps its things.

use serde::Serialize;
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AboutView {
    pub version: String,
    /// The first digits of the commit, or `unknown`.
    pub commit: String,
    /// In UTC, `2026-11-28`.
    pub build_date: String,
    /// The operating system and the processor's architecture.
    pub system: String,
    /// The web view that shows the page, with its version.
    pub web_view: String,
    pub data_folder: String,
    pub workspace_folder: String,
    pub log_folder: String,
}
