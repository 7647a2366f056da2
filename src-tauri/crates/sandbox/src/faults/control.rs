//! The control endpoint of the fault menu, `/sandbox/faults`, for tests and the index page.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults;
use crate::app::App;

/// What `PUT` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    active: Vec<String>,
}

/// `GET /sandbox/faults`
pub(crate) async fn show(State(app): State<Arc<App>>) -> Json<Value> {
    let active = app.faults.active();
    let rows: Vec<_> = faults()
        .iter()
        .map(|fault| {
            json!({
                "id": fault.id,
                "group": fault.group,
                "title": fault.title,
                "see": fault.see,
                "active": active.has(fault.id),
            })
        })
        .collect();
    Json(json!({"faults": rows}))
}

/// `PUT /sandbox/faults`: replaces the active ones, and answers as `GET` does.
pub(crate) async fn choose(State(app): State<Arc<App>>, Json(chosen): Json<Chosen>) -> Response {
    let ids: Vec<_> = chosen.active.iter().map(String::as_str).collect();
    match app.faults.set(&ids) {
        Ok(()) => show(State(app)).await.into_response(),
        Err(error) => {
            let body = json!({"error": "unknown_fault", "error_description": error.to_string()});
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// Keeps pages from elsewhere away: none may change how a sign-in on this computer goes.
pub(crate) async fn own_origin(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match request.headers().get(header::ORIGIN).map(|origin| origin.to_str()) {
        None => next.run(request).await,
        Some(Ok(origin)) if app.is_own_origin(origin) => next.run(request).await,
        Some(_) => StatusCode::FORBIDDEN.into_response(),
    }
}
