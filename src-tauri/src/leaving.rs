//! Ending without losing what works once: the window goes at once, the process when nothing is at stake.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bobbin_engine::{AtStake, Engine};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::window;

/// Longer than any request that works once may take.
const FINISH_TIMEOUT: Duration = Duration::from_secs(45);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Open,
    /// The window is closed; the process ends when it can.
    Finishing,
    /// Nothing is waited for any more.
    Ending,
}

#[derive(Default)]
pub(crate) struct Leaving(Mutex<State>);

impl Leaving {
    /// Changes to `state`; gives the one before.
    fn set(&self, state: State) -> State {
        std::mem::replace(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    fn is(&self, state: State) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) == state
    }
}

/// Whether the process may end now. If not, the window is hidden, and the process ends by itself as soon as it can.
pub(crate) fn may_end(app: &AppHandle) -> bool {
    let (Some(engine), Some(leaving)) = (app.try_state::<Engine>(), app.try_state::<Leaving>()) else {
        return true;
    };
    if leaving.is(State::Ending) || !engine.may_lose() {
        return true;
    }
    if leaving.set(State::Finishing) == State::Open {
        tracing::info!("finishing before the end");
        let (app, engine) = (app.clone(), engine.inner().clone());
        tauri::async_runtime::spawn(async move { finish(&app, &engine).await });
    }
    false
}

/// Somebody wants to see Bobbin again: the window comes to the front, and the process stays as long as it is open.
pub(crate) fn stay(app: &AppHandle) {
    if let Some(leaving) = app.try_state::<Leaving>() {
        leaving.set(State::Open);
    }
    window::to_front(app);
}

async fn finish(app: &AppHandle, engine: &Engine) {
    if engine.at_stake().await == AtStake::Reply {
        window::hide(app);
        let _ = tokio::time::timeout(FINISH_TIMEOUT, engine.finish()).await;
    }
    if !app.state::<Leaving>().is(State::Finishing) {
        return;
    }
    if engine.at_stake().await == AtStake::Tokens { ask(app) } else { end(app) }
}

fn end(app: &AppHandle) {
    app.state::<Leaving>().set(State::Ending);
    app.exit(0);
}

/// A message of the system's own, as the page may be closed already.
fn ask(app: &AppHandle) {
    let handle = app.clone();
    app.dialog()
        .message(
            "Bobbin has new tokens that it could not write to the disk. If it closes now, they are lost and you must \
             sign in again.\n\nMake room on the disk and keep Bobbin open: it keeps trying to save them.",
        )
        .title("Tokens are not saved")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom("Keep open".to_owned(), "Close anyway".to_owned()))
        .show(move |keep| {
            if keep {
                stay(&handle);
            } else {
                end(&handle);
            }
        });
}

/// The end of the desktop's session, of the terminal or of the session bus closes Bobbin as its window does.
#[cfg(unix)]
pub(crate) fn end_on_signals(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let (Ok(mut terminate), Ok(mut hangup), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::hangup()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        let mut signals = 0;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
                _ = interrupt.recv() => {}
            }
            signals += 1;
            tracing::info!(signals, "signal to end");
            if signals > 1 {
                // Whoever sends it twice waits for nothing.
                app.state::<Leaving>().set(State::Ending);
            }
            app.exit(0);
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn end_on_signals(_app: &AppHandle) {}
