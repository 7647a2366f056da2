//! `queries/<folder>/<slug>.graphql`, with its variables in `<slug>.variables.json` beside it.
//!
//! A query's name stands in its document, so that it survives any tool that keeps text:
//! the leading comment if its slug is the file's, else the first operation's name if that is,
//! else the file's own name in words.

use std::path::{Path, PathBuf};

use super::{
    FileError, Workspace, files,
    naming::{after_leading_comment, first_operation, humanise, leading_comment, slugify, unique},
};

const DOCUMENT: &str = ".graphql";
const VARIABLES: &str = ".variables.json";

/// A saved query as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuerySummary {
    /// `accounts/list-bank-accounts`: the file's path below `queries/` without its ending.
    pub path: String,
    pub name: String,
    /// Empty for a query at the top; names joined by `/`.
    pub folder: String,
}

/// A saved query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFile {
    pub path: String,
    pub name: String,
    pub folder: String,
    pub document: String,
    /// JSON text, as it was written; empty for none.
    pub variables: String,
}

impl Workspace {
    /// Every saved query, by folder and then by file name; those at the top come first.
    pub fn queries(&self) -> Result<Vec<QuerySummary>, FileError> {
        let mut queries = Vec::new();
        self.collect("", &mut queries)?;
        Ok(queries)
    }

    pub fn query(&self, path: &str) -> Result<QueryFile, FileError> {
        let place = self.place(path)?;
        let document = files::read(&files::with_ending(&place, DOCUMENT)?)?;
        let variables = match files::read(&files::with_ending(&place, VARIABLES)?) {
            Err(FileError::NotFound { .. }) => String::new(),
            read => read?,
        };
        let (folder, slug) = split(path);
        Ok(QueryFile {
            path: path.to_owned(),
            name: name(slug, &document),
            folder: folder.to_owned(),
            document,
            variables,
        })
    }

    /// Writes a new query named `name` and returns its path.
    pub fn create_query(
        &self,
        folder: &str,
        name: &str,
        document: &str,
        variables: &str,
    ) -> Result<String, FileError> {
        let path = self.free_path(folder, name, None)?;
        self.save_query(&path, &named(&path, name, document, None), variables)?;
        Ok(path)
    }

    /// Writes document and variables; the file of empty variables is removed.
    pub fn save_query(&self, path: &str, document: &str, variables: &str) -> Result<(), FileError> {
        let place = self.place(path)?;
        self.write_variables(&place, variables)?;
        self.write(&files::with_ending(&place, DOCUMENT)?, document)
    }

    /// Gives a query another name, another folder or both, and returns its new path.
    pub fn rename_query(&self, path: &str, new_folder: &str, new_name: &str) -> Result<String, FileError> {
        let query = self.query(path)?;
        let new_path = self.free_path(new_folder, new_name, Some(path))?;
        let (_, slug) = split(path);
        let document = named(&new_path, new_name, &query.document, Some(slug));
        self.save_query(&new_path, &document, &query.variables)?;
        if new_path != path {
            self.delete_query(path)?;
        }
        Ok(new_path)
    }

    /// Deletes a query with its variables, and its folder if that was the last one in it.
    pub fn delete_query(&self, path: &str) -> Result<(), FileError> {
        let place = self.place(path)?;
        self.remove(&files::with_ending(&place, DOCUMENT)?)?;
        self.write_variables(&place, "")?;
        let top = self.queries_dir();
        let mut folder = place.parent();
        while let Some(empty) = folder.filter(|folder| *folder != top) {
            // The system refuses to remove a folder that still holds something.
            if std::fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
        Ok(())
    }

    fn write_variables(&self, place: &Path, variables: &str) -> Result<(), FileError> {
        let path = files::with_ending(place, VARIABLES)?;
        if !variables.trim().is_empty() {
            return self.write(&path, variables);
        }
        match self.remove(&path) {
            Err(FileError::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }

    /// Every document and every file of variables, with the path of its query.
    pub(super) fn query_files(&self) -> Result<Vec<(PathBuf, String)>, FileError> {
        let mut found = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let dir = if folder.is_empty() { self.queries_dir() } else { self.place(&folder)? };
            for (name, kind) in files::entries(&dir)? {
                let path = dir.join(&name);
                if kind.is_dir() {
                    let below = join(&folder, &name);
                    // Deeper than the bound: nothing there could be opened.
                    folders.extend(self.place(&below).is_ok().then_some(below));
                } else if let Some(query) = self.query_at(&path) {
                    found.push((path, query));
                }
            }
        }
        Ok(found)
    }

    /// The path of the query whose document or variables this file is.
    pub(super) fn query_at(&self, path: &Path) -> Option<String> {
        let inner = path.strip_prefix(self.queries_dir()).ok()?;
        let names: Option<Vec<&str>> = inner.iter().map(|name| name.to_str()).collect();
        let name = names?.join("/");
        let query = name.strip_suffix(DOCUMENT).or_else(|| name.strip_suffix(VARIABLES))?;
        (!query.is_empty()).then(|| query.to_owned())
    }

    /// Where the document or the variables of this path below `queries/` are; `None` if it is neither.
    pub(super) fn query_file(&self, path: &str) -> Result<Option<PathBuf>, FileError> {
        let ending = [DOCUMENT, VARIABLES].into_iter().find(|ending| path.ends_with(ending));
        let place = |ending: &str| {
            let query = path.strip_suffix(ending).unwrap_or(path);
            files::with_ending(&self.place(query)?, ending)
        };
        ending.map(place).transpose()
    }

    fn collect(&self, folder: &str, queries: &mut Vec<QuerySummary>) -> Result<(), FileError> {
        let dir = if folder.is_empty() { self.queries_dir() } else { self.place(folder)? };
        let (folders, found): (Vec<_>, Vec<_>) =
            files::entries(&dir)?.into_iter().partition(|(_, kind)| kind.is_dir());
        let mut slugs: Vec<&str> = found
            .iter()
            .filter(|(_, kind)| kind.is_file())
            .filter_map(|(file, _)| file.strip_suffix(DOCUMENT).filter(|slug| !slug.is_empty()))
            .collect();
        // `list` before `list-2`, as people count.
        slugs.sort_unstable();
        for slug in slugs {
            // A file that cannot be read is listed all the same; opening it tells why.
            let document = files::read(&dir.join(format!("{slug}{DOCUMENT}"))).unwrap_or_default();
            queries.push(QuerySummary {
                path: join(folder, slug),
                name: name(slug, &document),
                folder: folder.to_owned(),
            });
        }
        for (below, _) in &folders {
            let below = join(folder, below);
            // Deeper than the bound: nothing there could be opened.
            if self.place(&below).is_ok() {
                self.collect(&below, queries)?;
            }
        }
        Ok(())
    }

    fn place(&self, path: &str) -> Result<PathBuf, FileError> {
        files::inside(&self.queries_dir(), path)
    }

    /// The path for `name` in `folder`; `own` is where the query already is, which does not count as taken.
    fn free_path(&self, folder: &str, name: &str, own: Option<&str>) -> Result<String, FileError> {
        let name = name.trim();
        let refused = |reason| FileError::Name { given: name.to_owned(), reason };
        if name.chars().any(char::is_control) {
            return Err(refused("it holds a line break or another control character"));
        }
        let slug = slugify(name);
        if slug.is_empty() {
            return Err(refused("it needs a letter or a digit"));
        }
        let dir = if folder.is_empty() { self.queries_dir() } else { self.place(folder)? };
        let slug = unique(&slug, |slug| {
            let file = dir.join(format!("{slug}{DOCUMENT}"));
            file.symlink_metadata().is_ok() && own != Some(join(folder, slug).as_str())
        });
        let path = join(folder, &slug);
        self.place(&path)?;
        Ok(path)
    }
}

/// `document` so that its name reads `wanted` at `path`; `before` is its slug until now.
///
/// A comment line is written only where the document does not give the name by itself,
/// and an earlier one is replaced only if it was the name.
fn named(path: &str, wanted: &str, document: &str, before: Option<&str>) -> String {
    let (_, slug) = split(path);
    let wanted = wanted.trim();
    // A number that was added to the slug belongs to the name, or the two would not fit.
    let number = slug.strip_prefix(slugify(wanted).as_str()).unwrap_or("").trim_start_matches('-');
    let wanted = if number.is_empty() { wanted.to_owned() } else { format!("{wanted} {number}") };
    if leading_comment(document) == Some(&wanted) {
        return document.to_owned();
    }
    let was_name = leading_comment(document)
        .map(slugify)
        .is_some_and(|comment| comment == slug || before == Some(comment.as_str()));
    let body = if was_name { after_leading_comment(document) } else { document };
    if written_name(slug, body) == Some(&wanted) {
        return body.to_owned();
    }
    format!("# {wanted}\n{body}")
}

/// The name of the query at `slug`, by the rule above.
fn name(slug: &str, document: &str) -> String {
    written_name(slug, document).map_or_else(|| humanise(slug), str::to_owned)
}

fn written_name<'a>(slug: &str, document: &'a str) -> Option<&'a str> {
    let fitting = |name: &&str| slugify(name) == slug;
    leading_comment(document).filter(fitting).or_else(|| first_operation(document).filter(fitting))
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests;
