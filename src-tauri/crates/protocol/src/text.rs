//! Text that came from outside, made fit for a message: bounded, on one line, secrets masked.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// At most this many characters of an outside text are shown in a message.
const MAX_SHOWN: usize = 300;
/// At most this many characters of a body are shown as an excerpt.
const MAX_EXCERPT: usize = 160;
/// A run this long with digits or both cases may be a token; a scope's name is all lower case.
const MASKED_FROM: usize = 20;

/// One line of plain text: no control or direction-changing characters, at most 300 characters.
pub(crate) fn plain(text: &str) -> String {
    let line: String = text.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).collect();
    cut(&line.split_whitespace().collect::<Vec<_>>().join(" "), MAX_SHOWN)
}

/// The beginning of a body, with everything masked that could be a secret.
pub(crate) fn excerpt(body: &[u8]) -> String {
    // Enough for the excerpt even if every character took four bytes.
    let start = &body[..body.len().min(MAX_EXCERPT * 8)];
    cut(&mask(&plain(&String::from_utf8_lossy(start))), MAX_EXCERPT)
}

/// Masks long runs that could be a token, and whatever stands after a name such as `access_token`.
pub fn mask(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_secret_name = false;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        if !run.is_empty() && (after_secret_name || looks_random(run)) {
            // A run is ASCII, so that any place is a boundary.
            let kept = if after_secret_name { 0 } else { 4 };
            shown.push_str(&run[..kept]);
            shown.push('…');
        } else {
            shown.push_str(run);
        }
        let end = tail.find(is_token).unwrap_or(tail.len());
        let (between, tail) = tail.split_at(end);
        let joins = between.chars().all(|c| matches!(c, '"' | '\'' | ':' | '=' | ' '));
        after_secret_name = joins && between.contains([':', '=']) && names_a_secret(run);
        shown.push_str(between);
        rest = tail;
    }
    shown
}

/// Whether a member or parameter of that name is likely to hold a secret. `country_code` is none.
pub fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let endings =
        ["token", "token_hint", "secret", "password", "assertion", "verifier", "jwt", "api_key", "apikey"];
    name == "code" || endings.iter().any(|ending| name.ends_with(ending))
}

/// Whether a header's value is likely to be a secret, by its name.
pub fn names_a_secret_header(name: &str) -> bool {
    const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];
    SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name)) || names_a_secret(&name.replace('-', "_"))
}

/// What a secret is known by without being kept: its SHA-256, base64url.
pub fn fingerprint(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}

/// `15 min`, `2 h 5 min`, `3 d 4 h`, `42 s`.
pub(crate) fn duration(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let Some(first) = parts.iter().position(|(count, _)| *count > 0) else {
        return "0 s".to_owned();
    };
    parts[first..]
        .iter()
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// `2019-12-12 08:06:38 UTC`, or the bare number where no calendar reaches it.
pub(crate) fn utc(unix_seconds: i64) -> String {
    jiff::Timestamp::from_second(unix_seconds)
        .map_or_else(|_| unix_seconds.to_string(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn looks_random(run: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| run.bytes().any(|byte| kind(&byte));
    run.len() >= MASKED_FROM
        && (has(u8::is_ascii_digit) || (has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)))
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/')
}

/// Control characters, and those that change the direction of what follows.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_server_becomes_one_bounded_line() {
        assert_eq!(plain(" a\r\n\tb\u{1b}[0m \u{202e}c "), "a b [0m c");
        assert_eq!(plain(&"é".repeat(1000)).chars().count(), MAX_SHOWN + 1);
    }

    #[test]
    fn an_excerpt_of_any_bytes_is_short() {
        assert_eq!(excerpt(b"\xff\xfe ok"), "\u{fffd}\u{fffd} ok");
        assert!(excerpt(&vec![b'a'; 100_000]).chars().count() <= MAX_EXCERPT + 1);
    }

    #[test]
    fn secrets_are_masked_by_their_name_and_by_their_look() {
        for (text, masked) in [
            (
                r#"{"refresh_token": "abc", "scope": "openid"}"#,
                r#"{"refresh_token": "…", "scope": "openid"}"#,
            ),
            ("code=abc&country_code=ZA", "code=…&country_code=ZA"),
            ("the code is wrong", "the code is wrong"),
            ("at nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4.", "at nXPh…"),
            ("client_recurringpaymentconsentrequest", "client_recurringpaymentconsentrequest"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn durations_have_at_most_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (42, "42 s"),
            (900, "15 min"),
            (7500, "2 h 5 min"),
            (86_400, "1 d"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn times_are_utc_and_beyond_the_calendar_a_number() {
        assert_eq!(utc(1_576_138_898), "2019-12-12 08:21:38 UTC");
        assert_eq!(utc(i64::MAX), i64::MAX.to_string());
    }
}
