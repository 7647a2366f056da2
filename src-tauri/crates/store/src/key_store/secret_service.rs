//! The Secret Service of a Linux or BSD desktop.
//!
//! keyring opens its connection once a process; here each visit has its own,
//! so that a key store which comes up later is found, and a prompt that hangs blocks nothing else.

use std::{collections::HashMap, error::Error as _, fmt::Display};

use keyring::{Entry, Error};
use keyring_core::api::CredentialStoreApi;
use secret_service::{EncryptionType, Error as ServiceError, blocking::SecretService};
use zbus_secret_service_keyring_store::Store;

use crate::store::{KeyStoreState, Refusal};

pub(super) fn entry(service: &str, user: &str) -> Result<Entry, Refusal> {
    let store = Store::new().map_err(|error| absent(&error))?;
    let label = HashMap::from([("label", "Key of Bobbin's database")]);
    let inner = store.build(service, user, Some(&label)).map_err(|error| absent(&error))?;
    Ok(Entry { inner })
}

/// Whether the default collection, where the entry would be, is locked.
pub(super) fn is_locked() -> bool {
    SecretService::connect(EncryptionType::Plain)
        .and_then(|service| service.get_default_collection()?.is_locked())
        .unwrap_or(false)
}

/// Unlocks the default collection, where the entry will be; this may wait for a person.
pub(super) fn unlock() -> Result<(), Refusal> {
    let unlocked = SecretService::connect(EncryptionType::Plain)
        .and_then(|service| service.get_default_collection()?.unlock());
    unlocked.map_err(|error| {
        let state = state_of(Some(&error));
        Refusal::new(state, advice(state, &error))
    })
}

pub(super) fn state(error: &Error) -> KeyStoreState {
    state_of(error.source().and_then(|source| source.downcast_ref::<ServiceError>()))
}

fn state_of(error: Option<&ServiceError>) -> KeyStoreState {
    match error {
        // A prompt that was dismissed, or that nothing could show, leaves it locked.
        Some(ServiceError::Locked | ServiceError::Prompt | ServiceError::PromptDisconnected) => {
            KeyStoreState::Locked
        }
        // No default collection, as under WSL; or the service went away.
        Some(
            ServiceError::NoResult
            | ServiceError::Unavailable
            | ServiceError::Zbus(_)
            | ServiceError::ZbusFdo(_),
        ) => KeyStoreState::Absent,
        _ => KeyStoreState::Denied,
    }
}

pub(super) fn advice(state: KeyStoreState, error: &dyn Display) -> String {
    match state {
        KeyStoreState::Locked => format!("The keyring is locked ({error}). Unlock it, then try again."),
        KeyStoreState::Absent => format!(
            "The Secret Service has no default keyring ({error}). Make one, for instance in \"Passwords and Keys\", then try again."
        ),
        _ => format!("The keyring was not opened ({error}). Allow Bobbin to use it, then try again."),
    }
}

fn absent(error: &Error) -> Refusal {
    Refusal::new(
        KeyStoreState::Absent,
        format!(
            "No Secret Service answers on the session bus ({error}). Install and start GNOME Keyring, KDE Wallet or KeePassXC, then try again."
        ),
    )
}
