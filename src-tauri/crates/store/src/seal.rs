//! Sealed columns: XChaCha20-Poly1305 with the column's place as associated data.
//!
//! A sealed value is a random nonce of 24 bytes followed by the ciphertext and its tag.
//! The place binds it to its row: swapped values cannot be unsealed.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::{Random, error::StoreError};

pub(crate) const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;

/// The 32 bytes that seal everything; wiped when dropped.
pub(crate) type Key = SecretBox<[u8; KEY_LENGTH]>;

pub(crate) fn random_key(random: &Random) -> Key {
    SecretBox::init_with_mut(|bytes: &mut [u8; KEY_LENGTH]| random(bytes))
}

pub(crate) fn copy(key: &Key) -> Key {
    SecretBox::new(Box::new(*key.expose_secret()))
}

/// A column of one row, which is the associated data of what is sealed there.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        associated_data(self.table, self.column, self.row)
    }

    /// `reason` travels in a message: it names no value.
    pub(crate) fn content(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Content {
            table: self.table,
            column: self.column.to_owned(),
            row: self.row.to_owned(),
            reason: reason.into(),
        }
    }

    /// The error's own words may quote the value; its position does not.
    fn not_json(&self, error: &serde_json::Error) -> StoreError {
        self.content(format!("wrong JSON at line {}, column {}", error.line(), error.column()))
    }

    fn unsealable(&self) -> StoreError {
        StoreError::Unsealable { table: self.table, column: self.column, row: self.row.to_owned() }
    }
}

fn associated_data(table: &str, column: &str, row: &str) -> Vec<u8> {
    [table, column, row].join("\0").into_bytes()
}

pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    /// For a process that seals for this one.
    pub(crate) key: Key,
    random: Random,
}

impl Sealer {
    pub(crate) fn new(key: &Key, random: Random) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.expose_secret().into()), key: copy(key), random }
    }

    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LENGTH];
        (self.random)(&mut nonce);
        let aad = place.associated_data();
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| place.content("too long to be sealed"))?;
        Ok([&nonce, sealed.as_slice()].concat())
    }

    pub(crate) fn seal_text(&self, place: Place<'_>, plain: &SecretString) -> Result<Vec<u8>, StoreError> {
        self.seal(place, plain.expose_secret().as_bytes())
    }

    pub(crate) fn seal_json(
        &self,
        place: Place<'_>,
        value: &impl serde::Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        self.seal(place, &serde_json::to_vec(value).map_err(|error| place.not_json(&error))?)
    }

    pub(crate) fn unseal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (nonce, ciphertext) =
            sealed.split_first_chunk::<NONCE_LENGTH>().ok_or_else(|| place.unsealable())?;
        let aad = place.associated_data();
        self.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &aad })
            .map_err(|_| place.unsealable())
    }

    /// Whether `sealed` is of our key and was made for this table, column and row.
    pub(crate) fn is_sealed_at(&self, (table, column, row): (&str, &str, &str), sealed: &[u8]) -> bool {
        let Some((nonce, ciphertext)) = sealed.split_first_chunk::<NONCE_LENGTH>() else { return false };
        let aad = associated_data(table, column, row);
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &aad }).is_ok()
    }

    /// A text that may be shown.
    pub(crate) fn unseal_plain(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, StoreError> {
        // The error of a failed conversion holds the bytes; it must not travel.
        String::from_utf8(self.unseal(place, sealed)?).map_err(|_| place.content("not UTF-8"))
    }

    pub(crate) fn unseal_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, StoreError> {
        self.unseal_plain(place, sealed).map(SecretString::from)
    }

    pub(crate) fn unseal_json<T: serde::de::DeserializeOwned>(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        serde_json::from_slice(&self.unseal(place, sealed)?).map_err(|error| place.not_json(&error))
    }
}
