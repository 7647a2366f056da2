//! The `Authorization` header (RFC 6750 section 2.1, RFC 7617).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::form_urlencoded;

use super::{Given, Inspection, Kind, Part, Row};
use crate::text::plain;

/// With or without the header's name before it; a bare `Bearer` is left off its token.
pub(super) fn authorization_header(text: &str, given: &Given, depth: usize) -> Option<Inspection> {
    let lower = text.get(..text.len().min(24))?.to_ascii_lowercase();
    let name = ["authorization:", "proxy-authorization:"].into_iter().find(|name| lower.starts_with(name));
    let value = name.map_or(text, |name| text[name.len()..].trim_start());
    let (scheme, credentials) = value.split_once(char::is_whitespace)?;
    let credentials = credentials.trim();
    match (scheme.to_ascii_lowercase().as_str(), name) {
        ("bearer", None) => Some(super::recognise(credentials, given, depth + 1)),
        ("bearer", Some(_)) => {
            let mut found = header(scheme, credentials, "The access token");
            found.found("The token", credentials, given, depth);
            found.conclude("An Authorization header with a Bearer token", "");
            Some(found)
        }
        ("basic", _) => Some(basic(scheme, credentials, given)),
        (_, Some(_)) => {
            let mut found = header(scheme, credentials, "Credentials");
            found.problem(
                format!(
                    "The scheme {} is not supported: Bobbin uses Bearer tokens only (RFC 6750).",
                    plain(scheme)
                ),
                None,
            );
            found.conclude("An Authorization header", "");
            Some(found)
        }
        _ => None,
    }
}

fn header(scheme: &str, credentials: &str, meaning: &str) -> Inspection {
    let mut found = Inspection::new(Kind::AuthorizationHeader, "");
    found.parts.push(Part::rows(
        "Header",
        [
            Row::new("scheme", scheme, "How it authenticates"),
            Row::secret("credentials", credentials, meaning),
        ],
    ));
    found
}

/// Client id and secret, form-encoded, with a colon between (RFC 6749 section 2.3.1).
fn basic(scheme: &str, credentials: &str, given: &Given) -> Inspection {
    let mut found = header(scheme, credentials, "Client id and secret in base64");
    let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().map(|pair| pair.split_once(':')) {
        Some(Some((id, secret))) => {
            let id = form_decoded(id);
            found.parts.push(Part::rows(
                "Client",
                [
                    Row::new("client_id", &id, "Who authenticates"),
                    Row::secret("client_secret", secret, "The secret"),
                ],
            ));
            if secret.is_empty() {
                found.problem("There is no secret after the colon.", None);
            }
            if given.client_id.is_some_and(|client_id| client_id != id) {
                found.problem(
                    format!("It is of the client {}, and another is chosen.", plain(&id)),
                    Some("Choose the connection of that client."),
                );
            }
            found.conclude(
                &format!("An Authorization header with the id and secret of the client {}", plain(&id)),
                "",
            );
        }
        Some(None) => {
            found.problem(
                "There is no colon between an id and a secret.",
                Some("It is base64 of id:secret (RFC 7617 section 2)."),
            );
            found.conclude("An Authorization header of the scheme Basic", "");
        }
        None => {
            found.problem(
                "What stands after Basic is not base64.",
                Some("It is base64 of id:secret (RFC 7617 section 2)."),
            );
            found.conclude("An Authorization header of the scheme Basic", "");
        }
    }
    found
}

fn form_decoded(text: &str) -> String {
    // As one name of a form, in which & and = are escaped.
    form_urlencoded::parse(text.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}
