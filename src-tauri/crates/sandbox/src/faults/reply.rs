//! Faults around whole replies: every reply passes here, after the endpoint made it.

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::{Active, ELSEWHERE, keys, token};
use crate::app::App;

/// Long enough to see what happens meanwhile.
const LATE: Duration = Duration::from_secs(3);
/// Longer than a client waits.
const SLOW: Duration = Duration::from_secs(35);
/// How long the first half of a reply has to get through.
const HALF_TIME: Duration = Duration::from_millis(100);
/// Larger than any reply that is spoilt, in bytes.
const LARGEST: usize = 64 * 1024;
const HTML: &str = "<!doctype html>\n<html lang=\"en\"><head><title>Maintenance</title></head>\
                    <body><h1>Down for maintenance</h1></body></html>\n";

/// The middleware.
pub(crate) async fn spoil(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let active = app.faults.active();
    if active.is_empty() {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/connect/token" => {
            let response = match token::refusal(&app, &active) {
                Some(refusal) => refusal,
                None => token::spoil(&app, &active, next.run(request).await).await,
            };
            if active.has("token-late") { after(LATE, response).await } else { response }
        }
        "/graphql" if active.has("graphql-late") => after(LATE, next.run(request).await).await,
        "/connect/userinfo" => userinfo(&active, next.run(request).await).await,
        "/.well-known/openid-configuration" => discovery(&active, next.run(request).await).await,
        "/.well-known/openid-configuration/jwks" => jwks(&app, &active, next.run(request).await).await,
        _ => next.run(request).await,
    }
}

async fn userinfo(active: &Active, response: Response) -> Response {
    if active.has("userinfo-html") {
        return html();
    }
    if active.has("userinfo-401") {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    }
    if active.has("userinfo-sub-other") {
        return members(response, |claims| set(claims, "sub", "user/another")).await;
    }
    response
}

async fn discovery(active: &Active, response: Response) -> Response {
    if active.has("discovery-html") {
        return html();
    }
    let spoilt = |metadata: &mut Map<String, Value>| {
        for id in active.ids() {
            match id {
                "discovery-issuer-mismatch" => set(metadata, "issuer", ELSEWHERE),
                "discovery-http-endpoint" => {
                    set(metadata, "token_endpoint", "http://issuer.example/connect/token");
                }
                "callback-iss-wrong" | "callback-iss-removed" => {
                    set(metadata, "authorization_response_iss_parameter_supported", true);
                }
                // A signature of another kind is worth a look only where it was announced.
                "invalid-sig-es256" => {
                    set(metadata, "id_token_signing_alg_values_supported", json!(["RS256", "ES256"]));
                }
                _ => {}
            }
        }
    };
    members(response, spoilt).await
}

async fn jwks(app: &App, active: &Active, response: Response) -> Response {
    if active.has("keys-html") {
        return html();
    }
    let response = match keys::jwks(app, active).await {
        Ok(keys) => members(response, |set| set.extend([("keys".into(), keys["keys"].clone())])).await,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    if active.has("keys-slow") { slow(response).await } else { response }
}

/// 200 and a page, as a proxy in front of a provider may answer.
pub(super) fn html() -> Response {
    Html(HTML).into_response()
}

/// The same reply, later: what it stands for has happened at once.
async fn after(delay: Duration, response: Response) -> Response {
    tokio::time::sleep(delay).await;
    response
}

/// The same reply, too late.
pub(super) async fn slow(response: Response) -> Response {
    after(SLOW, response).await
}

/// Half of the reply, then the end of the connection.
pub(super) async fn cut_off(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
    let half = body.slice(..body.len() / 2);
    let pieces = stream::unfold(Some(half), |half| async {
        match half {
            Some(half) if !half.is_empty() => Some((Ok::<Bytes, io::Error>(half), Some(Bytes::new()))),
            Some(_) => {
                // Without a pause the error would overtake what was sent before it.
                tokio::time::sleep(HALF_TIME).await;
                Some((Err(io::ErrorKind::ConnectionAborted.into()), None))
            }
            None => None,
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// The reply with its JSON object changed; one that is no JSON object stays as it is.
pub(super) async fn members(response: Response, change: impl FnOnce(&mut Map<String, Value>)) -> Response {
    text(response, |text| match serde_json::from_str(&text) {
        Ok(Value::Object(mut members)) => {
            change(&mut members);
            Value::Object(members).to_string()
        }
        _ => text,
    })
    .await
}

/// The reply with its text changed.
pub(super) async fn text(response: Response, change: impl FnOnce(String) -> String) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let text = change(String::from_utf8_lossy(&body).into_owned());
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}

pub(super) fn set(members: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    members.insert(name.into(), value.into());
}
