//! The members of a token endpoint's reply, read leniently: a reply that carries tokens is never thrown away.

use std::{borrow::Cow, fmt};

use secrecy::SecretString;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

use super::TokenError;
use crate::{Map, text::plain};

/// A reply's body as text.
///
/// What precedes or encodes the JSON in an unusual way is undone: a byte order mark, UTF-16, bytes that are not UTF-8.
pub(super) struct Text<'a> {
    pub(super) json: Cow<'a, str>,
    /// What was unusual, as a sentence.
    pub(super) warning: Option<&'static str>,
}

pub(super) fn text(body: &[u8]) -> Text<'_> {
    let utf16 = |pairs: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = pairs.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        Text {
            json: Cow::Owned(String::from_utf16_lossy(&units)),
            warning: Some("The reply is encoded as UTF-16; JSON is sent as UTF-8 (RFC 8259 section 8.1)."),
        }
    };
    match body {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // JSON begins with two ASCII characters, which tells UTF-16 without a mark (RFC 4627 section 3).
        [1..=0xff, 0, ..] => utf16(body, u16::from_le_bytes),
        [0, 1..=0xff, ..] => utf16(body, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => Text {
            json: String::from_utf8_lossy(rest),
            warning: Some("The reply begins with a byte order mark (RFC 8259 section 8.1)."),
        },
        _ => {
            let json = String::from_utf8_lossy(body);
            let warning = matches!(json, Cow::Owned(_)).then_some("The reply has bytes that are not UTF-8.");
            Text { json, warning }
        }
    }
}

/// Reads the members of an object; the error is serde_json's.
///
/// A member that stands twice with one value counts once, with a warning; with two values it means two things.
pub(super) fn read(
    json: &str,
    warnings: &mut Vec<String>,
) -> Result<Result<Map, TokenError>, serde_json::Error> {
    let mut members = Map::new();
    let mut ambiguous = None;
    each_member(json, |name, raw| {
        // Only what is nested too deeply for any reader fails here, and no member that counts is.
        let value = serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::from("(nested too deeply)"));
        match members.get(&name) {
            None => {
                members.insert(name, value);
            }
            Some(first) if *first == value => {
                warnings.push(format!("The reply has {} twice, with the same value.", plain(&name)));
            }
            Some(_) => ambiguous = Some(plain(&name)),
        }
    })?;
    Ok(ambiguous.map_or(Ok(members), |name| Err(TokenError::Duplicate(name))))
}

/// The refresh token of a body, whatever else is wrong with it, its end missing included.
///
/// Where the member stands twice the last one counts, as in most JSON readers.
pub fn salvage_refresh_token(body: &[u8]) -> Option<SecretString> {
    let json = text(body).json;
    let mut found = None;
    let read = each_member(&json, |name, raw| {
        if name == "refresh_token" {
            let token: Option<String> = serde_json::from_str(raw.get()).ok();
            found = token.filter(|token| !token.is_empty()).or_else(|| found.take());
        }
    });
    // What came before an error was read; behind it, only the member's own form counts.
    found.or_else(|| read.err().and_then(|_| find_refresh_token(&json))).map(Into::into)
}

/// The last `"refresh_token": "…"` of a text that is not JSON.
fn find_refresh_token(text: &str) -> Option<String> {
    let name = "\"refresh_token\"";
    let tokens = text.match_indices(name).filter_map(|(place, _)| {
        let value = text[place + name.len()..].trim_start().strip_prefix(':')?;
        serde_json::Deserializer::from_str(value).into_iter::<String>().next()?.ok()
    });
    tokens.filter(|token| !token.is_empty()).last()
}

/// Gives each top-level member as it is read, up to the first error.
fn each_member<'a>(json: &'a str, tell: impl FnMut(String, &'a RawValue)) -> Result<(), serde_json::Error> {
    struct Each<F>(F);
    impl<'de, F: FnMut(String, &'de RawValue)> Visitor<'de> for Each<F> {
        type Value = ();

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some((name, raw)) = map.next_entry()? {
                (self.0)(name, raw);
            }
            Ok(())
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_map(Each(tell))?;
    deserializer.end()
}
