//! The start: what the first picture needs comes first, everything else after it was answered.

use std::{
    error::Error,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bobbin_engine::{
    Config, Engine, Keeping,
    view::{Notice, NoticeLevel},
};
use tauri::{App, AppHandle, Emitter as _, Manager as _, RunEvent};
use tempfile::TempDir;

use crate::{
    app_link::{self, Registration},
    commands,
    outside::{PageEvents, SystemBrowser, SystemClock, SystemEntropy},
    window,
};

/// The sandbox's usual port, so that its address reads the same every day.
const SANDBOX_PORT: u16 = 5001;

/// Whether the first view was answered, and what stands in for a data folder that cannot be used.
pub(crate) struct First {
    answered: AtomicBool,
    /// Stands in for the data folder; removed when the app ends.
    spare: Mutex<Option<TempDir>>,
}

/// What the page is told as soon as it asks for its first view.
#[derive(Default)]
struct Unsaid(Mutex<Vec<Notice>>);

pub(crate) fn set_up(app: &mut App) -> Result<(), Box<dyn Error>> {
    let data_dir = app.path().app_data_dir()?;
    let mut first = First { answered: AtomicBool::new(false), spare: Mutex::default() };
    app.manage(Unsaid::default());
    let engine = match engine(app.handle(), &data_dir, true) {
        Ok(engine) => engine,
        // A window that explains beats no window.
        Err(error) => {
            let spare = tempfile::Builder::new().prefix("bobbin-").tempdir()?;
            let engine = engine(app.handle(), spare.path(), false)?;
            notice_later(
                app.handle(),
                Notice {
                    level: NoticeLevel::Error,
                    code: "data_folder_failed".to_owned(),
                    message: format!(
                        "{} cannot be used ({error}). Nothing is kept beyond this run.",
                        data_dir.display()
                    ),
                    hint: Some("Make the folder writable and start Bobbin again.".to_owned()),
                },
            );
            first.spare = Mutex::new(Some(spare));
            engine
        }
    };
    app.manage(engine);
    app.manage(Registration::default());
    app.manage(commands::Held::default());
    app.manage(first);
    if let Some(error) = window::open(app, data_dir.join("window.json"))? {
        notice_later(
            app.handle(),
            Notice {
                level: NoticeLevel::Warning,
                code: "window_state_unreadable".to_owned(),
                message: format!("The window's saved size and zoom could not be read ({error})."),
                hint: Some("The window opened at its usual size. The file was set aside.".to_owned()),
            },
        );
    }
    Ok(())
}

/// Tells the page when it asks for its first view, at the start or after it was loaded again.
pub(crate) fn notice_later(app: &AppHandle, notice: Notice) {
    let unsaid = app.state::<Unsaid>();
    unsaid.0.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
}

/// The last event of the app is the time to clean up: the process then ends without running destructors.
pub(crate) fn on_event(app: &AppHandle, event: &RunEvent) {
    if matches!(event, RunEvent::Exit)
        && let Some(first) = app.try_state::<First>()
    {
        first.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Called whenever a view of everything was answered; what comes after the first is in nobody's way.
pub(crate) fn after_overview(app: &AppHandle) {
    let notices =
        std::mem::take(&mut *app.state::<Unsaid>().0.lock().unwrap_or_else(PoisonError::into_inner));
    for notice in notices {
        let _ = app.emit("notice", notice);
    }
    let first = app.state::<First>();
    if first.answered.swap(true, Ordering::SeqCst) {
        return;
    }
    tell_bench();
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
            engine.connections_changed();
        }
    });
}

fn engine(app: &AppHandle, data_dir: &Path, kept: bool) -> Result<Engine, bobbin_engine::Error> {
    Engine::new(Config {
        data_dir: data_dir.to_owned(),
        workspace_dir: data_dir.to_owned(),
        keeping: if kept { Keeping::KeyStore(app.config().identifier.clone()) } else { Keeping::Memory },
        sandbox_port: SANDBOX_PORT,
        clock: Arc::new(SystemClock::default()),
        entropy: Arc::new(SystemEntropy),
        browser: Arc::new(SystemBrowser(app.clone())),
        events: Arc::new(PageEvents(app.clone())),
    })
}

/// `cargo xtask bench start` waits for this file.
fn tell_bench() {
    if let Some(path) = std::env::var_os("BOBBIN_READY_FILE") {
        let _ = std::fs::write(path, "ready");
    }
}
