//! The list of sign-ins that were started here, and how each ended. It outlives the sign-in, without its verifier.

use std::fmt;

use rusqlite::{Connection, Row, Transaction, named_params, params};

use crate::{
    PendingSignIn, Session, Store,
    error::StoreError,
    replies,
    rows::{self, List},
    seal::{Place, Sealer},
    sessions::{self, words},
    sign_ins::hash,
};

/// How many ended requests are kept; those that ended first go.
const KEPT: i64 = 1000;

/// Longer than any sign-in may wait for the browser or for its tokens.
const ABANDONED_AFTER_MS: i64 = 60 * 60 * 1000;

/// One authorization request (RFC 6749 4.1.1). Times are Unix milliseconds.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The sign-in's id.
    pub id: String,
    /// The connection's slug.
    pub connection: String,
    /// Sealed; found again by its SHA-256.
    pub state: String,
    /// RFC 7636 4.2.
    pub code_challenge: String,
    /// The person's own name for the end user; may be empty.
    pub user_label: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub started_at: i64,
    /// `None` while it waits.
    pub ended_at: Option<i64>,
    pub outcome: RequestOutcome,
    /// One line for people; sealed.
    pub detail: Option<String>,
    /// The id of the session that came of it; that may be deleted by now.
    pub session: Option<String>,
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AuthorizationRequest")
            .field("id", &self.id)
            .field("connection", &self.connection)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOutcome {
    /// For the browser, or for the tokens that its return brings.
    Waiting,
    Succeeded,
    Failed,
    Cancelled,
    /// The browser did not come back in time.
    Expired,
}

impl RequestOutcome {
    fn column(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The outcome in the column of the request `id`.
    fn read(id: &str, outcome: &str) -> Result<Self, StoreError> {
        match outcome {
            "waiting" => Ok(Self::Waiting),
            "succeeded" => Ok(Self::Succeeded),
            "failed" => Ok(Self::Failed),
            "cancelled" => Ok(Self::Cancelled),
            "expired" => Ok(Self::Expired),
            _ => Err(place(id, "outcome").content(format!("\"{outcome}\" is no known outcome"))),
        }
    }
}

impl Store {
    /// Keeps a session with the ended request that it came of, where the sign-in is in another store.
    ///
    /// Either both are kept or neither.
    pub fn add_signed_in(&self, session: &Session, request: &AuthorizationRequest) -> Result<(), StoreError> {
        self.write(|transaction| {
            sessions::insert(transaction, &self.sealer, session)?;
            insert(transaction, &self.sealer, request)
        })
    }

    /// Ends a request that still waits, at `at` (Unix milliseconds); false where it does not, or is unknown.
    ///
    /// `detail` is one line for people, `session` the id of the session that came of it.
    /// What was kept of its sign-in for the reply is in no file afterwards.
    pub fn end_request(
        &self,
        id: &str,
        outcome: RequestOutcome,
        detail: Option<&str>,
        session: Option<&str>,
        at: i64,
    ) -> Result<bool, StoreError> {
        let (was_taken, ended) = self.erase(|transaction| {
            let was_taken = forget_taken(transaction, id)?;
            Ok((was_taken, end(transaction, &self.sealer, id, outcome, detail, session, at)?))
        })?;
        if was_taken {
            self.remove_lock(id);
        }
        Ok(ended)
    }

    /// Gives the request another name for its end user; false where there is no such request.
    pub fn label_request(&self, id: &str, label: &str) -> Result<bool, StoreError> {
        self.run(|connection| {
            let sql = "UPDATE authorization_requests SET user_label = ?2 WHERE id = ?1";
            Ok(connection.execute(sql, [id, label])? == 1)
        })
    }

    /// All requests, newest first. One that cannot be read is left out, left alone and noted.
    pub fn requests(&self) -> Result<Vec<AuthorizationRequest>, StoreError> {
        let sql = "SELECT * FROM authorization_requests ORDER BY started_at DESC, rowid DESC";
        let list = List::of("authorization_requests", sql);
        self.list(list, [], SealedRequest::read, |row| row.unseal(&self.sealer))
    }

    /// The request that was sent with `state`, however it ended.
    pub fn request_by_state(&self, state: &str) -> Result<Option<AuthorizationRequest>, StoreError> {
        let sql = "SELECT * FROM authorization_requests WHERE state_hash = ?1";
        let list = List::of("authorization_requests", sql);
        let row = self.run(|connection| rows::find(connection, list, [hash(state)], SealedRequest::read))?;
        row.map(|row| row.unseal(&self.sealer)).transpose()
    }

    /// Deletes all that do not wait and says how many there were.
    pub fn clear_requests(&self) -> Result<usize, StoreError> {
        self.run(|connection| {
            Ok(connection.execute("DELETE FROM authorization_requests WHERE outcome <> 'waiting'", [])?)
        })
    }
}

/// The request of a sign-in that begins.
pub(crate) fn begun(sign_in: &PendingSignIn) -> AuthorizationRequest {
    AuthorizationRequest {
        id: sign_in.id.clone(),
        connection: sign_in.connection.clone(),
        state: sign_in.state.clone(),
        code_challenge: sign_in.code_challenge.clone(),
        user_label: sign_in.user_label.clone(),
        redirect_uri: sign_in.redirect_uri.clone(),
        scopes: sign_in.scopes.clone(),
        started_at: sign_in.started_at,
        ended_at: None,
        outcome: RequestOutcome::Waiting,
        detail: None,
        session: None,
    }
}

pub(crate) fn insert(
    connection: &Connection,
    sealer: &Sealer,
    request: &AuthorizationRequest,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO authorization_requests (id, connection, state_hash, state, code_challenge, user_label,
           redirect_uri, scopes, started_at, ended_at, outcome, detail, session)
         VALUES (:id, :connection, :state_hash, :state, :code_challenge, :user_label,
           :redirect_uri, :scopes, :started_at, :ended_at, :outcome, :detail, :session)",
        named_params! {
            ":id": request.id,
            ":connection": request.connection,
            ":state_hash": hash(&request.state),
            ":state": sealer.seal(place(&request.id, "state"), request.state.as_bytes())?,
            ":code_challenge": request.code_challenge,
            ":user_label": request.user_label,
            ":redirect_uri": request.redirect_uri,
            ":scopes": request.scopes.join(" "),
            ":started_at": request.started_at,
            ":ended_at": request.ended_at,
            ":outcome": request.outcome.column(),
            ":detail": seal_detail(sealer, &request.id, request.detail.as_deref())?,
            ":session": request.session,
        },
    )?;
    Ok(())
}

pub(crate) fn end(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    id: &str,
    outcome: RequestOutcome,
    detail: Option<&str>,
    session: Option<&str>,
    at: i64,
) -> Result<bool, StoreError> {
    let detail = seal_detail(sealer, id, detail)?;
    let ended = transaction.execute(
        "UPDATE authorization_requests SET outcome = ?2, detail = ?3, session = ?4, ended_at = ?5
         WHERE id = ?1 AND outcome = 'waiting'",
        params![id, outcome.column(), detail, session, at],
    )?;
    drop_oldest(transaction)?;
    Ok(ended == 1)
}

/// Ends those that wait although nothing can end them any more: Bobbin ended while it fetched their tokens.
pub(crate) fn end_abandoned(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    now: i64,
    is_under_way: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    let list = List::of(
        "authorization_requests",
        "SELECT id FROM authorization_requests WHERE outcome = 'waiting' AND started_at <= ?1
         AND id NOT IN (SELECT id FROM sign_ins WHERE NOT taken OR id IN (SELECT id FROM replies))",
    );
    let before = now.saturating_sub(ABANDONED_AFTER_MS);
    let ids = rows::select(transaction, list, [before], |row| row.get::<_, String>(0))?;
    // The clock may have been set ahead while a code is exchanged.
    for id in ids.into_iter().flatten().filter(|id| !is_under_way(id)) {
        let detail = "Bobbin ended while this sign-in was under way.";
        end(transaction, sealer, &id, RequestOutcome::Failed, Some(detail), None, now)?;
        forget_taken(transaction, &id)?;
    }
    Ok(())
}

/// Whether there was one.
fn forget_taken(transaction: &Transaction<'_>, id: &str) -> Result<bool, StoreError> {
    let taken = transaction.execute("DELETE FROM sign_ins WHERE id = ?1 AND taken", [id])? == 1;
    if taken {
        replies::delete(transaction, id)?;
    }
    Ok(taken)
}

pub(crate) fn drop_oldest(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM authorization_requests WHERE rowid IN
         (SELECT rowid FROM authorization_requests WHERE outcome <> 'waiting'
          ORDER BY ended_at DESC, rowid DESC LIMIT -1 OFFSET ?1)",
        [KEPT],
    )?;
    Ok(())
}

fn place<'a>(id: &'a str, column: &'static str) -> Place<'a> {
    Place { table: "authorization_requests", column, row: id }
}

fn seal_detail(sealer: &Sealer, id: &str, detail: Option<&str>) -> Result<Option<Vec<u8>>, StoreError> {
    detail.map(|detail| sealer.seal(place(id, "detail"), detail.as_bytes())).transpose()
}

/// A row as it stands in the database: the request without what is sealed, and that.
struct SealedRequest {
    state: Vec<u8>,
    detail: Option<Vec<u8>>,
    outcome: String,
    request: AuthorizationRequest,
}

impl SealedRequest {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            state: row.get("state")?,
            detail: row.get("detail")?,
            outcome: row.get("outcome")?,
            request: AuthorizationRequest {
                id: row.get("id")?,
                connection: row.get("connection")?,
                state: String::new(),
                code_challenge: row.get("code_challenge")?,
                user_label: row.get("user_label")?,
                redirect_uri: row.get("redirect_uri")?,
                scopes: words(&row.get::<_, String>("scopes")?),
                started_at: row.get("started_at")?,
                ended_at: row.get("ended_at")?,
                outcome: RequestOutcome::Waiting,
                detail: None,
                session: row.get("session")?,
            },
        })
    }

    fn unseal(self, sealer: &Sealer) -> Result<AuthorizationRequest, StoreError> {
        let Self { state, detail, outcome, request } = self;
        let text = |column, sealed: &[u8]| sealer.unseal_plain(place(&request.id, column), sealed);
        let state = text("state", &state)?;
        let detail = detail.map(|detail| text("detail", &detail)).transpose()?;
        let outcome = RequestOutcome::read(&request.id, &outcome)?;
        Ok(AuthorizationRequest { state, outcome, detail, ..request })
    }
}

#[cfg(test)]
mod tests;
