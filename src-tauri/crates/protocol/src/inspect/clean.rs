//! What comes along when something is copied: white space, quotes, escapes, a name before it.

use percent_encoding::percent_decode_str;

use crate::callback::unquoted;

/// Names that stand before a token where a line of JSON or of a log was copied.
const LABELS: [&str; 9] = [
    "id_token",
    "access_token",
    "refresh_token",
    "client_assertion",
    "logout_token",
    "token",
    "jwt",
    "code_verifier",
    "code",
];

/// Without white space, quotes and a name around it.
pub(super) fn unwrapped(text: &str) -> String {
    let mut text = unquoted_lines(text).unwrap_or_else(|| text.to_owned());
    for _ in 0..3 {
        let invisible =
            |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}');
        let trimmed = text.trim_matches(invisible);
        let inner = if trimmed.starts_with('"') {
            // A whole JSON string: its escapes are undone.
            serde_json::from_str(trimmed).ok()
        } else {
            None
        };
        let inner = inner.unwrap_or_else(|| {
            let ended = trimmed.strip_suffix([',', ';']).unwrap_or(trimmed);
            unlabelled(ended).unwrap_or_else(|| unquoted(ended)).to_owned()
        });
        if inner == text {
            break;
        }
        text = inner;
    }
    text
}

/// The lines of a mail that was answered, without the `>` before each.
fn unquoted_lines(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Option<Vec<&str>> = lines.map(|line| line.strip_prefix('>').map(str::trim)).collect();
    lines.filter(|lines| lines.len() > 1).map(|lines| lines.join("\n"))
}

/// What stands after `"access_token": `, if that is all.
fn unlabelled(text: &str) -> Option<&str> {
    let (label, rest) = text.split_once(':')?;
    LABELS.contains(&unquoted(label)).then(|| rest.trim())
}

/// A token without the line breaks and spaces inside; none where it is several words.
pub(super) fn without_white_space(text: &str) -> Option<String> {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_token =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/' | '=' | ':');
    // A JWT that somebody has shortened for a ticket is still known by its beginning.
    let shortened = joined.strip_suffix('…').filter(|token| token.starts_with("ey"));
    if joined.is_empty() || !shortened.unwrap_or(&joined).chars().all(is_token) {
        return None;
    }
    // Words with spaces between them are prose, unless they are a JWT that was broken up.
    let broken_up = joined.starts_with("ey") && joined.len() > 40;
    let spaced = text.contains([' ', '\t']);
    (broken_up || !spaced).then_some(joined)
}

/// The text with one percent-decoding, where that changes it and gives text.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (decoded != text).then(|| decoded.into_owned())
}
