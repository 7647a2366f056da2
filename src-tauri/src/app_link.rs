//! The app link: the operating system opens `dev.bobbin.workbench:` URLs with Bobbin.
//!
//! The URL goes straight to the engine, as it came: a parsed and printed one could match what the sent one does not.
//! It never goes to the page.

use std::sync::{Mutex, PoisonError};

use bobbin_engine::{Engine, view::LinkRegistration};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::window;

#[cfg(target_os = "linux")]
mod desktop_entry;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

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
        if app.config().identifier != scheme {
            return LinkRegistration::NotRegistered {
                detail: format!(
                    "Bobbin receives {} links; {scheme} belongs to another program.",
                    app.config().identifier
                ),
            };
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone().unwrap_or(LinkRegistration::Unknown)
    }
}

/// A second process was started: with a link to hand over, or by a person who looks for the window.
pub(crate) fn second_start(app: &AppHandle, arguments: &[String]) {
    match link_in(arguments, &app.config().identifier) {
        Some(link) => receive(app, link.to_owned()),
        None => window::to_front(app),
    }
}

/// Takes the link that this process was started with. Called once, when the engine can answer.
pub(crate) fn take_first(app: &AppHandle) {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(link) = link_in(&arguments, &app.config().identifier) {
        receive(app, link.to_owned());
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
}

/// Makes Bobbin that program whoever was it before.
pub(crate) fn take_over(app: &AppHandle) {
    settle(app, system::take_over);
}

/// Asks the system again and changes nothing: another program may hold our links by now.
///
/// At the first start nothing is registered yet, which is no failure to tell of: then it is done first.
pub(crate) fn look_again(app: &AppHandle) {
    let registration = app.state::<Registration>();
    let first = registration.known.lock().unwrap_or_else(PoisonError::into_inner).is_none();
    settle(app, if first { system::register } else { |_, _| {} });
}

/// Changes what the system knows, then asks it.
fn settle(app: &AppHandle, change: fn(&AppHandle, &str)) {
    let registration = app.state::<Registration>();
    let _turn = registration.asking.lock().unwrap_or_else(PoisonError::into_inner);
    let scheme = &app.config().identifier;
    change(app, scheme);
    let state = system::state(app, scheme);
    *registration.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
}

/// Windows keeps links in its registry, which the plugin writes; macOS takes them from the bundle alone.
#[cfg(not(target_os = "linux"))]
mod system {
    use bobbin_engine::view::LinkRegistration;
    use tauri::AppHandle;
    use tauri_plugin_deep_link::{DeepLinkExt as _, Error};

    pub(super) fn register(app: &AppHandle, scheme: &str) {
        // What did not work shows in the state, which is asked for next.
        let _ = app.deep_link().register(scheme);
    }

    pub(super) use register as take_over;

    pub(super) fn state(app: &AppHandle, scheme: &str) -> LinkRegistration {
        match app.deep_link().is_registered(scheme) {
            Ok(true) => LinkRegistration::Registered,
            Ok(false) => LinkRegistration::NotRegistered {
                detail: format!("No program or another one opens {scheme} links on this computer."),
            },
            Err(Error::UnsupportedPlatform) => LinkRegistration::Unknown,
            Err(error) => LinkRegistration::NotRegistered {
                detail: format!("The system did not say who opens {scheme} links ({error})."),
            },
        }
    }
}

fn receive(app: &AppHandle, url: String) {
    let engine = app.state::<Engine>().inner().clone();
    tauri::async_runtime::spawn(async move { engine.app_link(&url).await });
}

/// The link among a process's arguments: the only one behind the program's name, as the system starts it.
fn link_in<'a>(arguments: &'a [String], scheme: &str) -> Option<&'a str> {
    match arguments {
        [_program, link] => {
            let (before, _) = link.split_once(':')?;
            before.eq_ignore_ascii_case(scheme).then_some(link.as_str())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::link_in;

    fn found(arguments: &[&str]) -> Option<String> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        link_in(&arguments, "dev.bobbin.workbench").map(str::to_owned)
    }

    #[test]
    fn a_link_is_handed_over_to_the_letter() {
        for link in [
            "dev.bobbin.workbench:/oauth/callback?code=a%2Bb&state=s",
            "dev.bobbin.workbench:/oauth/%2e/callback?code=a&state=s",
            "DEV.bobbin.workbench:/x/../oauth/callback",
        ] {
            assert_eq!(found(&["bobbin", link]).as_deref(), Some(link));
        }
    }

    #[test]
    fn anything_else_is_a_person_who_looks_for_the_window() {
        let callback = "dev.bobbin.workbench:/oauth/callback?code=a&state=s";
        for arguments in [
            &["bobbin"][..],
            &["bobbin", "--help"],
            &["bobbin", "https://example.com"],
            &["bobbin", callback, "x"],
        ] {
            assert_eq!(found(arguments), None, "{arguments:?}");
        }
    }
}
