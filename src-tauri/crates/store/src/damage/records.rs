//! The rows on the leaf pages of tables, whatever became of the pages that lead there.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use super::pages::{PAGE, Pages};

/// The first byte of a page that holds rows of a table.
const LEAF: u8 = 0x0d;
/// The file's own header stands on the first page.
const FILE_HEADER: usize = 100;

/// A value as it is in the file; a text may be any bytes there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A row of some table.
pub(super) struct Record {
    pub(super) rowid: i64,
    pub(super) values: Vec<Value>,
    /// It was written by a later transaction than what is in the file itself.
    pub(super) in_log: bool,
}

/// Every row that can be made out.
pub(super) fn records(pages: &mut Pages) -> Vec<Record> {
    let mut records = Vec::new();
    for number in 1..=pages.count() {
        let Some(page) = pages.page(number) else { continue };
        let in_log = pages.is_in_log(number);
        for cell in cells(&page, if number == 1 { FILE_HEADER } else { 0 }) {
            let record = cell_record(&page, cell, pages);
            records.extend(record.map(|(rowid, values)| Record { rowid, values, in_log }));
        }
    }
    records
}

/// Where the cells of a leaf page begin.
fn cells(page: &[u8], header: usize) -> Vec<usize> {
    if page[header] != LEAF {
        return Vec::new();
    }
    let count = usize::from(u16::from_be_bytes([page[header + 3], page[header + 4]]));
    let pointers = page[header + 8..].as_chunks::<2>().0;
    pointers.iter().take(count).map(|pointer| usize::from(u16::from_be_bytes(*pointer))).collect()
}

fn cell_record(page: &[u8], cell: usize, pages: &mut Pages) -> Option<(i64, Vec<Value>)> {
    let mut rest = page.get(cell..)?;
    let length = usize::try_from(varint(&mut rest)?).ok()?;
    let rowid = varint(&mut rest)?;
    // More than the whole file is no length.
    if length > PAGE * usize::try_from(pages.count()).ok()? {
        return None;
    }
    let payload = payload(rest, length, pages)?;
    Some((rowid, values(&payload)?))
}

/// A payload of `length` that begins in its page and may go on in others.
fn payload(local: &[u8], length: usize, pages: &mut Pages) -> Option<Vec<u8>> {
    let most = PAGE - 35;
    if length <= most {
        return local.get(..length).map(<[u8]>::to_vec);
    }
    let least = (PAGE - 12) * 32 / 255 - 23;
    let kept = least + (length - least) % (PAGE - 4);
    let kept = if kept <= most { kept } else { least };
    let mut payload = local.get(..kept)?.to_vec();
    let mut next = u32::from_be_bytes(*local.get(kept..)?.first_chunk()?);
    while payload.len() < length {
        let page = pages.page(next)?;
        let (pointer, content) = page.split_first_chunk()?;
        next = u32::from_be_bytes(*pointer);
        payload.extend(content.iter().take(length - payload.len()));
    }
    Some(payload)
}

fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let mut types = payload;
    let header = usize::try_from(varint(&mut types)?).ok()?;
    let mut types = payload.get(payload.len() - types.len()..header)?;
    let mut content = payload.get(header..)?;
    let mut values = Vec::new();
    while !types.is_empty() {
        values.push(value(varint(&mut types)?, &mut content)?);
    }
    Some(values)
}

fn value(kind: i64, content: &mut &[u8]) -> Option<Value> {
    let kind = usize::try_from(kind).ok()?;
    Some(match kind {
        0 => Value::Null,
        1..=4 => Value::Integer(integer(take(content, kind)?)),
        5 => Value::Integer(integer(take(content, 6)?)),
        6 => Value::Integer(integer(take(content, 8)?)),
        7 => Value::Real(f64::from_be_bytes(*take(content, 8)?.first_chunk()?)),
        8 | 9 => Value::Integer(i64::from(kind == 9)),
        10 | 11 => return None,
        _ if kind.is_multiple_of(2) => Value::Blob(take(content, (kind - 12) / 2)?.to_vec()),
        _ => Value::Text(take(content, (kind - 13) / 2)?.to_vec()),
    })
}

/// Big-endian, in two's complement.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

fn take<'a>(content: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    content.split_off(..length)
}

/// Seven bits a byte while the highest is set, and all eight of a ninth.
fn varint(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0;
    for _ in 0..8 {
        let byte = *bytes.split_off_first()?;
        number = number << 7 | i64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    Some(number << 8 | i64::from(*bytes.split_off_first()?))
}
