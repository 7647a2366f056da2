//! The shell: thin Tauri around the engine. No decision here that a test without a window could not reach.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app_link;
mod build_info;
mod command_line;
mod commands;
mod desktop;
mod display;
mod leaving;
mod log;
mod notices;
mod outside;
mod panic_report;
mod private;
mod profile;
mod renderer;
mod start;
mod window;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
};

use bobbin_api::Notices;

use crate::{
    command_line::{Options, Request},
    profile::Profile,
};

/// Does what the command line says: mostly, opens the window and runs until it is closed.
///
/// A second process hands its link to the first and ends.
pub fn run() -> ExitCode {
    panic_report::install();
    match command_line::parse(std::env::args_os().skip(1)) {
        Ok(Request::Help) => print(command_line::HELP),
        Ok(Request::Version) => print(&command_line::version()),
        Ok(Request::SingleUse) => send_single_use(),
        Ok(Request::Start(options)) => match open(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => fail(&reason, 1),
        },
        Err(mistake) => fail(&format!("{mistake}; try 'bobbin --help'"), 2),
    }
}

/// Needs no display, no session bus and no key store: it lives on when they go.
#[cfg(unix)]
fn send_single_use() -> ExitCode {
    match bobbin_engine::send_for_parent(Arc::new(outside::SystemEntropy)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fail(&format!("this option is for Bobbin itself ({reason})"), 2),
    }
}

#[cfg(not(unix))]
fn send_single_use() -> ExitCode {
    fail("this option is for Bobbin itself, on other systems", 2)
}

/// The error is one line that says why there is no window and what to do.
fn open(options: Options) -> Result<(), String> {
    renderer::leave_dmabuf_off();
    display::open()?;
    let profile = Profile::open(&options)?;
    panic_report::write_to(&profile.log_dir);
    let mut context = tauri::generate_context!();
    profile.apply(context.config_mut());
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder =
        builder.on_web_content_process_terminate(|webview| window::web_process_ended(webview.app_handle()));
    let app = builder
        .manage(options)
        .manage(profile)
        // A second process may be heard before the window is set up.
        .manage(app_link::EarlyLinks::default())
        .manage(Arc::new(Notices::default()))
        // First, so that a second process ends before it makes anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, directory| {
            app_link::second_start(app, &arguments, &directory);
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .setup(start::set_up)
        .invoke_handler(commands::handler())
        .build(context)
        .map_err(|error| format!("the application could not be set up: {error}"))?;
    app.run(|app, event| start::on_event(app, &event));
    Ok(())
}

fn print(text: &str) -> ExitCode {
    // Nobody reads what a closed pipe does not take.
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

pub(crate) fn fail(reason: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "bobbin: {reason}");
    ExitCode::from(code)
}
