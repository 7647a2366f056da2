//! Going on from a reply that no process lived to read, and following one that is still under way.

use std::{sync::Arc, time::Duration};

use bobbin_store::{PendingSignIn, RefreshMark, RequestOutcome, Store};
use secrecy::SecretString;

use super::{Arrived, Spent};
use crate::{
    Engine, Error, Result,
    callback::Ended,
    exchange::{Exchanged, Lost, Purpose},
    lock,
    provider::Provider,
    sign_in::Run,
    view::{Change, ErrorCode, SignInState, Step},
};

/// How often it is tried again to reach a provider whose keys are needed to accept what has arrived.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

impl Engine {
    /// Goes on, in the background, with every refresh and sign-in that an earlier run left half-way.
    pub(crate) fn take_up_replies(&self, store: &Arc<Store>) -> Result<()> {
        for id in store.unfinished_refreshes()? {
            let Ok(Some(session)) = store.session(&id) else { continue };
            let has_reply = matches!(store.reply(&id), Ok(Some(_)));
            if session.refresh_state == RefreshMark::PossiblyConsumed && !has_reply {
                // Nobody waits for it.
                continue;
            }
            let engine = self.clone();
            tokio::spawn(async move {
                let _turn = engine.turn(&id).await;
                if let Err(error) = engine.lock_session(&id).await {
                    engine.report(&error);
                }
                engine.session_changed(&id);
            });
        }
        for pending in store.taken_sign_ins()? {
            let known = lock(&self.0.sign_ins).get(&pending.id).is_some();
            if !known {
                lock(&self.0.sign_ins).add(exchanging(&pending, self.now()));
                self.changed(Change::SignIn { id: pending.id.clone() });
            }
            let engine = self.clone();
            tokio::spawn(async move {
                if let Err(error) = engine.resume_sign_in(&pending.id).await {
                    engine.report(&error);
                }
            });
        }
        Ok(())
    }

    /// Ends the refresh of session `id` whose reply is kept, as if it had just arrived. The caller holds the lock.
    ///
    /// What was wrong with the reply is told and no error here: the caller goes on with the session as it is then.
    pub(crate) async fn read_left_reply(&self, id: &str) -> Result<()> {
        self.save_held(id).await?;
        let wanted = id.to_owned();
        let left = move |store: &Store| Ok((Arrived::kept_in(store, &wanted)?, store.session(&wanted)?));
        let (Some(arrived), Some(session)) = self.with_store(left).await? else { return Ok(()) };
        let arrived = match arrived {
            Ok(arrived) => arrived,
            Err(unreadable) => {
                let id = id.to_owned();
                if self.with_store(move |store| store.pass_over_reply(&id)).await? {
                    self.report(&unreadable.into());
                }
                return Ok(());
            }
        };
        let Spent::RefreshToken { generation, since, scopes } = arrived.spent.clone() else { return Ok(()) };
        tracing::info!(session = id, generation, "reading the reply that was left");
        let ended = if session.generation == generation {
            let provider = self.provider_at_rest(&session.connection).ok();
            let sent = self.sent(Purpose::Refresh, provider.as_ref(), arrived);
            let ended = self.end_refresh(session, provider.as_ref(), (generation, since), scopes, sent).await;
            ended.map_err(|not_spent| not_spent.error)
        } else {
            Ok(())
        };
        match ended {
            Err(error) if error.is(ErrorCode::SessionUnsaved) => return Err(error),
            Err(error) => self.report(&error),
            Ok(()) => {}
        }
        let read = id.to_owned();
        self.with_store(move |store| store.delete_reply(&read)).await
    }

    /// Ends a sign-in whose code was sent by a process that ended, or by one that is still at it.
    async fn resume_sign_in(&self, id: &str) -> Result<()> {
        let _turn = self.turn(id).await;
        let _lock = self.lock_when_free(id).await?;
        let wanted = id.to_owned();
        let left = move |store: &Store| {
            let pending = store.taken_sign_ins()?.into_iter().find(|pending| pending.id == wanted);
            Ok((pending, Arrived::kept_in(store, &wanted)?))
        };
        let outcome = match self.with_store(left).await? {
            (Some(_), Some(Err(unreadable))) => {
                self.progress(id, |run, now| run.fail(now, Error::from(unreadable).into()));
                return Ok(());
            }
            (Some(pending), Some(Ok(arrived))) => {
                tracing::info!(sign_in = id, "reading the reply that was left");
                let provider = self.when_reachable(&pending, || self.provider(&pending.connection));
                match provider.await {
                    Ok(provider) => self.accept_arrived(&pending, &provider, arrived).await,
                    Err(error) => {
                        self.progress(id, |run, now| {
                            // One that was deleted with its connection meanwhile has ended.
                            if run.exchanging() {
                                run.fail(now, kept_for_later(error).into());
                            }
                        });
                        return Ok(());
                    }
                }
            }
            (Some(_), None) => Err(Ended::Failed(
                Error::new(
                    "sign_in_interrupted",
                    "Bobbin ended while it exchanged the code, and no reply was kept.",
                )
                .hint("The code cannot be used again. Sign in again."),
            )),
            // Another process has ended it.
            (None, _) => {
                self.adopt_outcome(id).await;
                return Ok(());
            }
        };
        self.end_sign_in(id, outcome).await;
        Ok(())
    }

    /// The connection may have been changed since: the code was sent before, and its tokens stay those of the
    /// provider that the sign-in was begun with.
    async fn accept_arrived(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        arrived: Arrived,
    ) -> std::result::Result<(), Ended> {
        let Spent::Code(code) = arrived.spent.clone() else { return Ok(()) };
        let sent = self.sent(Purpose::CodeExchange, Some(provider), arrived);
        let read = self.read_tokens(provider, sent);
        self.end_exchange(pending, provider, &SecretString::from(code), read).await
    }

    /// Tries until the provider of a sign-in whose tokens are here can be reached; the last error where a person ends
    /// the wait.
    pub(crate) async fn when_reachable<T, F>(
        &self,
        pending: &PendingSignIn,
        attempt: impl Fn() -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut tried = attempt().await;
        let mut shown = None;
        loop {
            match tried {
                Err(error) if is_transient(&error) => {
                    let waiting =
                        shown.get_or_insert_with(|| self.waiting(&pending.connection, &pending.id, None));
                    self.progress(&pending.id, |run, _| run.failure = Some(error.clone().into()));
                    let again = async {
                        tokio::time::sleep(RETRY_INTERVAL).await;
                        attempt().await
                    };
                    tried = tokio::select! {
                        again = again => again,
                        () = waiting.ended() => return Err(error),
                    };
                }
                ready => return ready,
            }
        }
    }

    /// Shows what another process made of a sign-in that goes on here.
    pub(crate) async fn adopt_outcome(&self, id: &str) {
        let requests = match self.with_store(Store::requests).await {
            Ok(requests) => requests,
            Err(error) => return self.report(&error),
        };
        let request = requests.into_iter().find(|request| request.id == id);
        let session = request
            .as_ref()
            .filter(|request| request.outcome == RequestOutcome::Succeeded)
            .and_then(|request| request.session.clone());
        let why = request.and_then(|request| request.detail).unwrap_or_default();
        self.progress(id, |run, now| match session {
            Some(session) => run.succeed(session),
            None if run.exchanging() => run.end(SignInState::Failed, now, &why),
            // It was ended here.
            None => {}
        });
        self.changed(Change::Sessions);
    }

    fn sent(
        &self,
        purpose: Purpose,
        provider: Option<&Provider>,
        arrived: Arrived,
    ) -> std::result::Result<Exchanged, Lost> {
        let url = provider.and_then(|provider| provider.token_endpoint().ok());
        let host = url.as_ref().and_then(url::Url::host_str);
        let times = (arrived.received_at - arrived.duration_ms, arrived.received_at);
        self.exchanged(purpose, arrived.exchange.clone(), times, host, arrived.result())
    }
}

/// Whether a later try can find a network or a provider that works again.
fn is_transient(error: &Error) -> bool {
    let codes = [ErrorCode::ServerUnreachable, ErrorCode::ServerTimedOut, ErrorCode::ConnectionLost];
    codes.into_iter().any(|code| error.is(code))
}

/// What a person can fix, while the reply stays where it is.
fn kept_for_later(error: Error) -> Error {
    let hint = error.view().hint.clone().unwrap_or_default();
    error.hint(
        format!("{hint} The reply to the code is kept: start Bobbin again when this is fixed.")
            .trim()
            .to_owned(),
    )
}

/// The sign-in as it stands while its code is under way.
fn exchanging(pending: &PendingSignIn, now: i64) -> Run {
    let mut run = Run::new(pending);
    run.done(Step::Prepare, pending.started_at, "state, nonce and verifier: 32 random bytes each");
    run.begin(Step::Consent, pending.started_at, "");
    run.done(Step::Consent, now, "The browser came back.");
    run.begin(Step::Callback, now, "");
    run.done(Step::Callback, now, "state matches · code received");
    run.begin(Step::Exchange, now, "Waiting for the reply to the code");
    run
}
