//! The start: what the first picture needs comes first, everything else after it was answered.

use std::{
    error::Error,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bobbin_api::{Api, Notices};
use bobbin_engine::{
    Config, Engine, Keeping,
    view::{Change, Notice, NoticeLevel},
};
use tauri::{App, AppHandle, Manager as _, RunEvent, WindowEvent};

use crate::{
    app_link::{self, Registration},
    build_info::{BUILD_DATE, COMMIT, VERSION},
    command_line,
    desktop::WindowDesktop,
    leaving, log, notices,
    outside::{PageEvents, SystemBrowser, SystemClock, SystemEntropy},
    panic_report,
    profile::Profile,
    window,
};

/// The sandbox's usual port, so that its address reads the same every day.
const SANDBOX_PORT: u16 = 5001;

/// Whether the first view was answered.
#[derive(Default)]
pub(crate) struct First(AtomicBool);

/// Never fails: Tauri would panic. What keeps the window from opening is told on standard error.
#[allow(clippy::unnecessary_wraps, reason = "Tauri's type")]
pub(crate) fn set_up(app: &mut App) -> Result<(), Box<dyn Error>> {
    if let Err(error) = open(app) {
        tracing::error!(code = "start_failed", "could not start");
        crate::fail(&format!("the window could not be opened: {error}"), 1);
        app.state::<Profile>().close();
        app.handle().cleanup_before_exit();
        std::process::exit(1);
    }
    Ok(())
}

fn open(app: &App) -> Result<(), Box<dyn Error>> {
    let profile = app.state::<Profile>();
    let handle = app.handle();
    if profile.trouble.is_some() {
        profile.create_spare()?;
    }
    // Here and not earlier: a second process ended before, and must not write to the log of the first.
    if let Err(error) = log::start(&profile.log_dir) {
        let message = format!("Bobbin cannot write its log to {} ({error}).", profile.log_dir.display());
        let notice = Notice::new(NoticeLevel::Warning, "log_failed", message);
        notices::show(
            handle,
            notice.hint(
                "Check that you may write to the folder and that its disk has room, then start Bobbin again.",
            ),
        );
    }
    tracing::info!(version = VERSION, commit = COMMIT, built = BUILD_DATE, "started");
    if let Some(trouble) = &profile.trouble {
        notices::show(handle, data_folder_failed(trouble));
    }
    let report = panic_report::untold(&profile.log_dir);
    if let Some(report) = &report {
        let message =
            format!("Bobbin ran into an internal error on {}. The report contains no tokens.", report.time);
        let notice = Notice::new(NoticeLevel::Info, "panic_reported", message);
        notices::show(
            handle,
            notice.hint(format!("To report the problem, attach {}.", report.path.display())),
        );
    }
    app.manage(report);
    let keeping = match &profile.trouble {
        None => Keeping::KeyStore(profile.identifier.clone()),
        Some(_) => Keeping::Memory,
    };
    let engine = match engine(handle, &profile.data_dir, &profile.workspace_dir, keeping) {
        Ok(engine) => engine,
        // A window that explains beats no window.
        Err(error) => {
            tracing::error!(code = error.code(), "the workspace cannot be used");
            let folder = profile.workspace_dir.display();
            notices::show(handle, data_folder_failed(&format!("{folder} cannot be used ({error}).")));
            let spare = profile.create_spare()?;
            engine(handle, spare, spare, Keeping::Memory)?
        }
    };
    let desktop = Arc::new(WindowDesktop(handle.clone()));
    app.manage(Api::new(engine.clone(), desktop, app.state::<Arc<Notices>>().inner().clone()));
    app.manage(engine);
    app.manage(leaving::Leaving::default());
    leaving::end_on_signals(handle);
    app.manage(Registration::default());
    app.manage(First::default());
    if let Some(unreadable) = window::open(app, profile.data_dir.join("window.json"))? {
        let message = format!("The window's saved size and zoom could not be read ({}).", unreadable.reason);
        let notice = Notice::new(NoticeLevel::Warning, "window_state_unreadable", message);
        let file = if unreadable.set_aside {
            "The file was set aside as window.json.unreadable."
        } else {
            "The file could not be set aside, so the next change replaces it."
        };
        notices::show(handle, notice.hint(format!("The window opened at its usual size. {file}")));
    }
    Ok(())
}

fn data_folder_failed(trouble: &str) -> Notice {
    let message = format!("{trouble} Nothing from this run will be saved.");
    Notice::new(NoticeLevel::Error, "data_folder_failed", message)
        .hint("Check that you may write to the folder and that its disk has room, then start Bobbin again.")
}

/// The last event of the app is the time to clean up: the process then ends without running destructors.
pub(crate) fn on_event(app: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. }
            if !leaving::may_end(app) =>
        {
            api.prevent_close();
        }
        RunEvent::ExitRequested { api, .. } if !leaving::may_end(app) => api.prevent_exit(),
        RunEvent::Exit => {
            tracing::info!("ended");
            app.state::<Profile>().close();
        }
        _ => {}
    }
}

/// Called whenever a view of everything was answered; what comes after the first is in nobody's way.
pub(crate) fn after_overview(app: &AppHandle) {
    tell_ready();
    if app.state::<First>().0.swap(true, Ordering::SeqCst) {
        return;
    }
    let engine = app.state::<Engine>().inner().clone();
    let handle = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = engine.settle().await {
            engine.report(&error);
        }
        app_link::take_first(&handle);
        let registering = handle.clone();
        let registered = tauri::async_runtime::spawn_blocking(move || app_link::register(&registering)).await;
        if registered.is_ok() {
            engine.changed(Change::AppLinks);
        }
    });
}

fn engine(
    app: &AppHandle,
    data_dir: &Path,
    workspace_dir: &Path,
    keeping: Keeping,
) -> Result<Engine, bobbin_engine::Error> {
    Engine::new(Config {
        data_dir: data_dir.to_owned(),
        workspace_dir: workspace_dir.to_owned(),
        keeping,
        sandbox_port: SANDBOX_PORT,
        single_use: command_line::single_use_program(),
        clock: Arc::new(SystemClock::default()),
        entropy: Arc::new(SystemEntropy),
        browser: Arc::new(SystemBrowser(app.clone())),
        events: Arc::new(PageEvents(app.clone())),
    })
}

/// Those who measure how long the page takes wait for this file.
fn tell_ready() {
    if let Some(path) = std::env::var_os("BOBBIN_READY_FILE") {
        let _ = std::fs::write(path, "ready");
    }
}
