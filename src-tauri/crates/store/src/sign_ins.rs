//! Sign-ins that wait for the browser. Each is taken once, and stays until its code was exchanged.

use std::fmt;

use rusqlite::{Connection, Row, params};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::{
    Session, Store,
    authorization_requests::{self, RequestOutcome},
    error::StoreError,
    replies,
    rows::{self, List},
    seal::{Place, Sealer},
    sessions::{self, words},
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
    /// RFC 7636 4.1. Empty in one that was taken and is found again.
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
            connection.execute(
                "UPDATE sign_ins SET details = ?2 WHERE id = ?1 AND NOT taken",
                params![sign_in.id, details],
            )?;
            Ok(())
        })
    }

    /// Looks at the sign-in of `state` and leaves it where it is.
    pub fn pending_by_state(&self, state: &str) -> Result<Option<PendingSignIn>, StoreError> {
        self.run(|connection| find(connection, &self.sealer, state))
    }

    /// Takes the sign-in of `state`. Of several callers, in any process, one gets it (RFC 9700 4.5).
    ///
    /// Its verifier is in no file afterwards; the rest stays for whoever reads the reply to its code, until
    /// [`Store::finish_sign_in`] or [`Store::end_request`]. One that cannot be unsealed is left where it is.
    pub fn take_sign_in(&self, state: &str) -> Result<Option<PendingSignIn>, StoreError> {
        self.erase(|transaction| {
            let found = find(transaction, &self.sealer, state)?;
            take(transaction, state)?;
            Ok(found)
        })
    }

    /// All that were taken and have not ended, oldest first: their code is under way, or its reply is kept.
    pub fn taken_sign_ins(&self) -> Result<Vec<PendingSignIn>, StoreError> {
        self.all_sign_ins("taken")
    }

    /// Keeps the session that came of a sign-in that was taken, and ends the sign-in and its request, at `at`.
    ///
    /// `failed` says what stands against the session, where something does.
    /// An error means that nothing of it was done; [`StoreError::UnknownSignIn`] that another process was faster.
    pub fn finish_sign_in(
        &self,
        id: &str,
        session: &Session,
        failed: Option<&str>,
        at: i64,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            if transaction.execute("DELETE FROM sign_ins WHERE id = ?1 AND taken", [id])? == 0 {
                return Err(StoreError::UnknownSignIn { id: id.to_owned() });
            }
            replies::delete(transaction, id)?;
            sessions::insert(transaction, &self.sealer, session)?;
            let outcome = if failed.is_some() { RequestOutcome::Failed } else { RequestOutcome::Succeeded };
            let session = Some(session.id.as_str());
            authorization_requests::end(transaction, &self.sealer, id, outcome, failed, session, at)?;
            Ok(())
        })?;
        self.remove_lock(id);
        Ok(())
    }

    /// All that wait, oldest first. One that cannot be read is left out, left alone and noted.
    pub fn pending_sign_ins(&self) -> Result<Vec<PendingSignIn>, StoreError> {
        self.all_sign_ins("NOT taken")
    }

    fn all_sign_ins(&self, which: &'static str) -> Result<Vec<PendingSignIn>, StoreError> {
        let sql = format!("{SELECT} WHERE {which} ORDER BY sign_ins.started_at, id");
        let list = List { table: "sign_ins", owner: which, sql: &sql };
        self.list(list, [], Sealed::read, |row| row.unseal(&self.sealer))
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
            let is_under_way = |id: &str| self.is_session_locked(id);
            authorization_requests::end_abandoned(transaction, &self.sealer, now, is_under_way)?;
            Ok(removed)
        })
    }
}

fn find(connection: &Connection, sealer: &Sealer, state: &str) -> Result<Option<PendingSignIn>, StoreError> {
    let sql = format!("{SELECT} WHERE sign_ins.state_hash = ?1 AND NOT taken");
    let row = rows::find(connection, List::of("sign_ins", &sql), [hash(state)], Sealed::read)?;
    row.map(|row| row.unseal(sealer)).transpose()
}

fn delete(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection.execute("DELETE FROM sign_ins WHERE id = ?1 AND NOT taken", [id])? == 1)
}

pub(crate) fn take(connection: &Connection, state: &str) -> Result<(), StoreError> {
    let sql = "UPDATE sign_ins SET taken = 1, code_verifier = x'' WHERE state_hash = ?1 AND NOT taken";
    connection.execute(sql, [hash(state)])?;
    Ok(())
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
    taken: bool,
}

impl Sealed {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            connection: row.get("connection")?,
            state: row.get("state")?,
            nonce: row.get("nonce")?,
            code_verifier: row.get("code_verifier")?,
            // They are in the request's row, which answers for itself.
            code_challenge: row.get("code_challenge").unwrap_or_default(),
            user_label: row.get("user_label").unwrap_or_default(),
            redirect_uri: row.get("redirect_uri")?,
            scopes: row.get("scopes")?,
            started_at: row.get("started_at")?,
            expires_at: row.get("expires_at")?,
            details: row.get("details")?,
            taken: row.get("taken")?,
        })
    }

    fn unseal(self, sealer: &Sealer) -> Result<PendingSignIn, StoreError> {
        let place = |column| Place { table: "sign_ins", column, row: &self.id };
        let state = sealer.unseal_plain(place("state"), &self.state)?;
        let nonce = sealer.unseal_text(place("nonce"), &self.nonce)?;
        let code_verifier = if self.taken {
            SecretString::default()
        } else {
            sealer.unseal_text(place("code_verifier"), &self.code_verifier)?
        };
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
