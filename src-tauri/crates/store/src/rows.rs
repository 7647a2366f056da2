//! Reading rows so that one which cannot be read costs itself alone.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use rusqlite::{Connection, Error, OptionalExtension, Params, Row, types::ValueRef};

use crate::{Store, error::StoreError};

/// How many of the rows that were left out are named; the others are counted.
const NAMED: usize = 5;

/// What the newest reading of each list left out: a table, and of which row's the list is where it is of one.
#[derive(Default)]
pub(crate) struct LeftOut(Mutex<BTreeMap<(&'static str, String), Vec<String>>>);

/// Where the rows of a list come from.
#[derive(Clone, Copy)]
pub(crate) struct List<'a> {
    pub(crate) table: &'static str,
    /// Empty for the whole table.
    pub(crate) owner: &'a str,
    /// Its first column names the row, for people.
    pub(crate) sql: &'a str,
}

impl<'a> List<'a> {
    pub(crate) fn of(table: &'static str, sql: &'a str) -> Self {
        Self { table, owner: "", sql }
    }
}

impl Store {
    /// How many rows the lists left out because they cannot be read, and which; `None` where there are none.
    ///
    /// They stay in the database as they are.
    pub fn left_out(&self) -> Option<String> {
        let left_out = self.left_out.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reasons: Vec<&str> = left_out.values().flatten().map(String::as_str).collect();
        let named = reasons.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
        match reasons.len() {
            0 => None,
            1 => Some(format!("One record in the database cannot be read: {named}.")),
            count if count <= NAMED => {
                Some(format!("{count} records in the database cannot be read: {named}."))
            }
            count => Some(format!(
                "{count} records in the database cannot be read: {named}; and {} more.",
                count - NAMED
            )),
        }
    }

    /// The rows that `list` finds. One that cannot be read or unsealed is left out, left alone and noted.
    pub(crate) fn list<R, T>(
        &self,
        list: List<'_>,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<R>,
        unseal: impl Fn(R) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.run(|connection| select(connection, list, params, read))?;
        let (mut values, mut reasons) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match row.and_then(&unseal) {
                Ok(value) => values.push(value),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        let mut left_out = self.left_out.0.lock().unwrap_or_else(PoisonError::into_inner);
        left_out.insert((list.table, list.owner.to_owned()), reasons);
        Ok(values)
    }
}

/// Each row that `list` finds, or why it cannot be read.
pub(crate) fn select<R>(
    connection: &Connection,
    list: List<'_>,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<R>,
) -> Result<Vec<Result<R, StoreError>>, StoreError> {
    let mut statement = connection.prepare_cached(list.sql)?;
    let rows = statement
        .query_map(params, |row| Ok(read(row).map_err(|error| unreadable(list.table, row, error))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The row that `list` finds.
pub(crate) fn find<R>(
    connection: &Connection,
    list: List<'_>,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<R>,
) -> Result<Option<R>, StoreError> {
    let mut statement = connection.prepare_cached(list.sql)?;
    let row = statement
        .query_row(params, |row| Ok(read(row).map_err(|error| unreadable(list.table, row, error))))
        .optional()?;
    row.transpose()
}

/// Names the row and the column of a value that is not what Bobbin writes; nothing of the value is in the message.
fn unreadable(table: &'static str, row: &Row<'_>, error: Error) -> StoreError {
    let (column, reason) = match &error {
        Error::InvalidColumnType(column, _, found) | Error::FromSqlConversionFailure(column, found, _) => {
            (*column, format!("a value of type {found}"))
        }
        Error::IntegralValueOutOfRange(column, _) => (*column, "a number out of range".to_owned()),
        Error::Utf8Error(column, _) => (*column, "not UTF-8".to_owned()),
        _ => return error.into(),
    };
    let name = match row.get_ref(0) {
        Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        _ => "?".to_owned(),
    };
    let column = row.as_ref().column_name(column).unwrap_or("?").to_owned();
    StoreError::Content { table, column, row: name, reason }
}

#[cfg(test)]
mod tests;
