//! A single-use refresh token is spent once, and its successor is durable before anyone uses it.
//!
//! The order is the whole of it: mark in flight, send, keep the new pair, then check the new id_token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use bobbin_protocol::{
    http::HttpReply,
    id_token::Expected,
    settings::RefreshPolicy,
    token::{TokenError, TokenReply, build_refresh, is_bearer, process_token_reply, salvage_refresh_token},
};
use bobbin_store::{AskedBy, Doubt, RefreshFailure, RefreshMark, Session, SessionKind, SessionLock, Store};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OwnedMutexGuard;

use crate::{
    Engine, Error, Result,
    callback::{rejected, token_error},
    client_auth::Leg,
    exchange::{Exchanged, Lost, Purpose},
    lock,
    provider::Provider,
    session_view,
    single_use::{SingleUse, Spent},
    skew,
    storage::{NewTokens, Source},
    token_request::wait_for,
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

    /// Keeps what came of a refresh: of `generation`, marked in flight at `since`, with its scopes `narrowed`.
    ///
    /// Without a provider its own form of errors is not known.
    pub(crate) async fn end_refresh(
        &self,
        session: Session,
        provider: Option<&Provider>,
        (generation, since): (u32, i64),
        narrowed: Option<Vec<String>>,
        outcome: std::result::Result<Exchanged, Lost>,
    ) -> std::result::Result<(), NotSpent> {
        let id = session.id.clone();
        let errors = provider.map(|provider| provider.preset.errors.clone()).unwrap_or_default();
        let (reply, at, exchanged, lost) = match outcome {
            Ok(exchanged) => (Some(exchanged.reply.clone()), exchanged.received_at, Some(exchanged), None),
            Err(lost) => (lost.received.clone(), lost.at, None, Some(lost)),
        };
        // Before anything is judged or recorded: this may be the only copy of what works once.
        let read = reply.as_ref().map(|reply| process_token_reply(reply, &errors));
        let kept = match (&read, &reply) {
            (Some(Ok(tokens)), _) => Some(self.keep_refreshed(session, tokens.clone(), narrowed, at).await),
            (Some(Err(error)), Some(reply)) => self.keep_salvaged(session, reply, error, at).await,
            _ => None,
        };
        if let Some(exchanged) = exchanged {
            self.record_exchanged(&exchanged);
        }
        if let Some(lost) = &lost {
            self.record_lost(lost);
        }
        if let Some(kept) = kept {
            return kept.map_err(NotSpent::from);
        }
        let (failure, why, not_spent) = match (lost, read) {
            (Some(lost), read) => {
                let failure = match read {
                    _ if lost.not_sent => RefreshFailure::Unused,
                    // A reply that was cut off is one: the server has seen the token.
                    Some(_) => RefreshFailure::Doubtful(Doubt::UnusableReply),
                    None => RefreshFailure::Doubtful(Doubt::NoReply),
                };
                (failure, lost.error.to_string(), lost.error.into())
            }
            (None, Some(Err(error))) => {
                let status = reply.as_ref().map_or(0, |reply| reply.status);
                let ahead = provider.map_or(0, |provider| self.clock_ahead(provider));
                let told = skew::told(token_error(&error), ahead);
                let not_spent = NotSpent { error: told, wait: reply.as_ref().and_then(wait_for) };
                (failure_of(status, &error), error.to_string(), not_spent)
            }
            // A reply that was read was kept.
            (None, _) => return Ok(()),
        };
        tracing::warn!(session = id, ?failure, code = not_spent.error.code(), "refresh failed");
        let now = self.now();
        let failed = move |store: &Store| store.fail_refresh(&id, (generation, since), failure, &why, now);
        let marked = self.with_store(failed).await;
        if let Err(unmarked) = marked {
            self.report(&unmarked);
        }
        Err(not_spent)
    }

    /// Keeps the refresh token of a reply that is wrong in another way, so that the session goes on with it.
    ///
    /// `None` where the reply has none. The error says what was wrong, also after the token was kept.
    async fn keep_salvaged(
        &self,
        before: Session,
        reply: &HttpReply,
        error: &TokenError,
        at: i64,
    ) -> Option<Result<()>> {
        let success = (200..300).contains(&reply.status);
        let refresh_token = success.then(|| salvage_refresh_token(&reply.body)).flatten()?;
        let session = Session {
            refresh_token: Some(refresh_token),
            refresh_issued_at: at,
            generation: before.generation + 1,
            refresh_state: RefreshMark::Ready,
            warnings: vec![format!("The last reply was wrong, but its refresh token was kept. {error}")],
            ..before
        };
        let new =
            NewTokens { session, source: Source::Refresh { at, detail: error.to_string() }, id_token: None };
        Some(match self.keep_tokens(new).await {
            Ok(()) => Err(Error::new("refresh_reply_salvaged", error.to_string())
                .hint("The new refresh token in it was kept, so the session goes on: refresh it once more.")
                .detail(error.detail())),
            Err(unsaved) => Err(unsaved),
        })
    }

    /// Keeps the new pair, which came at `at`, first, then checks the id_token that came with it.
    async fn keep_refreshed(
        &self,
        before: Session,
        reply: TokenReply,
        narrowed: Option<Vec<String>>,
        at: i64,
    ) -> Result<()> {
        let session = Session {
            access_token: reply.access_token,
            token_type: reply.token_type,
            access_issued_at: at,
            access_expires_at: session_view::expiry(at, reply.expires_in),
            refresh_issued_at: if reply.refresh_token.is_some() { at } else { before.refresh_issued_at },
            // RFC 6749 6: a reply without a refresh token leaves the old one in use.
            refresh_token: reply.refresh_token.or_else(|| before.refresh_token.clone()),
            generation: before.generation + 1,
            refresh_state: if reply.refresh_token_unusable {
                RefreshMark::PossiblyConsumed
            } else {
                RefreshMark::Ready
            },
            // RFC 6749 5.1: a reply without `scope` grants what was asked for.
            scopes_granted: reply.scope.or(narrowed).unwrap_or_else(|| before.scopes_granted.clone()),
            extra: reply.extra,
            warnings: reply.warnings,
            ..before
        };
        let source = Source::Refresh { at, detail: String::new() };
        let new = NewTokens { session, source, id_token: reply.id_token };
        self.keep_tokens(new.clone()).await?;
        tracing::info!(session = new.session.id, generation = new.session.generation, "refreshed");
        self.tell_unusual(&new.session.warnings);
        match new.id_token {
            Some(id_token) => self.check_refreshed(new.session, id_token).await,
            None => Ok(()),
        }
    }

    /// Checks the id_token that a refresh brought (OIDC Core 12.2) and keeps it with its verdict, whatever that is.
    pub(crate) async fn check_refreshed(&self, mut session: Session, id_token: SecretString) -> Result<()> {
        let provider = self.provider(&session.connection).await?;
        let issuer = provider.issuer()?;
        let mut previous = session_view::accepted_claims(&session);
        if let Some(previous) = previous.as_mut().filter(|_| provider.is_sandbox()) {
            // The embedded sandbox may listen on another port today.
            previous.insert("iss".to_owned(), issuer.as_str().into());
        }
        let now = self.now();
        let expected = Expected {
            issuer: &issuer,
            client_id: provider.client_id(),
            nonce: None,
            state: None,
            access_token: Some(session.access_token.expose_secret()),
            code: None,
            // The id_token came with the access token, which may be long ago.
            now: self.time_at(&provider, session.access_issued_at),
            previous: previous.as_ref(),
        };
        let verdict = self.verify(&provider, &id_token, &expected).await?;
        let refusal = (!verdict.accepted()).then(|| rejected(&verdict));
        session.verdict = session_view::kept_verdict(session.verdict.as_ref(), &verdict, now);
        session.id_token = Some(id_token);
        let why = refusal.as_ref().map(ToString::to_string);
        self.with_store(move |store| store.update_id_token(&session, why.as_deref())).await?;
        refusal.map_or(Ok(()), Err)
    }
}

/// Why a refresh brought nothing, and how long the server asks to wait before the next try.
pub(crate) struct NotSpent {
    pub(crate) error: Error,
    wait: Option<Duration>,
}

impl From<Error> for NotSpent {
    fn from(error: Error) -> Self {
        Self { error, wait: None }
    }
}

/// What a reply without tokens says about the refresh token that was sent.
fn failure_of(status: u16, error: &TokenError) -> RefreshFailure {
    match (status, error.oauth_error()) {
        (_, Some("invalid_grant")) => RefreshFailure::Rejected,
        // Refused before it was looked at, or by something in between; 503 says so by its meaning (RFC 9110 15.6.4).
        (300..500 | 503, _) => RefreshFailure::Unused,
        // Whether a server that fails, or whose success cannot be read, has spent the token is not known.
        _ => RefreshFailure::Doubtful(Doubt::UnusableReply),
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
