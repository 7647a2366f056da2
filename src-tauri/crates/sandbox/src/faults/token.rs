//! Faults of the token endpoint's replies.
//!
//! A refusal comes before the request is looked at, so nothing is used up. A spoilt reply comes after the code or
//! refresh token was used, as where a reply is lost on its way.

use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    Active,
    reply::{cut_off, html, members, set, slow, text},
};
use crate::app::App;

/// The status that an active fault answers with, in place of the endpoint.
pub(super) fn refusal(app: &App, active: &Active) -> Option<Response> {
    if active.has("token-429") && app.faults.is_first_time() {
        return Some((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")]).into_response());
    }
    if active.has("token-500") {
        return Some((StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response());
    }
    if active.has("token-503") {
        return Some((StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response());
    }
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_client"}))).into_response();
    active.has("token-invalid-client").then(refused)
}

/// Spoils a reply. An error of the endpoint keeps its members.
pub(super) async fn spoil(app: &App, active: &Active, response: Response) -> Response {
    let mut response = response;
    if response.status().is_success() {
        response = members(response, |reply| spoil_members(reply, active)).await;
        if active.has("token-duplicate-member") {
            response = text(response, |text| text.replacen('{', r#"{"access_token":"another","#, 1)).await;
        }
        if active.has("token-content-type") {
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
        }
    }
    if active.has("token-html") {
        return html();
    }
    if active.has("token-empty") {
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if active.has("token-cut-off") {
        return cut_off(response).await;
    }
    if active.has("token-slow") {
        return slow(response).await;
    }
    if active.has("token-redirect") {
        // The other name of this computer is another origin, and 307 would carry the form there.
        let elsewhere = app.base_url.replace("127.0.0.1", "localhost");
        let location = [(header::LOCATION, format!("{elsewhere}/sandbox/elsewhere"))];
        return (StatusCode::TEMPORARY_REDIRECT, location).into_response();
    }
    response
}

fn spoil_members(reply: &mut Map<String, Value>, active: &Active) {
    for id in active.ids() {
        match id {
            "id-token-missing" => drop(reply.shift_remove("id_token")),
            "token-type-missing" => drop(reply.shift_remove("token_type")),
            "token-type-mac" => set(reply, "token_type", "mac"),
            "token-type-case" => set(reply, "token_type", "bEaReR"),
            "token-expires-in-missing" => drop(reply.shift_remove("expires_in")),
            "token-expires-in-string" => {
                let digits = reply.get("expires_in").map(Value::to_string);
                set(reply, "expires_in", digits);
            }
            "token-expires-in-negative" => set(reply, "expires_in", -1),
            // 31 million years.
            "token-expires-in-huge" => set(reply, "expires_in", 1_000_000_000_000_000_u64),
            _ => {}
        }
    }
}
