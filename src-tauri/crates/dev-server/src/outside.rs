//! What the engine and the commands reach outside: recorded, and steered by a test.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use bobbin_api::{Desktop, Notices, ThemeChoice, ZoomStep};
use bobbin_engine::{
    Browser, Clock, Engine, Entropy, Events,
    view::{AboutView, Change, LinkRegistration, Notice},
};
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What happens outside of Bobbin.
#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Event {
    /// The system opens a link with Bobbin.
    AppLink {
        url: String,
    },
    /// The computer's clock is so far ahead of the real one from now on.
    Clock {
        ahead_ms: i64,
    },
    /// The browser cannot be opened from now on; `null`: it can.
    BrowserFails {
        reason: Option<String>,
    },
    /// No program opens or shows a file from now on; `null`: it does.
    FilesFail {
        reason: Option<String>,
    },
    LinkRegistration {
        registered: bool,
    },
}

pub(crate) struct Outside {
    start: Instant,
    ahead_ms: AtomicI64,
    registered: AtomicBool,
    notices: Arc<Notices>,
    desktop: Mutex<State>,
    listeners: Mutex<Vec<UnboundedSender<String>>>,
    /// Until the first view was answered.
    unsettled: Mutex<Option<Engine>>,
}

/// A file that was opened or shown in its folder.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Handed {
    Opened(String),
    Shown(String),
}

#[derive(Serialize)]
struct State {
    /// What the browser was asked to open.
    opened: Vec<String>,
    /// What was put on the clipboard.
    copied: Vec<String>,
    files: Vec<Handed>,
    files_failure: Option<String>,
    browser_failure: Option<String>,
    zoom: u16,
    theme: ThemeChoice,
}

impl Outside {
    pub(crate) fn new(notices: Arc<Notices>) -> Self {
        let desktop = State {
            opened: Vec::new(),
            copied: Vec::new(),
            files: Vec::new(),
            files_failure: None,
            browser_failure: None,
            zoom: 100,
            theme: ThemeChoice::System,
        };
        Self {
            start: Instant::now(),
            ahead_ms: AtomicI64::new(0),
            registered: AtomicBool::new(true),
            notices,
            desktop: Mutex::new(desktop),
            listeners: Mutex::default(),
            unsettled: Mutex::default(),
        }
    }

    /// The engine settles when the first view was answered, as on a desktop.
    pub(crate) fn settle_later(&self, engine: Engine) {
        *lock(&self.unsettled) = Some(engine);
    }

    pub(crate) fn listen(&self) -> UnboundedReceiver<String> {
        let (sender, receiver) = unbounded_channel();
        lock(&self.listeners).push(sender);
        receiver
    }

    pub(crate) fn seen(&self) -> Value {
        json!(*lock(&self.desktop))
    }

    pub(crate) fn set_ahead(&self, milliseconds: i64) {
        self.ahead_ms.store(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn fail_browser(&self, reason: Option<String>) {
        lock(&self.desktop).browser_failure = reason;
    }

    pub(crate) fn fail_files(&self, reason: Option<String>) {
        lock(&self.desktop).files_failure = reason;
    }

    fn hand_over(&self, file: Handed) -> Result<(), String> {
        let mut desktop = lock(&self.desktop);
        if let Some(reason) = &desktop.files_failure {
            return Err(reason.clone());
        }
        desktop.files.push(file);
        Ok(())
    }

    pub(crate) fn register(&self, registered: bool) {
        self.registered.store(registered, Ordering::SeqCst);
    }

    fn tell(&self, event: &str, payload: impl Serialize) {
        let line = format!("{}\n", json!({ "event": event, "payload": payload }));
        lock(&self.listeners).retain(|listener| listener.send(line.clone()).is_ok());
    }
}

impl Clock for Outside {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + self.ahead_ms.load(Ordering::SeqCst)
    }

    fn steady(&self) -> i64 {
        i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Entropy for Outside {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

impl Browser for Outside {
    fn open(&self, url: &str) -> Result<(), String> {
        let mut desktop = lock(&self.desktop);
        if let Some(reason) = &desktop.browser_failure {
            return Err(reason.clone());
        }
        desktop.opened.push(url.to_owned());
        drop(desktop);
        self.tell("open", url);
        Ok(())
    }
}

impl Events for Outside {
    fn changed(&self, change: Change) {
        self.tell("changed", change);
    }

    fn notice(&self, notice: Notice) {
        self.notices.keep(&notice);
        self.tell("notice", notice);
    }

    fn returned(&self) {}
}

impl Desktop for Outside {
    fn about(&self, engine: &Engine) -> AboutView {
        AboutView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: "0123456789ab".to_owned(),
            build_date: "2026-01-31".to_owned(),
            system: std::env::consts::OS.to_owned(),
            web_view: "of a browser".to_owned(),
            data_folder: engine.data_dir().display().to_string(),
            workspace_folder: engine.status().workspace,
            log_folder: engine.data_dir().join("logs").display().to_string(),
        }
    }

    fn licenses(&self) -> Option<String> {
        Some("A license's text.\n".to_owned())
    }

    fn copy(&self, text: String) -> Result<(), String> {
        lock(&self.desktop).copied.push(text);
        Ok(())
    }

    fn open_file(&self, file: &Path) -> Result<(), String> {
        self.hand_over(Handed::Opened(file.display().to_string()))
    }

    fn show_in_folder(&self, file: &Path) -> Result<(), String> {
        self.hand_over(Handed::Shown(file.display().to_string()))
    }

    fn zoom(&self, step: ZoomStep) -> Result<u16, String> {
        let zoom = &mut lock(&self.desktop).zoom;
        *zoom = match step {
            ZoomStep::In => *zoom + 10,
            ZoomStep::Out => *zoom - 10,
            ZoomStep::Reset => 100,
        }
        .clamp(80, 200);
        Ok(*zoom)
    }

    fn theme(&self, choice: Option<ThemeChoice>) -> Result<ThemeChoice, String> {
        let theme = &mut lock(&self.desktop).theme;
        *theme = choice.unwrap_or(*theme);
        Ok(*theme)
    }

    fn link_registration(&self, scheme: &str) -> LinkRegistration {
        if self.registered.load(Ordering::SeqCst) {
            return LinkRegistration::Registered;
        }
        LinkRegistration::NotRegistered {
            detail: format!("No program opens {scheme} links on this computer."),
            hint: "Repair registers this Bobbin. Until then, paste the callback.".to_owned(),
            repairable: true,
        }
    }

    fn look_at_links_again(&self) -> bool {
        false
    }

    fn overview_answered(&self) {
        if let Some(engine) = lock(&self.unsettled).take() {
            tokio::spawn(async move {
                if let Err(error) = engine.settle().await {
                    engine.report(&error);
                }
            });
        }
    }

    fn take_over_links(&self) {
        self.register(true);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
