//! What can be done with tokens at the provider: userinfo, revocation, introspection.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    client_auth::authenticate,
    token::{self, TokenError},
};
use crate::{
    app::{App, bearer},
    clients::Client,
    clock,
    grants::Grant,
    people,
};

/// `GET` and `POST /connect/userinfo` (OIDC Core §5.3)
pub(crate) async fn userinfo(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let grant = match bearer(&headers) {
        Some(token) => app.grants.find(token, clock::now()).await,
        None => None,
    };
    match grant {
        Some(Grant::User(authorization)) if authorization.scopes.iter().any(|scope| scope == "openid") => {
            match people::find(&authorization.person) {
                Some(person) => Json(json!({
                    "sub": person.subject(&authorization.client_id),
                    "name": person.name(),
                    "given_name": person.given_name,
                    "family_name": person.family_name,
                }))
                .into_response(),
                None => refuse(StatusCode::UNAUTHORIZED, "invalid_token"),
            }
        }
        // A client token, or a refreshed one, was given without `openid` (RFC 6750 §3.1).
        Some(_) => refuse(StatusCode::FORBIDDEN, "insufficient_scope"),
        None => refuse(StatusCode::UNAUTHORIZED, "invalid_token"),
    }
}

fn refuse(status: StatusCode, code: &str) -> Response {
    (status, [(header::WWW_AUTHENTICATE, format!("Bearer error=\"{code}\""))]).into_response()
}

/// `POST /connect/revocation` (RFC 7009): 200 and nothing else for a known client, also for an unknown token.
pub(crate) async fn revocation(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, TokenError> {
    let (client, token) = about_token(&app, &headers, &body).await?;
    app.grants.revoke(client.id, &token).await?;
    Ok(StatusCode::OK)
}

/// `POST /connect/introspect` (RFC 7662). A client learns of its own tokens only (§4), and a public client of none,
/// because anyone can say to be it.
pub(crate) async fn introspection(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, TokenError> {
    let (client, token) = about_token(&app, &headers, &body).await?;
    if client.is_public() {
        return Err(TokenError::Refused("invalid_client"));
    }
    let Some(active) = app.grants.introspect(client.id, &token, clock::now()).await else {
        return Ok(Json(json!({"active": false})));
    };
    let mut reply = json!({
        "active": true,
        "scope": active.grant.scopes().join(" "),
        "client_id": client.id,
        "exp": active.expires,
        "iat": active.issued,
        "iss": app.base_url,
    });
    if let Grant::User(authorization) = &active.grant {
        reply["sub"] = people::find(&authorization.person).map(|person| person.subject(client.id)).into();
    }
    if active.is_access {
        reply["token_type"] = "Bearer".into();
    }
    Ok(Json(reply))
}

/// Who asks about which token: what revocation and introspection have in common.
async fn about_token(
    app: &App,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(&'static Client, String), TokenError> {
    let form = token::read(headers, body)?;
    let client = authenticate(app, headers, &form).await.ok_or(TokenError::Refused("invalid_client"))?;
    let token = form.get("token").ok_or(TokenError::Refused("invalid_request"))?;
    Ok((client, token.into()))
}
