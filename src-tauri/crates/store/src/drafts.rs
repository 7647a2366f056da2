//! What was typed and not saved yet. It may hold account numbers, so it is sealed.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    Store,
    error::StoreError,
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
        let sealed: Option<Vec<u8>> = self.run(|connection| {
            Ok(connection
                .query_row("SELECT text FROM drafts WHERE key = ?1", [key], |row| row.get(0))
                .optional()?)
        })?;
        let Some(sealed) = sealed else { return Ok(None) };
        self.sealer.unseal_plain(place(key), &sealed).map(Some)
    }

    /// Whether there was one to delete.
    pub fn delete_draft(&self, key: &str) -> Result<bool, StoreError> {
        self.run(|connection| Ok(connection.execute("DELETE FROM drafts WHERE key = ?1", [key])? > 0))
    }

    /// Every draft under its key.
    pub(crate) fn drafts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let keys: Vec<String> = self.run(|connection| {
            let mut statement = connection.prepare_cached("SELECT key FROM drafts ORDER BY key")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })?;
        let drafts = keys.into_iter().map(|key| Ok(self.draft(&key)?.map(|text| (key, text))));
        drafts.filter_map(Result::transpose).collect()
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
