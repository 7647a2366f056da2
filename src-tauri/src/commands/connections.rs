//! Connections.

use bobbin_engine::{
    Engine,
    view::{Asked, ConnectionDraft, ConnectionView, FindingView, PresetView, RedirectCheck},
};
use tauri::{AppHandle, State};

use super::Reply;
use crate::app_link::{self, Registration};

#[tauri::command]
pub(crate) async fn presets(engine: State<'_, Engine>) -> Reply<Vec<PresetView>> {
    Ok(engine.presets())
}

#[tauri::command]
pub(crate) async fn connection(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<ConnectionView> {
    Ok(engine.connection(&slug, |scheme| registration.of(&app, scheme)).await?)
}

#[tauri::command]
pub(crate) async fn connection_create(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    preset: String,
    name: String,
) -> Reply<ConnectionView> {
    let slug = engine.connection_create(&preset, &name).await?;
    connection(app, engine, registration, slug).await
}

#[tauri::command]
pub(crate) async fn connection_save(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
    draft: ConnectionDraft,
) -> Reply<ConnectionView> {
    engine.connection_save(&slug, draft).await?;
    connection(app, engine, registration, slug).await
}

/// Answers with its name, for the words of the undo.
#[tauri::command]
pub(crate) async fn connection_delete(engine: State<'_, Engine>, slug: String) -> Reply<String> {
    Ok(engine.connection_delete(&slug).await?)
}

#[tauri::command]
pub(crate) async fn connection_restore(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<ConnectionView> {
    engine.connection_restore(&slug).await?;
    connection(app, engine, registration, slug).await
}

/// Yes to the question whether the connection's credentials may go where its file points now.
#[tauri::command]
pub(crate) async fn connection_trust(engine: State<'_, Engine>, slug: String, question: String) -> Reply<()> {
    Ok(engine.connection_trust(&slug, &question).await?)
}

/// Fetches the provider's metadata now.
#[tauri::command]
pub(crate) async fn discover(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<ConnectionView> {
    engine.discover(&slug).await?;
    connection(app, engine, registration, slug).await
}

#[tauri::command]
pub(crate) async fn discover_cancel(engine: State<'_, Engine>, slug: String) -> Reply<()> {
    engine.discover_cancel(&slug);
    Ok(())
}

#[tauri::command]
pub(crate) async fn client_doctor(
    engine: State<'_, Engine>,
    slug: String,
    error: String,
    asked: Asked,
) -> Reply<Vec<FindingView>> {
    Ok(engine.client_doctor(&slug, &error, asked).await?)
}

#[tauri::command]
pub(crate) async fn redirect_doctor(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<Vec<RedirectCheck>> {
    let handle = app.clone();
    // The system's own programs answer it, which takes a moment.
    let looked = tauri::async_runtime::spawn_blocking(move || app_link::look_again(&handle)).await;
    if looked.is_ok_and(|changed| changed) {
        // The connection says it too, and must not say the opposite.
        engine.connections_changed();
    }
    Ok(engine.redirect_doctor(&slug, |scheme| registration.of(&app, scheme)).await?)
}

/// Registers our links with this Bobbin again.
#[tauri::command]
pub(crate) async fn redirect_repair(
    app: AppHandle,
    engine: State<'_, Engine>,
    registration: State<'_, Registration>,
    slug: String,
) -> Reply<Vec<RedirectCheck>> {
    let handle = app.clone();
    // The system's own programs do it, which takes a moment.
    let _ = tauri::async_runtime::spawn_blocking(move || app_link::take_over(&handle)).await;
    engine.connections_changed();
    redirect_doctor(app, engine, registration, slug).await
}
