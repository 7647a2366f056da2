//! Sign-ins that wait for the browser. Each is taken once.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Row, params};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::{
    Store,
    authorization_requests::{self, RequestOutcome},
    error::StoreError,
    seal::{Place, Sealer},
    sessions::words,
};

/// What the browser's return is matched with and checked against.
#[derive(Clone)]
pub struct PendingSignIn {
    pub id: String,
    /// The connection's slug.
    pub connection: String,
    /// RFC 6749 4.1.1. Found again by its SHA-256, so that it is in no file.
    pub state: String,
    /// OIDC Core 3.1.2.1.
    pub nonce: SecretString,
    /// RFC 7636 4.1.
    pub code_verifier: SecretString,
    /// RFC 7636 4.2; what was sent of the verifier.
    pub code_challenge: String,
    /// The person's own name for the end user; may be empty.
    pub user_label: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    /// Unix milliseconds.
    pub started_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// What the engine wants to find again; sealed.
    pub details: serde_json::Value,
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PendingSignIn")
            .field("id", &self.id)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// What a request says too is kept there alone.
const SELECT: &str = "
    SELECT sign_ins.*, coalesce(code_challenge, '') AS code_challenge, coalesce(user_label, '') AS user_label
    FROM sign_ins LEFT JOIN authorization_requests USING (id)";

impl Store {
    /// Keeps a sign-in and its authorization request, durably: the browser may be opened afterwards.
    pub fn add_sign_in(&self, sign_in: &PendingSignIn) -> Result<(), StoreError> {
        self.write(|transaction| {
            insert(transaction, &self.sealer, sign_in)?;
            let request = authorization_requests::begun(sign_in);
            authorization_requests::insert(transaction, &self.sealer, &request)
        })
    }

    /// Replaces the details of a sign-in that still waits.
    pub fn update_sign_in(&self, sign_in: &PendingSignIn) -> Result<(), StoreError> {
        let place = Place { table: "sign_ins", column: "details", row: &sign_in.id };
        let details = self.sealer.seal_json(place, &sign_in.details)?;
        self.run(|connection| {
            connection
                .execute("UPDATE sign_ins SET details = ?2 WHERE id = ?1", params![sign_in.id, details])?;
            Ok(())
        })
    }

    /// Looks at the sign-in of `state` and leaves it where it is.
    pub fn pending_by_state(&self, state: &str) -> Result<Option<PendingSignIn>, StoreError> {
        self.run(|connection| find(connection, &self.sealer, state))
    }

    /// Takes the sign-in of `state` away. Of several callers, in any process, one gets it (RFC 9700 4.5).
    ///
    /// Its verifier is in no file afterwards. One that cannot be unsealed is left where it is.
    pub fn take_sign_in(&self, state: &str) -> Result<Option<PendingSignIn>, StoreError> {
        self.erase(|transaction| {
            let found = find(transaction, &self.sealer, state)?;
            transaction.execute("DELETE FROM sign_ins WHERE state_hash = ?1", [hash(state)])?;
            Ok(found)
        })
    }

    /// All that wait, oldest first. One that cannot be unsealed is left out and left alone.
    pub fn pending_sign_ins(&self) -> Result<Vec<PendingSignIn>, StoreError> {
        let rows = self.run(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{SELECT} ORDER BY sign_ins.started_at, id"))?;
            let rows = statement.query_map([], Sealed::read)?.collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })?;
        Ok(rows.into_iter().filter_map(|row| row.unseal(&self.sealer).ok()).collect())
    }

    /// Whether there was one to remove. Its request stays: [`Store::end_request`] says how it ended.
    pub fn remove_sign_in(&self, id: &str) -> Result<bool, StoreError> {
        self.erase(|transaction| delete(transaction, id))
    }

    /// Removes those whose time is over at `now` (Unix milliseconds) and hands them out, oldest first.
    ///
    /// Their requests end as [`RequestOutcome::Expired`], and those that a Bobbin which ended left behind as failed.
    pub fn remove_expired_sign_ins(&self, now: i64) -> Result<Vec<PendingSignIn>, StoreError> {
        let expired: Vec<_> =
            self.pending_sign_ins()?.into_iter().filter(|sign_in| sign_in.expires_at <= now).collect();
        self.erase(|transaction| {
            let mut removed = Vec::new();
            for sign_in in expired {
                if delete(transaction, &sign_in.id)? {
                    let (id, expired) = (&sign_in.id, RequestOutcome::Expired);
                    authorization_requests::end(transaction, &self.sealer, id, expired, None, None, now)?;
                    removed.push(sign_in);
                }
            }
            authorization_requests::end_abandoned(transaction, &self.sealer, now)?;
            Ok(removed)
        })
    }
}

fn find(connection: &Connection, sealer: &Sealer, state: &str) -> Result<Option<PendingSignIn>, StoreError> {
    let sql = format!("{SELECT} WHERE sign_ins.state_hash = ?1");
    let row = connection.query_row(&sql, [hash(state)], Sealed::read).optional()?;
    row.map(|row| row.unseal(sealer)).transpose()
}

fn delete(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection.execute("DELETE FROM sign_ins WHERE id = ?1", [id])? == 1)
}

/// Writes the pending row alone.
pub(crate) fn insert(
    connection: &Connection,
    sealer: &Sealer,
    sign_in: &PendingSignIn,
) -> Result<(), StoreError> {
    let place = |column| Place { table: "sign_ins", column, row: &sign_in.id };
    let state = sealer.seal(place("state"), sign_in.state.as_bytes())?;
    let nonce = sealer.seal_text(place("nonce"), &sign_in.nonce)?;
    let code_verifier = sealer.seal_text(place("code_verifier"), &sign_in.code_verifier)?;
    let details = sealer.seal_json(place("details"), &sign_in.details)?;
    connection.execute(
        "INSERT INTO sign_ins (id, connection, state, nonce, code_verifier, redirect_uri, scopes, started_at,
           expires_at, details, state_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            sign_in.id,
            sign_in.connection,
            state,
            nonce,
            code_verifier,
            sign_in.redirect_uri,
            sign_in.scopes.join(" "),
            sign_in.started_at,
            sign_in.expires_at,
            details,
            hash(&sign_in.state),
        ],
    )?;
    Ok(())
}

/// What a state is found by.
pub(crate) fn hash(state: &str) -> Vec<u8> {
    Sha256::digest(state.as_bytes()).to_vec()
}

/// A row as it stands in the database.
struct Sealed {
    id: String,
    connection: String,
    state: Vec<u8>,
    nonce: Vec<u8>,
    code_verifier: Vec<u8>,
    code_challenge: String,
    user_label: String,
    redirect_uri: String,
    scopes: String,
    started_at: i64,
    expires_at: i64,
    details: Vec<u8>,
}

impl Sealed {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            connection: row.get("connection")?,
            state: row.get("state")?,
            nonce: row.get("nonce")?,
            code_verifier: row.get("code_verifier")?,
            code_challenge: row.get("code_challenge")?,
            user_label: row.get("user_label")?,
            redirect_uri: row.get("redirect_uri")?,
            scopes: row.get("scopes")?,
            started_at: row.get("started_at")?,
            expires_at: row.get("expires_at")?,
            details: row.get("details")?,
        })
    }

    fn unseal(self, sealer: &Sealer) -> Result<PendingSignIn, StoreError> {
        let place = |column| Place { table: "sign_ins", column, row: &self.id };
        let state = sealer.unseal_plain(place("state"), &self.state)?;
        let nonce = sealer.unseal_text(place("nonce"), &self.nonce)?;
        let code_verifier = sealer.unseal_text(place("code_verifier"), &self.code_verifier)?;
        let details = sealer.unseal_json(place("details"), &self.details)?;
        Ok(PendingSignIn {
            state,
            nonce,
            code_verifier,
            details,
            id: self.id,
            connection: self.connection,
            code_challenge: self.code_challenge,
            user_label: self.user_label,
            redirect_uri: self.redirect_uri,
            scopes: words(&self.scopes),
            started_at: self.started_at,
            expires_at: self.expires_at,
        })
    }
}

#[cfg(test)]
mod tests;
