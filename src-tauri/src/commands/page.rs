//! What the page holds in the application's memory, so that it survives the web process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tauri::State;

use super::Reply;

/// What was typed and is saved nowhere, by the page's own keys. It is never written to disk, as it may hold a token
/// that somebody pasted.
#[derive(Default)]
pub(crate) struct Held(Mutex<BTreeMap<String, String>>);

#[tauri::command]
pub(crate) async fn page_held(held: State<'_, Held>) -> Reply<BTreeMap<String, String>> {
    Ok(held.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Holds a text; `None` lets go of it.
#[tauri::command]
pub(crate) async fn page_hold(held: State<'_, Held>, key: String, text: Option<String>) -> Reply<()> {
    let mut held = held.0.lock().unwrap_or_else(PoisonError::into_inner);
    match text {
        Some(text) => held.insert(key, text),
        None => held.remove(&key),
    };
    Ok(())
}
