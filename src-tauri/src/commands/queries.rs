//! Saved queries and their runs.

use bobbin_engine::{
    Engine,
    view::{QueryDraft, QueryView, ResponseView, RunRequest},
};
use tauri::State;

use super::Reply;

#[tauri::command]
pub(crate) async fn query(engine: State<'_, Engine>, path: String) -> Reply<QueryView> {
    Ok(engine.query(&path).await?)
}

#[tauri::command]
pub(crate) async fn query_create(
    engine: State<'_, Engine>,
    folder: String,
    name: String,
    document: String,
    variables: String,
) -> Reply<QueryView> {
    Ok(engine.query_create(&folder, &name, &document, &variables).await?)
}

#[tauri::command]
pub(crate) async fn query_save(
    engine: State<'_, Engine>,
    path: String,
    document: String,
    variables: String,
) -> Reply<QueryView> {
    Ok(engine.query_save(&path, &document, &variables).await?)
}

#[tauri::command]
pub(crate) async fn query_rename(
    engine: State<'_, Engine>,
    path: String,
    folder: String,
    name: String,
) -> Reply<QueryView> {
    Ok(engine.query_rename(&path, &folder, &name).await?)
}

#[tauri::command]
pub(crate) async fn query_delete(engine: State<'_, Engine>, path: String) -> Reply<QueryView> {
    Ok(engine.query_delete(&path).await?)
}

#[tauri::command]
pub(crate) async fn query_draft(
    engine: State<'_, Engine>,
    path: String,
    draft: Option<QueryDraft>,
) -> Reply<()> {
    Ok(engine.query_draft(&path, draft).await?)
}

#[tauri::command]
pub(crate) async fn query_run(engine: State<'_, Engine>, request: RunRequest) -> Reply<ResponseView> {
    Ok(engine.query_run(request).await?)
}

#[tauri::command]
pub(crate) async fn query_cancel(engine: State<'_, Engine>, id: String) -> Reply<()> {
    engine.query_cancel(&id);
    Ok(())
}
