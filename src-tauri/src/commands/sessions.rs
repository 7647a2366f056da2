//! Sessions.

use bobbin_engine::{
    Engine,
    view::{IntrospectionView, SessionSecret, SessionView, UserinfoView, WaitView},
};
use tauri::{AppHandle, State};

use super::{Reply, app::to_clipboard};

#[tauri::command]
pub(crate) async fn session(engine: State<'_, Engine>, id: String) -> Reply<SessionView> {
    Ok(engine.session(&id).await?)
}

#[tauri::command]
pub(crate) async fn session_rename(
    engine: State<'_, Engine>,
    id: String,
    label: String,
) -> Reply<SessionView> {
    Ok(engine.session_rename(&id, &label).await?)
}

#[tauri::command]
pub(crate) async fn session_delete(engine: State<'_, Engine>, id: String) -> Reply<()> {
    Ok(engine.session_delete(&id).await?)
}

#[tauri::command]
pub(crate) async fn session_restore(engine: State<'_, Engine>, id: String) -> Reply<SessionView> {
    Ok(engine.session_restore(&id).await?)
}

#[tauri::command]
pub(crate) async fn session_revoke(engine: State<'_, Engine>, id: String) -> Reply<()> {
    Ok(engine.session_revoke(&id).await?)
}

#[tauri::command]
pub(crate) async fn session_refresh(
    engine: State<'_, Engine>,
    id: String,
    generation: u32,
    scopes: Option<Vec<String>>,
) -> Reply<SessionView> {
    Ok(engine.session_refresh(&id, generation, scopes).await?)
}

#[tauri::command]
pub(crate) async fn session_from_reply(
    engine: State<'_, Engine>,
    connection: String,
    text: String,
) -> Reply<SessionView> {
    Ok(engine.session_from_reply(&connection, text).await?)
}

#[tauri::command]
pub(crate) async fn session_from_refresh_token(
    engine: State<'_, Engine>,
    connection: String,
    token: String,
) -> Reply<SessionView> {
    Ok(engine.session_from_refresh_token(&connection, token).await?)
}

#[tauri::command]
pub(crate) async fn session_userinfo(engine: State<'_, Engine>, id: String) -> Reply<UserinfoView> {
    Ok(engine.session_userinfo(&id).await?)
}

#[tauri::command]
pub(crate) async fn session_introspect(
    engine: State<'_, Engine>,
    id: String,
    secret: SessionSecret,
) -> Reply<IntrospectionView> {
    Ok(engine.session_introspect(&id, secret).await?)
}

/// Opens the provider's end-session page in the browser.
#[tauri::command]
pub(crate) async fn session_sign_out(engine: State<'_, Engine>, id: String) -> Reply<()> {
    Ok(engine.session_sign_out(&id).await?)
}

#[tauri::command]
pub(crate) async fn session_reveal(
    engine: State<'_, Engine>,
    id: String,
    secret: SessionSecret,
) -> Reply<String> {
    Ok(engine.session_secret(&id, secret).await?)
}

#[tauri::command]
pub(crate) async fn session_copy(
    app: AppHandle,
    engine: State<'_, Engine>,
    id: String,
    secret: SessionSecret,
) -> Reply<()> {
    to_clipboard(&app, engine.session_secret(&id, secret).await?)
}

/// What is waited for because a server asked for it.
#[tauri::command]
pub(crate) async fn waits(engine: State<'_, Engine>) -> Reply<Vec<WaitView>> {
    Ok(engine.awaited_retries())
}

#[tauri::command]
pub(crate) async fn wait_cancel(engine: State<'_, Engine>, about: String) -> Reply<()> {
    engine.wait_cancel(&about);
    Ok(())
}
