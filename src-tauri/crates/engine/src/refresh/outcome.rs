//! What came of a refresh: the new pair, kept before anything else, or why there is none.

use std::time::Duration;

use bobbin_protocol::{
    http::HttpReply,
    id_token::Expected,
    token::{TokenError, TokenReply, process_token_reply, salvage_refresh_token},
};
use bobbin_store::{Doubt, RefreshFailure, RefreshMark, Session, Store};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Engine, Error, Result,
    callback::{rejected, token_error},
    exchange::{Exchanged, Lost},
    provider::Provider,
    session_view, skew,
    storage::{NewTokens, Source},
    token_request::wait_for,
};

impl Engine {
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
    pub(super) wait: Option<Duration>,
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
