//! What the page tells a person beside its views.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bobbin_engine::view::Notice;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::panic_report::Report;

/// Notices that stay on screen until somebody dismisses them, one for each code.
#[derive(Default)]
pub(crate) struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    fn lock(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the page. A notice that says what to do is also kept, for a page that is not there yet or is loaded again.
pub(crate) fn show(app: &AppHandle, notice: Notice) {
    if notice.hint.is_some() {
        let notices = app.state::<Notices>();
        let mut kept = notices.lock();
        kept.retain(|other| other.code != notice.code);
        kept.push(notice.clone());
    }
    // Without a page there is nobody to tell.
    let _ = app.emit("notice", notice);
}

/// What a page that has just been loaded shows.
pub(crate) fn kept(app: &AppHandle) -> Vec<Notice> {
    if let Some(report) = app.state::<Option<Report>>().as_ref() {
        report.note_told();
    }
    app.state::<Notices>().lock().clone()
}

pub(crate) fn dismiss(app: &AppHandle, code: &str) {
    app.state::<Notices>().lock().retain(|notice| notice.code != code);
}
