//! Ending without losing what works once: the window goes at once, the process when nothing is at stake.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bobbin_engine::{AtStake, Engine};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::window;

/// Longer than any request that works once may take.
const FINISH_TIMEOUT: Duration = Duration::from_secs(45);

/// A signal that comes again this late was sent by somebody who waited.
const REPEATED_AFTER: Duration = Duration::from_secs(2);

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
pub(crate) struct Leaving {
    state: Mutex<State>,
    signals: Mutex<Signals>,
}

impl Leaving {
    /// Changes to `state`; gives the one before.
    fn set(&self, state: State) -> State {
        std::mem::replace(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    fn is(&self, state: State) -> bool {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) == state
    }

    fn signals(&self) -> MutexGuard<'_, Signals> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A signal that asks Bobbin to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(not(unix), allow(dead_code, reason = "there are no signals"))]
enum Signal {
    Terminate,
    Hangup,
    Interrupt,
}

/// When each signal asked for the end first.
#[derive(Default)]
struct Signals(HashMap<Signal, Instant>);

#[cfg_attr(not(unix), allow(dead_code, reason = "there are no signals"))]
impl Signals {
    /// Whether somebody asks again, and wants to wait no longer. A logout does not: it sends SIGTERM and at once SIGHUP.
    fn is_repeated(&mut self, signal: Signal, now: Instant) -> bool {
        let Some(first) = self.0.get(&signal) else {
            self.0.insert(signal, now);
            return false;
        };
        signal == Signal::Interrupt || now.duration_since(*first) >= REPEATED_AFTER
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
        leaving.signals().0.clear();
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
        loop {
            let signal = tokio::select! {
                _ = terminate.recv() => Signal::Terminate,
                _ = hangup.recv() => Signal::Hangup,
                _ = interrupt.recv() => Signal::Interrupt,
            };
            let leaving = app.state::<Leaving>();
            let repeated = leaving.signals().is_repeated(signal, Instant::now());
            tracing::info!(?signal, repeated, "signal to end");
            if repeated {
                leaving.set(State::Ending);
            }
            app.exit(0);
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn end_on_signals(_app: &AppHandle) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_signal_that_is_sent_again_ends_the_wait() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let mut logout = Signals::default();
        assert!(!logout.is_repeated(Signal::Terminate, start));
        assert!(!logout.is_repeated(Signal::Hangup, start), "a logout sends it with the first");
        assert!(!logout.is_repeated(Signal::Terminate, after(1999)));
        assert!(logout.is_repeated(Signal::Terminate, after(2000)));

        let mut terminal = Signals::default();
        assert!(!terminal.is_repeated(Signal::Interrupt, start));
        assert!(terminal.is_repeated(Signal::Interrupt, after(100)), "somebody pressed Ctrl C again");
    }
}
