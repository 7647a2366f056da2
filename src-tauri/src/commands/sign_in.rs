//! The sign-in.

use bobbin_engine::{
    Engine,
    view::{RedirectMethod, SignInView},
};
use tauri::{AppHandle, State};

use super::{Reply, app::to_clipboard};

#[tauri::command]
pub(crate) async fn sign_in_start(
    engine: State<'_, Engine>,
    connection: String,
    user_label: String,
) -> Reply<SignInView> {
    Ok(engine.sign_in_start(&connection, &user_label).await?)
}

#[tauri::command]
pub(crate) async fn sign_in_switch(
    engine: State<'_, Engine>,
    id: String,
    method: RedirectMethod,
) -> Reply<SignInView> {
    Ok(engine.sign_in_switch(&id, method).await?)
}

#[tauri::command]
pub(crate) async fn sign_in(engine: State<'_, Engine>, connection: String) -> Reply<Option<SignInView>> {
    Ok(engine.sign_in(&connection))
}

#[tauri::command]
pub(crate) async fn sign_in_cancel(engine: State<'_, Engine>, id: String) -> Reply<SignInView> {
    Ok(engine.sign_in_cancel(&id).await?)
}

#[tauri::command]
pub(crate) async fn sign_in_open(engine: State<'_, Engine>, id: String) -> Reply<SignInView> {
    Ok(engine.sign_in_open(&id)?)
}

#[tauri::command]
pub(crate) async fn sign_in_copy_link(app: AppHandle, engine: State<'_, Engine>, id: String) -> Reply<()> {
    to_clipboard(&app, engine.sign_in_link(&id)?)
}

#[tauri::command]
pub(crate) async fn callback_paste(engine: State<'_, Engine>, id: String, text: String) -> Reply<SignInView> {
    Ok(engine.callback_paste(&id, &text).await?)
}
