//! Opening the store, and the one connection behind it.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::{Connection, Transaction};
use secrecy::SecretBox;

use crate::{
    Random,
    damage::{self, Recovery},
    database::{self, Found, Migration},
    error::StoreError,
    in_use::InUse,
    key_store::{self, LateKey},
    rows::LeftOut,
    seal::{self, KEY_LENGTH, Key, Sealer, random_key},
    session_lock::MemoryLocks,
};

const FILE: &str = "bobbin.sqlite3";

/// Whether what is kept outlives the process, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStoreState {
    Ready,
    /// There is a key store, but it is not open, or not yet.
    Locked,
    /// There is no key store that could be asked.
    Absent,
    /// The key store, or the person it asked, refused.
    Denied,
    /// The database is sealed with a key that the key store no longer has.
    KeyLost,
    /// The database could not be opened; its file is as it was.
    DatabaseFailed,
}

/// The outcome of [`Store::open`]: always a store that works.
pub struct Opened {
    pub store: Store,
    pub state: KeyStoreState,
    /// What happened and what to do, for people.
    pub detail: Option<String>,
    /// The database was damaged; the store is the one that was made of what could be read.
    pub recovery: Option<Recovery>,
    /// The key store has not answered yet.
    pub late: Option<LateAnswer>,
}

/// A key store that is still being waited for.
pub struct LateAnswer {
    dir: PathBuf,
    random: Random,
    answer: LateKey,
}

impl LateAnswer {
    /// Waits for the answer, which may never come, and opens the store with it as [`Store::open`] would have.
    pub fn wait(self) -> Opened {
        let Self { dir, random, answer } = self;
        let key = answer.recv().unwrap_or_else(|_| Err(key_store::broke_off()));
        Store::open_where_possible(&dir, |_| key, &random)
    }
}

/// Pending sign-ins and their requests, sessions, clients' secrets, trusted origins, drafts and the wire record. `Send` and `Sync`: share it in an `Arc`.
///
/// All calls block for a short time; they are durable when they return, unless the store is in memory.
pub struct Store {
    /// Absent only when not even a database in memory could be made.
    connection: Option<Mutex<Connection>>,
    /// Dropped after the connection.
    _in_use: Option<InUse>,
    pub(crate) sealer: Sealer,
    /// The folder of the sessions' locks; absent for a store that is gone with the process.
    locks: Option<PathBuf>,
    pub(crate) memory_locks: MemoryLocks,
    migration: Option<Migration>,
    pub(crate) left_out: LeftOut,
}

/// What a store is opened with. The key leaves the process only for one that it starts itself.
pub struct Access {
    pub dir: PathBuf,
    pub key: SecretBox<[u8; 32]>,
}

/// Why there is no persistent store.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) state: KeyStoreState,
    pub(crate) detail: String,
    pub(crate) late: Option<LateKey>,
}

impl Refusal {
    pub(crate) fn new(state: KeyStoreState, detail: impl Into<String>) -> Self {
        Self { state, detail: detail.into(), late: None }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let state = match error {
            StoreError::WrongKey { .. } => KeyStoreState::KeyLost,
            _ => KeyStoreState::DatabaseFailed,
        };
        Self::new(state, error.to_string())
    }
}

impl Store {
    /// Opens `bobbin.sqlite3` in `dir` with the key that the key store keeps for `service`.
    ///
    /// Blocking: the key store has 2 s to answer, then it counts as locked, and [`Opened::late`] hears of it.
    /// Anything but [`KeyStoreState::Ready`] gives a store in memory and leaves the file untouched.
    /// A damaged file is set aside, and the store has what can be read of it: [`Opened::recovery`].
    pub fn open(dir: &Path, service: &str, random: &Random) -> Opened {
        Self::open_where_possible(dir, |found| key_store::key(dir, service, found, random), random)
    }

    /// [`Store::open`] with a key that the caller keeps.
    pub fn open_with_key(dir: &Path, key: [u8; KEY_LENGTH], random: &Random) -> Opened {
        Self::open_where_possible(dir, |_| Ok(Key::new(Box::new(key))), random)
    }

    fn open_where_possible(
        dir: &Path,
        key: impl FnOnce(&Found) -> Result<Key, Refusal>,
        random: &Random,
    ) -> Opened {
        match Self::open_persistent(dir, key, random) {
            Ok((store, recovery)) => {
                Opened { store, state: KeyStoreState::Ready, detail: None, recovery, late: None }
            }
            Err(refusal) => Opened {
                store: Self::in_memory(random.clone())
                    .unwrap_or_else(|_| Self::without_database(random.clone())),
                state: refusal.state,
                detail: Some(refusal.detail),
                recovery: None,
                late: refusal.late.map(|answer| LateAnswer {
                    dir: dir.to_owned(),
                    random: random.clone(),
                    answer,
                }),
            },
        }
    }

    /// A store that is gone with the process.
    pub fn in_memory(random: Random) -> Result<Self, StoreError> {
        let sealer = Sealer::new(&random_key(&random), random);
        let connection = database::open_in_memory(&sealer)?;
        Ok(Self::new(Some(connection), sealer, None))
    }

    /// What another process opens this store with; `None` for one that is gone with this process.
    pub fn access(&self) -> Option<Access> {
        let dir = self.locks.as_ref()?.parent()?.to_owned();
        Some(Access { dir, key: seal::copy(&self.sealer.key) })
    }

    /// Opens the store of another process. Nothing in it is looked at.
    pub fn with_access(access: &Access, random: &Random) -> Result<Self, String> {
        Self::with_key(&access.dir.join(FILE), &access.key, random).map_err(|error| error.to_string())
    }

    /// Whether what is kept outlives the process.
    pub fn persistent(&self) -> bool {
        self.locks.is_some()
    }

    pub(crate) fn locks(&self) -> Option<&Path> {
        self.locks.as_deref()
    }

    /// How the file's schema changed when it was opened.
    pub fn migration(&self) -> Option<Migration> {
        self.migration
    }

    fn open_persistent(
        dir: &Path,
        key: impl FnOnce(&Found) -> Result<Key, Refusal>,
        random: &Random,
    ) -> Result<(Self, Option<Recovery>), Refusal> {
        let path = dir.join(FILE);
        database::create_private_folder(dir)?;
        let found = database::look(&path)?;
        let key = key(&found)?;
        let recover = |reason| damage::recover(&path, reason, &Sealer::new(&key, random.clone()));
        let mut recovery = match found {
            Found::Damaged { reason, .. } => recover(reason)?,
            Found::Fresh | Found::Sealed => None,
        };
        let opened = Self::with_key(&path, &key, random);
        // The look does not see everything.
        let Some(reason) = opened.as_ref().err().filter(|_| recovery.is_none()).and_then(damage::suspicion)
        else {
            return Ok((opened?, recovery));
        };
        recovery = recover(reason)?;
        Ok((Self::with_key(&path, &key, random)?, recovery))
    }

    pub(crate) fn with_key(path: &Path, key: &Key, random: &Random) -> Result<Self, StoreError> {
        let in_use = InUse::share(path)?;
        let sealer = Sealer::new(key, random.clone());
        let (connection, migration) = database::open(path, &sealer)?;
        let locks = path.with_file_name("locks");
        Ok(Self { migration, _in_use: Some(in_use), ..Self::new(Some(connection), sealer, Some(locks)) })
    }

    fn without_database(random: Random) -> Self {
        Self::new(None, Sealer::new(&random_key(&random), random), None)
    }

    fn new(connection: Option<Connection>, sealer: Sealer, locks: Option<PathBuf>) -> Self {
        Self {
            connection: connection.map(Mutex::new),
            _in_use: None,
            sealer,
            locks,
            memory_locks: MemoryLocks::default(),
            migration: None,
            left_out: LeftOut::default(),
        }
    }

    /// [`Store::write`] for what must be in no file afterwards, not even sealed.
    pub(crate) fn erase<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (result, changed) = self.write(|transaction| {
            let before = transaction.total_changes();
            let result = work(transaction)?;
            Ok((result, transaction.total_changes() != before))
        })?;
        if !changed {
            return Ok(result);
        }
        // The log still has the pages as they were. A reader in another process may be in the way;
        // then it goes with the next checkpoint, and what was done is done.
        let _ = self
            .run(|connection| Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?));
        Ok(result)
    }

    /// Runs `work` with the connection to itself.
    pub(crate) fn run<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::NoDatabase)?;
        // A panic cannot leave it broken: an open transaction rolls back when dropped.
        work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
