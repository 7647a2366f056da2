//! The tokens that one user or client was given through a connection.

use std::fmt;

use rusqlite::{Connection, Row, named_params, params};
use secrecy::SecretString;

use crate::{
    RefreshRecord, Store,
    error::StoreError,
    refreshes::record,
    replies,
    rows::{self, List},
    seal::{Place, Sealer},
};

/// How far the refresh token of the current generation has been used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshMark {
    /// Not used yet, as far as is known.
    Ready,
    /// A request with it was about to leave at `since` (Unix milliseconds) and has no outcome yet.
    InFlight { since: i64 },
    /// A request with it had no reply: the server may have consumed it.
    PossiblyConsumed,
    /// The server refused it.
    Rejected,
}

/// Whose tokens a session holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A person's, from a sign-in or a refresh token.
    User,
    /// The client's own (RFC 6749 4.4).
    Client,
    /// Given by hand, only to be looked into.
    Manual,
}

impl SessionKind {
    fn column(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Client => "client",
            Self::Manual => "manual",
        }
    }

    /// The kind in the column of the session `id`.
    fn read(id: &str, kind: &str) -> Result<Self, StoreError> {
        match kind {
            "user" => Ok(Self::User),
            "client" => Ok(Self::Client),
            "manual" => Ok(Self::Manual),
            _ => Err(place(id, "kind").content(format!("\"{kind}\" is no known kind"))),
        }
    }
}

/// A session with its secrets. Times are Unix milliseconds.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    /// The connection's slug.
    pub connection: String,
    pub kind: SessionKind,
    pub label: String,
    pub created_at: i64,
    /// Empty in a session that was begun with a refresh token alone.
    pub access_token: SecretString,
    pub token_type: String,
    pub access_issued_at: i64,
    /// `None` where the server named no lifetime.
    pub access_expires_at: Option<i64>,
    pub id_token: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    pub refresh_issued_at: i64,
    /// Counts the refreshes; the tokens of one generation belong together.
    pub generation: u32,
    pub refresh_state: RefreshMark,
    pub scopes_requested: Vec<String>,
    pub scopes_granted: Vec<String>,
    /// The checks of the id_token, as the engine writes them; sealed.
    pub verdict: Option<serde_json::Value>,
    /// Members of the token reply that no specification names; sealed.
    pub extra: Vec<(String, String)>,
    /// What was odd about the reply that brought the tokens, one sentence each; sealed.
    pub warnings: Vec<String>,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("id", &self.id)
            .field("connection", &self.connection)
            .field("kind", &self.kind)
            .field("generation", &self.generation)
            .field("refresh_state", &self.refresh_state)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a session, durably: its access token may be used afterwards. A second one of the same id is an error.
    pub fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        self.run(|connection| insert(connection, &self.sealer, session))
    }

    /// Keeps a session with the refreshes it had; either both are kept or neither.
    pub fn restore_session(&self, session: &Session, history: &[RefreshRecord]) -> Result<(), StoreError> {
        self.write(|transaction| insert_with_history(transaction, &self.sealer, session, history))
    }

    /// All sessions, oldest first. One that cannot be read is left out, left alone and noted.
    pub fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let list = List::of("sessions", "SELECT * FROM sessions ORDER BY created_at, id");
        let sessions = self.list(list, [], SealedSession::read, |row| row.unseal(&self.sealer))?;
        Ok(sessions.into_iter().map(|session| self.with_known_mark(session)).collect())
    }

    pub fn session(&self, id: &str) -> Result<Option<Session>, StoreError> {
        Ok(self.session_as_written(id)?.map(|session| self.with_known_mark(session)))
    }

    fn session_as_written(&self, id: &str) -> Result<Option<Session>, StoreError> {
        let list = List::of("sessions", "SELECT * FROM sessions WHERE id = ?1");
        let row = self.run(|connection| rows::find(connection, list, [id], SealedSession::read))?;
        row.map(|row| row.unseal(&self.sealer)).transpose()
    }

    pub fn rename_session(&self, id: &str, label: &str) -> Result<(), StoreError> {
        let changed = self.run(|connection| {
            Ok(connection.execute("UPDATE sessions SET label = ?2 WHERE id = ?1", [id, label])?)
        })?;
        found(changed, id)
    }

    /// Renames a session that still bears the name `from`; false where a person was faster, or it is gone.
    pub fn rename_session_from(&self, id: &str, from: &str, label: &str) -> Result<bool, StoreError> {
        self.run(|connection| {
            let sql = "UPDATE sessions SET label = ?3 WHERE id = ?1 AND label = ?2";
            Ok(connection.execute(sql, [id, from, label])? == 1)
        })
    }

    /// Deletes a session, its history and a reply that is kept for it; nothing happens where there is none.
    pub fn delete_session(&self, id: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM sessions WHERE id = ?1", [id])?;
            replies::delete(transaction, id)
        })?;
        self.remove_lock(id);
        Ok(())
    }

    /// Replaces the id_token and its verdict, unless the session has moved on to another generation.
    ///
    /// `refusal` says why the id_token that a refresh brought was not accepted; the history then tells it.
    pub fn update_id_token(&self, session: &Session, refusal: Option<&str>) -> Result<(), StoreError> {
        let tokens = SealedTokens::of(&self.sealer, session)?;
        self.write(|transaction| {
            let changed = transaction.execute(
                "UPDATE sessions SET id_token = :id_token, verdict = :verdict
                 WHERE id = :id AND generation = :generation",
                named_params! {
                    ":id": session.id,
                    ":generation": session.generation,
                    ":id_token": tokens.id_token,
                    ":verdict": tokens.verdict,
                },
            )?;
            if let Some(refusal) = refusal.filter(|_| changed == 1) {
                transaction.execute(
                    "UPDATE refreshes SET ok = 0, detail = ?3 WHERE rowid =
                     (SELECT max(rowid) FROM refreshes WHERE session = ?1 AND generation = ?2 - 1 AND ok = 1)",
                    params![session.id, session.generation, refusal],
                )?;
            }
            Ok(())
        })
    }

    /// A request in flight that nobody waits for is one without a reply, unless the reply is kept.
    fn with_known_mark(&self, session: Session) -> Session {
        let id = session.id.as_str();
        let in_flight = matches!(session.refresh_state, RefreshMark::InFlight { .. });
        if !in_flight
            || !self.persistent()
            || self.is_session_locked(id)
            || matches!(self.reply(id), Ok(Some(_)))
        {
            return session;
        }
        match self.session_as_written(id) {
            // It ended between the two looks.
            Ok(Some(now)) if now.refresh_state != session.refresh_state => now,
            _ => Session { refresh_state: RefreshMark::PossiblyConsumed, ..session },
        }
    }
}

/// Writes a session as a new row.
pub(crate) fn insert(connection: &Connection, sealer: &Sealer, session: &Session) -> Result<(), StoreError> {
    let tokens = SealedTokens::of(sealer, session)?;
    let (refresh_state, refresh_since) = session.refresh_state.columns();
    connection.execute(
        "INSERT INTO sessions (id, connection, kind, label, created_at, access_token, token_type, access_issued_at,
           access_expires_at, id_token, refresh_token, refresh_issued_at, generation, refresh_state, refresh_since,
           scopes_requested, scopes_granted, verdict, extra, warnings)
         VALUES (:id, :connection, :kind, :label, :created_at, :access_token, :token_type, :access_issued_at,
           :access_expires_at, :id_token, :refresh_token, :refresh_issued_at, :generation, :refresh_state,
           :refresh_since, :scopes_requested, :scopes_granted, :verdict, :extra, :warnings)",
        named_params! {
            ":id": session.id,
            ":connection": session.connection,
            ":kind": session.kind.column(),
            ":label": session.label,
            ":created_at": session.created_at,
            ":access_token": tokens.access_token,
            ":token_type": session.token_type,
            ":access_issued_at": session.access_issued_at,
            ":access_expires_at": session.access_expires_at,
            ":id_token": tokens.id_token,
            ":refresh_token": tokens.refresh_token,
            ":refresh_issued_at": session.refresh_issued_at,
            ":generation": session.generation,
            ":refresh_state": refresh_state,
            ":refresh_since": refresh_since,
            ":scopes_requested": session.scopes_requested.join(" "),
            ":scopes_granted": session.scopes_granted.join(" "),
            ":verdict": tokens.verdict,
            ":extra": tokens.extra,
            ":warnings": tokens.warnings,
        },
    )?;
    Ok(())
}

pub(crate) fn insert_with_history(
    connection: &Connection,
    sealer: &Sealer,
    session: &Session,
    history: &[RefreshRecord],
) -> Result<(), StoreError> {
    insert(connection, sealer, session)?;
    history.iter().try_for_each(|refresh| record(connection, &session.id, refresh))
}

pub(crate) fn found(changed: usize, id: &str) -> Result<(), StoreError> {
    if changed == 0 {
        return Err(StoreError::UnknownSession { id: id.to_owned() });
    }
    Ok(())
}

fn place<'a>(id: &'a str, column: &'static str) -> Place<'a> {
    Place { table: "sessions", column, row: id }
}

pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl RefreshMark {
    pub(crate) fn columns(self) -> (&'static str, Option<i64>) {
        match self {
            Self::Ready => ("ready", None),
            Self::InFlight { since } => ("in_flight", Some(since)),
            Self::PossiblyConsumed => ("possibly_consumed", None),
            Self::Rejected => ("rejected", None),
        }
    }

    /// The mark in the columns of the session `id`.
    pub(crate) fn read(id: &str, state: &str, since: Option<i64>) -> Result<Self, StoreError> {
        match (state, since) {
            ("ready", _) => Ok(Self::Ready),
            ("in_flight", Some(since)) => Ok(Self::InFlight { since }),
            ("possibly_consumed", _) => Ok(Self::PossiblyConsumed),
            ("rejected", _) => Ok(Self::Rejected),
            _ => Err(place(id, "refresh_state").content(format!("\"{state}\" is no known mark"))),
        }
    }
}

/// The sealed columns of a session.
pub(crate) struct SealedTokens {
    pub(crate) access_token: Vec<u8>,
    pub(crate) id_token: Option<Vec<u8>>,
    pub(crate) refresh_token: Option<Vec<u8>>,
    pub(crate) verdict: Option<Vec<u8>>,
    pub(crate) extra: Vec<u8>,
    pub(crate) warnings: Option<Vec<u8>>,
}

impl SealedTokens {
    pub(crate) fn of(sealer: &Sealer, session: &Session) -> Result<Self, StoreError> {
        let place = |column| place(&session.id, column);
        let optional = |column, token: &Option<SecretString>| {
            token.as_ref().map(|token| sealer.seal_text(place(column), token)).transpose()
        };
        let verdict = session.verdict.as_ref();
        Ok(Self {
            access_token: sealer.seal_text(place("access_token"), &session.access_token)?,
            id_token: optional("id_token", &session.id_token)?,
            refresh_token: optional("refresh_token", &session.refresh_token)?,
            verdict: verdict.map(|verdict| sealer.seal_json(place("verdict"), verdict)).transpose()?,
            extra: sealer.seal_json(place("extra"), &session.extra)?,
            warnings: (!session.warnings.is_empty())
                .then(|| sealer.seal_json(place("warnings"), &session.warnings))
                .transpose()?,
        })
    }
}

/// A row as it stands in the database: the session without its secrets, and those sealed.
struct SealedSession {
    tokens: SealedTokens,
    kind: String,
    mark: (String, Option<i64>),
    session: Session,
}

impl SealedSession {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            tokens: SealedTokens {
                access_token: row.get("access_token")?,
                id_token: row.get("id_token")?,
                refresh_token: row.get("refresh_token")?,
                verdict: row.get("verdict")?,
                extra: row.get("extra")?,
                warnings: row.get("warnings")?,
            },
            kind: row.get("kind")?,
            mark: (row.get("refresh_state")?, row.get("refresh_since")?),
            session: Session {
                id: row.get("id")?,
                connection: row.get("connection")?,
                kind: SessionKind::User,
                label: row.get("label")?,
                created_at: row.get("created_at")?,
                access_token: SecretString::default(),
                token_type: row.get("token_type")?,
                access_issued_at: row.get("access_issued_at")?,
                access_expires_at: row.get("access_expires_at")?,
                id_token: None,
                refresh_token: None,
                refresh_issued_at: row.get("refresh_issued_at")?,
                generation: row.get("generation")?,
                refresh_state: RefreshMark::PossiblyConsumed,
                scopes_requested: words(&row.get::<_, String>("scopes_requested")?),
                scopes_granted: words(&row.get::<_, String>("scopes_granted")?),
                verdict: None,
                extra: Vec::new(),
                warnings: Vec::new(),
            },
        })
    }

    fn unseal(self, sealer: &Sealer) -> Result<Session, StoreError> {
        let Self { tokens, kind, mark: (state, since), session } = self;
        let place = |column| place(&session.id, column);
        let optional = |column, sealed: Option<Vec<u8>>| {
            sealed.map(|sealed| sealer.unseal_text(place(column), &sealed)).transpose()
        };
        let kind = SessionKind::read(&session.id, &kind)?;
        let refresh_state = RefreshMark::read(&session.id, &state, since)?;
        let access_token = sealer.unseal_text(place("access_token"), &tokens.access_token)?;
        let id_token = optional("id_token", tokens.id_token)?;
        let refresh_token = optional("refresh_token", tokens.refresh_token)?;
        let verdict =
            tokens.verdict.map(|sealed| sealer.unseal_json(place("verdict"), &sealed)).transpose()?;
        let extra = sealer.unseal_json(place("extra"), &tokens.extra)?;
        let warnings =
            tokens.warnings.map(|sealed| sealer.unseal_json(place("warnings"), &sealed)).transpose()?;
        Ok(Session {
            kind,
            access_token,
            id_token,
            refresh_token,
            refresh_state,
            verdict,
            extra,
            warnings: warnings.unwrap_or_default(),
            ..session
        })
    }
}

#[cfg(test)]
mod tests;
