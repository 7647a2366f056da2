//! The key that seals the database, kept in the operating system's key store and nowhere else.
//!
//! A key store may be slow, hang on a prompt nobody answers, panic, or not be there at all.
//! So it is asked on a thread of its own, which the caller can leave behind; what it answers later still counts.

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "key_store/secret_service.rs"]
mod native;
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "key_store/native.rs"]
mod native;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use keyring::Entry;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::{
    Random,
    database::Found,
    seal::{KEY_LENGTH, Key, random_key},
    store::{KeyStoreState, Refusal},
};

/// How long a caller waits for the key store, prompts included.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The entry's name beside the service.
const USER: &str = "database-key";
/// Held while a first key is made, so that two processes cannot both make one.
const LOCK_FILE: &str = "key-store.lock";

/// The key that the key store holds for `service`; a new one where the database is fresh and there is none yet.
pub(crate) fn key(dir: &Path, service: &str, found: &Found, random: &Random) -> Result<Key, Refusal> {
    let errand = Errand {
        lock: dir.join(LOCK_FILE),
        service: service.to_owned(),
        sealed: found.is_sealed(),
        random: random.clone(),
    };
    within(TIMEOUT, move || errand.run())
}

/// What the key store answers once the caller no longer waits.
pub(crate) type LateKey = Receiver<Result<Key, Refusal>>;

/// Runs `work` on its own thread and waits for at most `limit`.
///
/// A thread that hangs is left behind; it ends with its prompt or with the process, and [`Refusal::late`] hears of it.
fn within(
    limit: Duration,
    work: impl FnOnce() -> Result<Key, Refusal> + Send + 'static,
) -> Result<Key, Refusal> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("key-store".to_owned())
        .spawn(move || {
            // Nobody may listen any more.
            let _ = sender.send(work());
        })
        .map_err(|error| {
            Refusal::new(KeyStoreState::Absent, format!("The key store could not be asked: {error}."))
        })?;
    match receiver.recv_timeout(limit) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => Err(Refusal {
            late: Some(receiver),
            ..Refusal::new(
                KeyStoreState::Locked,
                format!(
                    "The key store has not answered for {} s. Unlock it, or answer its prompt: what is in memory is saved as soon as it answers.",
                    limit.as_secs()
                ),
            )
        }),
        Err(RecvTimeoutError::Disconnected) => Err(broke_off()),
    }
}

/// The sender goes without a word only when its thread panics.
pub(crate) fn broke_off() -> Refusal {
    Refusal::new(
        KeyStoreState::Absent,
        "The key store's library broke off. Check that the key store works with another program, then try again.",
    )
}

/// One visit to the key store, from beginning to end on one thread.
struct Errand {
    lock: PathBuf,
    service: String,
    sealed: bool,
    random: Random,
}

impl Errand {
    fn run(self) -> Result<Key, Refusal> {
        let entry = native::entry(&self.service, USER)?;
        match self.find(&entry)? {
            Some(key) => Ok(key),
            None if self.sealed => Err(self.lost()),
            None => {
                // Its prompt comes before the lock: nobody else waits for what this one's person does.
                native::unlock()?;
                self.create(&entry)
            }
        }
    }

    fn find(&self, entry: &Entry) -> Result<Option<Key>, Refusal> {
        match entry.get_password().map(SecretString::from) {
            Ok(text) => self.decode(&text).map(Some),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn create(&self, entry: &Entry) -> Result<Key, Refusal> {
        // Where files cannot be locked, single-instance is what is left.
        let lock = File::create(&self.lock).ok();
        let _held = lock.as_ref().map(File::lock);
        // Another one may have made it meanwhile.
        if let Some(key) = self.find(entry)? {
            return Ok(key);
        }
        let key = random_key(&self.random);
        // As text, since KDE's wallet keeps only UTF-8.
        let text = SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(key.expose_secret()));
        entry.set_password(text.expose_secret()).map_err(|error| self.refused(&error))?;
        let kept = entry.get_password().map(SecretString::from).map_err(|error| self.refused(&error))?;
        if kept.expose_secret() == text.expose_secret() {
            Ok(key)
        } else {
            Err(Refusal::new(
                KeyStoreState::Denied,
                "The key store did not give back what was put into it. Check it with another program, then try again.",
            ))
        }
    }

    fn decode(&self, text: &SecretString) -> Result<Key, Refusal> {
        let mut bytes = [0; KEY_LENGTH];
        match BASE64_URL_SAFE_NO_PAD.decode_slice(text.expose_secret(), &mut bytes) {
            Ok(KEY_LENGTH) => Ok(SecretBox::new(Box::new(bytes))),
            _ => Err(self.strange()),
        }
    }

    fn lost(&self) -> Refusal {
        // Some key stores do not find what is in a locked collection.
        if native::is_locked() {
            return Refusal::new(
                KeyStoreState::Locked,
                "The key store is locked. Unlock it, then try again.",
            );
        }
        Refusal::new(
            KeyStoreState::KeyLost,
            format!(
                "The key store has no entry \"{USER}\" for \"{}\", and the database is sealed with it. Bring the entry back from a backup of the key store, or move the database away to begin afresh; nothing was deleted.",
                self.service
            ),
        )
    }

    /// The entry holds something else; it is not ours to overwrite.
    fn strange(&self) -> Refusal {
        Refusal::new(
            KeyStoreState::KeyLost,
            format!(
                "The entry \"{USER}\" for \"{}\" in the key store is not a key of {KEY_LENGTH} bytes in base64url. Bring the right one back, or delete it and move the database away to begin afresh.",
                self.service
            ),
        )
    }

    fn refused(&self, error: &keyring::Error) -> Refusal {
        match error {
            keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => self.strange(),
            keyring::Error::Ambiguous(entries) => Refusal::new(
                KeyStoreState::Denied,
                format!(
                    "The key store has {} entries \"{USER}\" for \"{}\". Keep the one that belongs to this database and delete the others.",
                    entries.len(),
                    self.service
                ),
            ),
            other => Refusal::new(native::state(other), native::advice(native::state(other), other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_store_that_hangs_counts_as_locked_when_its_time_is_up() {
        let refusal = within(Duration::from_millis(20), || {
            thread::sleep(Duration::from_mins(1));
            Err(broke_off())
        })
        .unwrap_err();
        assert_eq!(refusal.state, KeyStoreState::Locked);
    }

    #[test]
    fn an_answer_that_comes_late_is_not_lost() {
        let refusal = within(Duration::from_millis(20), || {
            thread::sleep(Duration::from_millis(200));
            Ok(SecretBox::new(Box::new([7; KEY_LENGTH])))
        })
        .unwrap_err();
        let key = refusal.late.unwrap().recv().unwrap().unwrap();
        assert_eq!(key.expose_secret(), &[7; KEY_LENGTH]);
    }

    #[test]
    fn a_key_store_that_panics_counts_as_absent() {
        let refusal = within(TIMEOUT, || panic!("as the library may")).unwrap_err();
        assert_eq!(refusal.state, KeyStoreState::Absent);
    }
}
