//! The browser has come back: from the callback URL to the sign-in that it belongs to.
//!
//! Everything that arrives here is untrusted, since any process on this computer can send an app link.
//! What does not belong to a waiting sign-in does nothing but a notice.

mod tokens;
mod unverified;

use std::sync::Arc;

use bobbin_protocol::callback::{self, Callback, CallbackError, CallbackOutcome};
use bobbin_store::{PendingSignIn, SessionLock};
use tokio::sync::OwnedMutexGuard;

pub(crate) use self::tokens::{Ended, asked_for_openid, rejected, token_error};
use crate::{
    Engine, Error, Result, lock,
    provider::Provider,
    sign_in::Run,
    view::{Change, ErrorCode, ExchangeOutcome, NoticeLevel, SignInState, SignInView, Step},
    wire,
};

impl Engine {
    /// A callback URL from the operating system. Never fails: what cannot be used becomes a notice.
    pub async fn app_link(&self, url: &str) {
        let outcome = match callback::parse(url) {
            Ok(callback) => self.complete(callback).await,
            Err(error) => Err(refused(&error)),
        };
        if let Err(error) = outcome {
            self.notice(NoticeLevel::Warning, error.code(), error.to_string(), error.view().hint.clone());
        }
    }

    /// A callback that a person copied from the browser's address bar: the whole URL or its query string.
    pub async fn callback_paste(&self, id: &str, text: &str) -> Result<SignInView> {
        let callback = callback::parse_pasted(text).map_err(|error| refused(&error))?;
        let belongs = {
            let runs = lock(&self.0.sign_ins);
            callback.state.as_deref().and_then(|state| runs.by_state(state)).is_some_and(|run| run.id == id)
        };
        if !belongs {
            return Err(Error::new("callback_other_sign_in", "This callback does not belong to the sign-in that waits here.")
                .hint("Its state is another one. Copy the address from the browser window that this sign-in opened."));
        }
        self.complete(callback).await?;
        self.sign_in_by_id(id)
    }

    /// A callback that came to a loopback listener. Answers once it is taken; the rest goes on by itself.
    pub(crate) async fn returned_to_loopback(&self, url: &str) -> Result<()> {
        let callback = callback::parse(url).map_err(|error| refused(&error))?;
        let claimed = self.claim(&callback).await?;
        let engine = self.clone();
        tokio::spawn(async move { engine.carry(claimed, callback).await });
        Ok(())
    }

    /// Claims the sign-in that a callback belongs to and carries it to its end.
    async fn complete(&self, callback: Callback) -> Result<()> {
        let claimed = self.claim(&callback).await?;
        self.carry(claimed, callback).await;
        Ok(())
    }

    /// Keeps everyone else from the sign-in that a callback belongs to; it still waits in the store.
    async fn claim(&self, callback: &Callback) -> Result<Claimed> {
        let pending = self.pending_of(callback).await?;
        self.refuse_another_issuer(&pending, callback).await?;
        let turn = self.turn(&pending.id).await;
        let lock = self.lock_when_free(&pending.id).await?;
        // Who had it before has taken it; a repeated link finds nothing.
        let waiting = self
            .with_store({
                let state = pending.state.clone();
                move |store| store.pending_by_state(&state)
            })
            .await?;
        let pending = waiting.ok_or_else(repeated)?;
        self.stop_listening(&pending.id);
        Ok(Claimed { pending, lock: Arc::new(lock), _turn: turn })
    }

    async fn carry(&self, claimed: Claimed, callback: Callback) {
        let pending = &claimed.pending;
        self.0.config.events.returned();
        self.record_return(pending, &callback);
        self.progress(&pending.id, |run, now| {
            run.failure = None;
            run.done(Step::Consent, now, "The browser came back.");
            run.begin(Step::Callback, now, "Comparing state");
        });
        // It is taken, and its verifier erased, when all that comes before the code is sent is done: a Bobbin that
        // ends until then leaves it waiting.
        let provider = self.ready_provider(pending, &callback).await;
        let state = pending.state.clone();
        let outcome = match self.with_store(move |store| store.take_sign_in(&state)).await {
            Ok(Some(_)) => self.follow(&claimed, provider, callback).await,
            // It was cancelled here, or another process ended it.
            Ok(None) => return self.adopt_outcome(&pending.id).await,
            Err(error) => Err(error.into()),
        };
        self.end_sign_in(&pending.id, outcome).await;
    }

    /// The provider that a callback's code may go to, with the keys without which its tokens could not be accepted.
    async fn ready_provider(&self, pending: &PendingSignIn, callback: &Callback) -> Result<Provider> {
        let provider = self.provider(&pending.connection).await?;
        refuse_another_provider(pending, &provider)?;
        if let Ok(issuer) = provider.issuer() {
            let names_issuer = provider.names_issuer_in_callbacks();
            callback.check_issuer(&issuer, names_issuer).map_err(|error| refused(&error))?;
        }
        if matches!(callback.outcome, CallbackOutcome::Code(_)) && asked_for_openid(pending) {
            self.keys(&provider).await?;
        }
        Ok(provider)
    }

    /// Shows how a sign-in ended that was taken; what was kept of it goes.
    pub(crate) async fn end_sign_in(&self, id: &str, outcome: std::result::Result<(), Ended>) {
        // It may have been switched to loopback while it ended.
        self.stop_listening(id);
        let (state, why) = match outcome {
            // Its request ended with its session.
            Ok(()) => return self.changed(Change::SignIn { id: id.to_owned() }),
            Err(Ended::Cancelled(why)) => {
                self.progress(id, |run, now| run.end(SignInState::Cancelled, now, &why));
                (SignInState::Cancelled, why)
            }
            Err(Ended::Failed(error)) => {
                let (unsaved, why) = (error.is(ErrorCode::SessionUnsaved), error.to_string());
                self.progress(id, |run, now| {
                    // One that was deleted with its connection has ended.
                    if run.waiting() || run.exchanging() {
                        run.fail(now, error.into());
                    }
                });
                if unsaved {
                    // It ends when the database takes the session.
                    return;
                }
                (SignInState::Failed, why)
            }
        };
        self.end_request(id, state, Some(why)).await;
    }

    /// The waiting sign-in of a callback's `state`, if the callback came to its own redirect URI in time.
    async fn pending_of(&self, callback: &Callback) -> Result<PendingSignIn> {
        let Some(state) = callback.state.clone() else {
            return Err(Error::new(
                "callback_without_state",
                "A link without a state came in and was ignored.",
            )
            .hint("A sign-in that was started here always returns with its state."));
        };
        let known = lock(&self.0.sign_ins).by_state(&state).map(Run::expired);
        let pending = self.with_store(move |store| store.pending_by_state(&state)).await?;
        let Some(pending) = pending else {
            return Err(match known {
                Some(true) => too_late(),
                Some(false) => repeated(),
                None => Error::new(
                    "callback_unknown_state",
                    "A link for an unknown sign-in came in and was ignored.",
                )
                .hint("Sign-ins that wait here go on waiting. If you expected this one, start it again."),
            });
        };
        if !callback.matches(&pending.redirect_uri) {
            return Err(Error::new(
                "callback_other_redirect_uri",
                "A link came in at another address than the sign-in's redirect URI and was ignored.",
            )
            .hint(format!("Expected {}.", pending.redirect_uri)));
        }
        if pending.expires_at <= self.now() {
            self.expire(&pending.id).await;
            return Err(too_late());
        }
        Ok(pending)
    }

    /// A callback of another issuer ends nothing: the one that was asked may still answer (RFC 9207 section 2.4).
    async fn refuse_another_issuer(&self, pending: &PendingSignIn, callback: &Callback) -> Result<()> {
        // What is wrong with the provider itself ends the sign-in, in `carry`.
        let Ok(provider) = self.provider(&pending.connection).await else { return Ok(()) };
        let Ok(issuer) = provider.issuer() else { return Ok(()) };
        if refuse_another_provider(pending, &provider).is_err() {
            return Ok(());
        }
        let Err(error) = callback.check_issuer(&issuer, provider.names_issuer_in_callbacks()) else {
            return Ok(());
        };
        let error = refused(&error);
        // Whoever signed in wants to know why it goes on waiting.
        self.0.config.events.returned();
        self.progress(&pending.id, |run, _| run.failure = Some(error.clone().into()));
        Err(error)
    }

    fn record_return(&self, pending: &PendingSignIn, callback: &Callback) {
        let exchange = pending.details["exchange"].as_str().unwrap_or_default();
        self.record_returned(exchange, ExchangeOutcome::Ok);
        self.record(wire::Exchange::returned(&self.new_id(), self.now(), callback, pending));
    }
}

/// A sign-in whose browser has come back, in nobody else's hands.
struct Claimed {
    pending: PendingSignIn,
    lock: Arc<SessionLock>,
    _turn: OwnedMutexGuard<()>,
}

/// A connection that was edited while its sign-in waited must not get that sign-in's code.
pub(crate) fn refuse_another_provider(pending: &PendingSignIn, provider: &Provider) -> Result<()> {
    if pending.details["provider"] == provider.identity()? {
        return Ok(());
    }
    Err(Error::new(
        "connection_changed",
        "The connection was changed while this sign-in waited, and the code was not sent.",
    )
    .hint("Sign in again with the connection as it is now."))
}

fn refused(error: &CallbackError) -> Error {
    Error::new(error.code(), error.to_string()).hint(error.hint())
}

fn too_late() -> Error {
    Error::new("callback_too_late", "The browser came back after the sign-in had been given up.")
        .hint("Start the sign-in again; a callback is accepted for 10 minutes.")
}

fn repeated() -> Error {
    Error::new("callback_repeated", "This callback was used before and was ignored.")
        .hint("A code works once. Start a new sign-in if you need another session.")
}
