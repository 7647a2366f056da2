//! Replies to requests that spend something once, kept as they came until what they bring is kept.
//!
//! Whoever receives one writes it here before anything else, so that it outlives the process that asked for it.

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{
    Store,
    error::StoreError,
    rows::{self, List},
    seal::Place,
};

fn place(id: &str) -> Place<'_> {
    Place { table: "replies", column: "reply", row: id }
}

impl Store {
    /// Keeps the reply to the request of the session in flight or taken sign-in `id`, durably, in place of an earlier one.
    ///
    /// False where neither is there any more: what it brought is kept already, or nobody would read it.
    pub fn put_reply(&self, id: &str, reply: &Value) -> Result<bool, StoreError> {
        let sealed = self.sealer.seal_json(place(id), reply)?;
        self.run(|connection| {
            let sql = "INSERT OR REPLACE INTO replies (id, reply) SELECT ?1, ?2
                WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?1 AND refresh_state = 'in_flight')
                OR EXISTS (SELECT 1 FROM sign_ins WHERE id = ?1 AND taken)";
            Ok(connection.execute(sql, params![id, sealed])? == 1)
        })
    }

    pub fn reply(&self, id: &str) -> Result<Option<Value>, StoreError> {
        let list = List::of("replies", "SELECT * FROM replies WHERE id = ?1");
        let sealed: Option<Vec<u8>> =
            self.run(|connection| rows::find(connection, list, [id], |row| row.get("reply")))?;
        sealed.map(|sealed| self.sealer.unseal_json(place(id), &sealed)).transpose()
    }

    /// Leaves a reply that cannot be read where it is: the refresh in flight of session `id` counts as one without a
    /// reply. False where none is in flight.
    pub fn pass_over_reply(&self, id: &str) -> Result<bool, StoreError> {
        self.run(|connection| {
            let sql = "UPDATE sessions SET refresh_state = 'possibly_consumed', refresh_since = NULL
                WHERE id = ?1 AND refresh_state = 'in_flight'";
            Ok(connection.execute(sql, [id])? == 1)
        })
    }

    /// Deletes a reply that brought nothing that could be kept.
    pub fn delete_reply(&self, id: &str) -> Result<(), StoreError> {
        self.run(|connection| delete(connection, id))
    }

    /// The ids of the sessions whose refresh has not ended: a request is in flight, or its reply is kept.
    pub fn unfinished_refreshes(&self) -> Result<Vec<String>, StoreError> {
        let sql =
            "SELECT id FROM sessions WHERE refresh_state = 'in_flight' OR id IN (SELECT id FROM replies)";
        self.list(List { table: "sessions", owner: "in flight", sql }, [], |row| row.get(0), Ok)
    }
}

pub(crate) fn is_kept(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM replies WHERE id = ?1)";
    Ok(connection.query_row(sql, [id], |row| row.get(0))?)
}

pub(crate) fn delete(connection: &Connection, id: &str) -> Result<(), StoreError> {
    connection.execute("DELETE FROM replies WHERE id = ?1", [id])?;
    Ok(())
}

#[cfg(test)]
mod tests;
