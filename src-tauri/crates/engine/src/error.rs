//! What went wrong, as the page is told: a stable code, a sentence, and what to do.

use std::{fmt, path::Path};

use bobbin_store::{FileError, StoreError};

use crate::view::{ErrorCode, ErrorView};

/// An error of the engine. The page decides by its code, people read the rest.
#[derive(Debug, Clone)]
pub struct Error(Box<ErrorView>);

impl Error {
    pub fn new<'a>(code: impl Into<&'a str>, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorView::new(code, message)))
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: Option<String>) -> Self {
        self.0.detail = detail;
        self
    }

    /// It asks something, and a yes names this id.
    #[must_use]
    pub fn question(mut self, id: String) -> Self {
        self.0.question = Some(id);
        self
    }

    pub fn code(&self) -> &str {
        &self.0.code
    }

    pub fn is(&self, code: ErrorCode) -> bool {
        self.code() == <&str>::from(code)
    }

    pub fn view(&self) -> &ErrorView {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for ErrorView {
    fn from(error: Error) -> Self {
        tracing::warn!(code = error.code(), "error shown");
        *error.0
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let (code, message, hint) = match &error {
            StoreError::Sqlite(_) if error.is_damage() => (
                ErrorCode::StoreDamaged.into(),
                "Bobbin's database is damaged.",
                "Start Bobbin again: it sets the damaged file aside and recovers what can be read of it. Nothing was deleted.",
            ),
            StoreError::Sqlite(_) => (
                "store_failed",
                "Bobbin's database did not take the change.",
                "Check that the disk has room and that the data folder can be written, then try again.",
            ),
            StoreError::Folder { .. } => (
                "store_folder_failed",
                "Bobbin's data folder could not be prepared.",
                "Check that the folder exists, is yours and can be written.",
            ),
            StoreError::NewerSchema { .. } => (
                "store_newer",
                "Bobbin's database was written by a newer Bobbin.",
                "Install that version, or move the file away to begin afresh.",
            ),
            StoreError::WrongKey { .. } => (
                "store_key_lost",
                "The key in the key store is not the one that Bobbin's database is sealed with.",
                "Bring the right key back from a backup of the key store; nothing was deleted.",
            ),
            StoreError::Unsealable { .. } | StoreError::Content { .. } => (
                "secret_unreadable",
                "A value in Bobbin's database cannot be read; it was left as it is.",
                "It was changed outside Bobbin or sealed with another key. Sign in again for new tokens.",
            ),
            StoreError::UnknownSession { .. } => (
                ErrorCode::SessionUnknown.into(),
                "This session no longer exists.",
                "It was deleted or revoked. Sign in again.",
            ),
            StoreError::UnknownSignIn { .. } => (
                ErrorCode::SignInOver.into(),
                "This sign-in ended elsewhere a moment ago.",
                "What came of it is in the list of requests.",
            ),
            StoreError::Overtaken { .. } => (
                ErrorCode::SessionOvertaken.into(),
                "This session was refreshed elsewhere a moment ago.",
                "The newer tokens are shown now.",
            ),
            StoreError::NoDatabase => (
                "store_missing",
                "No database could be opened, not even in memory.",
                "Close some programs and start Bobbin again.",
            ),
        };
        Self::new(code, message).hint(hint).detail(Some(error.to_string()))
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        let (code, hint) = match &error {
            FileError::NotFound { path } if path.extension().is_some_and(|ending| ending == "toml") => {
                ("connection_not_found", "Bring the file back, or make the connection anew.")
            }
            FileError::NotFound { .. } => ("query_not_found", "Bring the file back, or save the query anew."),
            FileError::Io { .. } => (
                "file_failed",
                "Check that the workspace folder is there, that you may write to it, and that its disk has room.",
            ),
            FileError::TooLarge { .. } => ("file_too_large", "Keep large values in variables, or split it."),
            FileError::NotText { .. } => ("file_not_text", "Save it as UTF-8 with a text editor."),
            FileError::Malformed { .. } => {
                ("file_malformed", "Correct the line with a text editor; the rest of the workspace works.")
            }
            FileError::Name { .. } => ("name_invalid", "Choose another name."),
            FileError::Link { .. } => ("file_is_link", "Put the file itself into the workspace."),
            FileError::Watch { .. } => ("watch_failed", "Start Bobbin again to see edits from outside."),
        };
        match &error {
            FileError::Malformed { path, line, .. } => {
                let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
                Self::new(code, format!("{} cannot be read{line}.", in_workspace(path)))
                    .hint(hint)
                    .detail(Some(error.to_string()))
            }
            _ => Self::new(code, error.to_string()).hint(hint),
        }
    }
}

/// Such as `connections/sandbox.toml`: a file with its folder.
fn in_workspace(path: &Path) -> String {
    let names: Vec<_> = path.iter().rev().take(2).map(|name| name.to_string_lossy()).collect();
    names.into_iter().rev().collect::<Vec<_>>().join("/")
}

pub type Result<T> = std::result::Result<T, Error>;
