//! What is known of the workspace's files, so that only what somebody else has edited is told, and told once.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::{FileError, Workspace, files};

/// The SHA-256 of each file, `None` where it cannot be read.
type Files = HashMap<PathBuf, Option<[u8; 32]>>;

#[derive(Debug, Clone, Default)]
pub(super) struct Known(Arc<Mutex<Files>>);

impl Known {
    fn lock(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The slugs of connections and the paths of queries that were edited, created or deleted outside Bobbin.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Edited {
    pub connections: BTreeSet<String>,
    pub queries: BTreeSet<String>,
}

impl Workspace {
    /// What others have edited since this was asked last, or since the folder is watched.
    pub fn edited(&self) -> Result<Edited, FileError> {
        let mut known = self.known.lock();
        let connections = self.connection_files()?.into_iter();
        let queries = self.query_files()?.into_iter();
        let mut now = Files::new();
        let mut edited = Edited::default();
        let mut compare = |path: PathBuf, name: String, names: &mut BTreeSet<String>| {
            let digest = files::read_bytes(&path).ok().map(|bytes| digest(&bytes));
            if known.remove(&path) != Some(digest) {
                names.insert(name);
            }
            now.insert(path, digest);
        };
        connections.for_each(|(path, slug)| compare(path, slug, &mut edited.connections));
        queries.for_each(|(path, query)| compare(path, query, &mut edited.queries));
        // What is left of the old ones is gone.
        for path in known.keys() {
            if let Some(slug) = self.connection_at(path) {
                edited.connections.insert(slug);
            } else if let Some(query) = self.query_at(path) {
                edited.queries.insert(query);
            }
        }
        *known = now;
        Ok(edited)
    }

    /// Writes a file that is known from then on.
    pub(super) fn write(&self, path: &Path, content: impl AsRef<[u8]>) -> Result<(), FileError> {
        let mut known = self.known.lock();
        files::write(path, &content)?;
        known.insert(path.to_owned(), Some(digest(content.as_ref())));
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

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
