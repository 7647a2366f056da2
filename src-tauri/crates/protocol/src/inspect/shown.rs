//! Values for showing: one line each, secrets masked.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Part, Row};
use crate::{
    Map, claims,
    text::{mask, names_a_secret, plain},
};

/// At most this many rows of a part are shown.
const MAX_ROWS: usize = 200;
/// So many values of a row are masked and written: a row shows fewer characters than that.
const MAX_VALUES: usize = 400;
/// Longer JSON is shown without indentation, in bytes.
const MAX_TEXT: usize = 256 * 1024;

impl Row {
    pub(crate) fn new(name: &str, value: &str, meaning: impl Into<String>) -> Self {
        Self { name: plain(name), value: plain(value), meaning: meaning.into(), time: None, secret: false }
    }

    /// The value is masked, and its length said.
    pub(crate) fn secret(name: &str, value: &str, meaning: &str) -> Self {
        let length = value.chars().count();
        let meaning = if meaning.is_empty() {
            format!("{length} characters")
        } else {
            format!("{meaning}, {length} characters")
        };
        Self { name: plain(name), value: masked(value), meaning, time: None, secret: true }
    }

    /// A secret or not, by its name.
    pub(crate) fn named(name: &str, value: &str, meaning: &str) -> Self {
        if names_a_secret(name) && !value.is_empty() {
            Self::secret(name, value, meaning)
        } else {
            Self::new(name, value, meaning)
        }
    }
}

impl Part {
    pub(crate) fn text(title: &str, text: impl Into<String>) -> Self {
        Self { title: title.to_owned(), text: Some(text.into()), rows: Vec::new() }
    }

    pub(crate) fn rows(title: &str, rows: impl IntoIterator<Item = Row>) -> Self {
        let mut rows: Vec<Row> = rows.into_iter().take(MAX_ROWS + 1).collect();
        if rows.len() > MAX_ROWS {
            rows.truncate(MAX_ROWS);
            rows.push(Row::new("…", "", "There are more, which are not shown"));
        }
        Self { title: title.to_owned(), text: None, rows }
    }
}

/// The first four characters of a long secret, none of a short one.
pub(super) fn masked(secret: &str) -> String {
    let kept: String =
        if secret.chars().count() >= 20 { secret.chars().take(4).collect() } else { String::new() };
    format!("{}…", plain(&kept))
}

/// Indented JSON in which members that are named like secrets are masked.
pub(super) fn json(value: &Value) -> String {
    indented(&Masked(None, value))
}

pub(super) fn object(map: &Map) -> String {
    struct Object<'a>(&'a Map);
    impl Serialize for Object<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().map(|(name, value)| (name, Masked(Some(name), value))))
        }
    }
    indented(&Object(map))
}

/// A value of that name, masked while it is written: to copy a long one takes as long as to read it.
struct Masked<'a>(Option<&'a str>, &'a Value);

impl Serialize for Masked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(name, value) = *self;
        match value {
            Value::Array(values) => serializer.collect_seq(values.iter().map(|value| Masked(name, value))),
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, Masked(Some(name), value))))
            }
            Value::String(text) => serializer.serialize_str(&masked_text(name, text)),
            other => other.serialize(serializer),
        }
    }
}

/// A text of that name, masked where it is a secret or could repeat one.
fn masked_text<'a>(name: Option<&str>, text: &'a str) -> Cow<'a, str> {
    if name.is_some_and(is_secret) && !text.is_empty() {
        masked(text).into()
    } else if name.is_some_and(is_said) {
        mask(text).into()
    } else {
        text.into()
    }
}

fn indented(value: &impl Serialize) -> String {
    let mut text = Bounded(Vec::new());
    match serde_json::to_writer_pretty(&mut text, value) {
        Ok(()) => String::from_utf8(text.0).unwrap_or_default(),
        // Deeply indented it would be many times as long as it came.
        Err(_) => serde_json::to_string(value).unwrap_or_default(),
    }
}

struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_TEXT {
            return Err(std::io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `left` is how many more values are taken over; the others are left out.
fn masked_json(name: Option<&str>, value: &Value, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    match value {
        Value::String(text) => masked_text(name, text).into(),
        Value::Array(values) => {
            let kept = values.iter().take(*left);
            kept.map(|value| masked_json(name, value, left)).collect()
        }
        Value::Object(members) => masked_members(members, left).into(),
        other => other.clone(),
    }
}

fn masked_members(members: &Map, left: &mut usize) -> Map {
    let kept = members.iter().take(*left);
    kept.map(|(name, value)| (name.clone(), masked_json(Some(name), value, left))).collect()
}

/// Secrets by their name, and the private members of a JWK (RFC 7518 section 6).
fn is_secret(name: &str) -> bool {
    names_a_secret(name) || matches!(name, "d" | "p" | "q" | "dp" | "dq" | "qi" | "k")
}

/// What a server says in words, in which it can repeat a secret.
fn is_said(name: &str) -> bool {
    matches!(name, "message" | "error_description" | "detail" | "title")
}

/// A value on one line; what is further in it is masked.
fn one_line(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        nested => masked_json(Some(name), nested, &mut { MAX_VALUES }).to_string(),
    }
}

/// Claims with their words and times.
pub(super) fn claim_rows(claims: &Map, now: i64) -> Vec<Row> {
    // More are not shown, so that they are not explained either.
    let first: Map = claims
        .iter()
        .take(MAX_ROWS + 1)
        .map(|(name, value)| {
            // A text is masked in its row.
            let masked = || masked_json(Some(name), value, &mut { MAX_VALUES });
            let value = if value.is_string() { value.clone() } else { masked() };
            (name.clone(), value)
        })
        .collect();
    let explained = claims::explain(&first, now).into_iter();
    explained
        .map(|claim| Row { time: claim.time, ..Row::named(&claim.name, &claim.value, &claim.meaning) })
        .collect()
}

/// Members with what each means.
pub(super) fn member_rows(members: &Map, meaning: fn(&str) -> &'static str) -> impl Iterator<Item = Row> {
    members.iter().map(move |(name, value)| Row::named(name, &one_line(name, value), meaning(name)))
}
