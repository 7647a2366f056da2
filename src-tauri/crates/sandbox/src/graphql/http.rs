//! GraphQL over HTTP.

use std::sync::{Arc, OnceLock};

use async_graphql::{
    Name, Request, Value, Variables,
    parser::{
        parse_query,
        types::{ExecutableDocument, Selection},
    },
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    access::Viewer,
    schema::{self, ApiSchema},
};
use crate::{
    app::{App, bearer},
    bank::Bank,
    clock,
    sso::page,
};

/// The schema with its data, made on first use: a sign-in does not need it.
pub(crate) struct Api {
    base_url: String,
    schema: OnceLock<ApiSchema>,
}

impl Api {
    pub(crate) fn new(base_url: &str) -> Self {
        Self { base_url: base_url.into(), schema: OnceLock::new() }
    }

    fn schema(&self) -> &ApiSchema {
        self.schema.get_or_init(|| schema::build(Arc::new(Bank::open(clock::now())), &self.base_url))
    }
}

/// `GET /connect/payment-request/{id}`
pub(crate) async fn payment_page() -> Response {
    page::payment()
}

/// `POST /graphql`
pub(crate) async fn endpoint(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(request) = parse(&body) else {
        let message =
            "The body must be a JSON object with a query, and optionally operationName and variables.";
        let body = json!({"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]});
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    };
    let grant = match bearer(&headers) {
        Some(token) => app.grants.find(token, clock::now()).await,
        None => None,
    };
    let request = match grant {
        Some(grant) => request.data(Viewer::new(grant)),
        None if is_introspection(&request) => request.only_introspection(),
        None => return unauthenticated(),
    };
    Json(app.api.schema().execute(request).await).into_response()
}

fn unauthenticated() -> Response {
    // Stitch puts `extensions` beside the errors here, not inside.
    let body = json!({
        "errors": [{"message": "UNAUTHENTICATED: Token is expired or malformed"}],
        "extensions": {"code": "UNAUTHENTICATED"},
    });
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
    (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
}

fn parse(body: &[u8]) -> Option<Request> {
    let mut body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let mut request = Request::new(body.get("query")?.as_str()?);
    match body.get("operationName") {
        None | Some(serde_json::Value::Null) => {}
        Some(name) => request = request.operation_name(name.as_str()?),
    }
    match body.get_mut("variables").map(serde_json::Value::take) {
        None | Some(serde_json::Value::Null) => Some(request),
        Some(variables @ serde_json::Value::Object(_)) => {
            Some(request.variables(Variables::from_value(value(variables))))
        }
        Some(_) => None,
    }
}

/// By hand, so that a number keeps every digit.
fn value(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(boolean) => Value::Boolean(boolean),
        serde_json::Value::Number(number) => Value::Number(number),
        serde_json::Value::String(text) => Value::String(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(value).collect()),
        serde_json::Value::Object(members) => Value::Object(
            members.into_iter().map(|(name, member)| (Name::new(name), value(member))).collect(),
        ),
    }
}

/// Whether every operation asks about the schema alone, which needs no token.
fn is_introspection(request: &Request) -> bool {
    parse_query(&request.query).is_ok_and(|document| {
        let mut selections =
            document.operations.iter().flat_map(|(_, operation)| &operation.node.selection_set.node.items);
        selections.all(|selection| is_about_schema(&selection.node, &document, 0))
    })
}

fn is_about_schema(selection: &Selection, document: &ExecutableDocument, depth: usize) -> bool {
    let all = |items: &[async_graphql::Positioned<Selection>]| {
        // Fragments may contain themselves; validation refuses that later.
        depth < 8 && items.iter().all(|item| is_about_schema(&item.node, document, depth + 1))
    };
    match selection {
        Selection::Field(field) => {
            matches!(field.node.name.node.as_str(), "__schema" | "__type" | "__typename")
        }
        Selection::InlineFragment(fragment) => all(&fragment.node.selection_set.node.items),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| all(&fragment.node.selection_set.node.items)),
    }
}
