//! Who made the token, for whom, about whom, and for which sign-in.

use serde_json::Value;

use super::{
    BREAKS, Known, Origin,
    check::{Check, Topic},
};
use crate::{claims::Claims, json::kind, text::plain};

const ISSUER: Topic = Topic {
    name: "iss",
    title: "Issuer",
    section: "OIDC Core 3.1.3.7 (2)",
    why: "A token of another issuer says nothing about this one's users.",
};
const AUDIENCE: Topic = Topic {
    name: "aud",
    title: "Audience",
    section: "OIDC Core 3.1.3.7 (3)",
    why: "A token made for another client must not sign anyone in here.",
};
const AUTHORIZED_PARTY: Topic = Topic {
    name: "azp",
    title: "Authorized party (azp)",
    section: "OIDC Core 3.1.3.7 (4, 5)",
    why: "With several audiences it says which client the token was given to.",
};
const NONCE: Topic = Topic {
    name: "nonce",
    title: "Nonce",
    section: "OIDC Core 3.1.3.7 (11)",
    why: "It ties the token to this sign-in, so that an older token cannot be played back.",
};
const SUBJECT: Topic = Topic {
    name: "sub",
    title: "Subject",
    section: "OIDC Core 2",
    why: "It says who signed in; without it the token says nothing.",
};
const REFRESHED: &str = "OIDC Core 12.2";

const OTHER_USER: &str = "Do not use the new tokens: sign in again.";

pub(super) fn issuer(claims: &Claims, known: &Known) -> Check {
    const HINT: &str =
        "Compare the issuer under Endpoints with the provider's discovery document, character by character.";
    const OTHER_CONNECTION: &str = "Choose the connection of the issuer that the token names. If this is the one, compare the issuer under its Endpoints character by character.";
    let wanted = known.issuer.unwrap_or("an issuer");
    let iss = match member(claims, "iss") {
        Member::Absent => return ISSUER.failed("iss_missing", wanted, "no iss", BREAKS),
        Member::Other(got) => return ISSUER.failed("iss_malformed", wanted, got, BREAKS),
        Member::Text(iss) => iss,
    };
    if known.issuer.is_some_and(|issuer| issuer != iss) {
        let hint = if known.origin == Origin::Inspected { OTHER_CONNECTION } else { HINT };
        return ISSUER.failed("iss_mismatch", wanted, plain(iss), hint);
    }
    match known.previous.map(|previous| member(previous, "iss")) {
        Some(Member::Text(before)) if before != iss => {
            let topic = Topic { section: REFRESHED, ..ISSUER };
            topic.failed("iss_changed", plain(before), plain(iss), OTHER_USER)
        }
        _ if known.issuer.is_none() => {
            let hint = match known.origin {
                Origin::Pasted => "Fill in the issuer under Endpoints in the connection, then paste again.",
                _ => "Choose the connection that the token should be from.",
            };
            ISSUER.skipped("No issuer is known to compare with.", wanted, plain(iss), Some(hint))
        }
        _ => ISSUER.passed(wanted, plain(iss)),
    }
}

pub(super) fn audience(claims: &Claims, known: &Known) -> Check {
    let wanted = known.client_id.map_or_else(|| "an audience".to_owned(), |id| format!("contains {id}"));
    let audiences = match audiences(claims) {
        Ok(audiences) => audiences,
        Err(got) => return AUDIENCE.failed("aud_malformed", wanted, got, BREAKS),
    };
    let got = plain(&audiences.join(", "));
    match known.client_id {
        _ if !claims.contains_key("aud") => AUDIENCE.failed("aud_missing", wanted, "no aud", BREAKS),
        _ if audiences.is_empty() => AUDIENCE.failed("aud_empty", wanted, "an empty array", BREAKS),
        None => {
            AUDIENCE.skipped("No client is known to compare with.", wanted, got, Some(client_hint(known)))
        }
        Some(client_id) if audiences.contains(&client_id) => AUDIENCE.passed(wanted, got),
        Some(_) => AUDIENCE.failed(
            "aud_mismatch",
            wanted,
            got,
            "Compare the client id of the connection with the one the token is for.",
        ),
    }
}

pub(super) fn authorized_party(claims: &Claims, known: &Known) -> Check {
    const HINT: &str = "Do not use this token: it was given to another client.";
    let wanted = known.client_id.unwrap_or("the client");
    let several = audiences(claims).is_ok_and(|audiences| audiences.len() > 1);
    match (member(claims, "azp"), known.client_id) {
        (Member::Absent, _) if several => {
            AUTHORIZED_PARTY.failed("azp_missing", wanted, "no azp, and several audiences", HINT)
        }
        (Member::Absent, _) => {
            AUTHORIZED_PARTY.skipped("A token for a single audience needs none.", wanted, "no azp", None)
        }
        (Member::Other(got), _) => AUTHORIZED_PARTY.failed("azp_malformed", wanted, got, BREAKS),
        (Member::Text(azp), None) => {
            let hint = Some(client_hint(known));
            AUTHORIZED_PARTY.skipped("No client is known to compare with.", wanted, plain(azp), hint)
        }
        (Member::Text(azp), Some(client_id)) if azp == client_id => AUTHORIZED_PARTY.passed(wanted, azp),
        (Member::Text(azp), Some(_)) => AUTHORIZED_PARTY.failed("azp_mismatch", wanted, plain(azp), HINT),
    }
}

fn client_hint(known: &Known) -> &'static str {
    match known.origin {
        Origin::Pasted => "Fill in the client id in the connection, then paste again.",
        _ => "Choose the connection whose client the token should be for.",
    }
}

pub(super) fn nonce(claims: &Claims, known: &Known) -> Check {
    const HINT: &str = "Do not use this token: it belongs to another sign-in. Start a new one.";
    let got = member(claims, "nonce");
    let shown = match got {
        Member::Absent => "no nonce".to_owned(),
        Member::Text(nonce) => plain(nonce),
        Member::Other(kind) => kind.to_owned(),
    };
    let (topic, wanted) = match (known.nonce, known.previous.map(|previous| member(previous, "nonce"))) {
        (Some(nonce), _) => (NONCE, nonce),
        // A refreshed token needs none, but what it carries must be the first one's.
        (None, Some(Member::Text(before))) if !matches!(got, Member::Absent) => {
            (Topic { section: REFRESHED, ..NONCE }, before)
        }
        (None, Some(_)) => {
            let reason = "A refreshed token needs none (OIDC Core 12.2).";
            return NONCE.skipped(reason, "that of the first token, or none", shown, None);
        }
        (None, None) if known.origin == Origin::Pasted => {
            let reason = "This was pasted, so there is no nonce to compare with.";
            return NONCE.skipped(reason, "the nonce of the sign-in", shown, None);
        }
        (None, None) => {
            let hint = "Give the nonce of the sign-in's authorization URL to compare with.";
            let wanted = "the nonce of the sign-in";
            return NONCE.skipped("No nonce is known to compare with.", wanted, shown, Some(hint));
        }
    };
    match got {
        Member::Absent => topic.failed("nonce_missing", wanted, shown, HINT),
        Member::Other(_) => topic.failed("nonce_malformed", wanted, shown, BREAKS),
        Member::Text(nonce) if nonce == wanted => topic.passed(wanted, shown),
        Member::Text(_) => topic.failed("nonce_mismatch", wanted, shown, HINT),
    }
}

pub(super) fn subject(claims: &Claims, known: &Known) -> Check {
    const WANTED: &str = "a subject that is not empty";
    let before = known.previous.map(|previous| member(previous, "sub"));
    match (member(claims, "sub"), before) {
        (Member::Absent, _) => SUBJECT.failed("sub_missing", WANTED, "no sub", BREAKS),
        (Member::Text(""), _) => SUBJECT.failed("sub_empty", WANTED, "an empty string", BREAKS),
        (Member::Other(got), _) => SUBJECT.failed("sub_malformed", WANTED, got, BREAKS),
        (Member::Text(sub), Some(Member::Text(before))) => {
            let topic = Topic { section: REFRESHED, ..SUBJECT };
            if sub == before {
                topic.passed(plain(before), plain(sub))
            } else {
                topic.failed("sub_changed", plain(before), plain(sub), OTHER_USER)
            }
        }
        (Member::Text(sub), _) => SUBJECT.passed(WANTED, plain(sub)),
    }
}

/// A claim that should be text.
pub(super) enum Member<'a> {
    Absent,
    Text(&'a str),
    /// What stands there instead, such as `a number`.
    Other(&'static str),
}

pub(super) fn member<'a>(claims: &'a Claims, name: &str) -> Member<'a> {
    match claims.get(name) {
        None => Member::Absent,
        Some(Value::String(text)) => Member::Text(text),
        Some(other) => Member::Other(kind(other)),
    }
}

/// One string or an array of strings (RFC 7519 section 4.1.3).
fn audiences(claims: &Claims) -> Result<Vec<&str>, &'static str> {
    match claims.get("aud") {
        None => Ok(Vec::new()),
        Some(Value::String(audience)) => Ok(vec![audience]),
        Some(Value::Array(values)) => {
            let audiences: Option<Vec<_>> = values.iter().map(Value::as_str).collect();
            audiences.ok_or("an array with something else than strings")
        }
        Some(other) => Err(kind(other)),
    }
}
