//! What was typed and not saved yet. It may hold account numbers, so it is sealed.

use rusqlite::{Connection, Row, params};

use crate::{
    Store,
    error::StoreError,
    rows::{self, List},
    seal::{Place, Sealer},
};

fn place(key: &str) -> Place<'_> {
    Place { table: "drafts", column: "text", row: key }
}

impl Store {
    /// Keeps `text` under `key`, in place of what was there.
    pub fn put_draft(&self, key: &str, text: &str) -> Result<(), StoreError> {
        self.run(|connection| put(connection, &self.sealer, key, text))
    }

    pub fn draft(&self, key: &str) -> Result<Option<String>, StoreError> {
        let list = List::of("drafts", "SELECT * FROM drafts WHERE key = ?1");
        let sealed: Option<Vec<u8>> =
            self.run(|connection| rows::find(connection, list, [key], |row| row.get("text")))?;
        sealed.map(|sealed| self.sealer.unseal_plain(place(key), &sealed)).transpose()
    }

    /// Whether there was one to delete.
    pub fn delete_draft(&self, key: &str) -> Result<bool, StoreError> {
        self.run(|connection| Ok(connection.execute("DELETE FROM drafts WHERE key = ?1", [key])? > 0))
    }

    /// Every draft under its key.
    pub(crate) fn drafts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let list = List::of("drafts", "SELECT * FROM drafts ORDER BY key");
        let read = |row: &Row<'_>| Ok((row.get("key")?, row.get("text")?));
        self.list(list, [], read, |(key, sealed): (String, Vec<u8>)| {
            let text = self.sealer.unseal_plain(place(&key), &sealed)?;
            Ok((key, text))
        })
    }
}

pub(crate) fn put(connection: &Connection, sealer: &Sealer, key: &str, text: &str) -> Result<(), StoreError> {
    let value = sealer.seal(place(key), text.as_bytes())?;
    connection.execute(
        "INSERT INTO drafts (key, text) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET text = excluded.text",
        params![key, value],
    )?;
    Ok(())
}
