//! The browser has come back: from the callback URL to a verified session.
//!
//! Everything that arrives here is untrusted, since any process on this computer can send an app link.
//! What does not belong to a waiting sign-in does nothing but a quiet notice.

use bobbin_protocol::{
    callback::{self, Callback, CallbackError, CallbackOutcome},
    id_token::{self, Expected, Verdict},
    pkce::CodeVerifier,
    token::{TokenError, TokenReply, build_code_exchange},
};
use bobbin_store::{PendingSignIn, RefreshMark, Session, SessionKind};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Engine, Error, Result,
    client_auth::Leg,
    exchange::Purpose,
    lock,
    provider::Provider,
    session_view,
    sign_in::Run,
    skew,
    view::{Change, ExchangeOutcome, NoticeLevel, SignInState, SignInView, Step},
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
        let pending = self.take(&callback).await?;
        let engine = self.clone();
        tokio::spawn(async move { engine.carry(pending, callback).await });
        Ok(())
    }

    /// Takes the sign-in that a callback belongs to, once, and carries it to its end.
    async fn complete(&self, callback: Callback) -> Result<()> {
        let pending = self.take(&callback).await?;
        self.carry(pending, callback).await;
        Ok(())
    }

    async fn take(&self, callback: &Callback) -> Result<PendingSignIn> {
        let pending = self.pending_of(callback).await?;
        self.refuse_another_issuer(&pending, callback).await?;
        // The first to take it has it; a repeated link finds nothing.
        let taken = self
            .with_store({
                let state = pending.state.clone();
                move |store| store.take_sign_in(&state)
            })
            .await?;
        let pending = taken.ok_or_else(repeated)?;
        self.stop_listening(&pending.id);
        Ok(pending)
    }

    async fn carry(&self, pending: PendingSignIn, callback: Callback) {
        self.0.config.events.returned();
        self.record_return(&pending, &callback);
        self.progress(&pending.id, |run, now| {
            run.failure = None;
            run.done(Step::Consent, now, "The browser came back.");
            run.begin(Step::Callback, now, "Comparing state");
        });
        let (state, why, session) = match self.follow(&pending, callback).await {
            Ok(session) => (SignInState::Done, None, Some(session)),
            Err(Ended::Cancelled(why)) => {
                self.progress(&pending.id, |run, now| run.end(SignInState::Cancelled, now, &why));
                (SignInState::Cancelled, Some(why), None)
            }
            Err(Ended::Failed(error)) => {
                let why = error.to_string();
                self.progress(&pending.id, |run, now| run.fail(now, error.into()));
                (SignInState::Failed, Some(why), None)
            }
        };
        // It may have been switched to loopback while it ended.
        self.stop_listening(&pending.id);
        self.end_request(&pending.id, state, why, session).await;
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
        // What is wrong with the provider itself ends the sign-in, in `follow`.
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

    /// From the compared callback to a session.
    async fn follow(
        &self,
        pending: &PendingSignIn,
        callback: Callback,
    ) -> std::result::Result<String, Ended> {
        let provider = self.provider(&pending.connection).await?;
        refuse_another_provider(pending, &provider)?;
        if let Ok(issuer) = provider.issuer() {
            let names_issuer = provider.names_issuer_in_callbacks();
            callback.check_issuer(&issuer, names_issuer).map_err(|error| refused(&error))?;
        }
        let code = match callback.outcome {
            CallbackOutcome::Code(code) => code,
            CallbackOutcome::StateOnly => {
                return Err(Ended::Cancelled(
                    "Cancelled in the browser: the callback holds only the state.".to_owned(),
                ));
            }
            CallbackOutcome::Error { error, .. } if error == "access_denied" => {
                return Err(Ended::Cancelled("Cancelled in the browser: access_denied.".to_owned()));
            }
            CallbackOutcome::Error { error, description, uri } => {
                return Err(declined(&error, description, uri).into());
            }
        };
        self.progress(&pending.id, |run, now| {
            run.done(Step::Callback, now, "state matches · code received");
            run.begin(Step::Exchange, now, "Sending code and code_verifier");
        });

        // Before the code is spent: without the keys its tokens could not be accepted.
        if asked_for_openid(pending) {
            self.keys(&provider).await?;
        }
        let reply = self.exchange_code(pending, &provider, &code).await?;
        let received = self.now();
        self.progress(&pending.id, |run, now| {
            run.done(Step::Exchange, now, &format!("{} token received", reply.token_type));
            run.begin(Step::Verify, now, "Fetching keys and checking the id_token");
        });

        let verdict = self.verify_sign_in(pending, &provider, &reply, &code).await?;
        if let Some(verdict) = &verdict {
            let checks = session_view::checks(verdict);
            self.progress(&pending.id, |run, _| run.checks = checks);
            if !verdict.accepted() {
                return Err(skew::told(rejected(verdict), self.clock_ahead(&provider)).into());
            }
        }
        let session = self.session_from(pending, &provider, received, reply, verdict.as_ref());
        self.keep_session(session.clone()).await?;
        let missing: Vec<_> =
            pending.scopes.iter().filter(|scope| !session.scopes_granted.contains(scope)).cloned().collect();
        self.progress(&pending.id, |run, now| {
            let words = verdict
                .as_ref()
                .map_or_else(|| "No id_token: openid was not asked for".to_owned(), session_view::tally);
            run.done(Step::Verify, now, &words);
            run.scopes_missing = missing;
            run.succeed(session.id.clone());
        });
        self.changed(Change::Overview);
        let id = session.id.clone();
        if let Some(subject) = verdict.as_ref().and_then(subject) {
            let engine = self.clone();
            tokio::spawn(async move {
                engine.name_from_userinfo(session.connection, session.id, subject).await;
            });
        }
        Ok(id)
    }

    async fn exchange_code(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        code: &SecretString,
    ) -> std::result::Result<TokenReply, Ended> {
        let verifier = CodeVerifier::parse(pending.code_verifier.expose_secret())
            .map_err(|error| Error::new("code_verifier_invalid", error.to_string()))?;
        // A code is never sent twice, whatever became of the reply, unless the server says that it did not look at it.
        let reply = self
            .ask_for_tokens(provider, Purpose::CodeExchange, Leg::Token, |client| {
                build_code_exchange(client, code, &pending.redirect_uri, &verifier)
            })
            .await?;
        if asked_for_openid(pending) {
            reply.require_id_token().map_err(|error| token_error(&error))?;
        }
        Ok(reply)
    }

    async fn verify_sign_in(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        reply: &TokenReply,
        code: &SecretString,
    ) -> std::result::Result<Option<Verdict>, Ended> {
        let Some(id_token) = &reply.id_token else {
            return Ok(None);
        };
        let issuer = provider.issuer()?;
        let expected = Expected {
            issuer: &issuer,
            client_id: provider.client_id(),
            nonce: Some(pending.nonce.expose_secret()),
            state: Some(&pending.state),
            access_token: Some(reply.access_token.expose_secret()),
            code: Some(code.expose_secret()),
            now: self.now_at(provider),
            previous: None,
        };
        Ok(Some(self.verify(provider, id_token, &expected).await?))
    }

    /// Checks an id_token; an unknown `kid` asks the server for its keys once more.
    pub(crate) async fn verify(
        &self,
        provider: &Provider,
        id_token: &SecretString,
        expected: &Expected<'_>,
    ) -> Result<Verdict> {
        let keys = self.keys(provider).await?;
        let verdict = id_token::verify(id_token.expose_secret(), &keys, expected);
        if !verdict.unknown_kid() {
            return Ok(verdict);
        }
        let keys = self.fetch_keys(provider).await?;
        Ok(id_token::verify(id_token.expose_secret(), &keys, expected))
    }

    fn session_from(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        now: i64,
        reply: TokenReply,
        verdict: Option<&Verdict>,
    ) -> Session {
        Session {
            id: self.new_id(),
            connection: pending.connection.clone(),
            kind: SessionKind::User,
            label: session_view::label(verdict),
            created_at: now,
            access_token: reply.access_token,
            token_type: reply.token_type,
            access_issued_at: now,
            access_expires_at: session_view::expiry(now, reply.expires_in),
            id_token: reply.id_token,
            refresh_token: reply.refresh_token,
            refresh_issued_at: now,
            generation: 1,
            refresh_state: RefreshMark::Ready,
            scopes_requested: pending.scopes.clone(),
            // RFC 6749 5.1: a reply without `scope` grants what was asked for.
            scopes_granted: reply.scope.unwrap_or_else(|| pending.scopes.clone()),
            verdict: match verdict {
                Some(verdict) => serde_json::to_value(verdict).ok(),
                None => Some(provider.made_with()),
            },
            extra: reply.extra,
        }
    }

    fn record_return(&self, pending: &PendingSignIn, callback: &Callback) {
        let exchange = pending.details["exchange"].as_str().unwrap_or_default();
        self.record_returned(exchange, ExchangeOutcome::Ok);
        self.record(wire::Exchange::returned(&self.new_id(), self.now(), callback, pending));
    }
}

/// How a sign-in ended without a session.
enum Ended {
    Cancelled(String),
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn subject(verdict: &Verdict) -> Option<String> {
    verdict.claims.as_ref()?.get("sub")?.as_str().map(str::to_owned)
}

fn asked_for_openid(pending: &PendingSignIn) -> bool {
    pending.scopes.iter().any(|scope| scope == "openid")
}

/// A connection that was edited while its sign-in waited must not get that sign-in's code.
fn refuse_another_provider(pending: &PendingSignIn, provider: &Provider) -> Result<()> {
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

pub(crate) fn token_error(error: &TokenError) -> Error {
    Error::new(error.code(), error.to_string()).hint(error.hint()).detail(error.detail())
}

fn too_late() -> Error {
    Error::new("callback_too_late", "The browser came back after the sign-in had been given up.")
        .hint("Start the sign-in again; a callback is accepted for 10 minutes.")
}

fn repeated() -> Error {
    Error::new("callback_repeated", "This callback was used before and was ignored.")
        .hint("A code works once. Start a new sign-in if you need another session.")
}

/// RFC 6749 4.1.2.1: what the server said, as plain text.
fn declined(error: &str, description: Option<String>, uri: Option<String>) -> Error {
    let hint = match error {
        "invalid_scope" => "Remove the scopes that this client may not use, then sign in again.",
        "unauthorized_client" | "invalid_client" => {
            "Compare the client id with the provider's registration, and its environment with the preset."
        }
        "server_error" | "temporarily_unavailable" => {
            "The provider has a problem of its own. Try again in a few minutes."
        }
        _ => "The provider's documentation explains this error; the details hold what it said.",
    };
    let detail = [description, uri].into_iter().flatten().collect::<Vec<_>>().join("\n");
    Error::new("authorization_declined", format!("The server declined the sign-in: {error}."))
        .hint(hint)
        .detail((!detail.is_empty()).then_some(detail))
}

pub(crate) fn rejected(verdict: &Verdict) -> Error {
    let Some(check) = verdict.first_failure() else {
        return Error::new("id_token_rejected", "The id_token was not accepted.");
    };
    let mut error = Error::new(
        check.code.as_deref().unwrap_or("id_token_rejected"),
        format!("The id_token was not accepted: the check \"{}\" failed.", check.title),
    )
    .detail(Some(format!("expected {}\ngot {}\n{}", check.expected, check.got, check.section)));
    if let Some(hint) = &check.hint {
        error = error.hint(hint.clone());
    }
    error
}
