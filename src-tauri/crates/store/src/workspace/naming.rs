//! Names for people and slugs for files.

/// The longest slug, so that a path stays far below every system's limit.
const SLUG_LENGTH: usize = 80;

/// `AccountBalances` and `Account balances` → `account-balances`.
///
/// Letters and digits of any script stay; everything else separates words. Empty where nothing stays.
pub(crate) fn slugify(name: &str) -> String {
    let mut slug = String::new();
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() {
            let next_is_small = letters.peek().is_some_and(|next| next.is_lowercase());
            let begins_word = match before {
                None => true,
                // `bankAccounts`, and the last capital of `JSONBody`.
                Some(before) => {
                    letter.is_uppercase()
                        && (before.is_lowercase()
                            || before.is_numeric()
                            || (before.is_uppercase() && next_is_small))
                }
            };
            if begins_word && !slug.is_empty() {
                slug.push('-');
            }
            slug.extend(letter.to_lowercase());
            before = Some(letter);
        } else {
            before = None;
        }
    }
    while slug.len() > SLUG_LENGTH {
        slug.pop();
    }
    slug.trim_end_matches('-').to_owned()
}

/// `account-balances` → `Account balances`.
pub(crate) fn humanise(slug: &str) -> String {
    let text = slug.replace(['-', '_'], " ");
    let mut letters = text.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => slug.to_owned(),
    }
}

/// The first of `slug`, `slug-2`, `slug-3`… that is not taken.
pub(crate) fn unique(slug: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = slug.to_owned();
    let mut number = 2_u64;
    while taken(&candidate) {
        candidate = format!("{slug}-{number}");
        number += 1;
    }
    candidate
}

/// The leading comment line's text: what follows `#` where the first line that is not blank is a comment.
pub(crate) fn leading_comment(document: &str) -> Option<&str> {
    let first = document.trim_start_matches('\u{feff}').lines().find(|line| !line.trim().is_empty())?;
    let comment = first.trim().strip_prefix('#')?.trim();
    (!comment.is_empty()).then_some(comment)
}

/// The name of the first operation; `None` where it has none or there is no operation.
///
/// Reads just enough of GraphQL's lexical grammar (2.1) to pass over comments and strings.
pub(crate) fn first_operation(document: &str) -> Option<&str> {
    let mut rest = document;
    let mut depth = 0_usize;
    loop {
        rest = rest.trim_start_matches(|letter: char| {
            letter.is_whitespace() || letter == ',' || letter == '\u{feff}'
        });
        let first = rest.chars().next()?;
        if first == '#' {
            rest = rest.find(['\n', '\r']).map_or("", |end| &rest[end..]);
        } else if first == '"' {
            rest = after_string(rest);
        } else if first.is_ascii_alphabetic() || first == '_' {
            let (word, after) = split_name(rest);
            rest = after;
            if depth == 0 && matches!(word, "query" | "mutation" | "subscription") {
                let (name, _) = split_name(after.trim_start());
                return (!name.is_empty()).then_some(name);
            }
        } else {
            match first {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            rest = &rest[first.len_utf8()..];
        }
    }
}

/// What stands after the leading comment line.
pub(crate) fn after_leading_comment(document: &str) -> &str {
    let trimmed = document.trim_start_matches('\u{feff}').trim_start();
    let rest = trimmed.split_once('\n').map_or("", |(_, rest)| rest);
    rest.trim_start_matches(['\n', '\r'])
}

fn split_name(text: &str) -> (&str, &str) {
    let end =
        text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(text.len());
    text.split_at(end)
}

fn after_string(text: &str) -> &str {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        return block.split_once("\"\"\"").map_or("", |(_, rest)| rest);
    }
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\n' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests;
