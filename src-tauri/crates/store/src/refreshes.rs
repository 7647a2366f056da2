//! One refresh at a time for each session, in this process and in every other.
//!
//! A single-use refresh token is lost if two requests carry it, or if its successor is not kept first.
//! So a request leaves only after its mark is on the disk, and the new pair and its record arrive in one transaction.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, named_params, params};

use crate::{
    SessionLock, Store,
    error::StoreError,
    replies,
    rows::List,
    sessions::{RefreshMark, SealedTokens, Session},
};

/// A token to which no reply came is sent once more by itself, and not a third time.
const MAX_ATTEMPTS: usize = 2;

/// Who decides that a refresh token is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// Bobbin itself, because an access token is needed.
    Need,
    /// A person, who was told what it can cause.
    Person,
}

/// Why it is not known whether the server has consumed a refresh token that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    NoReply,
    /// The server received the token and answered, but not with tokens that can be read.
    UnusableReply,
}

impl Doubt {
    fn column(doubt: Option<Self>) -> u8 {
        match doubt {
            None => 0,
            Some(Self::NoReply) => 1,
            Some(Self::UnusableReply) => 2,
        }
    }

    fn read(column: u8) -> Option<Self> {
        match column {
            0 => None,
            1 => Some(Self::NoReply),
            _ => Some(Self::UnusableReply),
        }
    }
}

/// What a refresh that brought no tokens says about the token that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshFailure {
    /// The server did not consume it.
    Unused,
    Doubtful(Doubt),
    Rejected,
}

/// One refresh as it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshRecord {
    /// Unix milliseconds.
    pub at: i64,
    /// The generation whose refresh token was sent.
    pub generation: u32,
    pub ok: bool,
    /// Set where the server may have consumed the token.
    pub doubt: Option<Doubt>,
    /// What happened, for people; holds no secret.
    pub detail: String,
}

impl Store {
    /// Marks the refresh token of `generation` as in flight at `now` (Unix milliseconds), durably.
    ///
    /// Whoever holds the lock is the only one, so a mark that is found in flight was left by a process that ended,
    /// and a reply that can be read has been.
    /// False where nothing must be sent: the session is gone or at another generation, its token
    /// was rejected, or no person asks for it and it was sent twice without a reply or once with an unusable one.
    pub fn begin_refresh(
        &self,
        lock: &SessionLock,
        generation: u32,
        now: i64,
        asked_by: AskedBy,
    ) -> Result<bool, StoreError> {
        let id = lock.session.as_str();
        self.write(|transaction| {
            let Some(mark) = mark(transaction, id, generation)? else { return Ok(false) };
            if mark == RefreshMark::Rejected {
                return Ok(false);
            }
            if let RefreshMark::InFlight { .. } = mark {
                let detail = "Bobbin ended while this refresh was under way; its reply is lost.".to_owned();
                record(
                    transaction,
                    id,
                    &RefreshRecord { at: now, generation, ok: false, doubt: Some(Doubt::NoReply), detail },
                )?;
            }
            // A reply that is still here cannot be read by this Bobbin; a person may go on without it.
            let is_unread = replies::is_kept(transaction, id)?;
            let begun = asked_by == AskedBy::Person || {
                let doubts = doubts(transaction, id, generation)?;
                !is_unread && doubts.len() < MAX_ATTEMPTS && !doubts.contains(&Doubt::UnusableReply)
            };
            if begun {
                replies::delete(transaction, id)?;
            }
            let next =
                if begun { RefreshMark::InFlight { since: now } } else { RefreshMark::PossiblyConsumed };
            set_mark(transaction, id, next)?;
            Ok(begun)
        })
    }

    /// Replaces the tokens of the generation before with those of `session` and records the success at `now`.
    ///
    /// The reply that brought them is no longer kept.
    /// Label, connection and creation time stay as they are, since they may have been changed meanwhile.
    /// Where `session` is marked possibly consumed, its refresh token is the one before, which the reply leaves in doubt.
    /// `detail` says what was wrong with the reply that brought them, where something was.
    /// An error means that the new tokens are not kept: nothing may use them.
    pub fn finish_refresh(&self, session: &Session, detail: &str, now: i64) -> Result<(), StoreError> {
        let tokens = SealedTokens::of(&self.sealer, session)?;
        let (refresh_state, refresh_since) = session.refresh_state.columns();
        self.write(|transaction| {
            let found: Option<u32> = transaction
                .query_row("SELECT generation FROM sessions WHERE id = ?1", [&session.id], |row| row.get(0))
                .optional()?;
            let found = found.ok_or_else(|| StoreError::UnknownSession { id: session.id.clone() })?;
            if found.checked_add(1) != Some(session.generation) {
                return Err(StoreError::Overtaken { id: session.id.clone(), came: session.generation, found });
            }
            transaction.execute(
                "UPDATE sessions SET access_token = :access_token, token_type = :token_type,
                   access_issued_at = :access_issued_at, access_expires_at = :access_expires_at,
                   id_token = :id_token, refresh_token = :refresh_token, refresh_issued_at = :refresh_issued_at,
                   generation = :generation, refresh_state = :refresh_state, refresh_since = :refresh_since,
                   scopes_requested = :scopes_requested, scopes_granted = :scopes_granted,
                   verdict = :verdict, extra = :extra, warnings = :warnings
                 WHERE id = :id",
                named_params! {
                    ":id": session.id,
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
            let detail = detail.to_owned();
            let done =
                RefreshRecord { at: now, generation: found, ok: detail.is_empty(), doubt: None, detail };
            record(transaction, &session.id, &done)?;
            if session.refresh_state == RefreshMark::PossiblyConsumed {
                let detail = "The reply had a refresh token that cannot be used.".to_owned();
                let (generation, doubt) = (session.generation, Some(Doubt::UnusableReply));
                record(
                    transaction,
                    &session.id,
                    &RefreshRecord { at: now, generation, ok: false, doubt, detail },
                )?;
            }
            replies::delete(transaction, &session.id)
        })
    }

    /// Ends the refresh of `generation` that was begun at `since` as `failure` and records why, at `now`.
    ///
    /// A token that was in doubt before does not become [`RefreshMark::Ready`] again.
    /// Nothing happens where it is no longer in flight: someone else has ended it.
    pub fn fail_refresh(
        &self,
        id: &str,
        (generation, since): (u32, i64),
        failure: RefreshFailure,
        detail: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            if mark(transaction, id, generation)? != Some(RefreshMark::InFlight { since }) {
                return Ok(());
            }
            replies::delete(transaction, id)?;
            let doubt = match failure {
                RefreshFailure::Doubtful(doubt) => Some(doubt),
                RefreshFailure::Unused | RefreshFailure::Rejected => None,
            };
            let failed = RefreshRecord { at: now, generation, ok: false, doubt, detail: detail.to_owned() };
            record(transaction, id, &failed)?;
            let end = if failure == RefreshFailure::Rejected {
                RefreshMark::Rejected
            } else if doubts(transaction, id, generation)?.is_empty() {
                RefreshMark::Ready
            } else {
                RefreshMark::PossiblyConsumed
            };
            set_mark(transaction, id, end)
        })
    }

    /// The session's refreshes, oldest first. One that cannot be read is left out, left alone and noted.
    pub fn refresh_history(&self, id: &str) -> Result<Vec<RefreshRecord>, StoreError> {
        let sql = "SELECT * FROM refreshes WHERE session = ?1 ORDER BY rowid";
        let list = List { table: "refreshes", owner: id, sql };
        let read = |row: &Row<'_>| {
            Ok(RefreshRecord {
                at: row.get("at")?,
                generation: row.get("generation")?,
                ok: row.get("ok")?,
                doubt: Doubt::read(row.get("lost")?),
                detail: row.get("detail")?,
            })
        };
        self.list(list, [id], read, Ok)
    }

    /// A transaction that holds the write lock from its beginning, so that what it reads stays true.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.run(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })
    }
}

/// The session's mark, where it is at `generation`.
fn mark(transaction: &Transaction<'_>, id: &str, generation: u32) -> Result<Option<RefreshMark>, StoreError> {
    let found: Option<(String, Option<i64>)> = transaction
        .query_row(
            "SELECT refresh_state, refresh_since FROM sessions WHERE id = ?1 AND generation = ?2",
            params![id, generation],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    found.map(|(state, since)| RefreshMark::read(id, &state, since)).transpose()
}

fn set_mark(transaction: &Transaction<'_>, id: &str, mark: RefreshMark) -> Result<(), StoreError> {
    let (state, since) = mark.columns();
    let sql = "UPDATE sessions SET refresh_state = ?2, refresh_since = ?3 WHERE id = ?1";
    transaction.execute(sql, params![id, state, since])?;
    Ok(())
}

/// The doubts about the token of `generation`, one for each time that it was sent and left one.
fn doubts(transaction: &Transaction<'_>, id: &str, generation: u32) -> Result<Vec<Doubt>, StoreError> {
    let sql = "SELECT lost FROM refreshes WHERE session = ?1 AND generation = ?2 AND lost";
    let mut statement = transaction.prepare(sql)?;
    let doubts = statement.query_map(params![id, generation], |row| Ok(Doubt::read(row.get(0)?)))?;
    Ok(doubts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

pub(crate) fn record(connection: &Connection, id: &str, refresh: &RefreshRecord) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO refreshes (session, at, generation, ok, lost, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, refresh.at, refresh.generation, refresh.ok, Doubt::column(refresh.doubt), refresh.detail],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
