//! Which checks a pasted token is put to, and the sentence about them.

use super::{Given, Kind};
use crate::{
    Map,
    id_token::{self, Check, Known, Origin, Outcome},
    jwt::Jwt,
};

/// The checks that fit a kind of token.
pub(super) fn checks(kind: Kind, jwt: &Jwt, given: &Given) -> Vec<Check> {
    let known = Known {
        issuer: given.issuer,
        client_id: given.client_id,
        nonce: given.nonce,
        state: given.state,
        access_token: given.access_token,
        code: given.code,
        now: given.now,
        previous: None,
        origin: Origin::Inspected,
    };
    let (prefix, wanted): (&str, &[&str]) = match kind {
        Kind::IdToken => return id_token::checks(jwt, given.keys, &known),
        // Its audience is an API, and not the client.
        Kind::AccessToken => ("access_token", &["signature", "iss", "exp", "iat", "nbf", "sub"]),
        Kind::LogoutToken => ("logout_token", &["signature", "iss", "aud", "exp", "iat"]),
        // Made and signed by the client itself.
        Kind::ClientAssertion => ("client_assertion", &["signature", "exp", "iat", "nbf", "sub"]),
        _ => ("jwt", &["signature", "iss", "exp", "iat", "nbf"]),
    };
    let mut checks = id_token::common_checks(jwt, given.keys, &known);
    checks.retain(|check| check.name == "format" || wanted.contains(&check.name.as_str()));
    for check in &mut checks {
        check.section = section(&check.name, &check.section).to_owned();
        if let Some(rest) = check.code.as_ref().and_then(|code| code.strip_prefix("id_token")) {
            check.code = Some(format!("{prefix}{rest}"));
        }
        let optional = match kind {
            Kind::AccessToken | Kind::IdToken => false,
            Kind::ClientAssertion | Kind::LogoutToken => check.name == "iat",
            _ => check.name != "signature",
        };
        let absent = check.reason() == format!("{}_missing", check.name);
        if optional && absent && check.name != "signature" {
            leave_out(check, "A token of this kind may do without it.");
        }
        // The provider's keys say nothing about what a client has signed.
        let other_key = matches!(check.reason(), "unknown_kid" | "no_fitting_key");
        if kind == Kind::ClientAssertion && other_key {
            leave_out(check, "It is signed by the client's own key, which is not among these.");
            check.hint = Some("Paste the client's certificate or JWKS to check it.".to_owned());
        }
    }
    checks
}

fn leave_out(check: &mut Check, reason: &str) {
    check.outcome = Outcome::Skipped;
    check.code = None;
    check.hint = None;
    check.why = format!("{reason} {}", check.why);
}

/// Sections of the general specifications, instead of those for an `id_token`.
fn section<'a>(name: &str, own: &'a str) -> &'a str {
    match name {
        "signature" => "RFC 7515 5.2",
        "iss" => "RFC 7519 4.1.1",
        "sub" => "RFC 7519 4.1.2",
        "aud" => "RFC 7519 4.1.3",
        "exp" => "RFC 7519 4.1.4",
        "nbf" => "RFC 7519 4.1.5",
        "iat" => "RFC 7519 4.1.6",
        _ => own,
    }
}

/// How far a token is right of which no check has failed.
pub(super) fn fine(checks: &[Check]) -> &'static str {
    if is_unsigned(checks) {
        ": nothing is wrong with it as far as can be seen, and its signature was not checked"
    } else {
        ": its signature is right, and nothing else is wrong with it"
    }
}

fn is_unsigned(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.name == "signature" && check.outcome == Outcome::Skipped)
}

/// What is wrong with it, the first failure in words.
pub(super) fn wrong(claims: &Map, checks: &[Check]) -> Option<String> {
    let mut failed: Vec<&Check> = checks.iter().filter(|check| check.outcome == Outcome::Failed).collect();
    // Another issuer's token has other keys and audiences: that it is another's explains them.
    failed.sort_by_key(|check| check.name != "iss");
    let (first, more) = failed.split_first()?;
    let first = first.in_words(claims);
    let more: Vec<&str> = more.iter().map(|check| check.name.as_str()).collect();
    let more =
        if more.is_empty() { String::new() } else { format!(", and wrong are also {}", more.join(", ")) };
    let unsigned = if is_unsigned(checks) { ", and its signature was not checked" } else { "" };
    Some(format!("{first}{more}{unsigned}"))
}
