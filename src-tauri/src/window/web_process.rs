//! The page runs in a process of its own, which can end at any time. The window then loads the page again.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bobbin_engine::view::{Notice, NoticeLevel};
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::{notices, profile::Profile};

/// This many ends in [`WITHIN`] are a page that cannot be shown, not bad luck.
const TOO_MANY: usize = 3;
const WITHIN: Duration = Duration::from_secs(30);

/// When the page's process ended lately.
#[derive(Default)]
struct Ends(Mutex<VecDeque<Instant>>);

impl Ends {
    /// Counts one more; whether it is time to ask the person instead of loading the page again.
    fn are_too_many(&self, now: Instant) -> bool {
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.push_back(now);
        while ends.front().is_some_and(|end| now.duration_since(*end) > WITHIN) {
            ends.pop_front();
        }
        let too_many = ends.len() >= TOO_MANY;
        if too_many {
            // Trying again starts a new count.
            ends.clear();
        }
        too_many
    }
}

/// Listens for the end of the page's process.
///
/// Windows is left out: `WebView2` tells of it only through an interface that is `unsafe` to call.
pub(super) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    window.manage(Ends::default());
    #[cfg(target_os = "linux")]
    {
        use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

        let app = window.app_handle().clone();
        window.with_webview(move |webview| {
            webview.inner().connect_web_process_terminated(move |_webview, reason| {
                if reason != WebProcessTerminationReason::TerminatedByApi {
                    ended(&app);
                }
            });
        })?;
    }
    Ok(())
}

/// Loads the page again, or asks the person where that does not help.
pub(crate) fn ended(app: &AppHandle) {
    tracing::warn!("page process ended");
    if app.state::<Ends>().are_too_many(Instant::now()) {
        ask(app);
    } else {
        load_again(app);
    }
}

fn load_again(app: &AppHandle) {
    let message = "The page stopped working and was loaded again.";
    let notice = Notice::new(NoticeLevel::Warning, "page_restarted", message);
    notices::show(app, notice.hint("What you typed is back, except in fields for secrets."));
    if let Some(window) = app.get_webview_window(super::LABEL) {
        // Without a page there is nobody to tell.
        let _ = window.reload();
    }
}

/// A message of the system's own, as there is no page to show one.
fn ask(app: &AppHandle) {
    let log = app.state::<Profile>().log_dir.display().to_string();
    let handle = app.clone();
    app.dialog()
        .message(format!(
            "The part of Bobbin that draws its window stopped {TOO_MANY} times within {} seconds. \
             Your sessions are safe.\n\n\
             Try again. If it happens again, update the system's web view and graphics driver, and report it \
             with the log in\n{log}",
            WITHIN.as_secs()
        ))
        .title("Bobbin cannot show its window")
        .kind(MessageDialogKind::Error)
        .buttons(MessageDialogButtons::OkCancelCustom("Try again".to_owned(), "Quit".to_owned()))
        .show(move |again| if again { load_again(&handle) } else { handle.exit(1) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ends_within_half_a_minute_are_too_many() {
        let (ends, start) = (Ends::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(!ends.are_too_many(after(0)));
        assert!(!ends.are_too_many(after(10)));
        assert!(ends.are_too_many(after(29)));
        assert!(!ends.are_too_many(after(30)), "trying again starts a new count");
    }

    #[test]
    fn ends_that_lie_far_apart_are_never_too_many() {
        let (ends, start) = (Ends::default(), Instant::now());
        for minute in 0..10 {
            assert!(!ends.are_too_many(start + Duration::from_secs(60 * minute)));
        }
    }
}
