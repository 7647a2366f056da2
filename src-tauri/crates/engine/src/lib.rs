//! Does the work, in order: sign-in, sessions, queries and the wire record.
//!
//! The engine reaches outside through [`Clock`], [`Entropy`], [`Browser`] and [`Events`] and never touches SQL or a window.
//! What it hands out are the values of [`view`], which hold no secret.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod about_session;
mod by_hand;
mod callback;
mod client_auth;
mod client_tokens;
mod connections;
mod discovery;
mod doctor;
mod error;
mod exchange;
mod http;
mod inspect;
mod keys;
mod leaving;
mod loopback;
mod origins;
mod overview;
mod pkce_check;
mod ports;
mod provider;
mod queries;
mod refresh;
mod requests;
mod run;
mod sandbox;
mod secrets;
mod session_view;
mod sessions;
mod sign_in;
mod single_use;
mod skew;
mod storage;
mod token_request;
mod undo;
pub mod view;
mod waits;
mod wire;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bobbin_store::{Watcher, Workspace};

pub use bobbin_protocol::http::is_protected;

#[cfg(unix)]
pub use crate::single_use::send_for_parent;
pub use crate::{
    error::{Error, Result},
    leaving::AtStake,
    ports::{Browser, Clock, Entropy, Events},
    single_use::SingleUseProgram,
};

/// Whether sessions outlive the process, and where the key is that seals them.
#[derive(Clone)]
pub enum Keeping {
    /// In the operating system's key store, under this service name.
    KeyStore(String),
    /// With the caller, as in tests that start again without a key store.
    Key([u8; 32]),
    /// Everything is in memory and gone with the process.
    Memory,
}

/// Where the engine keeps things and how it reaches outside.
pub struct Config {
    /// Private data: the sealed database and the sandbox's state.
    pub data_dir: PathBuf,
    /// Connections and saved queries, which a team can commit.
    pub workspace_dir: PathBuf,
    pub keeping: Keeping,
    /// The port that the sandbox takes if it is free; 0 takes any.
    pub sandbox_port: u16,
    /// Sends what works once, so that its reply outlives this process; without it this process does it itself.
    pub single_use: Option<SingleUseProgram>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub browser: Arc<dyn Browser>,
    pub events: Arc<dyn Events>,
}

/// The one object behind the window. Cheap to clone; every clone is the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    config: Config,
    workspace: Workspace,
    storage: storage::Storage,
    sandbox: sandbox::Host,
    http: http::Client,
    keys: keys::Cache,
    discovery: discovery::Cache,
    clocks: skew::Clocks,
    listeners: loopback::Listeners,
    sign_ins: Mutex<sign_in::Runs>,
    wire: Mutex<wire::Record>,
    writing_wire: Mutex<()>,
    /// Exchanges that changed and that no writer has taken yet.
    unwritten_wire: Mutex<BTreeSet<String>>,
    runs: Mutex<run::Runs>,
    undo: Mutex<undo::Bin>,
    asked: origins::Asked,
    waits: waits::Waits,
    refreshing: refresh::Gate,
    under_way: single_use::UnderWay,
    received: leaving::Received,
    watcher: Mutex<Option<Watcher>>,
}

impl Engine {
    /// Opens the workspace folder and nothing else, so that the first view can be answered at once.
    ///
    /// [`Engine::settle`] does the rest.
    pub fn new(config: Config) -> Result<Self> {
        let workspace = Workspace::open(&config.workspace_dir)?;
        Ok(Self(Arc::new(Inner {
            workspace,
            storage: storage::Storage::default(),
            sandbox: sandbox::Host::default(),
            http: http::Client::default(),
            keys: keys::Cache::default(),
            discovery: discovery::Cache::default(),
            clocks: skew::Clocks::default(),
            listeners: loopback::Listeners::default(),
            sign_ins: Mutex::default(),
            wire: Mutex::default(),
            writing_wire: Mutex::default(),
            unwritten_wire: Mutex::default(),
            runs: Mutex::default(),
            undo: Mutex::default(),
            asked: origins::Asked::default(),
            waits: waits::Waits::default(),
            refreshing: refresh::Gate::default(),
            under_way: single_use::UnderWay::default(),
            received: leaving::Received::default(),
            watcher: Mutex::default(),
            config,
        })))
    }

    /// Opens the key store and the database, and takes up what an earlier run left: sessions and pending sign-ins.
    ///
    /// Called once, after the first view was answered.
    pub async fn settle(&self) -> Result<()> {
        let watching = self.watch_workspace();
        self.store().await?;
        watching
    }

    /// Edits from outside, such as a `git pull`, appear by themselves.
    fn watch_workspace(&self) -> Result<()> {
        let engine = Arc::downgrade(&self.0);
        let watcher = self.0.workspace.watch(move || {
            if let Some(inner) = engine.upgrade() {
                let engine = Self(inner);
                if let Err(error) = engine.workspace_edited() {
                    engine.report(&error);
                }
            }
        })?;
        *lock(&self.0.watcher) = Some(watcher);
        // What was edited before anybody watched.
        self.workspace_edited()
    }

    /// The folder of the database.
    pub fn data_dir(&self) -> &Path {
        &self.0.config.data_dir
    }

    /// Shows an error that no command of the page asked for.
    pub fn report(&self, error: &Error) {
        self.notice(view::NoticeLevel::Error, error.code(), error.to_string(), error.view().hint.clone());
    }

    fn now(&self) -> i64 {
        let clock = &self.0.config.clock;
        let now = clock.now();
        self.0.clocks.look(now, clock.steady());
        now
    }

    /// 16 random bytes in lower-case hexadecimal.
    fn new_id(&self) -> String {
        let mut bytes = [0; 16];
        self.0.config.entropy.fill(&mut bytes);
        bytes.iter().fold(String::with_capacity(32), |mut id, byte| {
            use std::fmt::Write as _;
            let _ = write!(id, "{byte:02x}");
            id
        })
    }

    fn random_value(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.config.entropy.fill(&mut bytes);
        bytes
    }

    /// Tells the page what is out of date: what happened by itself. What a command changes, its declaration says.
    pub fn changed(&self, change: view::Change) {
        self.0.config.events.changed(change);
    }

    fn notice(&self, level: view::NoticeLevel, code: &str, message: impl Into<String>, hint: Option<String>) {
        tracing::info!(code, ?level, "notice");
        self.0.config.events.notice(view::Notice { hint, ..view::Notice::new(level, code, message) });
    }
}

/// Takes a lock. Nothing that runs under one can panic half-way through a change, so a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
