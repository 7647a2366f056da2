//! Where each connection's credentials were let go to, by a person's own act.
//!
//! A connection's file can be edited from outside; what it says is compared with this before anything secret leaves.

use rusqlite::{Connection, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    error::StoreError,
    rows::{self, List},
    seal::{Place, Sealer},
};

/// An origin (RFC 6454: scheme, host and port) with the field of the connection that named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Such as `token_endpoint`.
    pub field: String,
    pub origin: String,
}

impl Store {
    /// The origins of the connection `slug`, the latest last; none where nothing was recorded.
    ///
    /// A record that cannot be read vouches for nothing.
    pub fn origins(&self, slug: &str) -> Result<Vec<Origin>, StoreError> {
        self.run(|connection| find(connection, &self.sealer, slug))
    }

    /// Adds `origins` to those of the connection.
    pub fn trust_origins(&self, slug: &str, origins: &[Origin]) -> Result<(), StoreError> {
        self.write(|transaction| add(transaction, &self.sealer, slug, origins))
    }

    /// Records `first` where the connection has neither a record, not even one that cannot be read, nor anything
    /// to lose: no secret, key or session.
    ///
    /// Returns what is recorded then.
    pub fn trust_first_origins(&self, slug: &str, first: &[Origin]) -> Result<Vec<Origin>, StoreError> {
        self.write(|transaction| {
            let known = match read(transaction, &self.sealer, slug) {
                Err(StoreError::Unsealable { .. } | StoreError::Content { .. }) => return Ok(Vec::new()),
                read => read?,
            };
            if !known.is_empty() || has_something_to_lose(transaction, slug)? {
                return Ok(known);
            }
            add(transaction, &self.sealer, slug, first)?;
            Ok(first.to_vec())
        })
    }

    /// Forgets them and hands them out, so that they can be trusted again.
    pub fn delete_origins(&self, slug: &str) -> Result<Vec<Origin>, StoreError> {
        self.write(|transaction| {
            let known = find(transaction, &self.sealer, slug)?;
            transaction.execute("DELETE FROM origins WHERE connection = ?1", [slug])?;
            Ok(known)
        })
    }

    /// The connections that had something to lose before origins were recorded, and whose files were not read since.
    pub fn connections_without_origins(&self) -> Result<Vec<String>, StoreError> {
        let list = List {
            owner: "without",
            ..List::of("origins", "SELECT connection FROM origins WHERE origins IS NULL")
        };
        self.list(list, [], |row| row.get(0), Ok)
    }

    /// Every connection that has a record, with it.
    pub(crate) fn all_origins(&self) -> Result<Vec<(String, Vec<Origin>)>, StoreError> {
        let list = List::of("origins", "SELECT * FROM origins WHERE origins IS NOT NULL");
        let read = |row: &Row<'_>| Ok((row.get("connection")?, row.get("origins")?));
        self.list(list, [], read, |(slug, sealed): (String, Vec<u8>)| {
            let origins = self.sealer.unseal_json(place(&slug), &sealed)?;
            Ok((slug, origins))
        })
    }
}

/// Adds the record of a connection that has none here: one that is here was made with more to lose.
pub(crate) fn add_new(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    slug: &str,
    origins: &[Origin],
) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM origins WHERE connection = ?1)";
    if transaction.query_row(sql, [slug], |row| row.get(0))? {
        return Ok(());
    }
    add(transaction, sealer, slug, origins)
}

/// The connection's record; none where it cannot be read.
fn find(connection: &Connection, sealer: &Sealer, slug: &str) -> Result<Vec<Origin>, StoreError> {
    match read(connection, sealer, slug) {
        Err(StoreError::Unsealable { .. } | StoreError::Content { .. }) => Ok(Vec::new()),
        read => read,
    }
}

fn read(connection: &Connection, sealer: &Sealer, slug: &str) -> Result<Vec<Origin>, StoreError> {
    let list = List::of("origins", "SELECT * FROM origins WHERE connection = ?1");
    let kept: Option<Option<Vec<u8>>> = rows::find(connection, list, [slug], |row| row.get("origins"))?;
    match kept.flatten() {
        Some(kept) => sealer.unseal_json(place(slug), &kept),
        None => Ok(Vec::new()),
    }
}

/// One that is known already moves to the end.
fn add(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    slug: &str,
    origins: &[Origin],
) -> Result<(), StoreError> {
    let mut known = find(transaction, sealer, slug)?;
    known.retain(|one| !origins.contains(one));
    known.extend_from_slice(origins);
    transaction.execute(
        "INSERT INTO origins (connection, origins) VALUES (?1, ?2)
         ON CONFLICT (connection) DO UPDATE SET origins = excluded.origins",
        params![slug, sealer.seal_json(place(slug), &known)?],
    )?;
    Ok(())
}

fn has_something_to_lose(transaction: &Transaction<'_>, slug: &str) -> Result<bool, StoreError> {
    Ok(transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM sessions WHERE connection = ?1)
             OR EXISTS (SELECT 1 FROM client_secrets WHERE connection = ?1)",
        [slug],
        |row| row.get(0),
    )?)
}

fn place(slug: &str) -> Place<'_> {
    Place { table: "origins", column: "origins", row: slug }
}

#[cfg(test)]
mod tests;
