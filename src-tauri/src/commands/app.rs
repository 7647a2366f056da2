//! The window at a glance, its notices, the key store, the clipboard.

use bobbin_engine::{
    Engine,
    view::{ErrorView, Notice, Overview, Status},
};
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt as _;

use super::Reply;
use crate::{
    notices, start,
    window::{self, ThemeChoice, ZoomStep},
};

#[tauri::command]
pub(crate) async fn overview(app: AppHandle, engine: State<'_, Engine>) -> Reply<Overview> {
    let overview = engine.overview().await;
    start::after_overview(&app);
    Ok(overview)
}

/// What stays on screen until it is dismissed.
#[tauri::command]
pub(crate) async fn notices(app: AppHandle) -> Reply<Vec<Notice>> {
    Ok(notices::kept(&app))
}

#[tauri::command]
pub(crate) async fn notice_dismiss(app: AppHandle, code: String) -> Reply<()> {
    notices::dismiss(&app, &code);
    Ok(())
}

#[tauri::command]
pub(crate) async fn key_store_retry(engine: State<'_, Engine>) -> Reply<Status> {
    engine.key_store_retry().await?;
    Ok(engine.status())
}

/// Makes everything larger or smaller; answers the new size in percent.
#[tauri::command]
pub(crate) async fn zoom(app: AppHandle, step: ZoomStep) -> Reply<u16> {
    window::zoom(&app, step).map_err(|error| window_failed(&error))
}

/// Takes over the page's theme for the window's frame.
#[tauri::command]
pub(crate) async fn theme(app: AppHandle, choice: ThemeChoice) -> Reply<()> {
    window::use_theme(&app, choice).map_err(|error| window_failed(&error))
}

fn window_failed(error: &tauri::Error) -> ErrorView {
    ErrorView {
        code: "window_failed".to_owned(),
        message: "The window did not change.".to_owned(),
        hint: Some("Try again.".to_owned()),
        detail: Some(error.to_string()),
    }
}

/// Copies what is on the screen.
#[tauri::command]
pub(crate) async fn copy(app: AppHandle, text: String) -> Reply<()> {
    to_clipboard(&app, text)
}

/// Secrets go from the engine to the clipboard without passing through the page.
pub(super) fn to_clipboard(app: &AppHandle, text: String) -> Reply<()> {
    app.clipboard().write_text(text).map_err(|error| ErrorView {
        code: "clipboard_failed".to_owned(),
        message: "The text could not be copied.".to_owned(),
        hint: Some("Another program may be using the clipboard. Try again.".to_owned()),
        detail: Some(error.to_string()),
    })
}
