//! The shell: thin Tauri around the engine. No decision here that a test without a window could not reach.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app_link;
mod build_info;
mod commands;
mod outside;
mod renderer;
mod start;
mod window;

use std::process::ExitCode;

/// Opens the window and runs until it is closed.
///
/// A second process hands its link to the first and ends.
pub fn run() -> ExitCode {
    renderer::restart_without_dmabuf();
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder =
        builder.on_web_content_process_terminate(|webview| window::web_process_ended(webview.app_handle()));
    let app = builder
        // First, so that a second process ends before it makes anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _directory| {
            app_link::second_start(app, &arguments);
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .setup(start::set_up)
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| start::on_event(app, &event));
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}
