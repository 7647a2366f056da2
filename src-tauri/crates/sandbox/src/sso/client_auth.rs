//! Which client sends a request to the token, revocation or introspection endpoint (RFC 6749 §2.3, OIDC Core §9).

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded;

use super::client_assertion;
use crate::{
    app::App,
    clients::{self, Authentication, Client},
    form::Form,
};

/// The methods that prove a client, by their registered names.
pub(crate) const METHODS: [&str; 3] = ["client_secret_post", "client_secret_basic", "private_key_jwt"];

/// The client that the request names and proves; `None` is `invalid_client`, whatever the fault is.
pub(super) async fn authenticate(app: &App, headers: &HeaderMap, form: &Form) -> Option<&'static Client> {
    let client = match (form.get("client_assertion_type"), form.get("client_assertion")) {
        (None, None) => by_secret(headers, form)?,
        // A client uses one method in a request (RFC 6749 §2.3).
        _ if headers.contains_key(header::AUTHORIZATION) || form.get("client_secret").is_some() => {
            return None;
        }
        (Some(client_assertion::TYPE), Some(assertion)) => by_assertion(app, assertion).await?,
        _ => return None,
    };
    form.get("client_id").is_none_or(|named| named == client.id).then_some(client)
}

fn by_secret(headers: &HeaderMap, form: &Form) -> Option<&'static Client> {
    let (id, secret) = match basic(headers) {
        Some(_) if form.get("client_secret").is_some() => return None,
        Some(credentials) => credentials,
        None => (form.get("client_id")?.into(), form.get("client_secret").map(String::from)),
    };
    clients::find(&id).filter(|client| client.accepts_secret(secret.as_deref()))
}

async fn by_assertion(app: &App, assertion: &str) -> Option<&'static Client> {
    let assertion = client_assertion::parse(assertion)?;
    let client = clients::find(assertion.issuer()?)?;
    let Authentication::Key(key_type) = client.authentication else { return None };
    let key = app.client_keys.get(key_type).await.ok()?;
    let jti = assertion.validate(key, &format!("{}/connect/token", app.base_url))?;
    app.used_assertions.is_first_use(client.id, &jti).then_some(client)
}

fn basic(headers: &HeaderMap) -> Option<(String, Option<String>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((form_decode(id), Some(form_decode(secret))))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
fn form_decode(value: &str) -> String {
    form_urlencoded::parse(value.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
