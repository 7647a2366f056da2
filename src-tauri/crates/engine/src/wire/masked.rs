//! The wire record as the page may see it.

use bobbin_protocol::text::{mask as mask_text, names_a_secret, names_a_secret_header};
use serde_json::Value;

use super::{Exchange, Recorded};
use crate::view::{ExchangePart, ExchangeSection, ExchangeView, FieldView};

/// What stands in for a secret. Its length says nothing about the secret's.
const MASK: &str = "••••••••";

/// A reply's header as the page may see it; a redirect's `Location` can hold a code.
pub(crate) fn header(name: &str, value: &str) -> String {
    if names_a_secret_header(name) {
        MASK.to_owned()
    } else if name.eq_ignore_ascii_case("location") {
        mask_text(value)
    } else {
        value.to_owned()
    }
}

/// GraphQL errors have a `code` too, which is none.
fn is_secret_member(name: &str) -> bool {
    name != "code" && names_a_secret(name)
}

pub(super) fn view(exchange: &Exchange) -> ExchangeView {
    let mut sections = Vec::new();
    let mut fields = |part, title: &str, recorded: &[Recorded]| {
        if !recorded.is_empty() {
            sections.push(ExchangeSection {
                part,
                title: title.to_owned(),
                fields: recorded.iter().map(field).collect(),
                text: None,
            });
        }
    };
    fields(ExchangePart::Query, "Query parameters", &exchange.query);
    fields(ExchangePart::RequestHeaders, "Request headers", &exchange.request_headers);
    let body = if exchange.json { "JSON members" } else { "Form" };
    fields(ExchangePart::RequestBody, body, &exchange.form);
    if let Some(body) = &exchange.request_body {
        sections.push(text(ExchangePart::RequestBody, "Request body", body));
    }
    if !exchange.response_headers.is_empty() {
        sections.push(ExchangeSection {
            part: ExchangePart::ResponseHeaders,
            title: "Response headers".to_owned(),
            fields: exchange.response_headers.iter().map(field).collect(),
            text: None,
        });
    }
    if let Some(body) = &exchange.response_body {
        let members = members(body);
        sections.push(if members.is_empty() {
            text(ExchangePart::ResponseBody, "Response body", body)
        } else {
            ExchangeSection {
                part: ExchangePart::ResponseBody,
                title: "Response body".to_owned(),
                fields: members.iter().map(field).collect(),
                text: None,
            }
        });
    }
    ExchangeView {
        summary: exchange.summary(),
        url: exchange.url.clone(),
        sections,
        failure: exchange.failure.clone(),
    }
}

pub(super) fn reveal(exchange: &Exchange, part: ExchangePart, name: Option<&str>) -> Option<String> {
    let find = |fields: &[Recorded]| {
        fields.iter().find(|field| Some(field.name.as_str()) == name).map(|field| field.value.clone())
    };
    match (part, name) {
        (ExchangePart::Query, _) => find(&exchange.query),
        (ExchangePart::RequestHeaders, _) => find(&exchange.request_headers),
        (ExchangePart::ResponseHeaders, _) => find(&exchange.response_headers),
        (ExchangePart::RequestBody, Some(_)) => find(&exchange.form),
        (ExchangePart::RequestBody, None) => exchange.request_body.clone(),
        (ExchangePart::ResponseBody, Some(_)) => find(&members(exchange.response_body.as_deref()?)),
        (ExchangePart::ResponseBody, None) => exchange.response_body.clone(),
    }
}

fn field(recorded: &Recorded) -> FieldView {
    FieldView {
        name: recorded.name.clone(),
        value: if recorded.secret { mask(&recorded.value) } else { header(&recorded.name, &recorded.value) },
        secret: recorded.secret,
        note: recorded.note.clone(),
    }
}

/// The scheme of an `Authorization` header is no secret and tells Bearer from Basic.
fn mask(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme @ ("Bearer" | "Basic"), _)) => format!("{scheme} {MASK}"),
        _ => MASK.to_owned(),
    }
}

/// The members of a flat JSON object, such as a token reply; empty for anything else.
fn members(body: &str) -> Vec<Recorded> {
    let Ok(Value::Object(object)) = serde_json::from_str(body) else {
        return Vec::new();
    };
    if object.values().any(|value| value.is_object() || value.is_array()) {
        return Vec::new();
    }
    object
        .into_iter()
        .map(|(name, value)| Recorded {
            secret: is_secret_member(&name),
            value: match value {
                Value::String(text) => text,
                other => other.to_string(),
            },
            name,
            note: None,
        })
        .collect()
}

fn text(part: ExchangePart, title: &str, body: &str) -> ExchangeSection {
    let shown = match serde_json::from_str::<Value>(body) {
        Ok(mut value) => {
            hide(&mut value);
            serde_json::to_string_pretty(&value).unwrap_or_else(|_| body.to_owned())
        }
        Err(_) => mask_text(body),
    };
    ExchangeSection { part, title: title.to_owned(), fields: Vec::new(), text: Some(shown) }
}

/// Masks every secret member, however deep it lies.
fn hide(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if is_secret_member(name) && !value.is_null() {
                    *value = MASK.into();
                } else {
                    hide(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(hide),
        _ => {}
    }
}
