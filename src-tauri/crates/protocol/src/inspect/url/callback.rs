//! What the browser brought back.

use crate::{
    callback::{CallbackOutcome, MAX_LENGTH, parse_pasted},
    inspect::{Given, Inspection, Kind},
    text::plain,
};

use super::Parts;

pub(super) fn inspect(text: &str, parts: &Parts, given: &Given) -> Inspection {
    let mut found = Inspection::new(Kind::Callback, "");
    let what = match parse_pasted(text) {
        Ok(callback) => {
            if let Some(issuer) = given.issuer
                && let Err(error) = callback.check_issuer(issuer, false)
            {
                found.problem(error.to_string(), Some(error.hint()));
            }
            match callback.outcome {
                CallbackOutcome::Code(_) => "A callback with an authorization code".to_owned(),
                CallbackOutcome::Error { error, description, .. } => {
                    let said = description.map_or_else(|| ".".to_owned(), |text| format!(": {text}"));
                    found.problem(format!("The server answered {error}{said}"), Some(advice(&error)));
                    "A callback with an error".to_owned()
                }
                CallbackOutcome::StateOnly => {
                    "A callback with nothing but a state, which is Stitch's way to say that the person cancelled".to_owned()
                }
            }
        }
        Err(error) => {
            found.problem(error.to_string(), Some(error.hint()));
            "A callback".to_owned()
        }
    };
    if text.len() > MAX_LENGTH {
        found.problem("It is longer than 8 KiB, and a client drops it unread.", None);
    }
    if parts.fragment {
        found.problem(
            "Its parameters stand after #, as in the implicit flow.",
            Some("Ask for response_type=code: tokens in an address are seen by too many (RFC 9700 section 2.1.2)."),
        );
    }
    match (parts.get("state"), given.state) {
        (None, _) => found.problem(
            "It has no state, so that nobody can say which sign-in it belongs to.",
            Some("Start the sign-in again; a server sends the state back as it was."),
        ),
        (Some(got), Some(state)) if got != state => found.problem(
            format!("Its state is {}, and that of the sign-in is {}.", plain(got), plain(state)),
            Some("It belongs to another sign-in, or somebody else has made it."),
        ),
        _ => {}
    }
    let state_fits = given.state.is_some() && given.state == parts.get("state");
    let mut rows = parts.rows(meaning);
    if state_fits && let Some(row) = rows.rows.iter_mut().find(|row| row.name == "state") {
        "Matches the original".clone_into(&mut row.meaning);
    }
    found.parts.push(rows);
    found.conclude(&what, "");
    found
}

fn meaning(name: &str) -> &'static str {
    match name {
        "code" => "The authorization code, for one use",
        "state" => "Ties it to the sign-in",
        "iss" => "The issuer (RFC 9207)",
        "scope" => "Granted scopes",
        "session_state" => "Tells a page whether the session has changed",
        "error" => "The code of the error",
        "error_description" => "What the server says about it",
        "error_uri" => "Where there is more about it",
        _ => "",
    }
}

fn advice(error: &str) -> &'static str {
    match error {
        "access_denied" => "The person cancelled, or the provider refused. Start the sign-in again.",
        "invalid_scope" => "Remove the scopes that this client may not use.",
        "unauthorized_client" | "unsupported_response_type" => {
            "The client is not registered for the authorization code flow. Ask the provider."
        }
        "login_required" | "interaction_required" | "consent_required" => {
            "The person has to do something: leave out prompt=none."
        }
        "server_error" | "temporarily_unavailable" => {
            "The provider has a problem of its own. Try again in a few minutes."
        }
        _ => "The message is the provider's own. Its support can say more.",
    }
}
