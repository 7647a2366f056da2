//! The authorization requests that were started here.

use bobbin_engine::{
    Engine,
    view::{RequestFound, RequestView},
};
use tauri::State;

use super::Reply;

#[tauri::command]
pub(crate) async fn requests(engine: State<'_, Engine>) -> Reply<Vec<RequestView>> {
    Ok(engine.requests().await?)
}

#[tauri::command]
pub(crate) async fn request_find(engine: State<'_, Engine>, text: String) -> Reply<RequestFound> {
    Ok(engine.request_find(&text).await?)
}

#[tauri::command]
pub(crate) async fn request_label(
    engine: State<'_, Engine>,
    id: String,
    label: String,
) -> Reply<RequestView> {
    Ok(engine.request_label(&id, &label).await?)
}

#[tauri::command]
pub(crate) async fn requests_clear(engine: State<'_, Engine>) -> Reply<usize> {
    Ok(engine.requests_clear().await?)
}
