//! The index page: which clients are registered, the credentials that they prove themselves with, and the fault menu.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    clients::{Authentication, CERTIFICATE_CLIENT_ID, CLIENTS, Client, KeyType, REDIRECT_URIS},
    grants::{REFRESH_LIFETIME, USER_ACCESS_LIFETIME},
    scopes,
    sso::{
        id_token,
        page::{self, Escaped},
        sign_ins,
    },
};

mod faults;

const VAULT_SCRIPT: &str = include_str!("index/vault.js");

/// `GET /`
pub(crate) async fn page(State(app): State<Arc<App>>) -> Response {
    let base = Escaped(&app.base_url);
    // Writing to a string cannot fail.
    let mut clients = String::new();
    for client in &CLIENTS {
        let _ = write!(
            clients,
            "<section><h2>{name}</h2>{rows}</section>",
            name = Escaped(client.name),
            rows = rows(client),
        );
    }
    let mut redirect_uris = String::new();
    for uri in REDIRECT_URIS {
        let _ = write!(redirect_uris, "<li><code>{}</code></li>", Escaped(uri));
    }
    let script = format!("{VAULT_SCRIPT}{}", faults::SCRIPT);
    let faults = faults::section(&app.faults.active());
    let body = format!(
        r#"<h1>Sandbox: nothing here is real</h1>
<p class="lead">An OpenID provider and a bank’s API on this computer, to try an application against. Their secrets and keys are public and protect nothing.</p>
<dl><dt>Issuer</dt><dd><code>{base}</code></dd>
<dt>Token endpoint</dt><dd><code>{base}/connect/token</code></dd>
<dt>GraphQL</dt><dd><code>{base}/graphql</code></dd></dl>
{clients}
<section><h2>Redirect URIs</h2><p class="lead">Each client may be returned to these, the same in every character:</p>
<ul class="list">{redirect_uris}</ul></section>
<section><h2>Vault</h2><p class="lead">A token endpoint as Vault’s. It starts from a refresh token, which is used once.</p>
<dl><dt>Token endpoint</dt><dd><code>{base}/v2.0/reference/gettoken</code></dd>
<dt>Refresh token</dt><dd><form id="vault" method="post" action="/sandbox/vault-refresh-token">
<button class="small">Get a refresh token</button> <output id="vault-token"></output></form></dd></dl></section>
{faults}
<script>{script}</script>"#
    );
    let policy = format!("{}; connect-src 'self'", page::policy(&script, ""));
    page::page(StatusCode::OK, "Clients", &body, &policy)
}

fn rows(client: &Client) -> String {
    let authentication = match client.authentication {
        Authentication::None => "<dd><code>none</code>: gets no client tokens</dd>".into(),
        Authentication::Secret(secret) => format!(
            "<dd><code>client_secret_post</code> or <code>client_secret_basic</code></dd>
<dt>Client secret</dt><dd><code>{}</code></dd>",
            Escaped(secret)
        ),
        Authentication::Key(KeyType::Rsa) => {
            r#"<dd><code>private_key_jwt</code> with RS256 or PS256</dd>
<dt>Files</dt><dd><a href="/sandbox/client.pem">Certificate and key (PEM)</a>, <a href="/sandbox/credentials.json">Credentials (JSON)</a></dd>"#
                .into()
        }
        Authentication::Key(KeyType::P256) => {
            r#"<dd><code>private_key_jwt</code> with ES256</dd>
<dt>File</dt><dd><a href="/sandbox/ec-client.pem">Key (PEM)</a></dd>"#
                .into()
        }
    };
    format!(
        "<dl><dt>Client ID</dt><dd><code>{id}</code></dd><dt>Authentication</dt>{authentication}</dl>",
        id = Escaped(client.id),
    )
}

/// `GET /sandbox/client.pem`
pub(crate) async fn client_pem(State(app): State<Arc<App>>) -> Response {
    pem(&app, KeyType::Rsa, "attachment; filename=\"sandbox-client.pem\"").await
}

/// `GET /sandbox/ec-client.pem`
pub(crate) async fn ec_client_pem(State(app): State<Arc<App>>) -> Response {
    pem(&app, KeyType::P256, "attachment; filename=\"sandbox-ec-client.pem\"").await
}

async fn pem(app: &App, key_type: KeyType, disposition: &'static str) -> Response {
    match app.client_keys.get(key_type).await {
        Ok(key) => {
            let headers = [
                (header::CONTENT_TYPE, "application/x-pem-file"),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (headers, key.pem.clone()).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// `GET /sandbox/credentials.json`: the file that a provider gives to the client with the certificate.
pub(crate) async fn credentials() -> Response {
    let user_scopes = scopes::USER.iter().map(|scope| scope.name);
    let credentials: Value = json!({
        "id": CERTIFICATE_CLIENT_ID,
        "name": "Bobbin with a certificate",
        "environment": "test",
        "countryCodes": ["ZA"],
        "redirectUrls": REDIRECT_URIS,
        "allowedScopes": user_scopes.chain(scopes::CLIENT).collect::<Vec<_>>(),
        "allowedGrantTypes": ["authorization_code", "client_credentials"],
        "identityTokenLifetime": id_token::LIFETIME,
        "accessTokenLifetime": USER_ACCESS_LIFETIME,
        "authorizationCodeLifetime": sign_ins::CODE_LIFETIME,
        "slidingRefreshTokenLifetime": REFRESH_LIFETIME,
        "refreshTokenUsage": "OneTimeOnly",
    });
    let disposition = "attachment; filename=\"sandbox-credentials.json\"";
    ([(header::CONTENT_DISPOSITION, disposition)], Json(credentials)).into_response()
}
