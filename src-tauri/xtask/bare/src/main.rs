//! One window, one page, one command.

/// The page's first view is answered: says so in the file that the measurement waits for.
#[tauri::command]
fn answer() -> Result<(), String> {
    match std::env::var_os("BOBBIN_READY_FILE") {
        Some(file) => std::fs::write(file, "").map_err(|error| error.to_string()),
        None => Ok(()),
    }
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![answer])
        .run(tauri::generate_context!())
}
