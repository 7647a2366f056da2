//! The store behind an asynchronous door: opened once, off the first picture's way.

mod set_aside;
mod unsaved;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread,
};

use bobbin_store::{KeyStoreState as Opened, LateAnswer, Migration, Recovery, Store, StoreError};

use self::unsaved::Held;
pub(crate) use self::unsaved::{NewTokens, Source};
use crate::{
    Engine, Keeping, Result, lock,
    view::{Change, KeyStoreState, NoticeLevel},
};

#[derive(Default)]
pub(crate) struct Storage {
    store: RwLock<Option<Arc<Store>>>,
    /// Held until what an earlier run left has been taken up, so that nobody is before that.
    opening: tokio::sync::Mutex<()>,
    /// Held while the key store is asked again.
    retrying: tokio::sync::Mutex<()>,
    /// Every use of the store holds it for reading; a move to another store waits for them and keeps new ones out.
    in_use: Arc<tokio::sync::RwLock<()>>,
    state: Mutex<Option<(KeyStoreState, Option<String>)>>,
    unsaved: Held,
}

impl Storage {
    fn get(&self) -> Option<Arc<Store>> {
        self.store.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, store: Arc<Store>) {
        *self.store.write().unwrap_or_else(PoisonError::into_inner) = Some(store);
    }
}

impl Engine {
    /// The store; the first caller opens it and the others wait.
    pub(crate) async fn store(&self) -> Result<Arc<Store>> {
        let storage = &self.0.storage;
        let _turn = storage.opening.lock().await;
        if let Some(store) = storage.get() {
            return Ok(store);
        }
        let mut opened = self.open_store().await?;
        let state = self.tell(&opened);
        self.await_late_answer(opened.late.take());
        let store = Arc::new(opened.store);
        *lock(&storage.state) = Some(state);
        storage.set(store.clone());
        self.take_up(store.clone()).await;
        self.changed(Change::Status);
        Ok(store)
    }

    /// The store if it is open already: the first picture does not wait for it.
    pub(crate) fn store_if_open(&self) -> Option<Arc<Store>> {
        self.0.storage.get()
    }

    /// With what the store says of itself: why it is in memory, and which of its rows cannot be read.
    pub(crate) fn key_store_state(&self) -> (KeyStoreState, Option<String>) {
        let (state, detail) = lock(&self.0.storage.state).clone().unwrap_or((KeyStoreState::Checking, None));
        let left_out = self.store_if_open().and_then(|store| store.left_out());
        let told: Vec<String> = detail.into_iter().chain(left_out).collect();
        (state, (!told.is_empty()).then(|| told.join("\n")))
    }

    /// Asks the key store again. What was kept in memory meanwhile moves into the database.
    ///
    /// Where the move fails, everything stays in memory and nothing is lost.
    pub async fn key_store_retry(&self) -> Result<()> {
        let _turn = self.0.storage.retrying.lock().await;
        let memory = self.store().await?;
        if memory.persistent() {
            return Ok(());
        }
        let mut opened = self.open_store().await?;
        self.await_late_answer(opened.late.take());
        self.replace_store(memory, opened).await
    }

    /// Uses what the key store answers after it was given up, however late that is.
    fn await_late_answer(&self, late: Option<LateAnswer>) {
        let Some(late) = late else { return };
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // None of the runtime's threads, which would wait for it at the end.
        let waiting = thread::Builder::new().name("late-key".to_owned()).spawn(move || {
            // Nobody may listen any more.
            let _ = sender.send(late.wait());
        });
        if let Err(error) = waiting {
            tracing::warn!(%error, "nobody waits for the key store");
            return;
        }
        let engine = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let Ok(opened) = receiver.await else { return };
            let Some(engine) = engine.upgrade().map(Self) else { return };
            if let Err(error) = engine.take_late_answer(opened).await {
                engine.report(&error);
            }
        });
    }

    async fn take_late_answer(&self, opened: bobbin_store::Opened) -> Result<()> {
        let _turn = self.0.storage.retrying.lock().await;
        let memory = self.store().await?;
        // Somebody who tried again was answered before.
        if memory.persistent() {
            return Ok(());
        }
        let moved = self.replace_store(memory, opened).await;
        self.changed(Change::Status);
        moved
    }

    /// Takes the store that was opened at last, with what was kept in memory until then.
    async fn replace_store(&self, memory: Arc<Store>, opened: bobbin_store::Opened) -> Result<()> {
        let storage = &self.0.storage;
        let state = self.tell(&opened);
        if !opened.store.persistent() {
            *lock(&storage.state) = Some(state);
            return Ok(());
        }
        let store = Arc::new(opened.store);
        let in_use = storage.in_use.write().await;
        blocking({
            let store = store.clone();
            move || store.add_all_of(&memory)
        })
        .await??;
        *lock(&storage.state) = Some(state);
        storage.set(store.clone());
        drop(in_use);
        self.take_up(store).await;
        Ok(())
    }

    /// Runs a short blocking call of the store where it does not hold up the window.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> std::result::Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        let in_use = self.0.storage.in_use.clone().read_owned().await;
        let store = self.store().await?;
        blocking(move || {
            // It belongs to the work, which goes on when nobody waits for it any more.
            let _in_use = in_use;
            work(&store)
        })
        .await?
        .map_err(Into::into)
    }

    /// Says what opening the store showed; returns it for the status.
    fn tell(&self, opened: &bobbin_store::Opened) -> (KeyStoreState, Option<String>) {
        tracing::info!(state = ?opened.state, persistent = opened.store.persistent(), "key store");
        if let Some(Migration { from, to }) = opened.store.migration() {
            tracing::info!(from, to, "database migrated");
        }
        let mut detail = opened.detail.clone();
        if let Some(recovery) = &opened.recovery {
            let Recovery { sessions, other_records, .. } = recovery;
            tracing::warn!(sessions, other_records, "database recovered");
            let (message, hint) = (recovered(recovery), set_aside(recovery));
            detail = Some(format!("{message} ({}.) {hint}", recovery.reason));
            self.notice(NoticeLevel::Warning, "database_recovered", message, Some(hint));
        }
        let state = match self.0.config.keeping {
            Keeping::Memory => KeyStoreState::MemoryOnly,
            Keeping::KeyStore(_) | Keeping::Key(_) => view_state(opened.state),
        };
        (state, detail)
    }

    async fn open_store(&self) -> Result<bobbin_store::Opened> {
        let random = self.random();
        let dir = self.0.config.data_dir.clone();
        match self.0.config.keeping.clone() {
            Keeping::KeyStore(service) => blocking(move || Store::open(&dir, &service, &random)).await,
            Keeping::Key(key) => blocking(move || Store::open_with_key(&dir, key, &random)).await,
            Keeping::Memory => Ok(bobbin_store::Opened {
                store: Store::in_memory(random)?,
                state: Opened::DatabaseFailed,
                detail: Some(
                    "Bobbin cannot use one of its folders, so this run keeps sessions in memory only."
                        .to_owned(),
                ),
                recovery: None,
                late: None,
            }),
        }
    }

    fn random(&self) -> bobbin_store::Random {
        let entropy = self.0.config.entropy.clone();
        Arc::new(move |bytes: &mut [u8]| entropy.fill(bytes))
    }

    /// What an earlier run left: expired sign-ins go, waiting ones are shown, and so is the wire record; replies that
    /// it did not live to read are read.
    ///
    /// What cannot be taken up is told; everything else works.
    async fn take_up(&self, store: Arc<Store>) {
        let engine = self.clone();
        let taken_up = blocking(move || {
            let set_aside = engine.take_up_set_aside(&store);
            let origins = engine.take_up_origins(&store);
            let replies = engine.take_up_replies(&store);
            for taken_up in
                [set_aside, origins, engine.take_up_sign_ins(&store), engine.take_up_wire(&store), replies]
            {
                if let Err(error) = taken_up {
                    engine.report(&error);
                }
            }
        });
        if let Err(error) = taken_up.await {
            self.report(&error);
        }
    }
}

/// Runs `work` on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| crate::Error::new("internal", format!("A background task ended early: {error}.")))
}

fn recovered(recovery: &Recovery) -> String {
    let count =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let sessions = count(recovery.sessions, "session", "sessions");
    let others = count(recovery.other_records, "other record", "other records");
    format!("Bobbin's database was damaged. {sessions} and {others} could be recovered.")
}

fn set_aside(recovery: &Recovery) -> String {
    format!(
        "Where a session is missing, sign in again. The damaged file is kept as {}.",
        recovery.set_aside.display()
    )
}

fn view_state(state: Opened) -> KeyStoreState {
    match state {
        Opened::Ready => KeyStoreState::Ready,
        Opened::Locked => KeyStoreState::Locked,
        Opened::Absent => KeyStoreState::Absent,
        Opened::Denied => KeyStoreState::Denied,
        Opened::KeyLost => KeyStoreState::KeyLost,
        Opened::DatabaseFailed => KeyStoreState::DatabaseFailed,
    }
}
