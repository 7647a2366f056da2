//! The connections of a workspace: listed, read, written and deleted.

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
        let mut slugs: Vec<String> = files::entries(&self.connections_dir())?
            .into_iter()
            .filter(|(_, kind)| kind.is_file())
            .filter_map(|(name, _)| name.strip_suffix(ENDING).map(str::to_owned))
            .filter(|slug| !slug.is_empty())
            .collect();
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
        let place = files::inside(&self.connections_dir(), single(slug)?)?;
        let path = files::with_ending(&place, ENDING)?;
        ConnectionFile::parse(&path, &files::read(&path)?)
    }

    /// Writes `connections/<slug>.toml`, in place of what was there.
    pub fn save_connection(&self, slug: &str, connection: &ConnectionFile) -> Result<(), FileError> {
        let place = files::inside(&self.connections_dir(), single(slug)?)?;
        let path = files::with_ending(&place, ENDING)?;
        let text = connection.text(&path)?;
        files::write(&path, &text)
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
        let place = files::inside(&self.connections_dir(), single(slug)?)?;
        files::remove(&files::with_ending(&place, ENDING)?)
    }
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
