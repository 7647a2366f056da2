//! A large JSON text with line breaks, without a tree of it.

/// JSON with one member or element a line, numbers as they stand; `None` where that takes more than `limit` bytes.
///
/// `json` is known to be JSON.
pub fn indented(json: &str, limit: usize) -> Option<String> {
    let mut text = String::with_capacity(json.len().min(limit));
    let (mut depth, mut rest) = (0, json.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '[' | '}' | ']' | ',' | ':' => 1,
            _ => rest.find(['}', ']', ',', ' ', '\n', '\r', '\t']).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after.trim_start();
        match first {
            '{' | '[' if rest.starts_with(['}', ']']) => {
                text.push(first);
                text.push_str(&rest[..1]);
                rest = rest[1..].trim_start();
            }
            '{' | '[' => {
                text.push(first);
                depth += 1;
                new_line(&mut text, depth);
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut text, depth);
                text.push(first);
            }
            ',' => {
                text.push(',');
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            '"' => text.push_str(&plain_string(token)),
            _ => text.push_str(token),
        }
        if text.len() > limit {
            return None;
        }
    }
    Some(text)
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// With its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = !escaped && byte == b'"';
        escaped = !escaped && byte == b'\\';
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// A string without the escapes that it does not need: some servers write every letter as one.
fn plain_string(token: &str) -> std::borrow::Cow<'_, str> {
    if !token.contains('\\') {
        return token.into();
    }
    let plain = serde_json::from_str::<String>(token).and_then(|text| serde_json::to_string(&text));
    plain.map_or(token.into(), Into::into)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    proptest! {
        #[test]
        fn it_reads_as_a_tree_would_be_written(text in r#"([\[\]{}",: \n\\]|"a"|"b\\n\\u00e9"|[-0-9.eE]|true|null|\u{e9}){0,24}"#) {
            if let Ok(tree) = serde_json::from_str::<Value>(&text)
                // The tree forgets a member that stands twice.
                && text.matches(':').count() < 2
            {
                prop_assert_eq!(indented(&text, usize::MAX).unwrap(), serde_json::to_string_pretty(&tree).unwrap());
            }
        }
    }

    #[test]
    fn what_would_be_too_long_is_left_as_it_came() {
        assert_eq!(indented("[1,2]", 12).unwrap(), "[\n  1,\n  2\n]");
        assert_eq!(indented("[1,2]", 11), None);
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(indented(&deep, 1_000_000), None, "its indentation alone would be gigabytes");
    }
}
