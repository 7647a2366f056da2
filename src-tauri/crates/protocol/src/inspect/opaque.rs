//! Tokens that say nothing by themselves.

use super::{
    Inspection, Kind, Part, Row, lenient,
    shown::{self, masked},
};
use crate::{json, jwt, text::plain};

/// Shorter ones are words.
const MIN_LENGTH: usize = 16;

pub(super) fn inspect(token: &str, now: i64) -> Option<Inspection> {
    if token.len() < MIN_LENGTH || token.len() > jwt::MAX_LENGTH {
        return None;
    }
    let length = token.len();
    let (bytes, whole) = lenient::base64(token);
    let readable = std::str::from_utf8(&bytes).ok().filter(|text| text.chars().all(|c| !c.is_control()));
    if let Some(members) = readable.filter(|_| whole).and_then(|text| json::read_object(text.as_bytes()).ok())
    {
        let mut found = Inspection::new(Kind::Jwt, "");
        found.problem(
            "The other parts and the dots between them are missing, so that nothing can be checked.",
            Some("Copy the whole token, from its first character to its last."),
        );
        let rows = Part::rows("Decoded", shown::claim_rows(&members, now));
        found.parts.push(Part { text: Some(shown::object(&members)), ..rows });
        found.conclude("One part of a JWT by itself", "");
        return Some(found);
    }
    let mut found = match readable {
        // A whole JWT has been found before, so that this is the beginning of one.
        Some(text) if text.starts_with('{') => {
            let mut found = Inspection::new(Kind::OpaqueToken, "");
            let undecodable = if length % 4 == 1 {
                format!("{length} characters are no base64 of anything: one is missing or too many")
            } else if whole {
                "what it decodes to breaks off".to_owned()
            } else {
                "it holds characters that are not base64url".to_owned()
            };
            found.problem(
                format!("It begins like a JWT and cannot be decoded: {undecodable}."),
                Some("Copy the token again, from its first character to its last. If that was all of it, it is a sample or a token of the provider's own form."),
            );
            found.parts.push(Part::text("What can be read", plain(text)));
            found.conclude(&format!("A token of {length} characters that is no JWT"), "");
            found
        }
        // Stitch's ids are base64 of paths, such as account/fnb/250655/62425239471.
        Some(text) if whole && text.contains('/') && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            let mut found = Inspection::new(
                Kind::OpaqueToken,
                format!("Base64 of a text, as GraphQL ids are: {}.", plain(text)),
            );
            found.parts.push(Part::text("Decoded", plain(text)));
            return Some(found);
        }
        _ => Inspection::new(
            Kind::OpaqueToken,
            format!(
                "An opaque token of {length} characters: only the server that made it can say what it stands for."
            ),
        ),
    };
    found.parts.push(Part::rows(
        "Token",
        [
            Row {
                name: "token".to_owned(),
                value: masked(token),
                meaning: form(token),
                time: None,
                secret: true,
            },
            Row::new("length", &length.to_string(), "Characters"),
        ],
    ));
    Some(found)
}

fn form(token: &str) -> String {
    let hex = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = match token.len() {
        _ if token.contains('.') => "Parts between dots, and no JWT",
        43 => {
            "32 bytes in base64url: an access token, refresh token, code, state or verifier. IdentityServer's look like this"
        }
        36 if token.bytes().filter(|byte| *byte == b'-').count() == 4 => "The form of a UUID",
        _ if hex => "Hexadecimal digits",
        length if length % 4 == 1 && lenient::right_characters(token) == length => {
            "No base64 of anything, as one character is missing or too many: if it was copied whole, it is of a form of the provider's own"
        }
        _ => "Letters, digits and signs without a form that is known",
    };
    words.to_owned()
}
