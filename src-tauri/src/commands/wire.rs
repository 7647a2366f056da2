//! The Wire drawer.

use bobbin_engine::{
    Engine,
    view::{ExchangePart, ExchangeSummary, ExchangeView},
};
use tauri::{AppHandle, State};

use super::{Reply, app::to_clipboard};

#[tauri::command]
pub(crate) async fn wire(engine: State<'_, Engine>) -> Reply<Vec<ExchangeSummary>> {
    Ok(engine.wire())
}

#[tauri::command]
pub(crate) async fn exchange(engine: State<'_, Engine>, id: String) -> Reply<ExchangeView> {
    Ok(engine.exchange(&id)?)
}

#[tauri::command]
pub(crate) async fn exchange_reveal(
    engine: State<'_, Engine>,
    id: String,
    part: ExchangePart,
    name: Option<String>,
) -> Reply<String> {
    Ok(engine.exchange_reveal(&id, part, name.as_deref())?)
}

#[tauri::command]
pub(crate) async fn exchange_copy(
    app: AppHandle,
    engine: State<'_, Engine>,
    id: String,
    part: ExchangePart,
    name: Option<String>,
) -> Reply<()> {
    to_clipboard(&app, engine.exchange_reveal(&id, part, name.as_deref())?)
}

#[tauri::command]
pub(crate) async fn wire_clear(engine: State<'_, Engine>) -> Reply<()> {
    Ok(engine.wire_clear().await?)
}
