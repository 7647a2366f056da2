//! A token endpoint in the manner of Vault's: a JSON body, no client, and errors in a shape of its own.
//!
//! There is no sign-in for it. A person takes the first refresh token from the index page, as Vault's users bring
//! theirs from elsewhere.

use std::{io, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    app::App,
    clock,
    grants::{Authorization, RotateError},
    people::PEOPLE,
    secret,
};

/// What stands for the client in these grants. No client is registered with it, so the provider's own token endpoint
/// takes none of these refresh tokens, nor this one any of its.
const CLIENT_ID: &str = "vault";
/// Seconds.
const ACCESS_LIFETIME: u64 = 24 * 60 * 60;
/// What the reply names. What a token opens in the GraphQL API is in [`GRAPHQL_SCOPES`].
const SCOPE: &str = "accounts:create accounts:read";
const GRAPHQL_SCOPES: [&str; 4] = ["openid", "accounts", "balances", "transactions"];

/// Why no token is given.
#[derive(Debug, thiserror::Error)]
enum VaultError {
    #[error("Content type must be application/json")]
    MediaType,
    #[error("{0}")]
    Malformed(&'static str),
    /// Unknown and used refresh tokens are answered in the same way, with the time of the answer.
    #[error("The Token has expired on {0:.3}")]
    Expired(Timestamp),
    #[error("The state file cannot be written")]
    State(#[from] io::Error),
}

/// `POST /sandbox/vault-refresh-token`: a refresh token of the first test person.
pub(crate) async fn first_refresh_token(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    // A page elsewhere could not read the answer, but fill the ledger.
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    if !matches!(site, None | Some("same-origin" | "none")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let now = clock::now();
    let authorization = Authorization {
        client_id: CLIENT_ID.into(),
        person: PEOPLE[0].id.into(),
        session: secret::session_id(),
        scopes: GRAPHQL_SCOPES.map(String::from).to_vec(),
        auth_time: now,
    };
    match app.grants.issue_refresh(authorization, now).await {
        Ok(token) => Json(json!({"refresh_token": token})).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// `POST /v2.0/reference/gettoken`
pub(crate) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    // Support asks for it; an error's body names it as well.
    let request_id = format!("{:032x}", rand::random::<u128>());
    let response = match refresh(&app, &headers, &body).await {
        Ok(reply) => Json(reply).into_response(),
        Err(error) => error.answer(&request_id),
    };
    ([("x-request-id", request_id)], response).into_response()
}

async fn refresh(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<Value, VaultError> {
    if !is_json(headers) {
        return Err(VaultError::MediaType);
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| VaultError::Malformed("Malformed JSON"))?;
    if body.get("grant_type").and_then(Value::as_str) != Some("refresh_token") {
        return Err(VaultError::Malformed("grant_type must be refresh_token"));
    }
    let token = body.get("refresh_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let token = token.ok_or(VaultError::Malformed("refresh_token is required"))?;
    let now = clock::now();
    let rotated = app.grants.rotate(CLIENT_ID, token, None, ACCESS_LIFETIME, now).await;
    let (authorization, tokens) = rotated.map_err(|error| match error {
        RotateError::Unusable | RotateError::Scope => VaultError::Expired(timestamp(now)),
        RotateError::State(source) => VaultError::State(source),
    })?;
    Ok(json!({
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "refresh_token": tokens.refresh_token,
        "scope": SCOPE,
        "expires_in": ACCESS_LIFETIME,
        "user_id": format!("usr:{}", authorization.person),
    }))
}

fn timestamp(now: u64) -> Timestamp {
    i64::try_from(now).ok().and_then(|now| Timestamp::from_second(now).ok()).unwrap_or_default()
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

impl VaultError {
    fn answer(&self, trace_id: &str) -> Response {
        let (code, status) = match self {
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            Self::Expired(_) => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
            Self::State(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR"),
        };
        let body = json!({"status": status, "message": self.to_string(), "traceId": trace_id, "errors": []});
        (code, Json(body)).into_response()
    }
}
