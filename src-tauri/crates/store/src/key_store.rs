//! The key that seals the database, kept in the operating system's key store and nowhere else.
//!
//! A key store may hang on a prompt nobody answers, panic, or not be there at all.
//! So it is asked on a thread of its own, which the process can leave behind.

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "key_store/secret_service.rs"]
mod native;
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "key_store/native.rs"]
mod native;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::mpsc::{RecvTimeoutError, channel},
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

/// How long the key store may take, prompts included.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The entry's name beside the service.
const USER: &str = "database-key";
/// Held while the key store is asked, so that two processes cannot both make a first key.
const LOCK_FILE: &str = "key-store.lock";

/// The key that the key store holds for `service`; a new one where the database is fresh and there is none yet.
pub(crate) fn key(dir: &Path, service: &str, found: &Found, random: &Random) -> Result<Key, Refusal> {
    let errand = Errand {
        lock: dir.join(LOCK_FILE),
        service: service.to_owned(),
        sealed: found.is_sealed(),
        random: random.clone(),
    };
    within(TIME_LIMIT, move || errand.run())
}

/// Runs `work` on its own thread and waits for at most `limit`.
///
/// A thread that hangs is left behind; it ends with its prompt or with the process.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("key-store".to_owned())
        .spawn(move || {
            // Nobody listens any more once the limit has passed.
            let _ = sender.send(work());
        })
        .map_err(|error| {
            Refusal::new(KeyStoreState::Absent, format!("The key store could not be asked: {error}."))
        })?;
    receiver.recv_timeout(limit).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => Refusal::new(
                KeyStoreState::Locked,
                format!(
                    "The key store did not answer within {} s. Unlock it, or answer its prompt, then try again.",
                    limit.as_secs()
                ),
            ),
            // The sender goes without a word only when its thread panics.
            RecvTimeoutError::Disconnected => Refusal::new(
                KeyStoreState::Absent,
                "The key store's library broke off. Check that the key store works with another program, then try again.",
            ),
        })
    })
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
        // Where files cannot be locked, single-instance is what is left.
        let lock = File::create(&self.lock).ok();
        let _held = lock.as_ref().map(File::lock);
        let entry = native::entry(&self.service, USER)?;
        match entry.get_password().map(SecretString::from) {
            Ok(text) => self.decode(&text),
            Err(keyring::Error::NoEntry) if self.sealed => Err(self.lost()),
            Err(keyring::Error::NoEntry) => self.create(&entry),
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn create(&self, entry: &Entry) -> Result<Key, Refusal> {
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
            Ok(())
        })
        .unwrap_err();
        assert_eq!(refusal.state, KeyStoreState::Locked);
    }

    #[test]
    fn a_key_store_that_panics_counts_as_absent() {
        let refusal =
            within(TIME_LIMIT, || -> Result<(), Refusal> { panic!("as the library may") }).unwrap_err();
        assert_eq!(refusal.state, KeyStoreState::Absent);
    }
}
