//! The workspace folder: connections and saved queries as files that a team can commit. No secret is ever in them.

mod connection_file;
mod connections;
mod error;
pub(crate) mod files;
mod known;
mod naming;
mod queries;
mod seeds;
mod watch;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use self::{
    connection_file::{
        Authentication, ClientTokens, ConnectionFile, Lifetimes, Parameters, Redirect, Refresh,
    },
    connections::ListedConnection,
    error::FileError,
    queries::{QueryFile, QuerySummary},
    watch::Watcher,
};

const CONNECTIONS: &str = "connections";
const QUERIES: &str = "queries";

/// An open workspace folder. Every call reads the files anew, so edits from outside are seen.
#[derive(Debug, Clone)]
pub struct Workspace {
    dir: PathBuf,
    known: known::Known,
}

impl Workspace {
    /// Opens a folder and creates `connections/` and `queries/` in it.
    ///
    /// A folder that has neither of the two is fresh and gets the sandbox's connection and queries.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        let workspace = Self { dir: dir.to_owned(), known: known::Known::default() };
        let fresh = !workspace.connections_dir().exists() && !workspace.queries_dir().exists();
        let folders = [workspace.connections_dir(), workspace.queries_dir()];
        for folder in &folders {
            files::create_folders(folder)?;
        }
        if fresh && let Err(error) = seeds::write(&workspace) {
            // Half a start would count as a workspace of its own, and the sandbox would never come.
            for folder in &folders {
                let _ = fs::remove_dir_all(folder);
            }
            return Err(error);
        }
        workspace.know();
        Ok(workspace)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the file of a connection or query is, by its path from the workspace such as `connections/sandbox.toml`.
    ///
    /// It may hold anything, or be too large to be read.
    pub fn place_of(&self, file: &str) -> Result<PathBuf, FileError> {
        let path = match file.split_once('/') {
            Some((CONNECTIONS, name)) => self.connection_file(name)?,
            Some((QUERIES, name)) => self.query_file(name)?,
            _ => None,
        };
        let Some(path) = path else {
            let reason = "it is no connection and no query";
            return Err(FileError::Name { given: file.to_owned(), reason });
        };
        if path.is_file() { Ok(path) } else { Err(FileError::NotFound { path }) }
    }

    /// Calls `on_change` soon after a connection or query was changed, by anyone, until the watcher is dropped.
    ///
    /// Changes within 200 ms are told once. The call comes from a thread of the watcher, and
    /// [`Workspace::edited_connections`] and [`Workspace::edited_queries`] say what was not Bobbin's own doing: ask them
    /// once when this returns, as changes since the workspace was opened bring no call.
    pub fn watch(&self, on_change: impl Fn() + Send + 'static) -> Result<Watcher, FileError> {
        Watcher::start(&self.dir, on_change)
    }

    fn connections_dir(&self) -> PathBuf {
        self.dir.join(CONNECTIONS)
    }

    fn queries_dir(&self) -> PathBuf {
        self.dir.join(QUERIES)
    }
}

#[cfg(test)]
mod tests;
