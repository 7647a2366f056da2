//! Which table a row belongs to: its values have the types of the table's columns, and what is sealed in it says so.

use rusqlite::{Connection, params_from_iter};

use super::records::{Record, Value};
use crate::{database, error::StoreError, seal::Sealer};

/// A table of one version of the schema.
struct Table {
    name: String,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    /// `INTEGER`, `TEXT` or `BLOB`: the tables are strict.
    kind: String,
    /// A row that was written before the column was added lacks it.
    can_lack: bool,
    can_be_null: bool,
    /// Its value is the row's number, and not in the record.
    is_rowid: bool,
}

/// The tables of one version of the schema.
pub(super) struct Tables {
    pub(super) version: i64,
    tables: Vec<Table>,
}

/// A row whose table is known.
struct Row<'a> {
    table: &'a Table,
    record: &'a Record,
}

impl Tables {
    /// Those of the version that most of `records` are of; `likely` where several are as good.
    pub(super) fn of(records: &[Record], likely: i64) -> Result<Self, StoreError> {
        let known = database::known_version();
        let versions = [likely].into_iter().filter(|likely| (1..=known).contains(likely));
        let mut best: Option<(usize, Self)> = None;
        for version in versions.chain((1..=known).rev()) {
            let tables = Self::of_version(version)?;
            let fitting = records.iter().filter(|record| tables.shaped(record).next().is_some()).count();
            if best.as_ref().is_none_or(|(most, _)| fitting > *most) {
                best = Some((fitting, tables));
            }
        }
        best.map(|(_, tables)| tables).ok_or(StoreError::NoDatabase)
    }

    fn of_version(version: i64) -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory()?;
        database::create(&connection, version)?;
        let mut names =
            connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")?;
        let names = names.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        let mut columns = connection.prepare("SELECT * FROM pragma_table_info(?1) ORDER BY cid")?;
        let tables = names.into_iter().map(|name| {
            let columns = columns.query_map([&name], |row| {
                let kind: String = row.get("type")?;
                let can_be_null = !row.get::<_, bool>("notnull")?;
                Ok(Column {
                    can_lack: can_be_null || row.get::<_, Option<String>>("dflt_value")?.is_some(),
                    is_rowid: kind == "INTEGER" && row.get::<_, i64>("pk")? == 1,
                    name: row.get("name")?,
                    kind,
                    can_be_null,
                })
            })?;
            Ok(Table { columns: columns.collect::<Result<_, _>>()?, name })
        });
        let tables = tables.collect::<Result<_, StoreError>>()?;
        Ok(Self { version, tables })
    }

    /// Whether something sealed may be among `records`.
    pub(super) fn any_sealed(&self, records: &[Record]) -> bool {
        records.iter().any(|record| self.shaped(record).any(|row| row.sealed().next().is_some()))
    }

    /// Whether the key of `sealer` is another than that of everything sealed in `records`.
    pub(super) fn is_wrong_key(&self, records: &[Record], sealer: &Sealer) -> bool {
        let proven = records.iter().any(|record| self.shaped(record).any(|row| row.is_proven(sealer)));
        !proven && self.any_sealed(records)
    }

    /// Writes what can be told apart of `records` into a database of this version; counts the rows of each table.
    ///
    /// Of several forms of one row the one that was written last stays.
    pub(super) fn insert(
        &self,
        connection: &Connection,
        records: &[Record],
        sealer: &Sealer,
    ) -> Result<Vec<(&str, usize)>, StoreError> {
        let mut rows: Vec<Row<'_>> = records
            .iter()
            .filter_map(|record| {
                self.shaped(record).find(|row| row.sealed().next().is_none() || row.is_proven(sealer))
            })
            .collect();
        rows.sort_by_key(|row| (!row.record.in_log, row.record.rowid));
        let mut counts = Vec::new();
        // In the order of the schema: what a row refers to comes before it.
        for table in &self.tables {
            let mut count = 0;
            for row in rows.iter().filter(|row| std::ptr::eq(row.table, table)) {
                count += usize::from(row.insert(connection)?);
            }
            counts.push((table.name.as_str(), count));
        }
        Ok(counts)
    }

    /// The record as a row of each table whose columns it may be.
    fn shaped<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = Row<'a>> {
        let rows = self.tables.iter().map(move |table| Row { table, record });
        rows.filter(Row::fits)
    }
}

impl Row<'_> {
    fn values(&self) -> impl Iterator<Item = (&Column, &Value)> {
        self.table.columns.iter().zip(&self.record.values)
    }

    fn fits(&self) -> bool {
        let (columns, values) = (&self.table.columns, &self.record.values);
        let mut lacking = columns.iter().skip(values.len());
        !values.is_empty()
            && values.len() <= columns.len()
            && lacking.all(|column| column.can_lack)
            && self.values().all(|(column, value)| match value {
                Value::Null => column.can_be_null || column.is_rowid,
                Value::Integer(_) => column.kind == "INTEGER",
                Value::Text(_) => column.kind == "TEXT",
                Value::Blob(_) => column.kind == "BLOB",
                Value::Real(_) => false,
            })
    }

    /// The values that may be sealed, each with its column.
    fn sealed(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.values().filter_map(|(column, value)| match value {
            Value::Blob(sealed) => Some((column.name.as_str(), sealed.as_slice())),
            _ => None,
        })
    }

    /// Whether something in it was sealed at this very place.
    fn is_proven(&self, sealer: &Sealer) -> bool {
        // A row's first text is what its sealed values know it by.
        let name = self.record.values.iter().find_map(|value| match value {
            Value::Text(text) => std::str::from_utf8(text).ok(),
            _ => None,
        });
        name.is_some_and(|name| {
            self.sealed()
                .any(|(column, sealed)| sealer.is_sealed_at((&self.table.name, column, name), sealed))
        })
    }

    /// False where another form of the row is there already, or the row that it refers to is not.
    fn insert(&self, connection: &Connection) -> Result<bool, StoreError> {
        let (mut names, mut values) = (vec!["rowid"], vec![Value::Integer(self.record.rowid)]);
        for (column, value) in self.values().filter(|(column, _)| !column.is_rowid) {
            names.push(&column.name);
            values.push(value.clone());
        }
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", self.table.name, names.join(", "));
        match connection.prepare_cached(&sql)?.execute(params_from_iter(values)) {
            Ok(_) => Ok(true),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
