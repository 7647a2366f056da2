//! What the browser is sent to.

use url::Host;

use super::{Parts, repeated};
use crate::{
    inspect::{Given, Inspection, Kind},
    pkce::examine,
    text::plain,
};

/// What Stitch asks of `state` and `nonce`, in characters.
const STITCH_LENGTH: std::ops::RangeInclusive<usize> = 32..=300;

pub(super) fn inspect(parts: &Parts, given: &Given) -> Inspection {
    let mut found = Inspection::new(Kind::AuthorizationUrl, "");
    repeated(&mut found, parts);
    let client = parts.get("client_id").unwrap_or_default();
    if given.client_id.is_some_and(|client_id| client_id != client) {
        found.problem(
            format!("It is for the client {}, and another is chosen.", plain(client)),
            Some("Choose the connection of that client."),
        );
    }
    // A request object may hold what is not in the address.
    if !parts.has("request") && !parts.has("request_uri") {
        missing(&mut found, parts);
    }
    challenge(&mut found, parts);
    for name in ["state", "nonce"] {
        let length = parts.get(name).map(|value| value.chars().count());
        if is_stitch(parts.target) && length.is_some_and(|length| !STITCH_LENGTH.contains(&length)) {
            found.problem(
                format!(
                    "Its {name} has {} characters, where Stitch asks for 32 to 300.",
                    length.unwrap_or_default()
                ),
                None,
            );
        }
    }
    for (name, known) in [("state", given.state), ("nonce", given.nonce)] {
        if let (Some(got), Some(known)) = (parts.get(name), known)
            && got != known
        {
            found.problem(format!("Its {name} is not the one that was given.").as_str(), None);
        }
    }
    found.parts.push(parts.rows(meaning));
    found.conclude(
        &format!("An authorization URL for the client {}", plain(client)),
        ", and nothing is wrong with it",
    );
    found
}

fn missing(found: &mut Inspection, parts: &Parts) {
    match parts.get("response_type") {
        Some("code") => {}
        Some(other) => found.problem(
            format!("Its response_type is {}, where code belongs.", plain(other)),
            Some("Other flows put tokens into addresses (RFC 9700 section 2.1.2)."),
        ),
        None => found.problem("It has no response_type (RFC 6749 section 4.1.1).", None),
    }
    if !parts.has("redirect_uri") {
        found.problem("It has no redirect_uri, which OpenID Connect needs.", None);
    }
    if !parts.has("state") {
        found.problem(
            "It has no state, so that its callback cannot be told from a forged one.",
            Some("Send 32 random bytes as base64url, and compare them (RFC 6749 section 10.12)."),
        );
    }
    let scopes: Vec<&str> = parts.get("scope").unwrap_or_default().split_whitespace().collect();
    if scopes.contains(&"openid") && !parts.has("nonce") {
        found.problem("It asks for openid and has no nonce, which Stitch requires.", None);
    }
    if !scopes.contains(&"openid") {
        found.problem("Its scope has no openid, so that no id_token will come.", None);
    }
}

fn challenge(found: &mut Inspection, parts: &Parts) {
    let Some(challenge) = parts.get("code_challenge") else {
        if !parts.has("request") && !parts.has("request_uri") {
            found.problem(
                "It has no code_challenge: without PKCE a stolen code can be used by others.",
                Some("Add code_challenge and code_challenge_method=S256 (RFC 7636)."),
            );
        }
        return;
    };
    if parts.get("code_challenge_method") != Some("S256") {
        found.problem(
            "Its code_challenge_method is not S256, so that the challenge is the verifier itself (plain).",
            Some("Add code_challenge_method=S256 (RFC 7636 section 4.2)."),
        );
    }
    for problem in examine("", challenge).challenge_problems {
        found.problem(format!("The code_challenge is wrong. {problem}"), None);
    }
}

fn is_stitch(target: &str) -> bool {
    let url = url::Url::parse(target).ok();
    let host = url.as_ref().and_then(url::Url::host);
    matches!(host, Some(Host::Domain(domain)) if domain == "stitch.money" || domain.ends_with(".stitch.money"))
}

fn meaning(name: &str) -> &'static str {
    match name {
        "response_type" => "What the callback brings",
        "client_id" => "The client",
        "redirect_uri" => "Where the browser returns to",
        "scope" => "Scopes asked for",
        "state" => "Ties the callback to the sign-in",
        "nonce" => "Ties the id_token to the sign-in",
        "code_challenge" => "The public half of PKCE",
        "code_challenge_method" => "How the challenge is made of the verifier",
        "prompt" => "What the server must ask the person",
        "login_hint" => "Who is likely to sign in",
        "max_age" => "How long ago the person may have signed in, in seconds",
        "acr_values" => "How thoroughly the person shall be authenticated",
        "response_mode" => "How the callback comes",
        "ui_locales" => "Languages",
        _ => "",
    }
}
