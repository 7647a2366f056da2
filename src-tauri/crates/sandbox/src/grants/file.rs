//! The state file: read whole, replaced whole.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::Ledger;
use crate::file;

/// Larger than a full ledger, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads the ledger; an absent, oversized or damaged file reads as an empty one.
pub(super) fn read(path: &Path) -> io::Result<Ledger> {
    let bytes = file::read(path, LARGEST)?.unwrap_or_default();
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

/// Replaces the file off the async threads.
pub(super) async fn write(path: PathBuf, ledger: &Ledger) -> io::Result<()> {
    let bytes = serde_json::to_vec(ledger)?;
    tokio::task::spawn_blocking(move || file::replace(&path, &bytes)).await.map_err(io::Error::other)?
}
