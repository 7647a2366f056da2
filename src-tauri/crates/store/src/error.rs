//! What can go wrong with the database.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A failure of the database or of what is sealed in it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused; the message is its own.
    #[error("the database refused a request: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{} could not be prepared: {source}. Check that the folder exists, is yours and can be written", .path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error(
        "{} has schema version {found}, and this Bobbin knows versions up to {known}. It was written by a newer Bobbin: install that version, or move the file away to begin afresh",
        .path.display()
    )]
    NewerSchema { path: PathBuf, found: i64, known: i64 },
    #[error(
        "The key in the key store is not the one that {} is sealed with. Bring the right key back from a backup of the key store, or move the file away to begin afresh; nothing was deleted.",
        .path.display()
    )]
    WrongKey { path: PathBuf },
    /// Named by its place; nothing of the value is in the message.
    #[error(
        "{table}.{column} of \"{row}\" cannot be unsealed: it was changed outside Bobbin or sealed with another key. It was left as it is"
    )]
    Unsealable { table: &'static str, column: &'static str, row: String },
    #[error("{table}.{column} of \"{row}\" is not what Bobbin writes: {reason}. It was left as it is")]
    Content { table: &'static str, column: String, row: String, reason: String },
    #[error("there is no session \"{id}\". It may have been deleted meanwhile; sign in again")]
    UnknownSession { id: String },
    #[error("there is no sign-in \"{id}\" that was taken: it ended meanwhile")]
    UnknownSignIn { id: String },
    #[error(
        "the session \"{id}\" is at generation {found}, and the new tokens are of generation {came}: it was refreshed elsewhere meanwhile"
    )]
    Overtaken { id: String, came: u32, found: u32 },
    #[error("no database could be opened, not even in memory. Close some programs and start Bobbin again")]
    NoDatabase,
}

impl StoreError {
    /// Whether SQLite found, while it was at work, that the file is not as it was written.
    pub fn is_damage(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }
}
