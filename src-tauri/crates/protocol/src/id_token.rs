//! The checks of an `id_token` (`OpenID` Connect Core 3.1.3.7, 3.1.3.8 and 12.2).
//!
//! Every check is made and shown, also after one has failed: a person who looks for a cause sees them all.

mod check;
mod hashes;
mod parties;
mod signature;
mod times;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::check::Topic;
pub use self::check::{Check, Outcome};
pub(crate) use self::signature::allowed;
use crate::{
    Map,
    claims::Claims,
    json::kind,
    jwks::Jwks,
    jwt::{self, Jwt},
    text::plain,
};

/// What this sign-in or refresh knows, to compare the token with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// Absent on a refresh.
    pub nonce: Option<&'a str>,
    /// Absent on a refresh.
    pub state: Option<&'a str>,
    pub access_token: Option<&'a str>,
    pub code: Option<&'a str>,
    /// Unix seconds.
    pub now: i64,
    /// On a refresh: the claims of the `id_token` before.
    pub previous: Option<&'a Claims>,
}

/// What is known of a token that a person pasted: there was no sign-in here to compare it with.
#[derive(Debug, Clone, Copy)]
pub struct Pasted<'a> {
    pub issuer: Option<&'a str>,
    pub client_id: Option<&'a str>,
    /// That of the same reply.
    pub access_token: Option<&'a str>,
    /// Unix seconds.
    pub now: i64,
}

/// All checks of one token, with what was read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Absent where the token cannot be read.
    pub header: Option<Map>,
    pub claims: Option<Claims>,
    pub checks: Vec<Check>,
}

impl Verdict {
    /// Whether the token may be believed.
    pub fn accepted(&self) -> bool {
        self.first_failure().is_none()
    }

    /// Whether the key set lacks the token's key: fetch the set once more, then verify again.
    pub fn unknown_kid(&self) -> bool {
        self.checks.iter().any(|check| matches!(check.reason(), "unknown_kid" | "no_fitting_key"))
    }

    pub fn first_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.outcome == Outcome::Failed)
    }
}

const FORMAT: Topic = Topic {
    name: "format",
    title: "Format",
    section: "RFC 7519 7.2",
    why: "Only a token that every reader reads in one way can be checked.",
};

const BREAKS: &str =
    "The server breaks the specification here. Tell the provider, with the exchange from the Wire drawer.";

/// What the checks compare with, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) issuer: Option<&'a str>,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) state: Option<&'a str>,
    pub(crate) access_token: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    /// Unix seconds.
    pub(crate) now: i64,
    pub(crate) previous: Option<&'a Claims>,
    pub(crate) origin: Origin,
}

/// How a token came here, which decides what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// From the server a moment ago, so that it must be new.
    Received,
    /// With a token reply that a person pasted.
    Pasted,
    /// Into Inspect, where more can be given to compare it with.
    Inspected,
}

impl<'a> From<&Expected<'a>> for Known<'a> {
    fn from(expected: &Expected<'a>) -> Self {
        Self {
            issuer: Some(expected.issuer),
            client_id: Some(expected.client_id),
            nonce: expected.nonce,
            state: expected.state,
            access_token: expected.access_token,
            code: expected.code,
            now: expected.now,
            previous: expected.previous,
            origin: Origin::Received,
        }
    }
}

/// Makes every check. An unreadable token gives one failed check, `format`.
pub fn verify(raw: &str, keys: &Jwks, expected: &Expected) -> Verdict {
    verdict(raw, Some(keys), &expected.into())
}

/// Makes every check that needs no sign-in; without keys the signature's is skipped.
pub fn verify_pasted(raw: &str, keys: Option<&Jwks>, pasted: &Pasted) -> Verdict {
    let known = Known {
        issuer: pasted.issuer,
        client_id: pasted.client_id,
        nonce: None,
        state: None,
        access_token: pasted.access_token,
        code: None,
        now: pasted.now,
        previous: None,
        origin: Origin::Pasted,
    };
    verdict(raw, keys, &known)
}

fn verdict(raw: &str, keys: Option<&Jwks>, known: &Known) -> Verdict {
    match jwt::decode(raw) {
        Ok(jwt) => {
            let checks = checks(&jwt, keys, known);
            Verdict { header: Some(jwt.header), claims: Some(jwt.payload), checks }
        }
        Err(error) => {
            let mut check = FORMAT.failed("", "a signed JWT", error.to_string(), BREAKS);
            check.code = Some(error.code().to_owned());
            Verdict { header: None, claims: None, checks: vec![check] }
        }
    }
}

/// Every check of an `id_token`; one alone where the header forbids reading on.
pub(crate) fn checks(jwt: &Jwt, keys: Option<&Jwks>, known: &Known) -> Vec<Check> {
    if let Some(check) = other_kind(jwt) {
        return vec![check];
    }
    common_checks(jwt, keys, known)
}

/// The checks without the one whether it is an `id_token` at all; one alone for unknown extensions.
pub(crate) fn common_checks(jwt: &Jwt, keys: Option<&Jwks>, known: &Known) -> Vec<Check> {
    if let Some(check) = critical(jwt) {
        return vec![check];
    }
    let claims = &jwt.payload;
    let mut checks = vec![
        signature::check(jwt, keys),
        parties::issuer(claims, known),
        parties::audience(claims, known),
        parties::authorized_party(claims, known),
        times::expiry(claims, known),
        times::issued_at(claims, known),
        times::not_before(claims, known.now),
        parties::nonce(claims, known),
    ];
    let alg = signature::allowed_algorithm(&jwt.header);
    checks.extend(hashes::checks(claims, alg, known));
    checks.push(parties::subject(claims, known));
    if let Some(previous) = known.previous {
        checks.push(times::auth_time(claims, previous));
    }
    checks
}

/// Extensions that must be understood, of which none is.
fn critical(jwt: &Jwt) -> Option<Check> {
    let crit = jwt.header.get("crit")?;
    let topic = Topic { section: "RFC 7515 4.1.11", ..FORMAT };
    let names = crit.as_array().filter(|names| !names.is_empty() && names.iter().all(Value::is_string));
    let code = if names.is_some() { "crit_unknown" } else { "crit_malformed" };
    Some(topic.failed(code, "no critical extensions", plain(&crit.to_string()), BREAKS))
}

/// A token of another kind that the same keys sign (RFC 8725 section 3.11).
fn other_kind(jwt: &Jwt) -> Option<Check> {
    const HINT: &str = "Do not use this token as an id_token: it was made for something else.";
    let topic = Topic { section: "RFC 8725 3.11", ..FORMAT };
    let failed = |code, got: String| Some(topic.failed(code, "an id_token", got, HINT));
    if is_logout_token(&jwt.payload) {
        return failed("is_logout_token", "the event of a logout token".to_owned());
    }
    let typ = match jwt.header.get("typ")? {
        Value::String(typ) => typ,
        other => return failed("typ_malformed", format!("a typ that is {}", kind(other))),
    };
    let code = match jwt::media_type(typ).as_str() {
        "at+jwt" => "is_access_token",
        "logout+jwt" => "is_logout_token",
        other if other.ends_with("+jwt") => "is_other_token",
        _ => return None,
    };
    failed(code, format!("typ {}", plain(typ)))
}

/// The event that makes a token a logout token (OIDC Back-Channel Logout 2.4).
pub(crate) fn is_logout_token(claims: &Claims) -> bool {
    let events = claims.get("events").and_then(Value::as_object);
    events.is_some_and(|events| events.contains_key("http://schemas.openid.net/event/backchannel-logout"))
}

#[cfg(test)]
mod tests;
