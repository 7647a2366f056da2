//! What a pasted text is, what it says, and what is wrong with it.
//!
//! It goes as far as it can and says where it broke. Nothing is fetched, and no secret comes out unmasked.

mod clean;
mod curl;
mod document;
mod header;
mod jwt;
mod lenient;
mod oauth;
mod opaque;
mod pem;
mod shown;
mod url;
mod verdict;
mod within;

use serde::Serialize;

use crate::{id_token::Verdict, jwks::Jwks};

/// A longer text is not read, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// How often something is found inside of something.
const MAX_DEPTH: usize = 4;

/// How many things are read inside of one.
const MAX_INNER: usize = 8;

/// What is known to check a text with; all but the time may be absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    /// Unix seconds.
    pub now: i64,
    pub issuer: Option<&'a str>,
    pub client_id: Option<&'a str>,
    pub keys: Option<&'a Jwks>,
    pub nonce: Option<&'a str>,
    pub state: Option<&'a str>,
    pub code: Option<&'a str>,
    pub access_token: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    IdToken,
    /// An access token that is a JWT (RFC 9068).
    AccessToken,
    ClientAssertion,
    LogoutToken,
    /// Any other JWT, and one that is cut off.
    Jwt,
    /// An encrypted token.
    Jwe,
    OpaqueToken,
    TokenReply,
    /// A form with a `grant_type`.
    TokenRequest,
    Callback,
    AuthorizationUrl,
    /// Any other address or form.
    Url,
    AuthorizationHeader,
    CurlCommand,
    Jwks,
    DiscoveryDocument,
    /// A GraphQL response, with errors or without.
    GraphqlError,
    OauthError,
    Certificate,
    PublicKey,
    PrivateKey,
    /// Any other JSON, and JSON that is broken.
    Json,
    /// Words with a token or an address among them.
    Text,
    Unknown,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    pub kind: Kind,
    /// Where it was found in another, such as `access_token`.
    pub place: Option<String>,
    /// What it is and what is wrong with it, in one sentence.
    pub summary: String,
    /// What is wrong and is no failed check of the verdict.
    pub problems: Vec<InspectProblem>,
    pub parts: Vec<Part>,
    /// The checks of a token, as far as what was given allows.
    pub verdict: Option<Verdict>,
    /// What was found inside, each with its place.
    pub inner: Vec<Inspection>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectProblem {
    pub message: String,
    pub hint: Option<String>,
}

/// One part of it, such as a token's header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    pub title: String,
    /// Indented JSON, or another text to show as it is.
    pub text: Option<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub name: String,
    /// One line; masked where it is a secret.
    pub value: String,
    /// What it says, in words; for a time also whether it is past.
    pub meaning: String,
    /// For a time: Unix seconds.
    pub time: Option<i64>,
    pub secret: bool,
}

/// Recognises a text, decodes it, and checks what can be checked.
pub fn inspect(text: &str, given: &Given) -> Inspection {
    if text.len() > MAX_LENGTH {
        return Inspection::new(Kind::Unknown, "This is longer than 64 KiB and was not read.");
    }
    recognise(text, given, 0)
}

/// Takes a text for what it knows, or leaves it to the next.
type Reader = fn(&str, &Given, usize) -> Option<Inspection>;

/// `depth` counts what this was found inside of.
fn recognise(text: &str, given: &Given, depth: usize) -> Inspection {
    // Before its angle brackets are taken for quotes.
    if let Some(page) = document::html(text) {
        return page;
    }
    let text = clean::unwrapped(text);
    if text.is_empty() {
        return Inspection::new(Kind::Unknown, "There is nothing here to inspect.");
    }
    if depth > MAX_DEPTH {
        return Inspection::new(Kind::Unknown, "This is wrapped in too many other things to be read.");
    }
    let readers: [Reader; 6] =
        [pem::inspect, curl::inspect, document::inspect, oauth::authorization_header, url::inspect, token];
    if let Some(found) = readers.iter().find_map(|read| read(&text, given, depth)) {
        return found;
    }
    // Decoded once, and only where that makes something of it.
    if let Some(decoded) = clean::percent_decoded(&text) {
        return recognise(&decoded, given, depth + 1);
    }
    let mut unknown = Inspection::new(
        Kind::Unknown,
        "This is nothing that Bobbin knows: no token, address, JSON, PEM or curl command.",
    );
    unknown.problem(
        "No part of the text looks like any of them.",
        Some("Copy it again, from its first character to its last, without other text around it."),
    );
    unknown
}

fn token(text: &str, given: &Given, depth: usize) -> Option<Inspection> {
    let compact = clean::without_white_space(text);
    // Lines of one token, before lines with a token each.
    let whole = compact.as_deref().and_then(|compact| jwt::whole(compact, given));
    whole.or_else(|| within::inspect(text, given, depth)).or_else(|| {
        let compact = compact?;
        jwt::beginning(&compact, given.now).or_else(|| opaque::inspect(&compact, given.now))
    })
}

impl Inspection {
    pub(crate) fn new(kind: Kind, summary: impl Into<String>) -> Self {
        Self {
            kind,
            place: None,
            summary: summary.into(),
            problems: Vec::new(),
            parts: Vec::new(),
            verdict: None,
            inner: Vec::new(),
        }
    }

    pub(crate) fn problem(&mut self, message: impl Into<String>, hint: Option<&str>) {
        self.problems.push(InspectProblem { message: message.into(), hint: hint.map(str::to_owned) });
    }

    /// What stands at a place inside of it.
    pub(crate) fn found(&mut self, place: &str, text: &str, given: &Given, depth: usize) {
        if self.inner.len() == MAX_INNER {
            return;
        }
        let mut inner = recognise(text, given, depth + 1);
        inner.place = Some(place.to_owned());
        self.inner.push(inner);
    }

    /// One sentence: what it is, and the first of what is wrong with it.
    pub(crate) fn conclude(&mut self, what: &str, fine: &str) {
        let troubled: Vec<&str> = self
            .inner
            .iter()
            .filter(|inner| inner.is_wrong())
            .filter_map(|inner| inner.place.as_deref())
            .collect();
        self.summary = match (&self.problems[..], &troubled[..]) {
            ([], []) => format!("{what}{fine}."),
            ([], places) => {
                let places: Vec<String> = places.iter().map(|place| lowered(place)).collect();
                let wrong = self.inner.iter().find_map(Self::first_wrong).unwrap_or_default();
                format!(
                    "{what}, in which something is wrong with {}: {}",
                    places.join(" and "),
                    clause(&wrong)
                )
            }
            ([only], _) => format!("{what}: {}", clause(&only.message)),
            ([first, more @ ..], _) => {
                format!("{what}, with {} problems: {}", more.len() + 1, clause(&first.message))
            }
        };
    }

    pub(crate) fn is_wrong(&self) -> bool {
        self.first_wrong().is_some()
    }

    /// The first of what is wrong with it, or with what is in it.
    fn first_wrong(&self) -> Option<String> {
        self.verdict
            .as_ref()
            .and_then(|verdict| verdict::wrong(verdict.claims.as_ref()?, &verdict.checks))
            .or_else(|| Some(self.problems.first()?.message.clone()))
            .or_else(|| self.inner.iter().find_map(Self::first_wrong))
    }
}

/// The first sentence of a message, as the second half of another.
fn clause(message: &str) -> String {
    let first = message.split_once(". ").map_or(message, |(first, _)| first);
    let ending = if first.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{}{ending}", lowered(first))
}

/// Without its capital; names such as `PKCE` and `JSON` keep theirs.
fn lowered(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests;
