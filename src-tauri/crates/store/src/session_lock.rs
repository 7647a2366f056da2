//! One refresh of a session, and one exchange of a sign-in's code, at a time across processes.
//!
//! The lock is the operating system's, on a file: it ends with the process that holds it, whatever the clock says.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use crate::{
    Store,
    database::{create_private_folder, open_private_file},
    error::StoreError,
};

/// Held while a session's refresh token, or a sign-in's code, is under way; dropping it lets the next one go on.
#[derive(Debug)]
pub struct SessionLock {
    pub(crate) session: String,
    /// Open, and with that locked; none for a store that no other process shares.
    file: Arc<OnceLock<File>>,
}

/// The locks that a store in memory has given out.
#[derive(Default)]
pub(crate) struct MemoryLocks(Mutex<Vec<(String, Weak<OnceLock<File>>)>>);

impl SessionLock {
    /// The id of the session or sign-in.
    pub fn id(&self) -> &str {
        &self.session
    }

    /// The same lock for a process that is to hold it as well: it is free when both have ended or closed it.
    ///
    /// `None` where no other process could hold it.
    pub fn share(&self) -> Option<File> {
        self.file.get()?.try_clone().ok()
    }
}

impl Store {
    /// Takes the lock of a session or sign-in, or `None` where another process or caller holds it.
    ///
    /// A store in memory belongs to one process, which keeps its own order.
    pub fn try_lock_session(&self, id: &str) -> Result<Option<SessionLock>, StoreError> {
        let held = |file: Option<File>| {
            let file = Arc::new(file.map_or_else(OnceLock::new, OnceLock::from));
            Some(SessionLock { session: id.to_owned(), file })
        };
        let Some(folder) = self.locks() else {
            let lock = held(None);
            let mut given = self.memory_locks.0.lock().unwrap_or_else(PoisonError::into_inner);
            given.retain(|(_, file)| file.strong_count() > 0);
            given.extend(lock.iter().map(|lock| (id.to_owned(), Arc::downgrade(&lock.file))));
            return Ok(lock);
        };
        let failed = |source| StoreError::Folder { path: folder.to_owned(), source };
        create_private_folder(folder)?;
        let file = open_private_file(&lock_file(folder, id)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(held(Some(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            // A file system without locks is one that no second computer shares.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(held(None)),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Makes the locks that `memory` has given out hold here as well, for other processes, until they are dropped.
    pub(crate) fn adopt_locks(&self, memory: &Self) -> Result<(), StoreError> {
        let given = memory.memory_locks.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, held) in given.iter() {
            let Some(held) = held.upgrade() else { continue };
            let lock = self.try_lock_session(id)?;
            if let Some(file) =
                lock.and_then(|lock| Arc::into_inner(lock.file)).and_then(OnceLock::into_inner)
            {
                // It had none, as nobody shares the memory.
                let _ = held.set(file);
            }
        }
        Ok(())
    }

    /// Whether some process has the session's refresh token under way.
    pub(crate) fn is_session_locked(&self, id: &str) -> bool {
        // Where it cannot be told, the mark is taken for what it says.
        !matches!(self.try_lock_session(id), Ok(Some(_)))
    }

    pub(crate) fn remove_lock(&self, id: &str) {
        if let Some(folder) = self.locks() {
            // It has no content; one that stays does no harm.
            let _ = fs::remove_file(lock_file(folder, id));
        }
    }
}

/// Identifiers are hexadecimal; anything else would be a path of somebody's making.
fn lock_file(folder: &Path, id: &str) -> PathBuf {
    let name: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    folder.join(name)
}

#[cfg(test)]
mod tests {
    use crate::testing::{open, random};

    #[test]
    fn a_session_is_locked_by_one_at_a_time_and_freed_when_the_holder_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (open(folder.path()), open(folder.path()));
        let lock = one.try_lock_session("a").unwrap().unwrap();
        assert!(two.try_lock_session("a").unwrap().is_none());
        assert!(two.try_lock_session("b").unwrap().is_some(), "another session is another lock");
        drop(lock);
        assert!(two.try_lock_session("a").unwrap().is_some());
    }

    #[test]
    fn a_store_in_memory_has_nobody_to_share_with() {
        let store = crate::Store::in_memory(random()).unwrap();
        assert!(store.try_lock_session("a").unwrap().is_some());
        assert!(store.try_lock_session("a").unwrap().is_some());
    }
}
