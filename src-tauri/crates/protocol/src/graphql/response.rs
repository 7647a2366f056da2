//! What a GraphQL response says, whatever its status.

use serde_json::Value;
use url::Url;

use crate::{
    Map,
    http::{HttpReply, is_protected},
    json::display,
};

/// A response. Data and errors can both be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphqlReply {
    /// The body with every digit kept; absent where it is not JSON.
    pub json: Option<Value>,
    pub errors: Vec<ReplyError>,
    /// Whether `data` is there and not null.
    pub has_data: bool,
}

/// One error of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyError {
    pub message: String,
    /// `user.bankAccounts[0].transactions`.
    pub path: Option<String>,
    /// `extensions.code`, also where the server put it beside `errors`.
    pub code: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    pub missing_scopes: Vec<String>,
    /// Where the end user confirms; only ever https.
    pub user_interaction_url: Option<String>,
}

/// Reads a response. Nothing in it is an error here: what is not JSON is shown raw.
pub fn process_response(reply: &HttpReply) -> GraphqlReply {
    let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let members = json.as_ref().and_then(Value::as_object);
    let errors = members.map(|members| errors(members, usize::MAX)).unwrap_or_default();
    let has_data = members.is_some_and(has_data);
    GraphqlReply { json, errors, has_data }
}

/// The first errors of a response, at most so many.
pub(crate) fn errors(members: &Map, at_most: usize) -> Vec<ReplyError> {
    let errors = members.get("errors").and_then(Value::as_array);
    let beside = members.get("extensions");
    errors.into_iter().flatten().take(at_most).map(|error| read(error, beside)).collect()
}

pub(crate) fn has_data(members: &Map) -> bool {
    members.get("data").is_some_and(|data| !data.is_null())
}

fn read(error: &Value, beside: Option<&Value>) -> ReplyError {
    // Stitch's UNAUTHENTICATED stands beside `errors`, not in the error.
    let extension = |name: &str| {
        let own = error.get("extensions").and_then(|own| own.get(name));
        own.or_else(|| beside?.get(name))
    };
    let text = |name: &str| extension(name).and_then(Value::as_str);
    let location = |name: &str| {
        let number = error.get("locations")?.get(0)?.get(name)?.as_u64()?;
        u32::try_from(number).ok()
    };
    let interaction = text("userInteractionUrl").filter(|text| {
        let url = Url::parse(text);
        url.is_ok_and(|url| is_protected(&url))
    });
    let scopes = extension("missingScopes").and_then(Value::as_array);
    ReplyError {
        message: display(error.get("message").unwrap_or(error)),
        path: error.get("path").and_then(Value::as_array).map(|path| joined(path)),
        code: text("code").map(str::to_owned),
        line: location("line"),
        column: location("column"),
        missing_scopes: scopes
            .into_iter()
            .flatten()
            .filter_map(|scope| scope.as_str().map(str::to_owned))
            .collect(),
        user_interaction_url: interaction.map(str::to_owned),
    }
}

/// Longer than any path of a document that a server takes.
const MAX_STEPS: usize = 100;

/// Names joined by dots, places in lists in brackets.
fn joined(path: &[Value]) -> String {
    let mut text = String::new();
    for step in path.iter().take(MAX_STEPS) {
        match step {
            Value::String(name) if text.is_empty() => text.push_str(name),
            Value::String(name) => text.extend([".", name]),
            place => text.extend(["[", &place.to_string(), "]"]),
        }
    }
    if path.len() > MAX_STEPS {
        text.push('…');
    }
    text
}
