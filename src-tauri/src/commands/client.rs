//! A connection's client: its secret, its private key, its tokens.

use bobbin_engine::{
    Engine,
    view::{AssertionPreview, ConnectionView, CredentialsImportView, SessionView},
};
use tauri::{AppHandle, State};

use super::{Reply, connections::connection};
use crate::app_link::Registration;

#[tauri::command]
pub(crate) async fn client_secret_set(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
    secret: Option<String>,
) -> Reply<ConnectionView> {
    engine.client_secret_set(&slug, secret).await?;
    connection(app, engine, registration, slug).await
}

#[tauri::command]
pub(crate) async fn client_key_import(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
    text: String,
    passphrase: Option<String>,
) -> Reply<ConnectionView> {
    engine.client_key_import(&slug, text, passphrase).await?;
    connection(app, engine, registration, slug).await
}

#[tauri::command]
pub(crate) async fn client_key_remove(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<ConnectionView> {
    engine.client_key_remove(&slug).await?;
    connection(app, engine, registration, slug).await
}

#[tauri::command]
pub(crate) async fn client_key_restore(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<ConnectionView> {
    engine.client_key_restore(&slug).await?;
    connection(app, engine, registration, slug).await
}

#[tauri::command]
pub(crate) async fn assertion_preview(engine: State<'_, Engine>, slug: String) -> Reply<AssertionPreview> {
    Ok(engine.assertion_preview(&slug).await?)
}

#[tauri::command]
pub(crate) async fn credentials_import(
    engine: State<'_, Engine>,
    slug: String,
    text: String,
) -> Reply<CredentialsImportView> {
    Ok(engine.credentials_import(&slug, text).await?)
}

#[tauri::command]
pub(crate) async fn client_token(
    engine: State<'_, Engine>,
    connection: String,
    fresh: bool,
) -> Reply<SessionView> {
    Ok(engine.client_token(&connection, fresh).await?)
}
