//! What is known of the workspace's files, so that only what somebody else has edited is told, and told once.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::{FileError, Workspace, files};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Content {
    #[default]
    Missing,
    Unreadable,
    Sha256([u8; 32]),
}

/// What each file held; one that is not in it is missing.
type Files = HashMap<PathBuf, Content>;

/// Files, each with the name of what it belongs to.
type Named = Vec<(PathBuf, String)>;

#[derive(Debug, Clone, Default)]
pub(super) struct Known(Arc<Mutex<Files>>);

impl Known {
    fn lock(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workspace {
    /// Takes what is there now for known. What cannot be listed now is told once it can be.
    pub(super) fn know(&self) {
        let _ = (self.edited_connections(), self.edited_queries());
    }

    /// The slugs of connections that others have edited, created or deleted since this was asked last, or since the
    /// workspace was opened.
    pub fn edited_connections(&self) -> Result<BTreeSet<String>, FileError> {
        self.edited(Self::connection_files, Self::connection_at)
    }

    /// The same of queries, by their paths.
    pub fn edited_queries(&self) -> Result<BTreeSet<String>, FileError> {
        self.edited(Self::query_files, Self::query_at)
    }

    fn edited(
        &self,
        list: fn(&Self) -> Result<Named, FileError>,
        name_of: fn(&Self, &Path) -> Option<String>,
    ) -> Result<BTreeSet<String>, FileError> {
        let mut known = self.known.lock();
        let listed = list(self)?;
        let mut old: Files = known.extract_if(|path, _| name_of(self, path).is_some()).collect();
        let mut edited = BTreeSet::new();
        for (path, name) in listed {
            let now = content(&path);
            if old.remove(&path).unwrap_or_default() != now {
                edited.insert(name);
            }
            known.insert(path, now);
        }
        // What is left of the old ones is gone.
        edited.extend(old.keys().filter_map(|path| name_of(self, path)));
        Ok(edited)
    }

    /// Writes a file that is known from then on, unless somebody else has edited it and that was not told yet.
    pub(super) fn write(&self, path: &Path, text: impl AsRef<[u8]>) -> Result<(), FileError> {
        let mut known = self.known.lock();
        let is_known = known.get(path).copied().unwrap_or_default() == content(path);
        files::write(path, &text)?;
        // What is written may hold the other's edit, so it stays to be told.
        if is_known {
            known.insert(path.to_owned(), Content::Sha256(digest(text.as_ref())));
        }
        Ok(())
    }

    /// Removes a file, whose end is known.
    pub(super) fn remove(&self, path: &Path) -> Result<(), FileError> {
        let mut known = self.known.lock();
        files::remove(path)?;
        known.remove(path);
        Ok(())
    }
}

fn content(path: &Path) -> Content {
    match files::read_bytes(path) {
        Ok(bytes) => Content::Sha256(digest(&bytes)),
        Err(FileError::NotFound { .. }) => Content::Missing,
        Err(_) => Content::Unreadable,
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests;
