//! What a GraphQL response says, whatever its status. It may be large, so no tree is made of it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};
use url::Url;

use crate::{
    Map,
    http::{HttpReply, is_protected},
    json::display,
};

/// How many errors of a response are read.
const MAX_ERRORS: usize = 100;
/// Bytes of an error's texts.
const MAX_TEXT: usize = 4 * 1024;
/// Bytes of an error's JSON that are made into a tree, such as a message with a stack trace beside it.
const MAX_TREE: usize = 64 * 1024;

/// A response. Data and errors can both be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphqlReply {
    pub is_json: bool,
    /// The first hundred, with long texts cut.
    pub errors: Vec<ReplyError>,
    /// How many more there are.
    pub errors_left_out: usize,
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
    let body: Option<&RawValue> = serde_json::from_slice(&reply.body).ok();
    let members: Members<'_> =
        body.and_then(|body| serde_json::from_str(body.get()).ok()).unwrap_or_default();
    let beside = members.extensions.and_then(tree);
    let Errors { first, left_out } =
        members.errors.and_then(|errors| serde_json::from_str(errors.get()).ok()).unwrap_or_default();
    GraphqlReply {
        is_json: body.is_some(),
        errors: first.into_iter().map(|error| read_bounded(error, beside.as_ref())).collect(),
        errors_left_out: left_out,
        has_data: members.data.is_some_and(|data| data.get() != "null"),
    }
}

/// The members of a response that matter, as they stand; of one that stands twice, the last.
#[derive(Default)]
struct Members<'a> {
    data: Option<&'a RawValue>,
    errors: Option<&'a RawValue>,
    extensions: Option<&'a RawValue>,
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key::<Cow<'_, str>>()? {
                    match &*name {
                        "data" => members.data = Some(map.next_value()?),
                        "errors" => members.errors = Some(map.next_value()?),
                        "extensions" => members.extensions = Some(map.next_value()?),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

/// The first errors of a list, as they stand.
#[derive(Default)]
struct Errors<'a> {
    first: Vec<&'a RawValue>,
    left_out: usize,
}

impl<'de> Deserialize<'de> for Errors<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfList;
        impl<'de> Visitor<'de> for OfList {
            type Value = Errors<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut errors = Errors::default();
                while errors.first.len() < MAX_ERRORS
                    && let Some(error) = list.next_element()?
                {
                    errors.first.push(error);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    errors.left_out += 1;
                }
                Ok(errors)
            }
        }
        deserializer.deserialize_seq(OfList)
    }
}

/// A part of a response that is small enough to be made into a tree.
fn tree(raw: &RawValue) -> Option<Value> {
    (raw.get().len() <= MAX_TREE).then(|| serde_json::from_str(raw.get()).ok()).flatten()
}

fn read_bounded(raw: &RawValue, beside: Option<&Value>) -> ReplyError {
    // One that is too large speaks with its beginning.
    let value = tree(raw).unwrap_or_else(|| Value::String(cut(raw.get().to_owned())));
    let error = read(&value, beside);
    ReplyError { message: cut(error.message), path: error.path.map(cut), code: error.code.map(cut), ..error }
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        text.push('…');
    }
    text
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
