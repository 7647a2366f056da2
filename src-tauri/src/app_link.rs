//! The app link: the operating system opens `dev.bobbin.workbench:` URLs with Bobbin.
//!
//! The URL goes straight to the engine, as it came: a parsed and printed one could match what the sent one does not.
//! It never goes to the page.

use std::{
    ffi::OsString,
    mem,
    path::Path,
    sync::{Mutex, PoisonError},
};

use bobbin_engine::{
    Engine,
    view::{LinkRegistration, Notice, NoticeLevel},
};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::{
    command_line::{self, Options, Request},
    leaving, notices,
    profile::{self, APP_ID, Profile},
};

#[cfg(target_os = "linux")]
mod desktop_entry;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

const UNREACHABLE: &str = "There is no session bus, so a link cannot reach this window.";
const UNREACHABLE_HINT: &str = "Paste the callback, or start Bobbin from a desktop session.";
const REPAIR_HINT: &str = "Repair registers this Bobbin. Until then, paste the callback.";

/// Whether this computer opened our scheme with this program when it was asked last, as [`register`] does first.
#[derive(Default)]
pub(crate) struct Registration {
    known: Mutex<Option<LinkRegistration>>,
    /// Held while the system is told or asked, so that an older answer never replaces a newer one.
    asking: Mutex<()>,
}

impl Registration {
    /// `scheme` is the one of a connection's redirect URI.
    pub(crate) fn of(&self, app: &AppHandle, scheme: &str) -> LinkRegistration {
        if scheme != APP_ID {
            return LinkRegistration::NotRegistered {
                detail: format!("Bobbin receives {APP_ID} links; {scheme} belongs to another program."),
                hint: format!("Let the redirect URI begin with {APP_ID}: or choose Loopback or Paste."),
                repairable: false,
            };
        }
        if !app.state::<Profile>().is_default() {
            return LinkRegistration::OtherProfile;
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone().unwrap_or(LinkRegistration::Unknown)
    }
}

/// The links that arrived before the engine could answer. A second process can hand one over before there is an engine.
pub(crate) struct EarlyLinks(Mutex<Option<Vec<String>>>);

impl Default for EarlyLinks {
    fn default() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }
}

/// A second process was started in `directory`: with a link to hand over, or by a person who looks for the window.
pub(crate) fn second_start(app: &AppHandle, arguments: &[String], directory: &str) {
    let arguments = arguments.iter().skip(1).map(OsString::from);
    // It has read its command line itself, and ended where that was wrong.
    let options = match command_line::parse(arguments) {
        Ok(Request::Start(options)) => options,
        _ => Options::default(),
    };
    if let Some(link) = options.link {
        return receive(app, link);
    }
    leaving::stay(app);
    let asked = options.workspace.map(|workspace| Path::new(directory).join(workspace));
    if asked.is_some_and(|asked| !profile::same(&asked, &app.state::<Profile>().workspace_dir)) {
        let message = "Bobbin is already open with another workspace.";
        let notice = Notice::new(NoticeLevel::Warning, "workspace_not_opened", message);
        let notice = notice.hint("Close it, then start it again with the workspace that you want.");
        notices::show(app, notice);
    }
}

/// Takes the link that this process was started with, and those that arrived since. Called once, when the engine can
/// answer.
pub(crate) fn take_first(app: &AppHandle) {
    let own = app.state::<Options>().link.clone();
    let early = app.state::<EarlyLinks>();
    let waiting = mem::take(&mut *early.0.lock().unwrap_or_else(PoisonError::into_inner));
    for link in own.into_iter().chain(waiting.into_iter().flatten()) {
        receive(app, link);
    }
    // macOS hands links over as events instead of arguments.
    if cfg!(target_os = "macos") {
        let handle = app.clone();
        app.deep_link().on_open_url(move |event| {
            for url in event.urls() {
                receive(&handle, url.to_string());
            }
        });
    }
}

/// Makes Bobbin the program that opens our links, unless another one already does. A failure is shown in the
/// connection and stops nothing.
pub(crate) fn register(app: &AppHandle) {
    settle(app, system::register);
    if app.state::<Profile>().is_default() && !system::is_reachable(app) {
        let notice = Notice::new(NoticeLevel::Warning, "no_session_bus", UNREACHABLE);
        notices::show(app, notice.hint(UNREACHABLE_HINT));
    }
}

/// Makes Bobbin that program whoever was it before.
pub(crate) fn take_over(app: &AppHandle) {
    settle(app, system::take_over);
}

/// Asks the system again and changes nothing: another program may hold our links by now. Whether the answer is
/// another one.
///
/// At the first start nothing is registered yet, which is no failure to tell of: then it is done first.
pub(crate) fn look_again(app: &AppHandle) -> bool {
    let registration = app.state::<Registration>();
    let first = registration.known.lock().unwrap_or_else(PoisonError::into_inner).is_none();
    settle(app, if first { system::register } else { |_, _| {} })
}

/// Changes what the system knows, then asks it. Links are the default profile's business alone.
fn settle(app: &AppHandle, change: fn(&AppHandle, &str)) -> bool {
    if !app.state::<Profile>().is_default() {
        return false;
    }
    let registration = app.state::<Registration>();
    let _turn = registration.asking.lock().unwrap_or_else(PoisonError::into_inner);
    change(app, APP_ID);
    let state = system::state(app, APP_ID);
    let registered = matches!(state, LinkRegistration::Registered);
    tracing::info!(registered, "app link");
    let mut known = registration.known.lock().unwrap_or_else(PoisonError::into_inner);
    known.replace(state) != *known
}

/// Windows keeps links in its registry, which the plugin writes; macOS takes them from the bundle alone.
#[cfg(not(target_os = "linux"))]
mod system {
    use bobbin_engine::view::LinkRegistration;
    use tauri::AppHandle;
    use tauri_plugin_deep_link::{DeepLinkExt as _, Error};

    use super::REPAIR_HINT;

    pub(super) fn register(app: &AppHandle, scheme: &str) {
        // What did not work shows in the state, which is asked for next.
        let _ = app.deep_link().register(scheme);
    }

    pub(super) use register as take_over;

    /// A second process needs no session bus here to find the first.
    pub(super) fn is_reachable(_app: &AppHandle) -> bool {
        true
    }

    pub(super) fn state(app: &AppHandle, scheme: &str) -> LinkRegistration {
        let detail = match app.deep_link().is_registered(scheme) {
            Ok(true) => return LinkRegistration::Registered,
            Ok(false) => format!("No program or another one opens {scheme} links on this computer."),
            Err(Error::UnsupportedPlatform) => return LinkRegistration::Unknown,
            Err(error) => format!("The system did not say who opens {scheme} links ({error})."),
        };
        LinkRegistration::NotRegistered { detail, hint: REPAIR_HINT.to_owned(), repairable: true }
    }
}

fn receive(app: &AppHandle, url: String) {
    let early = app.state::<EarlyLinks>();
    if let Some(waiting) = &mut *early.0.lock().unwrap_or_else(PoisonError::into_inner) {
        waiting.push(url);
        return;
    }
    let engine = app.state::<Engine>().inner().clone();
    tauri::async_runtime::spawn(async move { engine.app_link(&url).await });
}
