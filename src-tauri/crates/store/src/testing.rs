//! What the tests of this crate share: a database file with a key of its own, and values to keep in it.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;
use secrecy::SecretBox;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    AskedBy, PendingSignIn, Random, RefreshMark, Session, SessionKind, SessionLock, Store, seal::Key,
    store::Refusal,
};

/// Tells a test that runs as a second process where its folder is.
const CHILD: &str = "BOBBIN_STORE_TEST_FOLDER";

/// Bytes that never repeat within a process: process id and a counter.
pub(crate) fn random() -> Random {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    Arc::new(|bytes| {
        for chunk in bytes.chunks_mut(12) {
            let mut block = std::process::id().to_le_bytes().to_vec();
            block.extend(COUNTER.fetch_add(1, Ordering::Relaxed).to_le_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    })
}

pub(crate) fn key(fill: u8) -> Key {
    SecretBox::new(Box::new([fill; 32]))
}

/// A folder with a database in it, gone when dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path().join("bobbin.sqlite3")
    }

    /// Opens the database as a process of its own would.
    pub(crate) fn open(&self) -> Store {
        open(self.path())
    }

    pub(crate) fn try_open(&self, key: &Key) -> Result<Store, Refusal> {
        Ok(Store::with_key(&self.database(), key, &random())?)
    }

    /// A look behind the store's back.
    pub(crate) fn sql(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    /// Runs the test `name` again in another process, where [`in_child`] gives it this folder.
    pub(crate) fn child(&self, name: &str) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(CHILD, self.path())
            // Its report would be counted with the parent's.
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}

pub(crate) fn open(dir: &Path) -> Store {
    Store::with_key(&dir.join("bobbin.sqlite3"), &key(7), &random()).unwrap()
}

/// The folder that the parent gave, in a process made by [`Folder::child`].
pub(crate) fn in_child() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

pub(crate) fn wait_for(what: &str, mut seen: impl FnMut() -> bool) {
    let began = Instant::now();
    while !seen() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what} did not happen within 20 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn sign_in(id: &str, state: &str) -> PendingSignIn {
    PendingSignIn {
        id: id.to_owned(),
        connection: "sandbox".to_owned(),
        state: state.to_owned(),
        nonce: "nonce-plaintext".into(),
        code_verifier: "verifier-plaintext".into(),
        code_challenge: format!("challenge-of-{id}"),
        user_label: "Customer 42".to_owned(),
        redirect_uri: "dev.bobbin.workbench:/oauth/callback".to_owned(),
        scopes: vec!["openid".to_owned(), "accounts".to_owned()],
        started_at: 1000,
        expires_at: 601_000,
        details: json!({ "url": "https://example.test/?state=details-plaintext", "size": 1 }),
    }
}

pub(crate) fn session(id: &str) -> Session {
    Session {
        id: id.to_owned(),
        connection: "sandbox".to_owned(),
        kind: SessionKind::User,
        label: "Thandi Nkosi".to_owned(),
        created_at: 1000,
        access_token: "access-plaintext".into(),
        token_type: "Bearer".to_owned(),
        access_issued_at: 1000,
        access_expires_at: Some(901_000),
        id_token: Some("identity-plaintext".into()),
        refresh_token: Some("refresh-plaintext".into()),
        refresh_issued_at: 1000,
        generation: 1,
        refresh_state: RefreshMark::Ready,
        scopes_requested: vec!["openid".to_owned(), "accounts".to_owned()],
        scopes_granted: vec!["openid".to_owned()],
        verdict: Some(json!({ "claims": { "sub": "verdict-plaintext" } })),
        extra: vec![("user_id".to_owned(), "extra-plaintext".to_owned())],
        warnings: vec!["warning-plaintext".to_owned()],
    }
}

/// Begins a refresh that is needed, as the engine does; the lock is what holds it.
pub(crate) fn begin(store: &Store, id: &str, generation: u32, now: i64) -> Option<SessionLock> {
    let lock = store.try_lock_session(id).unwrap()?;
    store.begin_refresh(&lock, generation, now, AskedBy::Need).unwrap().then_some(lock)
}

/// The session after a refresh: the next generation with other tokens.
pub(crate) fn refreshed(session: &Session) -> Session {
    Session {
        access_token: "second-access-plaintext".into(),
        refresh_token: Some("second-refresh-plaintext".into()),
        generation: session.generation + 1,
        refresh_state: RefreshMark::Ready,
        ..session.clone()
    }
}
