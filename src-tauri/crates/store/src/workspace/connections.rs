//! The connections of a workspace: listed, read, written and deleted.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::{
    ConnectionFile, FileError, Workspace, files,
    naming::{slugify, unique},
};

const ENDING: &str = ".toml";
/// Listed before the others.
const SANDBOX: &str = "sandbox";

/// A connection's slug, with the reason where its file cannot be read.
pub type ListedConnection = (String, Result<ConnectionFile, FileError>);

impl Workspace {
    /// Every connection by its slug, `sandbox` first, then by file name. One that cannot be read has its error.
    pub fn connections(&self) -> Result<Vec<ListedConnection>, FileError> {
        let mut slugs: Vec<String> = self.connection_files()?.into_iter().map(|(_, slug)| slug).collect();
        slugs.sort_by(|one, other| (one != SANDBOX, one).cmp(&(other != SANDBOX, other)));
        Ok(slugs
            .into_iter()
            .map(|slug| {
                let connection = self.connection(&slug);
                (slug, connection)
            })
            .collect())
    }

    pub fn connection(&self, slug: &str) -> Result<ConnectionFile, FileError> {
        let path = self.connection_path(slug)?;
        ConnectionFile::parse(&path, &files::read(&path)?)
    }

    /// The file as it is, also one that cannot be read as a connection.
    pub fn connection_bytes(&self, slug: &str) -> Result<Vec<u8>, FileError> {
        files::read_bytes(&self.connection_path(slug)?)
    }

    /// The SHA-256 of the file, in hexadecimal.
    pub fn connection_revision(&self, slug: &str) -> Result<String, FileError> {
        Ok(revision_of(&self.connection_bytes(slug)?))
    }

    /// Writes `connections/<slug>.toml` if it still is of that revision; returns the new one, `None` where it was not.
    pub fn save_connection_over(
        &self,
        slug: &str,
        revision: &str,
        connection: &ConnectionFile,
    ) -> Result<Option<String>, FileError> {
        // Two saves of one revision must not both be the first. Other programs have no such lock.
        static SAVING: Mutex<()> = Mutex::new(());
        let _saving = SAVING.lock().unwrap_or_else(PoisonError::into_inner);
        if self.connection_revision(slug)? != revision {
            return Ok(None);
        }
        let path = self.connection_path(slug)?;
        let text = connection.text(&path)?;
        self.write(&path, &text)?;
        Ok(Some(revision_of(text.as_bytes())))
    }

    /// Writes `connections/<slug>.toml`, in place of what was there.
    pub fn save_connection(&self, slug: &str, connection: &ConnectionFile) -> Result<(), FileError> {
        let path = self.connection_path(slug)?;
        let text = connection.text(&path)?;
        self.write(&path, text)
    }

    /// Writes the file as [`Workspace::connection_bytes`] gave it.
    pub fn restore_connection(&self, slug: &str, bytes: &[u8]) -> Result<(), FileError> {
        self.write(&self.connection_path(slug)?, bytes)
    }

    /// Writes a new file named after the connection and returns its slug.
    pub fn create_connection(&self, connection: &ConnectionFile) -> Result<String, FileError> {
        let slug = match slugify(&connection.name) {
            empty if empty.is_empty() => "connection".to_owned(),
            slug => slug,
        };
        let dir = self.connections_dir();
        let slug = unique(&slug, |slug| dir.join(format!("{slug}{ENDING}")).symlink_metadata().is_ok());
        self.save_connection(&slug, connection)?;
        Ok(slug)
    }

    pub fn delete_connection(&self, slug: &str) -> Result<(), FileError> {
        self.remove(&self.connection_path(slug)?)
    }

    /// Every connection's file, with its slug.
    pub(super) fn connection_files(&self) -> Result<Vec<(PathBuf, String)>, FileError> {
        let dir = self.connections_dir();
        let files = files::entries(&dir)?.into_iter().filter(|(_, kind)| kind.is_file());
        let paths = files.map(|(name, _)| dir.join(name));
        Ok(paths.filter_map(|path| self.connection_at(&path).map(|slug| (path, slug))).collect())
    }

    /// The slug of the connection whose file this is.
    pub(super) fn connection_at(&self, path: &Path) -> Option<String> {
        let name = path.strip_prefix(self.connections_dir()).ok()?.to_str()?;
        name.strip_suffix(ENDING).filter(|slug| !slug.is_empty()).map(str::to_owned)
    }

    /// Where the file of this name is; `None` if a connection's file is not named so.
    pub(super) fn connection_file(&self, name: &str) -> Result<Option<PathBuf>, FileError> {
        name.strip_suffix(ENDING).map(|slug| self.connection_path(slug)).transpose()
    }

    fn connection_path(&self, slug: &str) -> Result<PathBuf, FileError> {
        files::with_ending(&files::inside(&self.connections_dir(), single(slug)?)?, ENDING)
    }
}

fn revision_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Connections have no folders.
fn single(slug: &str) -> Result<&str, FileError> {
    if slug.contains('/') {
        return Err(FileError::Name { given: slug.to_owned(), reason: "connections have no folders" });
    }
    Ok(slug)
}

#[cfg(test)]
mod tests;
