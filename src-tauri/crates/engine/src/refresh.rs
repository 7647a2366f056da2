//! A single-use refresh token is spent once, and its successor is durable before anyone uses it.
//!
//! The order is the whole of it: mark in flight, send, keep the new pair, then check the new id_token.

mod outcome;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use bobbin_protocol::{
    settings::RefreshPolicy,
    token::{build_refresh, is_bearer},
};
use bobbin_store::{AskedBy, RefreshMark, Session, SessionKind, SessionLock};
use secrecy::ExposeSecret;
use tokio::sync::OwnedMutexGuard;

use self::outcome::NotSpent;
use crate::{
    Engine, Error, Result,
    client_auth::Leg,
    exchange::Purpose,
    lock,
    provider::Provider,
    single_use::{SingleUse, Spent},
    skew,
    view::SessionView,
};

/// How often the lock of a session that another process refreshes is tried.
const LOCK_INTERVAL: Duration = Duration::from_millis(50);

/// One at a time for each session that refreshes, deletes, revokes or restores it.
///
/// Who waited finds the winner's tokens. A gate that nobody holds or waits at is gone.
#[derive(Default)]
pub(crate) struct Gate(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Engine {
    /// Spends the refresh token of `generation`, the one that the person saw and decided about.
    ///
    /// A session that has moved on meanwhile is returned as it is: nothing is spent twice.
    /// `scopes` narrows what was granted (RFC 6749 section 6); `None` keeps it.
    pub async fn session_refresh(
        &self,
        id: &str,
        generation: u32,
        scopes: Option<Vec<String>>,
    ) -> Result<SessionView> {
        self.refresh(id, generation, scopes, AskedBy::Person).await?;
        self.session(id).await
    }

    /// On a task of its own: who no longer waits must not take the reply along.
    async fn refresh(
        &self,
        id: &str,
        generation: u32,
        scopes: Option<Vec<String>>,
        asked_by: AskedBy,
    ) -> Result<()> {
        let (engine, id) = (self.clone(), id.to_owned());
        tokio::spawn(async move { engine.refresh_now(&id, generation, scopes.as_deref(), asked_by).await })
            .await
            .map_err(|error| Error::new("internal", format!("The refresh ended early: {error}.")))?
    }

    /// The session with an access token that has not expired, where getting one asks nobody anything.
    ///
    /// That is so for a client's own tokens, where the connection says "refresh when needed", and where a refresh is
    /// under way already: then its tokens are waited for.
    pub(crate) async fn fresh_session(&self, session: Session, provider: &Provider) -> Result<Session> {
        let none = session.access_token.expose_secret().is_empty();
        if !none && !is_bearer(&session.token_type) {
            let kind = &session.token_type;
            return Err(Error::new(
                "token_type_unsupported",
                format!("The access token is of the type {kind}, which Bobbin cannot send."),
            )
            .hint("Ask the provider for Bearer tokens for this client (RFC 6750)."));
        }
        if !none && !skew::is_over(&session, provider.file.lifetimes, self.now()) {
            return Ok(session);
        }
        if session.kind == SessionKind::Client {
            return self.renewed_client_session(&session).await;
        }
        let when_needed =
            provider.refresh_policy() == RefreshPolicy::WhenNeeded && session.refresh_token.is_some();
        if when_needed {
            let refreshed = self.refresh(&session.id, session.generation, None, AskedBy::Need).await;
            let now = self.stored_session(&session.id).await?;
            // Tokens that were kept are good, also where their id_token was not accepted. Of a reply without an access
            // token only the refresh token was kept.
            let is_good = now.generation != session.generation
                && !now.access_token.expose_secret().is_empty()
                && !skew::is_over(&now, provider.file.lifetimes, self.now());
            return if is_good { Ok(now) } else { refreshed.map(|()| now) };
        }
        if let RefreshMark::InFlight { .. } = session.refresh_state {
            let _turn = self.turn(&session.id).await;
            let _lock = self.lock_session(&session.id).await?;
            return self.stored_session(&session.id).await;
        }
        if none {
            return Err(Error::new("access_token_missing", "This session has no access token yet.")
                .hint("Refresh the session, then run again."));
        }
        // The server says that it has expired; the card offers what fixes it.
        Ok(session)
    }

    /// Waits for the session's gate and holds it while the guard lives.
    pub(crate) async fn turn(&self, id: &str) -> OwnedMutexGuard<()> {
        let gate = {
            let mut gates = lock(&self.0.refreshing.0);
            gates.retain(|_, gate| gate.strong_count() > 0);
            let kept = gates.get(id).and_then(Weak::upgrade);
            kept.unwrap_or_else(|| {
                let gate = Arc::default();
                gates.insert(id.to_owned(), Arc::downgrade(&gate));
                gate
            })
        };
        gate.lock_owned().await
    }

    /// Waits for the process that refreshes the session now, if there is one, and keeps others out meanwhile.
    ///
    /// A reply that no process lived to read is read first, so that nobody takes it for lost.
    pub(crate) async fn lock_session(&self, id: &str) -> Result<SessionLock> {
        let lock = self.lock_when_free(id).await?;
        self.read_left_reply(id).await?;
        Ok(lock)
    }

    pub(crate) async fn lock_when_free(&self, id: &str) -> Result<SessionLock> {
        loop {
            let id = id.to_owned();
            if let Some(lock) = self.with_store(move |store| store.try_lock_session(&id)).await? {
                return Ok(lock);
            }
            tokio::time::sleep(LOCK_INTERVAL).await;
        }
    }

    async fn refresh_now(
        &self,
        id: &str,
        generation: u32,
        scopes: Option<&[String]>,
        asked_by: AskedBy,
    ) -> Result<()> {
        let _turn = self.turn(id).await;
        let lock = Arc::new(self.lock_session(id).await?);
        let session = self.stored_session(id).await?;
        if session.generation != generation {
            // Somebody else has refreshed it; their tokens are as good.
            self.session_changed(id);
            return Ok(());
        }
        let provider = self.provider_of(&session, "token_endpoint").await?;
        let Some(refresh_token) = session.refresh_token.clone() else {
            return Err(Error::new("refresh_token_missing", "This session has no refresh token.")
                .hint("Add offline_access to the connection's scopes and sign in again."));
        };
        if let Some(wider) =
            scopes.and_then(|scopes| scopes.iter().find(|scope| !session.scopes_granted.contains(scope)))
        {
            return Err(Error::new(
                "refresh_scope_wider",
                format!("{wider} was not granted to this session."),
            )
            .hint("A refresh keeps or narrows scopes (RFC 6749 section 6). Sign in again to get more."));
        }
        if scopes.is_some_and(<[String]>::is_empty) {
            return Err(Error::new("refresh_scope_empty", "No scope is left for the refreshed tokens.")
                .hint("Keep at least one, or keep all that were granted."));
        }
        let narrowed = scopes.map(<[String]>::to_vec);
        let mut waited = false;
        let spent = loop {
            let client = self.client(&provider, Leg::Refresh).await?;
            let request = build_refresh(&client.at_token_endpoint(), &refresh_token, scopes);
            let since = self.now();
            let begun = self
                .with_store({
                    let lock = lock.clone();
                    move |store| store.begin_refresh(&lock, generation, since, asked_by)
                })
                .await?;
            if !begun {
                self.session_changed(id);
                return Err(provider.refresh_failed(not_begun(session.refresh_state)));
            }
            tracing::info!(session = id, generation, "refresh in flight");
            self.session_changed(id);
            let spent = Spent::RefreshToken { generation, since, scopes: narrowed.clone() };
            let single_use = SingleUse::new(lock.clone(), spent);
            let (purpose, word) = (Purpose::Refresh, Purpose::Refresh.word());
            let outcome = self.send_before_record(&provider, purpose, word, request, Some(&single_use)).await;
            let (begun, narrowed) = ((generation, since), narrowed.clone());
            let spent = self.end_refresh(session.clone(), Some(&provider), begun, narrowed, outcome).await;
            self.session_changed(id);
            match spent {
                Err(NotSpent { wait: Some(wait), .. }) if !waited => {
                    waited = true;
                    self.0.received.forget(&lock);
                    // The refusal has left the token unused, and so does giving up.
                    self.wait(provider.slug(), id, wait).await?;
                }
                spent => break spent,
            }
        };
        spent.map_err(|not| provider.refresh_failed(not.error))
    }
}

/// Why a refresh that nobody asked for is not begun.
fn not_begun(mark: RefreshMark) -> Error {
    match mark {
        RefreshMark::Rejected => {
            Error::new("refresh_rejected", "The server has refused this refresh token before.")
                .hint("It was used, revoked or has expired. Sign in again.")
        }
        _ => Error::new(
            "refresh_possibly_consumed",
            "The server may have consumed this refresh token, so Bobbin does not send it again by itself.",
        )
        .hint("Open the session and send it once more, or sign in again. A server that detects reuse may end the session when it sees the token again."),
    }
}
