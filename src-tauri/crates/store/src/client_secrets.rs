//! The secrets with which a connection's client says who it is (OIDC Core 9). They are in no file of the workspace.

use std::fmt;

use rusqlite::{Connection, params};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::Value;

use crate::{
    Store,
    error::StoreError,
    rows::{self, List},
    seal::{Place, Sealer},
};

/// What one connection's client has, each on its own.
#[derive(Clone, Default)]
pub struct ClientSecrets {
    /// RFC 6749 2.3.1.
    pub secret: Option<SecretString>,
    pub key: Option<ClientKey>,
    pub unreadable: Unreadable,
}

/// What is kept and cannot be unsealed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unreadable {
    pub secret: bool,
    pub key: bool,
}

/// The private key that signs the client's assertions (RFC 7523).
#[derive(Clone)]
pub struct ClientKey {
    /// PKCS #8, DER (RFC 5958).
    pub pkcs8: SecretSlice<u8>,
    /// What may be shown of it, such as subject, expiry and `kid`, as the engine writes it; sealed too.
    pub info: Value,
}

impl fmt::Debug for ClientSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientSecrets")
            .field("secret", &self.secret.is_some())
            .field("key", &self.key.is_some())
            .field("unreadable", &self.unreadable)
            .finish()
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientKey").finish_non_exhaustive()
    }
}

impl Store {
    /// The secrets of the connection `slug`; both `None` where there are none.
    pub fn client_secrets(&self, slug: &str) -> Result<ClientSecrets, StoreError> {
        self.run(|connection| find(connection, &self.sealer, slug))
    }

    /// [`Store::client_secrets`] where one that cannot be unsealed does not hide the other.
    pub fn readable_client_secrets(&self, slug: &str) -> Result<ClientSecrets, StoreError> {
        let Some(row) = self.run(|connection| row(connection, slug))? else {
            return Ok(ClientSecrets::default());
        };
        let (secret, key) = (row.secret(&self.sealer, slug), row.key(&self.sealer, slug));
        let unreadable = Unreadable { secret: secret.is_err(), key: key.is_err() };
        Ok(ClientSecrets { secret: secret.unwrap_or_default(), key: key.unwrap_or_default(), unreadable })
    }

    /// Keeps the client secret in place of the one before, or forgets that one.
    pub fn put_client_secret(&self, slug: &str, secret: Option<&SecretString>) -> Result<(), StoreError> {
        self.erase(|transaction| put_secret(transaction, &self.sealer, slug, secret))
    }

    /// Keeps the private key in place of the one before, or forgets that one.
    pub fn put_client_key(&self, slug: &str, key: Option<&ClientKey>) -> Result<(), StoreError> {
        self.erase(|transaction| put_key(transaction, &self.sealer, slug, key))
    }

    /// Forgets both and hands them out, so that they can be restored.
    ///
    /// Those that cannot be unsealed stay where they are, and the error says so.
    pub fn delete_client_secrets(&self, slug: &str) -> Result<ClientSecrets, StoreError> {
        self.erase(|transaction| {
            let found = find(transaction, &self.sealer, slug)?;
            transaction.execute("DELETE FROM client_secrets WHERE connection = ?1", [slug])?;
            Ok(found)
        })
    }

    /// Puts back what was deleted, in place of what is there by now; what could not be read was not deleted.
    pub fn restore_client_secrets(&self, slug: &str, secrets: &ClientSecrets) -> Result<(), StoreError> {
        self.erase(|transaction| {
            if !secrets.unreadable.secret {
                put_secret(transaction, &self.sealer, slug, secrets.secret.as_ref())?;
            }
            if secrets.unreadable.key {
                return Ok(());
            }
            put_key(transaction, &self.sealer, slug, secrets.key.as_ref())
        })
    }

    /// Every connection that has secrets, with them.
    pub(crate) fn all_client_secrets(&self) -> Result<Vec<(String, ClientSecrets)>, StoreError> {
        let list = List::of("client_secrets", "SELECT * FROM client_secrets");
        let read = |row: &rusqlite::Row<'_>| Ok((row.get("connection")?, Row::read(row)?));
        self.list(list, [], read, |(slug, row): (String, Row)| {
            let secrets = row.unseal(&self.sealer, &slug)?;
            Ok((slug, secrets))
        })
    }
}

/// Adds what there is; what `secrets` lacks stays as it was.
pub(crate) fn add(
    connection: &Connection,
    sealer: &Sealer,
    slug: &str,
    secrets: &ClientSecrets,
) -> Result<(), StoreError> {
    if secrets.secret.is_some() {
        put_secret(connection, sealer, slug, secrets.secret.as_ref())?;
    }
    if secrets.key.is_some() {
        put_key(connection, sealer, slug, secrets.key.as_ref())?;
    }
    Ok(())
}

fn find(connection: &Connection, sealer: &Sealer, slug: &str) -> Result<ClientSecrets, StoreError> {
    match row(connection, slug)? {
        Some(row) => row.unseal(sealer, slug),
        None => Ok(ClientSecrets::default()),
    }
}

/// A row as it stands in the database.
struct Row {
    secret: Option<Vec<u8>>,
    key_pkcs8: Option<Vec<u8>>,
    key_info: Option<Vec<u8>>,
}

fn row(connection: &Connection, slug: &str) -> Result<Option<Row>, StoreError> {
    let list = List::of("client_secrets", "SELECT * FROM client_secrets WHERE connection = ?1");
    rows::find(connection, list, [slug], Row::read)
}

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            secret: row.get("secret")?,
            key_pkcs8: row.get("key_pkcs8")?,
            key_info: row.get("key_info")?,
        })
    }

    fn unseal(&self, sealer: &Sealer, slug: &str) -> Result<ClientSecrets, StoreError> {
        Ok(ClientSecrets {
            secret: self.secret(sealer, slug)?,
            key: self.key(sealer, slug)?,
            unreadable: Unreadable::default(),
        })
    }

    fn secret(&self, sealer: &Sealer, slug: &str) -> Result<Option<SecretString>, StoreError> {
        self.secret.as_ref().map(|secret| sealer.unseal_text(place(slug, "secret"), secret)).transpose()
    }

    fn key(&self, sealer: &Sealer, slug: &str) -> Result<Option<ClientKey>, StoreError> {
        let (Some(pkcs8), Some(info)) = (&self.key_pkcs8, &self.key_info) else { return Ok(None) };
        Ok(Some(ClientKey {
            pkcs8: sealer.unseal(place(slug, "key_pkcs8"), pkcs8)?.into(),
            info: sealer.unseal_json(place(slug, "key_info"), info)?,
        }))
    }
}

fn put_secret(
    connection: &Connection,
    sealer: &Sealer,
    slug: &str,
    secret: Option<&SecretString>,
) -> Result<(), StoreError> {
    let secret = secret.map(|secret| sealer.seal_text(place(slug, "secret"), secret)).transpose()?;
    connection.execute(
        "INSERT INTO client_secrets (connection, secret) VALUES (?1, ?2)
         ON CONFLICT (connection) DO UPDATE SET secret = excluded.secret",
        params![slug, secret],
    )?;
    drop_empty(connection, slug)
}

fn put_key(
    connection: &Connection,
    sealer: &Sealer,
    slug: &str,
    key: Option<&ClientKey>,
) -> Result<(), StoreError> {
    let (pkcs8, info) = match key {
        Some(key) => (
            Some(sealer.seal(place(slug, "key_pkcs8"), key.pkcs8.expose_secret())?),
            Some(sealer.seal_json(place(slug, "key_info"), &key.info)?),
        ),
        None => (None, None),
    };
    connection.execute(
        "INSERT INTO client_secrets (connection, key_pkcs8, key_info) VALUES (?1, ?2, ?3)
         ON CONFLICT (connection) DO UPDATE SET key_pkcs8 = excluded.key_pkcs8, key_info = excluded.key_info",
        params![slug, pkcs8, info],
    )?;
    drop_empty(connection, slug)
}

fn drop_empty(connection: &Connection, slug: &str) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM client_secrets WHERE connection = ?1 AND secret IS NULL AND key_pkcs8 IS NULL",
        [slug],
    )?;
    Ok(())
}

fn place<'a>(slug: &'a str, column: &'static str) -> Place<'a> {
    Place { table: "client_secrets", column, row: slug }
}

#[cfg(test)]
mod tests;
