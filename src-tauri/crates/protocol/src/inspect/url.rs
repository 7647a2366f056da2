//! Addresses and forms: callbacks, authorization URLs, token requests.

mod authorization;
mod callback;

use std::collections::HashSet;

use url::form_urlencoded;

use super::{Given, Inspection, Kind, Part, Row, lowered};
use crate::{Map, callback::has_scheme, json::display, text::plain};

/// One address or form, taken apart.
struct Parts<'a> {
    /// Before `?` or `#`; empty for a bare query string.
    target: &'a str,
    parameters: Vec<(String, String)>,
    /// Whether what is after `#` holds parameters.
    fragment: bool,
}

impl Parts<'_> {
    /// The first value that is not empty.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn rows(&self, meaning: fn(&str) -> &'static str) -> Part {
        Part::rows(
            "Parameters",
            self.parameters.iter().map(|(name, value)| Row::named(name, value, meaning(name))),
        )
    }

    fn repeated(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        self.parameters.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
    }
}

/// Names by which a bare query string or form is known.
const KNOWN: [&str; 9] = [
    "code",
    "state",
    "error",
    "client_id",
    "grant_type",
    "response_type",
    "id_token",
    "access_token",
    "refresh_token",
];

pub(super) fn inspect(text: &str, given: &Given, depth: usize) -> Option<Inspection> {
    // A terminal or a mail breaks long addresses into lines.
    let text: String = text.split(['\r', '\n']).map(str::trim).collect();
    let is_address = has_scheme(&text) && text.contains([':', '/']) && text.contains("://")
        || has_scheme(&text) && text.contains(['?', '#']) && text.contains('=');
    if text.contains(char::is_whitespace) && !is_address {
        return None;
    }
    let parts = if is_address { address(&text) } else { query(&text)? };
    let mut found = match () {
        () if parts.has("grant_type") => request(&parts),
        () if parts.has("client_id")
            && ["response_type", "code_challenge", "request_uri", "request"]
                .iter()
                .any(|name| parts.has(name)) =>
        {
            authorization::inspect(&parts, given)
        }
        () if ["code", "state", "error", "id_token", "access_token", "response"]
            .iter()
            .any(|name| parts.has(name)) =>
        {
            callback::inspect(&text, &parts, given)
        }
        () => other(&parts),
    };
    if !parts.target.is_empty() {
        let target = Row::new("address", &without_password(parts.target), "Where it leads");
        found.parts.insert(0, Part::rows("Address", [target]));
    }
    for name in ["id_token", "access_token", "client_assertion", "id_token_hint", "request"] {
        if let Some(token) = parts.get(name) {
            found.found(name, token, given, depth);
        }
    }
    Some(found)
}

fn address(text: &str) -> Parts<'_> {
    let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (target, query) = url.split_once('?').unwrap_or((url, ""));
    let mut parameters = pairs(query);
    let fragment = if fragment.contains('=') && fragment != "_=_" { pairs(fragment) } else { Vec::new() };
    let in_fragment = !fragment.is_empty();
    parameters.extend(fragment);
    Parts { target, parameters, fragment: in_fragment }
}

fn query(text: &str) -> Option<Parts<'_>> {
    let text = text.trim_start_matches(['?', '#', '&']);
    let query = text.split('#').next().unwrap_or(text);
    let parameters = pairs(query);
    let known = query.contains('=') && parameters.iter().any(|(name, _)| KNOWN.contains(&name.as_str()));
    known.then_some(Parts { target: "", parameters, fragment: false })
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// `user:password@` is not shown.
fn without_password(target: &str) -> String {
    match target.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.split('/').next().unwrap_or(rest);
            match authority.rsplit_once('@') {
                Some((user, _)) => format!("{scheme}://…{}", &rest[user.len()..]),
                None => target.to_owned(),
            }
        }
        None => target.to_owned(),
    }
}

/// The body of a request to a token endpoint that takes JSON, as Vault's does.
pub(super) fn json_request(members: &Map) -> Inspection {
    let parameters = members.iter().map(|(name, value)| (name.clone(), display(value))).collect();
    let mut found = request(&Parts { target: "", parameters, fragment: false });
    // Vault's has these two members and no more.
    if members.keys().any(|name| name != "grant_type" && name != "refresh_token") {
        found.problem(
            "It is JSON, where a token endpoint takes a form (RFC 6749 section 3.2); only Vault's takes JSON.",
            Some("Send it as application/x-www-form-urlencoded: with curl, one --data-urlencode name=value for each."),
        );
    }
    let grant = members.get("grant_type").map(display).unwrap_or_default();
    found.conclude(&request_with(&grant), "");
    found
}

fn request_with(grant: &str) -> String {
    format!("A token request with the grant {}", plain(grant))
}

/// The body of a request to a token endpoint.
fn request(parts: &Parts) -> Inspection {
    let grant = parts.get("grant_type").unwrap_or_default();
    let mut found = Inspection::new(Kind::TokenRequest, "");
    let needed: &[&str] = match grant {
        "authorization_code" => &["code", "redirect_uri", "code_verifier"],
        "refresh_token" => &["refresh_token"],
        _ => &[],
    };
    for name in needed.iter().filter(|name| !parts.has(name)) {
        found.problem(format!("There is no {name}, which this grant needs."), None);
    }
    if let Some(verifier) = parts.get("code_verifier") {
        for problem in crate::pkce::examine(verifier, "").verifier_problems {
            found.problem(format!("The code_verifier is wrong: {}", lowered(&problem)), None);
        }
    }
    repeated(&mut found, parts);
    found.parts.push(parts.rows(|name| match name {
        "grant_type" => "What is exchanged for tokens",
        "code" => "The authorization code, for one use",
        "redirect_uri" => "The same as in the authorization URL",
        "code_verifier" => "The secret half of PKCE",
        "client_id" => "The client",
        "client_secret" => "The client's secret",
        "client_assertion" => "The client's signed token",
        "client_assertion_type" => "What kind of assertion it is",
        "refresh_token" => "For one use, at Stitch",
        "scope" => "Scopes asked for",
        "audience" => "Whom the token is for",
        _ => "",
    }));
    found.conclude(&request_with(grant), "");
    found
}

fn other(parts: &Parts) -> Inspection {
    let mut found = Inspection::new(
        Kind::Url,
        "An address that is neither a callback nor an authorization URL: it holds no code, no state and no error.",
    );
    found.parts.push(parts.rows(|_| ""));
    found
}

fn repeated(found: &mut Inspection, parts: &Parts) {
    if let Some(name) = parts.repeated() {
        found.problem(
            format!("The parameter {} stands in it twice (RFC 6749 section 3.1).", plain(name)),
            Some("A server refuses it, or takes one of the two."),
        );
    }
}
