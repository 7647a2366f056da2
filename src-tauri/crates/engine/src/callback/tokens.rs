//! From the compared callback to a verified session: the code is exchanged, and the id_token is checked.

use bobbin_protocol::{
    callback::{Callback, CallbackOutcome},
    claims::Claims,
    id_token::{self, Expected, Verdict},
    pkce::CodeVerifier,
    token::{TokenError, TokenReply, build_code_exchange},
};
use bobbin_store::{PendingSignIn, RefreshMark, Session, SessionKind};
use secrecy::{ExposeSecret, SecretString};

use super::{Claimed, refuse_another_provider, unverified::salvaged};
use crate::{
    Engine, Error, Result,
    exchange::{Exchanged, Purpose},
    provider::{self, Provider},
    session_view,
    single_use::{SingleUse, Spent},
    skew,
    token_request::NoTokens,
    view::{Change, ErrorCode, Step},
};

impl Engine {
    /// From the compared callback to a session.
    pub(super) async fn follow(
        &self,
        claimed: &Claimed,
        provider: Result<Provider>,
        callback: Callback,
    ) -> std::result::Result<(), Ended> {
        let (pending, provider) = (&claimed.pending, provider?);
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
        let read = self.exchange_code(claimed, &provider, &code).await;
        self.end_exchange(pending, &provider, &code, read).await
    }

    /// From what was read of the reply to a code to a session.
    pub(crate) async fn end_exchange(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        code: &SecretString,
        read: std::result::Result<(TokenReply, Exchanged), NoTokens>,
    ) -> std::result::Result<(), Ended> {
        let (reply, exchanged) = match read {
            Ok(read) => read,
            Err(NoTokens { error, .. }) if error.is(ErrorCode::WaitCancelled) => {
                return Err(Ended::Cancelled("Cancelled here, while the server asked to wait.".to_owned()));
            }
            Err(NoTokens { error, refresh_token: Some((refresh_token, received_at)), .. }) => {
                let reply = salvaged(refresh_token, &error);
                return Err(self.keep_unverified(pending, reply, received_at, error).await.into());
            }
            Err(no_tokens) => return Err(no_tokens.error.into()),
        };
        // Its reply is in the store already.
        self.record_exchanged(&exchanged);
        self.accept(pending, provider, code, reply, exchanged.received_at).await
    }

    /// Checks the id_token of a reply and keeps what the reply brought.
    async fn accept(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        code: &SecretString,
        reply: TokenReply,
        received_at: i64,
    ) -> std::result::Result<(), Ended> {
        if asked_for_openid(pending)
            && let Err(missing) = reply.require_id_token()
        {
            let missing = token_error(&missing);
            return Err(self.keep_unverified(pending, reply, received_at, missing).await.into());
        }
        self.progress(&pending.id, |run, now| {
            run.done(Step::Exchange, now, &format!("{} token received", reply.token_type));
            run.begin(Step::Verify, now, "Fetching keys and checking the id_token");
        });

        let verdict = match self.verify_sign_in(pending, provider, code, &reply, received_at).await {
            Ok(verdict) => verdict,
            Err(error) => {
                return Err(self.keep_unverified(pending, reply, received_at, error).await.into());
            }
        };
        if let Some(verdict) = &verdict {
            let checks = session_view::checks(verdict);
            self.progress(&pending.id, |run, _| run.checks = checks);
            if verdict.unknown_kid() && refuse_another_provider(pending, provider).is_err() {
                // The keys are another provider's by now, and say nothing about it.
                let error = rejected(verdict);
                return Err(self.keep_unverified(pending, reply, received_at, error).await.into());
            }
            if !verdict.accepted() {
                return Err(skew::told(rejected(verdict), self.clock_ahead(provider)).into());
            }
        }
        let session = self.session_from(pending, received_at, reply, verdict.as_ref());
        self.keep_signed_in(&pending.id, session.clone(), None).await?;
        self.show_signed_in(&pending.id, &session);
        Ok(())
    }

    /// Ends a sign-in well, now that its session is kept.
    pub(crate) fn show_signed_in(&self, sign_in: &str, session: &Session) {
        tracing::info!(sign_in, "signed in");
        let verdict: Option<Verdict> =
            session.verdict.clone().and_then(|kept| serde_json::from_value(kept).ok());
        let asked_for = session.scopes_requested.iter();
        let missing = asked_for.filter(|scope| !session.scopes_granted.contains(scope)).cloned().collect();
        self.progress(sign_in, |run, now| {
            let words = verdict
                .as_ref()
                .map_or_else(|| "No id_token: openid was not asked for".to_owned(), session_view::tally);
            run.done(Step::Verify, now, &words);
            run.scopes_missing = missing;
            run.succeed(session.id.clone());
        });
        self.changed(Change::Sessions);
        if let Some(subject) = verdict.as_ref().and_then(subject) {
            let (engine, id, label) = (self.clone(), session.id.clone(), session.label.clone());
            tokio::spawn(async move {
                engine.name_from_userinfo(id, label, subject).await;
            });
        }
    }

    async fn exchange_code(
        &self,
        claimed: &Claimed,
        provider: &Provider,
        code: &SecretString,
    ) -> std::result::Result<(TokenReply, Exchanged), NoTokens> {
        let pending = &claimed.pending;
        let verifier = CodeVerifier::parse(pending.code_verifier.expose_secret())
            .map_err(|error| Error::new("code_verifier_invalid", error.to_string()))?;
        // A code is never sent twice, whatever became of the reply, unless the server says that it did not look at it.
        let spent = Spent::Code(code.expose_secret().to_owned());
        let single_use = SingleUse::new(claimed.lock.clone(), spent);
        self.ask_for_tokens(provider, Purpose::CodeExchange, &pending.id, Some(&single_use), |client| {
            build_code_exchange(client, code, &pending.redirect_uri, &verifier)
        })
        .await
    }

    async fn verify_sign_in(
        &self,
        pending: &PendingSignIn,
        provider: &Provider,
        code: &SecretString,
        reply: &TokenReply,
        received_at: i64,
    ) -> Result<Option<Verdict>> {
        let Some(id_token) = &reply.id_token else {
            return Ok(None);
        };
        // Those that it was begun with: the connection may have been changed since the code was sent.
        let begun_with = &pending.details["provider"];
        let issuer =
            begun_with["issuer"].as_str().map_or_else(|| provider.issuer(), |it| Ok(it.to_owned()))?;
        let expected = Expected {
            issuer: &issuer,
            client_id: begun_with["client_id"].as_str().unwrap_or(provider.client_id()),
            nonce: Some(pending.nonce.expose_secret()),
            state: Some(&pending.state),
            access_token: Some(reply.access_token.expose_secret()),
            code: Some(code.expose_secret()),
            // Not when it is read, which may be at a later start.
            now: self.time_at(provider, received_at),
            previous: None,
        };
        // The code is spent, and its tokens wait.
        self.when_reachable(pending, || self.verify(provider, id_token, &expected)).await.map(Some)
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

    pub(super) fn session_from(
        &self,
        pending: &PendingSignIn,
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
                None => Some(provider::made_with(&pending.details["provider"])),
            },
            extra: reply.extra,
            warnings: reply.warnings,
        }
    }
}

/// How a sign-in ended without a session.
pub(crate) enum Ended {
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

pub(crate) fn asked_for_openid(pending: &PendingSignIn) -> bool {
    pending.scopes.iter().any(|scope| scope == "openid")
}

pub(crate) fn token_error(error: &TokenError) -> Error {
    Error::new(error.code(), error.to_string()).hint(error.hint()).detail(error.detail())
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
    Error::new(ErrorCode::AuthorizationDeclined, format!("The server declined the sign-in: {error}."))
        .hint(hint)
        .detail((!detail.is_empty()).then_some(detail))
}

pub(crate) fn rejected(verdict: &Verdict) -> Error {
    let Some(check) = verdict.first_failure() else {
        return Error::new("id_token_rejected", "The id_token was not accepted.");
    };
    let mut error = Error::new(
        check.code.as_deref().unwrap_or("id_token_rejected"),
        format!(
            "The id_token was not accepted: {}.",
            check.in_words(verdict.claims.as_ref().unwrap_or(&Claims::default()))
        ),
    )
    .detail(Some(format!("expected {}\ngot {}\n{}", check.expected, check.got, check.section)));
    if let Some(hint) = &check.hint {
        error = error.hint(hint.clone());
    }
    error
}
