//! Errors: of OAuth, of providers in their own shapes, and of GraphQL.

use serde_json::Value;

use super::reply;
use crate::{
    Map,
    graphql::{ReplyError, errors, has_data},
    inspect::{Inspection, Kind, Part, Row},
    preset::ErrorShape,
    text::{mask, plain},
    token::{TokenError, process_token_reply},
};

/// At most this many errors of a response are shown.
const MAX_ERRORS: usize = 20;

/// Whether a token or API endpoint could have refused something in this shape.
pub(super) fn is_oauth(members: &Map) -> bool {
    let text = |name: &str| members.get(name).is_some_and(Value::is_string);
    let fields = || {
        let of_texts = |value: &Value| {
            value.as_array().is_some_and(|texts| !texts.is_empty() && texts.iter().all(Value::is_string))
        };
        !members.is_empty() && members.values().all(of_texts)
    };
    text("error")
        || (text("message") && members.len() > 1)
        || (text("title") && members.contains_key("status"))
        || fields()
}

pub(super) fn oauth(members: &Map) -> Inspection {
    let mut found = Inspection::new(Kind::OauthError, "");
    if let Err(error) = process_token_reply(&reply(400, members), &ErrorShape::default()) {
        found.problem(error.to_string(), Some(&hint(&error)));
    }
    found.parts.push(Part::rows(
        "Error",
        members.iter().map(|(name, value)| {
            let value = mask(&plain(&crate::json::display(value)));
            let meaning = match name.as_str() {
                "error" => "The code of the error (RFC 6749 section 5.2)",
                "error_description" | "message" | "detail" => "What the server says about it",
                "error_uri" => "Where there is more about it",
                "traceId" | "trace_id" => "What the provider's support asks for",
                _ => "",
            };
            Row::new(name, &value, meaning)
        }),
    ));
    found.conclude("An error of a server", "");
    found
}

fn hint(error: &TokenError) -> String {
    match error {
        TokenError::Provider { message, .. } if message.to_ascii_lowercase().contains("expired") => {
            "A token has expired. Refresh it, or sign in again.".to_owned()
        }
        other => other.hint(),
    }
}

pub(super) fn graphql(members: &Map) -> Inspection {
    let count = members.get("errors").and_then(Value::as_array).map_or(0, Vec::len);
    let more = count.saturating_sub(MAX_ERRORS);
    let mut found = Inspection::new(Kind::GraphqlError, "");
    for error in &errors(members, MAX_ERRORS) {
        found.problem(mask(&plain(&ended(&error.message))), advice(error));
        found.parts.push(Part::rows("Error", rows(error)));
        if !error.missing_scopes.is_empty() {
            let scopes = plain(&error.missing_scopes.join(" "));
            let hint = format!("Sign in again and ask for {scopes} too. A refresh cannot add scopes.");
            if let Some(problem) = found.problems.last_mut() {
                problem.hint = Some(hint);
            }
        }
    }
    if more > 0 {
        found.problem(format!("There are {more} more errors, which are not shown."), None);
    }
    let data = if has_data(members) { "data" } else { "no data" };
    found.conclude(&format!("A GraphQL response with {data}"), " and no errors");
    found
}

fn rows(error: &ReplyError) -> Vec<Row> {
    let position = error.line.zip(error.column).map(|(line, column)| format!("line {line}, column {column}"));
    let scopes = (!error.missing_scopes.is_empty()).then(|| error.missing_scopes.join(" "));
    let members = [
        ("message", Some(mask(&error.message)), "What the server says"),
        ("code", error.code.clone(), "The kind of error"),
        ("path", error.path.clone(), "The field that it is about"),
        ("location", position, "Where in the document it is asked for"),
        ("missingScopes", scopes, "Scopes that the token lacks"),
        ("userInteractionUrl", error.user_interaction_url.clone(), "Where the end user goes on"),
    ];
    members.into_iter().filter_map(|(name, value, meaning)| Some(Row::new(name, &value?, meaning))).collect()
}

fn advice(error: &ReplyError) -> Option<&'static str> {
    match error.code.as_deref()? {
        "UNAUTHENTICATED" => Some(
            "The access token has expired, was revoked or is of another environment. Refresh it, or sign in again.",
        ),
        "FORBIDDEN" => Some("The token lacks a scope for this field. Sign in again and ask for it."),
        "USER_INTERACTION_REQUIRED" | "REAUTHORIZATION_REQUIRED" => Some(
            "The end user must confirm at the bank: open userInteractionUrl with a registered redirect_uri added to it.",
        ),
        "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED" => {
            Some("Compare the document and its variables with the schema.")
        }
        _ => None,
    }
}

fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
