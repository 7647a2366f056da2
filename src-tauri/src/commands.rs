//! The page's way to the commands of [`bobbin_api`].

use bobbin_api::{Api, Reply};
use tauri::{
    State,
    ipc::{Invoke, Response},
};

pub(crate) fn handler() -> impl Fn(Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![call]
}

#[tauri::command]
async fn call(api: State<'_, Api>, command: String, arguments: serde_json::Value) -> Reply<Response> {
    api.call(&command, arguments).await.map(Response::new)
}
