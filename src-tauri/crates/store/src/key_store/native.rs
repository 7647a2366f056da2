//! The Keychain of macOS and the Credential Manager of Windows.

use keyring::{Entry, Error};

use crate::store::{KeyStoreState, Refusal};

pub(super) fn entry(service: &str, user: &str) -> Result<Entry, Refusal> {
    Entry::new(service, user).map_err(|error| {
        Refusal::new(
            KeyStoreState::Absent,
            format!("The system's key store cannot be reached ({error}). Sign in to a desktop session, then try again."),
        )
    })
}

/// Each access asks for itself.
#[allow(clippy::unnecessary_wraps, reason = "the Secret Service can refuse")]
pub(super) fn unlock() -> Result<(), Refusal> {
    Ok(())
}

/// Neither hides its entries while it is locked.
pub(super) fn is_locked() -> bool {
    false
}

pub(super) fn state(_error: &Error) -> KeyStoreState {
    KeyStoreState::Denied
}

pub(super) fn advice(_state: KeyStoreState, error: &Error) -> String {
    format!("The system's key store refused ({error}). Allow Bobbin to use its entry, then try again.")
}
