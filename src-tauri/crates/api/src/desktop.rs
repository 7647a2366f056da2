//! The window, the clipboard and the system's app links, which the commands reach through one port.

use std::path::Path;

use bobbin_engine::{
    Engine,
    view::{AboutView, LinkRegistration},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the commands come from. Each error is the reason, for the details.
pub trait Desktop: Send + Sync {
    fn about(&self, engine: &Engine) -> AboutView;

    /// The licenses' texts that the page's build has collected.
    fn licenses(&self) -> Option<String>;

    fn copy(&self, text: String) -> Result<(), String>;

    /// Opens a file with the program that the system has for its kind.
    fn open_file(&self, file: &Path) -> Result<(), String>;

    /// Shows a file in the system's file manager.
    fn show_in_folder(&self, file: &Path) -> Result<(), String>;

    /// Changes the page's size on screen; answers the new one in percent.
    fn zoom(&self, step: ZoomStep) -> Result<u16, String>;

    /// Uses a theme, if one is named; answers the one that is remembered.
    fn theme(&self, choice: Option<ThemeChoice>) -> Result<ThemeChoice, String>;

    /// Who opens links with `scheme`, as it was when the system was asked last.
    fn link_registration(&self, scheme: &str) -> LinkRegistration;

    /// Asks the system again who opens our links; whether the answer is another one. Takes a moment.
    fn look_at_links_again(&self) -> bool;

    /// Registers our links with this program. Takes a moment.
    fn take_over_links(&self);

    /// A view of everything was answered: what comes after the first is in nobody's way.
    fn overview_answered(&self) {}

    /// The page shows the notices that were kept for it.
    fn notices_shown(&self) {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ThemeChoice {
    /// As the system is.
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ZoomStep {
    In,
    Out,
    Reset,
}
