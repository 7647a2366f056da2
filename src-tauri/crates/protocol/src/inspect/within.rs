//! What stands among other words: a line of a log, a mail, several tokens in one paste.

use super::{Given, Inspection, Kind, MAX_INNER, lowered};
use crate::jwt;

/// None where no whole token and no address with parameters stands in it.
pub(super) fn inspect(text: &str, given: &Given, depth: usize) -> Option<Inspection> {
    let mut tokens: Vec<&str> = Vec::new();
    for token in text.split(|c| !is_in_token(c)).filter_map(whole) {
        if tokens.len() < MAX_INNER && !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    let (noun, pieces) = match tokens[..] {
        [] => ("address", text.split_whitespace().find_map(address).into_iter().collect()),
        _ => ("token", tokens),
    };
    let mut found = Inspection::new(Kind::Text, "");
    for (index, piece) in pieces.iter().enumerate() {
        let place = if pieces.len() == 1 { format!("The {noun}") } else { format!("Token {}", index + 1) };
        found.found(&place, piece, given, depth);
    }
    let what = match pieces.len() {
        0 => return None,
        1 if noun == "address" => "A text with an address in it".to_owned(),
        1 => "A text with a token in it".to_owned(),
        count => format!("A text with {count} tokens in it"),
    };
    found.conclude(&what, "");
    // Where nothing is wrong, what the one thing is says more than that it is there.
    if let [only] = &found.inner[..]
        && !found.is_wrong()
    {
        found.summary = format!("{what}: {}", lowered(&only.summary));
    }
    Some(found)
}

fn is_in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// A JWT that can be read, also where a sentence ends after it.
fn whole(run: &str) -> Option<&str> {
    if !run.starts_with("ey") {
        return None;
    }
    [run, run.trim_end_matches('.')].into_iter().find(|token| jwt::decode(token).is_ok())
}

fn address(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | '<' | '>' | '(' | ')' | ',' | ';'));
    let (scheme, rest) = word.split_once(":/")?;
    let is_scheme =
        scheme.len() > 3 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c));
    (is_scheme && rest.contains(['?', '#']) && rest.contains('=')).then_some(word)
}
