//! A curl command line: its address, headers and body are taken out.

use super::{Given, Inspection, Kind, Part, Row};
use crate::text::{mask, names_a_secret_header, plain};

/// Options that are followed by something that is no address.
const WITH_VALUE: [&str; 22] = [
    "-o",
    "--output",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-b",
    "--cookie",
    "-c",
    "--cookie-jar",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-x",
    "--proxy",
    "-w",
    "--write-out",
    "--cacert",
    "-E",
    "--cert",
    "--key",
    "--resolve",
];

#[derive(Default)]
struct Command {
    url: Option<String>,
    method: Option<String>,
    headers: Vec<String>,
    data: Vec<String>,
    user: Option<String>,
    bearer: Option<String>,
    /// `--json` names the type of the body itself.
    json: bool,
    /// `-k`: certificates are not checked.
    insecure: bool,
    follows: bool,
}

pub(super) fn inspect(text: &str, given: &Given, depth: usize) -> Option<Inspection> {
    let text = text.trim_start_matches(['$', '>', '%', '#', ' ']);
    let rest = text.strip_prefix("curl.exe").or_else(|| text.strip_prefix("curl"))?;
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let (words, open) = words(rest);
    let command = read(words);
    let mut found = Inspection::new(Kind::CurlCommand, "");
    if open {
        found.problem(
            "A quote is never closed, so that the command is cut off or was changed on the way.",
            Some("Copy the command again, from curl to its end."),
        );
    }
    let Some(url) = &command.url else {
        found.problem("It names no address.", None);
        found.conclude("A curl command", "");
        return Some(found);
    };
    let has_body = !command.data.is_empty();
    let method = command.method.clone().unwrap_or_else(|| if has_body { "POST" } else { "GET" }.to_owned());
    let (target, query) =
        url.split_once('?').map_or((url.as_str(), None), |(target, query)| (target, Some(query)));
    let mut rows = vec![Row::new("method", &method, ""), Row::new("address", &mask(&plain(target)), "")];
    rows.extend(command.headers.iter().map(|header| header_row(header)));
    found.parts.push(Part::rows("Request", rows));
    if command.insecure {
        found.problem(
            "It switches the check of certificates off (-k), so that anyone on the way can read its tokens.",
            Some("Leave -k out."),
        );
    }
    if command.follows {
        found.problem("It follows redirects (-L), which can carry its token to another server.", None);
    }
    let has_type = command.headers.iter().any(|header| is_named(header, "content-type"));
    if !command.json && !has_type && command.data.iter().any(|data| data.trim_start().starts_with('{')) {
        found.problem(
            "It sends JSON and says that it is a form, as curl does by itself.",
            Some("Add -H 'Content-Type: application/json'."),
        );
    }
    if query.is_some_and(|query| query.contains('=')) {
        found.found("The address", url, given, depth);
    }
    for header in command.headers.iter().filter(|header| is_authorization(header)) {
        found.found("The header", header, given, depth);
    }
    if let Some(token) = &command.bearer {
        found.found("The header", &format!("Authorization: Bearer {token}"), given, depth);
    }
    if let Some(user) = &command.user {
        let id = user.split(':').next().unwrap_or_default();
        let secret = user.split_once(':').map_or("", |(_, secret)| secret);
        let rows =
            [Row::new("user", id, "The client or user"), Row::secret("password", secret, "Its secret")];
        found.parts.push(Part::rows("Basic authentication", rows));
    }
    if has_body {
        found.found("The body", &command.data.join("&"), given, depth);
    }
    found.conclude(&format!("A curl command that sends {} to {}", plain(&method), mask(&plain(target))), "");
    Some(found)
}

fn is_authorization(header: &str) -> bool {
    is_named(header, "authorization")
}

fn is_named(header: &str, name: &str) -> bool {
    header.split(':').next().is_some_and(|it| it.trim().eq_ignore_ascii_case(name))
}

fn header_row(header: &str) -> Row {
    let (name, value) = header.split_once(':').unwrap_or((header, ""));
    let (name, value) = (name.trim(), value.trim());
    let lower = name.to_ascii_lowercase();
    if is_authorization(header) || names_a_secret_header(&lower) || lower.ends_with("-key") {
        Row::secret(name, value, "")
    } else {
        Row::new(name, &mask(&plain(value)), "")
    }
}

fn read(words: Vec<String>) -> Command {
    let mut command = Command::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        // `--name=value` and `-Xvalue` are one word.
        let (name, joined) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ if word.len() > 2 && ["-X", "-H", "-d", "-u"].iter().any(|short| word.starts_with(short)) => {
                (word[..2].to_owned(), Some(word[2..].to_owned()))
            }
            _ => (word, None),
        };
        let mut value = || joined.clone().or_else(|| words.next()).unwrap_or_default();
        match name.as_str() {
            "-H" | "--header" => command.headers.push(value()),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--data-urlencode" | "-F"
            | "--form" => command.data.push(value()),
            "--json" => {
                command.json = true;
                command.data.push(value());
            }
            "-X" | "--request" => command.method = Some(value()),
            "-u" | "--user" => command.user = Some(value()),
            "--oauth2-bearer" => command.bearer = Some(value()),
            "--url" => command.url = Some(value()),
            "-k" | "--insecure" => command.insecure = true,
            "-L" | "--location" => command.follows = true,
            other if WITH_VALUE.contains(&other) => drop(value()),
            other if other.starts_with('-') => {}
            _ => command.url = command.url.or(Some(name)),
        }
    }
    command
}

/// Words as a shell sees them, and whether a quote was never closed.
fn words(text: &str) -> (Vec<String>, bool) {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            // In single quotes everything stands for itself.
            ('\\', open) if open != Some('\'') => match characters.next() {
                Some('\r') => {
                    characters.next_if_eq(&'\n');
                }
                Some('\n') | None => {}
                Some(next) => {
                    let word = word.get_or_insert_default();
                    if open.is_some() && !matches!(next, '"' | '\\' | '$' | '`') {
                        word.push('\\');
                    }
                    word.push(next);
                }
            },
            // The line continuation of Windows.
            ('^', None) if matches!(characters.peek(), Some('\r' | '\n')) => {}
            // $'…' of Bash, in which escapes are rare in commands that are copied.
            ('$', None) if characters.peek() == Some(&'\'') => {}
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (words, quote.is_some())
}
