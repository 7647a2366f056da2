//! Tokens in compact form, also when they are cut off or not quite base64url.

mod kind;

use serde_json::Value;

use self::kind::{kind, name};
use super::{Given, Inspection, Kind, Part, Row, header, lenient, shown, verdict};
use crate::{
    Map,
    id_token::Verdict,
    jwt::{self, Jwt, JwtError},
    text::{mask, plain},
};

/// None where it is no token from its first character to its last.
pub(super) fn whole(token: &str, given: &Given) -> Option<Inspection> {
    match jwt::decode(token) {
        Ok(jwt) => return Some(decoded(jwt, given)),
        Err(JwtError::Encrypted) => return encrypted(token),
        Err(_) => {}
    }
    let repaired = lenient::url_safe(token);
    if repaired != token
        && let Ok(jwt) = jwt::decode(&repaired)
    {
        let mut found = decoded(jwt, given);
        found.problem(
            "It is not quite base64url: it has padding (=) or the characters + and /, which a strict reader refuses.",
            Some("Whoever made it should use base64url without padding (RFC 7515 section 2)."),
        );
        return Some(found);
    }
    None
}

fn decoded(jwt: Jwt, given: &Given) -> Inspection {
    let kind = kind(&jwt);
    let checks = verdict::checks(kind, &jwt, given);
    let mut found = Inspection::new(kind, "");
    let length = jwt.signature.len().to_string();
    found.parts = vec![
        Part { text: Some(shown::object(&jwt.header)), ..Part::rows("Header", header::rows(&jwt.header)) },
        Part {
            text: Some(shown::object(&jwt.payload)),
            ..Part::rows("Payload", shown::claim_rows(&jwt.payload, given.now))
        },
        Part::rows("Signature", [Row::new("length", &length, "Bytes of the signature")]),
    ];
    concern(&mut found, &jwt, given);
    let what = name(kind, &jwt);
    let wrong = verdict::wrong(&jwt.payload, &checks);
    match wrong {
        Some(wrong) => found.summary = format!("{what}: {wrong}."),
        None => found.conclude(&what, verdict::fine(&checks)),
    }
    found.verdict = Some(Verdict { header: Some(jwt.header), claims: Some(jwt.payload), checks });
    found
}

/// What no check of an `id_token` looks at.
fn concern(found: &mut Inspection, jwt: &Jwt, given: &Given) {
    let text = |name: &str| jwt.payload.get(name).and_then(Value::as_str);
    match found.kind {
        Kind::ClientAssertion => {
            if !jwt.payload.contains_key("jti") {
                found.problem(
                    "The assertion has no jti, so that the server cannot tell one from its copy.",
                    Some("Give each request its own assertion with a new jti (RFC 7523 section 3)."),
                );
            }
            if let (Some(issuer), Some(client_id)) = (text("iss"), given.client_id)
                && issuer != client_id
            {
                found.problem(
                    format!(
                        "The assertion is of {}, and the connection's client is {client_id}.",
                        plain(issuer)
                    ),
                    Some("iss and sub are the client id (RFC 7523 section 3)."),
                );
            }
        }
        Kind::LogoutToken if jwt.payload.contains_key("nonce") => found.problem(
            "The logout token has a nonce, which is forbidden so that it cannot pass as an id_token.",
            Some("Tell the provider (OIDC Back-Channel Logout 2.4)."),
        ),
        Kind::AccessToken => {
            let client = text("client_id").or_else(|| text("azp")).or_else(|| text("appid"));
            if let (Some(client), Some(client_id)) = (client, given.client_id)
                && client != client_id
            {
                found.problem(
                    format!(
                        "The access token was given to {}, and the connection's client is {client_id}.",
                        plain(client)
                    ),
                    Some("Choose the connection of that client, or use a token of this one."),
                );
            }
        }
        _ => {}
    }
    if given.keys.is_none() && is_cut_off(jwt) {
        found.problem(
            format!(
                "Its signature has {} bytes, which are too few for its algorithm: it was cut off.",
                jwt.signature.len()
            ),
            Some(COPY),
        );
    }
    for name in ["jwk", "jku", "x5u"] {
        if jwt.header.contains_key(name) {
            found.problem(
                format!("The header brings its own keys along ({name}). They were not used: anyone can sign with keys of their own."),
                Some("A reader takes keys from the issuer's key set alone (RFC 8725 section 3.10)."),
            );
        }
    }
}

/// Whether the signature is shorter than any by its algorithm; none at all is another matter.
fn is_cut_off(jwt: &Jwt) -> bool {
    let least = match jwt.header_text("alg") {
        Some("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512") => 256,
        Some("ES256" | "EdDSA") => 64,
        Some("ES384") => 96,
        _ => 0,
    };
    (1..least).contains(&jwt.signature.len())
}

/// Five parts: only its header can be read (RFC 7516 section 3.1).
fn encrypted(token: &str) -> Option<Inspection> {
    let (bytes, _) = lenient::base64(token.split('.').next()?);
    let header = lenient::object(std::str::from_utf8(&bytes).ok()?)?.members;
    // Two signed tokens that were copied together have five parts as well.
    if !header.contains_key("enc") {
        return None;
    }
    let member = |name: &str| header.get(name).and_then(Value::as_str).map_or_else(|| "?".to_owned(), plain);
    let mut found = Inspection::new(
        Kind::Jwe,
        format!(
            "An encrypted token (JWE, {} with {}): only the holder of the key can read it, and Bobbin does not support encrypted tokens.",
            member("alg"),
            member("enc")
        ),
    );
    let rows = Part::rows("Header", header::rows(&header));
    found.parts.push(Part { text: Some(shown::object(&header)), ..rows });
    Some(found)
}

const COPY: &str = "Copy the token again, from its first character to its last.";

/// As many parts as can be read, and where it broke. None where it is not even the beginning of a token with a header.
pub(super) fn beginning(token: &str, now: i64) -> Option<Inspection> {
    // People shorten tokens with dots of their own.
    let parts: Vec<&str> = token.trim_end_matches("...").trim_end_matches('…').split('.').collect();
    let header = Piece::read(parts.first()?);
    // Without a whole member of a header it is no JWT at all.
    let members = header.members.clone().filter(|members| parts.len() >= 3 || members.contains_key("alg"))?;
    let payload = parts.get(1).map(|payload| Piece::read(payload));
    let mut found = Inspection::new(Kind::Jwt, "");
    match (&payload, parts.len()) {
        (None, _) => found.problem(
            format!(
                "It is cut off {} the header, so that the payload and the signature are missing.",
                header.end()
            ),
            None,
        ),
        (Some(payload), 2) => found.problem(
            format!("It is cut off {} the payload, so that the signature is missing.", payload.end()),
            None,
        ),
        _ => {}
    }
    let is_last = |count| parts.len() == count;
    header.show(&mut found, "Header", is_last(1), header::rows);
    if let Some(payload) = &payload {
        payload.show(&mut found, "Payload", is_last(2), |claims| shown::claim_rows(claims, now));
    }
    match parts.len() {
        1 | 2 => {}
        3 => {
            let (bytes, _) = lenient::base64(parts[2]);
            if lenient::is_broken(parts[2]) {
                found.problem(
                    format!("The signature breaks off: it was cut off after {} bytes.", bytes.len()),
                    None,
                );
            }
        }
        count => found.problem(format!("It has {count} parts between dots, where a JWT has three."), None),
    }
    for (name, words) in [("zip", "It is compressed (zip)"), ("cty", "It holds another token (cty)")] {
        if members.contains_key(name) {
            found.problem(format!("{words}, which Bobbin does not support."), None);
        }
    }
    if found.problems.is_empty() {
        let reason = jwt::decode(token).err().map_or_else(String::new, |error| error.to_string());
        found.problem(reason, None);
    }
    if let Some(problem) = found.problems.first_mut() {
        problem.hint = Some(COPY.to_owned());
    }
    found.conclude("A JWT that cannot be read to its end", "");
    Some(found)
}

/// A header or payload, as far as it can be read.
struct Piece {
    text: String,
    members: Option<Map>,
    /// `is not UTF-8`.
    broken: Option<String>,
}

impl Piece {
    fn read(encoded: &str) -> Self {
        let (bytes, all) = lenient::base64(encoded);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let object = lenient::object(&text);
        let right = lenient::right_characters(encoded);
        let broken = match &object {
            _ if encoded.is_empty() => Some("is empty".to_owned()),
            _ if right < encoded.len() => {
                Some(format!("holds a character at place {} that is not base64url", right + 1))
            }
            _ if !all => Some(format!(
                "has {} characters, which are no base64 of anything: one is missing or too many",
                encoded.len()
            )),
            _ if std::str::from_utf8(&bytes).is_err() => Some("is not UTF-8".to_owned()),
            Some(object) => {
                object.broken.as_ref().map(|reason| format!("is not whole JSON: {}", plain(reason)))
            }
            None if text.starts_with('{') => Some(format!("breaks off after {} bytes", bytes.len())),
            None => Some("is not a JSON object".to_owned()),
        };
        Self { text, members: object.map(|object| object.members), broken }
    }

    /// Where a token ends whose last piece this is.
    fn end(&self) -> &'static str {
        if self.broken.is_some() { "in" } else { "after" }
    }

    /// Of the piece in which a token is cut off, that is said already.
    fn show(&self, found: &mut Inspection, title: &str, cut_off: bool, rows: impl Fn(&Map) -> Vec<Row>) {
        let rows = self.members.as_ref().map(rows).unwrap_or_default();
        let text = self.members.as_ref().map_or_else(|| mask(&plain(&self.text)), shown::object);
        let mut part = Part { text: Some(text), ..Part::rows(title, rows) };
        if let Some(reason) = &self.broken {
            if !cut_off {
                found.problem(format!("The {} {reason}.", title.to_lowercase()), None);
            }
            part.title = format!("{title}, as far as it can be read");
        }
        found.parts.push(part);
    }
}
