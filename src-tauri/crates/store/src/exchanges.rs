//! The wire record: what went over the wire and what came back, as the engine masked it.

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use crate::{
    Store,
    error::StoreError,
    rows::List,
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
        self.put_exchanges([(id, at, exchange)])
    }

    /// The same for several at once, in one transaction: each waits for the disk.
    pub fn put_exchanges<'a>(
        &self,
        exchanges: impl IntoIterator<Item = (&'a str, i64, &'a Value)>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            for (id, at, exchange) in exchanges {
                put(transaction, &self.sealer, id, at, exchange)?;
            }
            drop_oldest(transaction)
        })
    }

    /// The newest `limit` exchanges, newest last. One that cannot be read is left out, left alone and noted.
    pub fn exchanges(&self, limit: usize) -> Result<Vec<(String, Value)>, StoreError> {
        Ok(self.timed_exchanges(limit)?.into_iter().map(|(id, _, exchange)| (id, exchange)).collect())
    }

    /// [`Store::exchanges`] with the times at which they began.
    pub(crate) fn timed_exchanges(&self, limit: usize) -> Result<Vec<(String, i64, Value)>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let list = List::of(
            "exchanges",
            "SELECT id, at, exchange FROM exchanges ORDER BY at DESC, number DESC LIMIT ?1",
        );
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let unseal = |(id, at, sealed): (String, i64, Vec<u8>)| {
            let value = self.sealer.unseal_json(place(&id), &sealed)?;
            Ok((id, at, value))
        };
        let mut exchanges = self.list(list, [limit], read, unseal)?;
        exchanges.reverse();
        Ok(exchanges)
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
