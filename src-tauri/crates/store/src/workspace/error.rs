//! What can go wrong with a file of the workspace.

use std::{io, path::PathBuf};

/// A failure of one file; it names the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} does not exist. It may have been renamed or deleted outside Bobbin", .path.display())]
    NotFound { path: PathBuf },
    #[error("{} could not be used: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} has {size} bytes; Bobbin takes files of up to {limit} bytes", .path.display())]
    TooLarge { path: PathBuf, size: u64, limit: u64 },
    #[error("{} is not UTF-8 text. Save it as UTF-8", .path.display())]
    NotText { path: PathBuf },
    /// `line` is one-based; `None` where something is missing from the file as a whole.
    #[error("{}{}: {message}", .path.display(), .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Malformed { path: PathBuf, line: Option<usize>, message: String },
    #[error("\"{given}\" is not a name Bobbin can use for a file here: {reason}")]
    Name { given: String, reason: &'static str },
    #[error("{} is a link to another place; Bobbin reads and writes only what is inside the workspace", .path.display())]
    Link { path: PathBuf },
    #[error("changes to {} cannot be watched: {reason}. Bobbin works on, but shows edits from outside only after a restart", .path.display())]
    Watch { path: PathBuf, reason: String },
}

impl FileError {
    pub(crate) fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        if source.kind() == io::ErrorKind::NotFound {
            return Self::NotFound { path };
        }
        Self::Io { path, source }
    }
}
