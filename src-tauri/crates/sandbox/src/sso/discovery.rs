//! Provider metadata and keys (OIDC Discovery §4, RFC 7517).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::{client_assertion::ALGORITHMS, client_auth::METHODS};
use crate::{app::App, scopes};

/// `GET /.well-known/openid-configuration`
pub(crate) async fn configuration(State(app): State<Arc<App>>) -> Json<Value> {
    let base = &app.base_url;
    let user_scopes = scopes::USER.iter().map(|scope| scope.name);
    let with_none = [["none"].as_slice(), METHODS.as_slice()].concat();
    Json(json!({
        "issuer": base,
        "jwks_uri": format!("{base}/.well-known/openid-configuration/jwks"),
        "authorization_endpoint": format!("{base}/connect/authorize"),
        "token_endpoint": format!("{base}/connect/token"),
        "userinfo_endpoint": format!("{base}/connect/userinfo"),
        "end_session_endpoint": format!("{base}/connect/endsession"),
        "revocation_endpoint": format!("{base}/connect/revocation"),
        "introspection_endpoint": format!("{base}/connect/introspect"),
        "scopes_supported": user_scopes.chain(scopes::CLIENT).collect::<Vec<_>>(),
        "claims_supported": ["sub", "name", "given_name", "family_name"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "token_endpoint_auth_methods_supported": with_none,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": with_none,
        "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": METHODS,
        "introspection_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": false,
    }))
}

/// `GET /.well-known/openid-configuration/jwks`
pub(crate) async fn jwks(State(app): State<Arc<App>>) -> Result<Json<Value>, StatusCode> {
    app.signing.jwks().await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
