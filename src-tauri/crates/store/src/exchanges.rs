//! The wire record: what went over the wire and what came back, as the engine masked it.

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{
    Store,
    error::StoreError,
    seal::{Place, Sealer},
};

/// How many exchanges are kept; older ones go.
const KEPT: i64 = 1000;

fn place(id: &str) -> Place<'_> {
    Place { table: "exchanges", column: "exchange", row: id }
}

impl Store {
    /// Keeps an exchange that began at `at` (Unix milliseconds), in place of an earlier form of itself.
    pub fn put_exchange(&self, id: &str, at: i64, exchange: &Value) -> Result<(), StoreError> {
        self.write(|transaction| {
            put(transaction, &self.sealer, id, at, exchange)?;
            drop_oldest(transaction)
        })
    }

    /// The newest `limit` exchanges, newest last. One that cannot be unsealed is left out and left alone.
    pub fn exchanges(&self, limit: usize) -> Result<Vec<(String, Value)>, StoreError> {
        Ok(self.timed_exchanges(limit)?.into_iter().map(|(id, _, exchange)| (id, exchange)).collect())
    }

    /// [`Store::exchanges`] with the times at which they began.
    pub(crate) fn timed_exchanges(&self, limit: usize) -> Result<Vec<(String, i64, Value)>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(String, i64, Vec<u8>)> = self.run(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, at, exchange FROM exchanges ORDER BY at DESC, number DESC LIMIT ?1",
            )?;
            let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let unsealed = rows.into_iter().rev().filter_map(|(id, at, sealed)| {
            let value = self.sealer.unseal_json(place(&id), &sealed).ok()?;
            Some((id, at, value))
        });
        Ok(unsealed.collect())
    }

    pub fn clear_exchanges(&self) -> Result<(), StoreError> {
        self.run(|connection| {
            connection.execute("DELETE FROM exchanges", [])?;
            Ok(())
        })
    }
}

pub(crate) fn put(
    connection: &Connection,
    sealer: &Sealer,
    id: &str,
    at: i64,
    exchange: &Value,
) -> Result<(), StoreError> {
    let value = sealer.seal_json(place(id), exchange)?;
    connection.execute(
        "INSERT INTO exchanges (id, at, exchange) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, exchange = excluded.exchange",
        params![id, at, value],
    )?;
    Ok(())
}

pub(crate) fn drop_oldest(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM exchanges WHERE number IN
         (SELECT number FROM exchanges ORDER BY at DESC, number DESC LIMIT -1 OFFSET ?1)",
        [KEPT],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
