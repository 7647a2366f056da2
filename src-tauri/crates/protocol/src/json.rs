//! One strict JSON reader: a member that stands twice in an object is refused.
//!
//! RFC 8259 leaves the meaning of a repeated member open, so two readers can see two things in one token.

use serde_json::{Value, value::RawValue};

use crate::Map;

/// Deeper than any token or reply, and shallow enough for every stack.
const MAX_DEPTH: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonError {
    NotJson(String),
    NotAnObject(&'static str),
    Duplicate(String),
}

/// Reads one JSON object; numbers keep their digits, members their order.
pub(crate) fn read_object(bytes: &[u8]) -> Result<Map, JsonError> {
    match read_value(bytes)? {
        Value::Object(map) => Ok(map),
        other => Err(JsonError::NotAnObject(kind(&other))),
    }
}

/// Reads one JSON value of any kind, as strictly.
pub(crate) fn read_value(bytes: &[u8]) -> Result<Value, JsonError> {
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
    Builder { text: raw.get(), place: 0, depth: 0 }.value()
}

/// What a JSON value is, for a message.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A value for display: strings without their quotes, all else as JSON.
pub(crate) fn display(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Builds the value of a text that is known to be JSON, in one pass.
///
/// serde_json would take an object whose member has its private name for numbers for a number.
struct Builder<'a> {
    text: &'a str,
    place: usize,
    depth: usize,
}

impl<'a> Builder<'a> {
    fn value(&mut self) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{' | b'[') if self.depth == MAX_DEPTH => {
                Err(JsonError::NotJson("the JSON is nested too deeply".to_owned()))
            }
            Some(b'{') => self.below(Self::members).map(Value::Object),
            Some(b'[') => self.below(Self::elements).map(Value::Array),
            Some(b'"') => self.string().map(Value::String),
            _ => {
                let ends = |c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace();
                let rest = &self.text[self.place..];
                let scalar = self.take(rest.find(ends).unwrap_or(rest.len()));
                // Each by its own reader, which is far quicker than one for any value.
                match scalar {
                    "null" => Ok(Value::Null),
                    "true" | "false" => Ok(Value::Bool(scalar == "true")),
                    number => number.parse().map(Value::Number).map_err(|error| not_json(&error)),
                }
            }
        }
    }

    fn below<T>(&mut self, container: fn(&mut Self) -> Result<T, JsonError>) -> Result<T, JsonError> {
        self.depth += 1;
        self.place += 1;
        let read = container(self)?;
        self.place += 1;
        self.depth -= 1;
        Ok(read)
    }

    fn members(&mut self) -> Result<Map, JsonError> {
        let mut map = Map::new();
        while self.peek() == Some(b'"') {
            let name = self.string()?;
            self.skip(b':');
            let value = self.value()?;
            if map.contains_key(&name) {
                return Err(JsonError::Duplicate(name));
            }
            map.insert(name, value);
            self.skip(b',');
        }
        Ok(map)
    }

    fn elements(&mut self) -> Result<Vec<Value>, JsonError> {
        // Most lists are short, and hostile ones are many lists of one.
        let mut values = Vec::with_capacity(1);
        while self.peek().is_some_and(|byte| byte != b']') {
            values.push(self.value()?);
            self.skip(b',');
        }
        Ok(values)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let mut escaped = false;
        let ends = |byte: u8| {
            let ends = !escaped && byte == b'"';
            escaped = !escaped && byte == b'\\';
            ends
        };
        let inside = self.text.as_bytes()[self.place + 1..].iter().copied().position(ends);
        let text = self.take(inside.map_or(self.text.len() - self.place, |length| length + 2));
        match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(inside) if !inside.contains('\\') => Ok(inside.to_owned()),
            _ => serde_json::from_str(text).map_err(|error| not_json(&error)),
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let start = self.place;
        self.place += length;
        &self.text[start..self.place]
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.place..];
        self.place += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.place).copied()
    }

    fn skip(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.place += 1;
        }
    }
}

fn not_json(error: &serde_json::Error) -> JsonError {
    JsonError::NotJson(error.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads(text in r#"([\[\]{}",: \n\\]|"a"|"b\\n"|[-0-9.eE]|true|null|é){0,24}"#) {
            let theirs: Option<Value> = serde_json::from_str(&text).ok();
            match read_value(text.as_bytes()) {
                Ok(ours) => prop_assert_eq!(Some(ours), theirs),
                Err(JsonError::Duplicate(_)) => prop_assert!(theirs.is_some()),
                Err(_) => prop_assert!(theirs.is_none(), "{}", text),
            }
        }

        #[test]
        fn whole_json_of_any_shape_is_read(names in proptest::collection::btree_set("\\PC{0,6}", 0..6), text in "\\PC{0,12}", number in -1e9..1e9) {
            let mut value = serde_json::json!([text, number, null, { "a": [] }]);
            for name in names {
                value = serde_json::json!({ name: value, "\u{0}b": [{}, []] });
            }
            prop_assert_eq!(read_value(format!("{value:#}").as_bytes()), Ok(value));
        }
    }

    #[test]
    fn strings_end_where_their_quote_is_not_escaped() {
        for text in [r#"["\\","\"","a\\\"b",{"\\":"]"}]"#, r#"{"a":"}","b":[1.00,-2e5 , true]}"#] {
            assert_eq!(read_value(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        }
    }
}
