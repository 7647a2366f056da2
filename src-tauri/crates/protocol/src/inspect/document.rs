//! JSON: token replies, errors, key sets, discovery documents.

mod errors;
mod keys;

use serde_json::Value;

use super::{Given, Inspection, Kind, Part, Row, lenient, shown, url, within};
use crate::{
    Map,
    discovery::process_discovery,
    http::HttpReply,
    json::{self, display},
    preset::ErrorShape,
    text::{excerpt, plain},
    token::process_token_reply,
};

pub(super) fn inspect(text: &str, given: &Given, depth: usize) -> Option<Inspection> {
    match text.as_bytes().first()? {
        b'{' => {}
        b'[' => return Some(list(text)),
        _ => return None,
    }
    let Some(object) = lenient::object(text) else {
        // What is no JSON, such as a dictionary of Python, may still have a token in it.
        if let Some(found) = within::inspect(text, given, depth) {
            return Some(found);
        }
        let mut found = Inspection::new(Kind::Json, "");
        let reason = match json::read_object(text.as_bytes()) {
            Err(json::JsonError::NotJson(reason)) => plain(&reason),
            _ => "it cannot be read".to_owned(),
        };
        found.problem(format!("It is not whole JSON: {reason}."), Some(COPY));
        found.conclude("JSON that cannot be read", "");
        return Some(found);
    };
    let mut found = of_kind(&object.members, object.broken.is_none(), given, depth);
    if let Some(reason) = object.broken {
        found.problem(
            format!("The JSON is broken: {}. What is before that is shown.", plain(&reason)),
            Some(COPY),
        );
        let summary = found.summary.trim_end_matches('.').to_owned();
        found.summary = format!("{summary}, and its JSON is broken.");
    }
    Some(found)
}

const COPY: &str = "Copy the whole text again, from its first brace to its last.";

/// What a proxy or a wrong address answers instead of JSON.
pub(super) fn html(text: &str) -> Option<Inspection> {
    let start: String = text.trim_start().chars().take(200).collect::<String>().to_ascii_lowercase();
    if !start.starts_with("<!doctype html") && !start.contains("<html") {
        return None;
    }
    let mut found = Inspection::new(Kind::Text, "");
    found.problem(
        "A program expects JSON where this came.",
        Some("A proxy, a gateway or a wrong address sends such pages: compare the endpoint, and see its status in Wire."),
    );
    let title = text.split_once("<title>").and_then(|(_, rest)| rest.split('<').next());
    let title = title.map(|title| excerpt(title.trim().as_bytes())).filter(|title| !title.is_empty());
    found.parts.push(Part::text("Page", excerpt(text.as_bytes())));
    let what =
        title.map_or_else(|| "An HTML page".to_owned(), |title| format!("An HTML page called “{title}”"));
    found.conclude(&what, "");
    Some(found)
}

fn list(text: &str) -> Inspection {
    let what = "A JSON list, where every document that Bobbin knows is an object";
    let mut found = Inspection::new(Kind::Json, format!("{what}."));
    if let Ok(value) = json::read_value(text.as_bytes()) {
        found.parts.push(Part::text("JSON", shown::json(&value)));
    } else {
        found.problem("It is not whole JSON.", Some(COPY));
        found.conclude(what, "");
    }
    found
}

/// Of what is not `whole`, nothing can be said to be missing.
fn of_kind(members: &Map, whole: bool, given: &Given, depth: usize) -> Inspection {
    let has = |name: &str| members.contains_key(name);
    let text = |name: &str| members.get(name).is_some_and(Value::is_string);
    let listed = |name: &str| members.get(name).is_some_and(Value::is_array);
    let mut found = if listed("keys") || has("kty") {
        keys::inspect(members)
    } else if text("issuer") && ["authorization_endpoint", "token_endpoint", "jwks_uri"].into_iter().any(has)
    {
        discovery(members, whole, given)
    } else if text("grant_type") {
        url::json_request(members)
    } else if ["access_token", "id_token", "refresh_token"].into_iter().any(text) {
        token_reply(members, whole, given, depth)
    } else if (listed("errors") && !text("message")) || (has("data") && members.len() <= 3) {
        errors::graphql(members)
    } else if errors::is_oauth(members) {
        errors::oauth(members)
    } else {
        let summary = if text("iss") && (has("exp") || has("iat")) {
            "The claims of a token that was decoded: without the token itself nobody can tell whether they are true."
        } else if text("query") {
            "A GraphQL request."
        } else {
            "JSON that is none of the documents that Bobbin knows."
        };
        let mut found = Inspection::new(Kind::Json, summary);
        found.parts.push(Part::rows("Members", shown::claim_rows(members, given.now)));
        found
    };
    let text = shown::object(members);
    match &mut found.parts[..] {
        // One table of all members has it behind it; a response has more than its errors.
        [only] if only.text.is_none() && found.kind != Kind::GraphqlError => only.text = Some(text),
        _ => found.parts.push(Part::text("JSON", text)),
    }
    found
}

/// The text as a reply would have brought it.
fn reply(status: u16, members: &Map) -> HttpReply {
    HttpReply {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: serde_json::to_vec(members).unwrap_or_default(),
    }
}

fn token_reply(members: &Map, whole: bool, given: &Given, depth: usize) -> Inspection {
    let mut found = Inspection::new(Kind::TokenReply, "");
    match process_token_reply(&reply(200, members), &ErrorShape::default()) {
        Ok(tokens) => {
            for warning in tokens.warnings {
                found.problem(warning, None);
            }
        }
        Err(error) if whole => found.problem(error.to_string(), Some(&error.hint())),
        Err(_) => {}
    }
    let meaning = |name: &str| match name {
        "access_token" => "Opens the API",
        "token_type" => "How the access token is sent",
        "expires_in" => "Seconds that the access token lives, from the reply on",
        "refresh_token" => "Gets new tokens",
        "id_token" => "Says who signed in",
        "scope" => "Granted scopes",
        _ => "The provider's own member",
    };
    found.parts.push(Part::rows("Reply", shown::member_rows(members, meaning)));
    let token = |name: &str| members.get(name).and_then(Value::as_str).filter(|token| !token.is_empty());
    let present: Vec<&str> = ["id_token", "access_token", "refresh_token"]
        .into_iter()
        .filter(|name| token(name).is_some())
        .collect();
    let given = Given { access_token: token("access_token").or(given.access_token), ..*given };
    for name in &present {
        found.found(name, token(name).unwrap_or_default(), &given, depth);
    }
    found.conclude(&format!("The reply of a token endpoint with {}", listed(&present)), "");
    found
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn discovery(members: &Map, whole: bool, given: &Given) -> Inspection {
    let own = members.get("issuer").map(display).unwrap_or_default();
    let mut found = Inspection::new(Kind::DiscoveryDocument, "");
    if whole && let Err(error) = process_discovery(&reply(200, members), given.issuer.unwrap_or(&own)) {
        found.problem(error.to_string(), Some(&error.hint()));
    }
    let meaning = |name: &str| match name {
        "issuer" => "Who it is about; every id_token must name it so",
        "authorization_endpoint" => "Where the browser signs in",
        "token_endpoint" => "Where codes and refresh tokens are exchanged",
        "jwks_uri" => "Where the keys for its signatures are",
        "userinfo_endpoint" => "What the provider says of the person",
        "revocation_endpoint" => "Where tokens are taken back",
        "introspection_endpoint" => "What the provider says of a token",
        "end_session_endpoint" => "Where one signs out",
        "scopes_supported" => "Scopes",
        "grant_types_supported" => "Grants",
        "code_challenge_methods_supported" => "Methods of PKCE",
        "id_token_signing_alg_values_supported" => "How id_tokens are signed",
        "token_endpoint_auth_methods_supported" => "How clients authenticate",
        "authorization_response_iss_parameter_supported" => "Whether callbacks name the issuer",
        _ => "",
    };
    found.parts.push(Part::rows(
        "Metadata",
        members.iter().map(|(name, value)| {
            // Endpoints such as token_endpoint are no secrets, whatever they are called.
            Row::new(name, &display(value), meaning(name))
        }),
    ));
    let what = format!("The discovery document of {}", plain(&own));
    let fine = match given.issuer {
        _ if !whole => "",
        Some(_) => ", which is the chosen issuer, and nothing is wrong with it",
        None => ", and nothing is wrong with it; it is true only if it came from that address",
    };
    found.conclude(&what, fine);
    found
}
