//! One run of the authorization code flow, from the request to the browser's return.
//!
//! What happens after the return is in [`crate::callback`].

mod progress;

use std::{sync::Arc, time::Duration};

use bobbin_protocol::{
    authorization::{AuthorizationRequest, build_authorization_url},
    pkce::{CodeVerifier, random_value},
};
use bobbin_store::{PendingSignIn, Store};
use tokio::time::Instant;
use url::Url;

pub(crate) use self::progress::{Run, Runs};
use crate::{
    Engine, Error, Result,
    connections::{problems, redirect_methods},
    doctor::findings,
    lock, loopback,
    requests::valid_label,
    view::{Change, ErrorCode, ExchangeOutcome, NoticeLevel, RedirectMethod, SignInState, SignInView, Step},
    wire,
};

/// How long a pending sign-in waits for the browser.
pub(crate) const PATIENCE_MS: i64 = 10 * 60 * 1000;
/// How often a waiting sign-in looks whether the computer has slept.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(2);

impl Engine {
    /// Prepares a request, keeps what its return needs, and opens the person's browser.
    ///
    /// A browser that cannot be opened leaves the sign-in waiting: its link can be copied.
    ///
    /// `user_label` is the caller's own name for the end user; it may be empty.
    pub async fn sign_in_start(&self, connection: &str, user_label: &str) -> Result<SignInView> {
        let started = self.now();
        // The first may still be asking the provider for its endpoints.
        let _turn = self.turn(&format!("sign-in:{connection}")).await;
        if let Some(repeated) = lock(&self.0.sign_ins).just_started(connection, started) {
            return Ok(repeated);
        }
        let provider = self.provider(connection).await?;
        let secrets = self.client_secrets(connection).await?;
        // What is wrong with where the code would go is said in its own words.
        let identity = provider.identity()?;
        refuse_what_cannot_work(&problems(&provider, &findings(&provider, Some(&secrets), started)))?;
        self.refuse_changed(&provider, "token_endpoint").await?;
        // A person types their password there.
        self.refuse_changed(&provider, "authorization_endpoint").await?;
        let redirect = provider.redirect()?;
        let redirect_method = redirect.method;
        // Taken before the browser opens, so that its way back is there.
        let listener = match redirect_method {
            RedirectMethod::Loopback => Some(self.bind(&redirect.uri).await?),
            _ => None,
        };
        let redirect_uri = listener.as_ref().map_or_else(|| redirect.uri.clone(), loopback::Bound::uri);

        let verifier = CodeVerifier::from_bytes(self.random_value());
        let state = random_value(self.random_value());
        let nonce = random_value(self.random_value());
        let code_challenge = verifier.challenge();
        let url = build_authorization_url(&AuthorizationRequest {
            authorization_endpoint: &provider.authorization_endpoint()?,
            client_id: provider.client_id(),
            redirect_uri: &redirect_uri,
            scopes: &provider.file.scopes,
            state: &state,
            nonce: &nonce,
            code_challenge: &code_challenge,
            extra: &provider
                .file
                .parameters
                .authorize
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect::<Vec<_>>(),
        })
        .map_err(|error| Error::new("authorization_request_invalid", error.to_string()))?;

        let id = self.new_id();
        let exchange = self.new_id();
        let pending = PendingSignIn {
            id: id.clone(),
            connection: connection.to_owned(),
            state,
            nonce: nonce.into(),
            code_verifier: verifier.expose().to_owned().into(),
            code_challenge,
            user_label: valid_label(user_label),
            redirect_uri,
            scopes: provider.file.scopes.clone(),
            started_at: started,
            expires_at: started + PATIENCE_MS,
            details: serde_json::json!({
                "redirect_method": redirect_method,
                "url": url.as_str(),
                "exchange": exchange,
                "provider": identity,
            }),
        };
        // Durable before the browser opens: the return may meet another process.
        self.with_store({
            let pending = pending.clone();
            move |store| store.add_sign_in(&pending)
        })
        .await?;

        tracing::info!(sign_in = id, ?redirect_method, "sign-in started");
        let mut run = Run::new(&pending);
        run.done(Step::Prepare, self.now(), "state, nonce and verifier: 32 random bytes each");
        run.begin(Step::Consent, self.now(), "Opening your browser…");
        lock(&self.0.sign_ins).add(run);
        if let Some(listener) = listener {
            self.listen(&id, listener);
        }
        self.record(wire::Exchange::opened(&exchange, self.now(), &url, connection));
        self.open_browser(&id, &url);
        self.give_up_in_time(&id, pending.expires_at);
        self.warm_keys(connection.to_owned());
        self.sign_in_by_id(&id)
    }

    /// The latest sign-in of a connection, whatever became of it.
    pub fn sign_in(&self, connection: &str) -> Option<SignInView> {
        lock(&self.0.sign_ins).latest(connection).map(Run::view)
    }

    /// Ends a waiting sign-in. A link that comes for it later is inert.
    pub async fn sign_in_cancel(&self, id: &str) -> Result<SignInView> {
        self.cancel_sign_in(id, "Cancelled here, before the browser came back.").await?;
        self.sign_in_by_id(id)
    }

    pub(crate) async fn cancel_sign_in(&self, id: &str, why: &str) -> Result<()> {
        self.wait_cancel(id);
        let removed = self
            .with_store({
                let id = id.to_owned();
                move |store| store.remove_sign_in(&id)
            })
            .await?;
        if removed {
            self.end_waiting(id, SignInState::Cancelled, why).await;
        }
        Ok(())
    }

    /// Comes back another way from now on, where the redirect URI allows it.
    pub async fn sign_in_switch(&self, id: &str, method: RedirectMethod) -> Result<SignInView> {
        let uri = {
            let mut runs = lock(&self.0.sign_ins);
            let run = runs.get(id).filter(|run| run.waiting()).ok_or_else(over)?;
            if !redirect_methods(&run.redirect_uri).contains(&method) {
                return Err(Error::new(
                    "redirect_method_unfit",
                    "The browser cannot come back that way from this redirect URI.",
                )
                .hint("Cancel, change the redirect URI in the connection and sign in again."));
            }
            run.redirect_uri.clone()
        };
        let bound = match method {
            RedirectMethod::Loopback => Some(self.bind(&uri).await?),
            _ => None,
        };
        self.keep_redirect_method(id, method).await?;
        match bound {
            Some(bound) => self.listen(id, bound),
            None => self.stop_listening(id),
        }
        self.progress(id, |run, _| run.redirect_method = method);
        self.sign_in_by_id(id)
    }

    /// Another run of Bobbin goes on waiting the same way.
    async fn keep_redirect_method(&self, id: &str, method: RedirectMethod) -> Result<()> {
        let id = id.to_owned();
        self.with_store(move |store| {
            let waiting = store.pending_sign_ins()?.into_iter().find(|waiting| waiting.id == id);
            waiting.map_or(Ok(()), |mut waiting| {
                waiting.details["redirect_method"] = serde_json::json!(method);
                store.update_sign_in(&waiting)
            })
        })
        .await
    }

    /// Opens the browser again, for a window that was closed by mistake.
    pub fn sign_in_open(&self, id: &str) -> Result<SignInView> {
        let url = self.waiting_link(id)?;
        self.open_browser(id, &url);
        self.sign_in_by_id(id)
    }

    /// The authorization URL of a waiting sign-in, to be opened in another browser.
    pub fn sign_in_link(&self, id: &str) -> Result<String> {
        self.waiting_link(id).map(Into::into)
    }

    pub(crate) fn sign_in_by_id(&self, id: &str) -> Result<SignInView> {
        lock(&self.0.sign_ins).get(id).map(|run| run.view()).ok_or_else(|| {
            Error::new("sign_in_unknown", "This sign-in is no longer known.").hint("Start a new one.")
        })
    }

    /// Changes a run and tells the page.
    pub(crate) fn progress(&self, id: &str, change: impl FnOnce(&mut Run, i64)) {
        let now = self.now();
        if let Some(run) = lock(&self.0.sign_ins).get(id) {
            change(run, now);
        }
        self.changed(Change::SignIn { id: id.to_owned() });
    }

    /// Ends a run that was still waiting for the browser.
    pub(crate) async fn end_waiting(&self, id: &str, state: SignInState, why: &str) {
        let mut exchange = None;
        self.progress(id, |run, now| {
            exchange = Some(run.exchange.clone());
            run.end(state, now, why);
        });
        self.stop_listening(id);
        if let Some(exchange) = exchange {
            self.record_returned(&exchange, ExchangeOutcome::Cancelled);
        }
        self.end_request(id, state, Some(why.to_owned())).await;
    }

    /// Waiting sign-ins of an earlier run of the app; those past their time are ended.
    pub(crate) fn take_up_sign_ins(&self, store: &Arc<Store>) -> Result<()> {
        store.remove_expired_sign_ins(self.now())?;
        for pending in store.pending_sign_ins()? {
            let mut run = Run::new(&pending);
            run.done(Step::Prepare, pending.started_at, "state, nonce and verifier: 32 random bytes each");
            run.begin(Step::Consent, pending.started_at, "Opened in your browser.");
            let known = lock(&self.0.sign_ins).get(&pending.id).is_some();
            if !known {
                let on_loopback = run.redirect_method == RedirectMethod::Loopback;
                lock(&self.0.sign_ins).add(run);
                if on_loopback {
                    self.listen_again(&pending.id, &pending.redirect_uri);
                }
                self.give_up_in_time(&pending.id, pending.expires_at);
                // The page may have asked before the database was open.
                self.changed(Change::SignIn { id: pending.id.clone() });
                // The browser may be on a page of the sandbox, which has to be there again.
                self.warm_keys(pending.connection);
            }
        }
        Ok(())
    }

    fn waiting_link(&self, id: &str) -> Result<Url> {
        lock(&self.0.sign_ins)
            .get(id)
            .filter(|run| run.waiting())
            .and_then(|run| Url::parse(&run.url).ok())
            .ok_or_else(over)
    }

    fn open_browser(&self, id: &str, url: &Url) {
        let opened = self.0.config.browser.open(url.as_str());
        self.progress(id, |run, now| match opened {
            Ok(()) => {
                run.failure = None;
                run.begin(Step::Consent, now, "Opened in your browser.");
            }
            Err(reason) => {
                run.begin(Step::Consent, now, "Waiting for you to open the link.");
                run.failure = Some(
                    Error::new("browser_failed", "Your browser could not be opened.")
                        .hint("Copy the link and open it in any browser on this computer; the sign-in keeps waiting.")
                        .detail(Some(reason))
                        .into(),
                );
            }
        });
    }

    /// Ends the sign-in when its time is up, unless something else ended it before.
    fn give_up_in_time(&self, id: &str, expires_at: i64) {
        let engine = self.clone();
        let id = id.to_owned();
        tokio::spawn(async move {
            let left = u64::try_from(expires_at - engine.now()).unwrap_or(0);
            let end = Instant::now() + Duration::from_millis(left);
            // The timer stands still while the computer sleeps, and a clock can be set back: the earlier ends it.
            while Instant::now() < end && engine.now() < expires_at && engine.waits(&id) {
                let left = end.saturating_duration_since(Instant::now());
                tokio::time::sleep(left.min(LOOK_AT_CLOCK)).await;
            }
            engine.expire(&id).await;
        });
    }

    /// Ends a sign-in whose time is up, if it still waits here.
    pub(crate) async fn expire(&self, id: &str) {
        if !self.waits(id) {
            return;
        }
        let why = "The browser did not come back within 10 minutes.";
        let row = id.to_owned();
        match self.with_store(move |store| store.remove_sign_in(&row)).await {
            Ok(true) => {}
            // Somebody has taken it, here or in another process, and will say how it ends.
            Ok(false) => {
                self.progress(id, |run, now| run.end(SignInState::Expired, now, why));
                return self.stop_listening(id);
            }
            Err(error) => self.report(&error),
        }
        self.end_waiting(id, SignInState::Expired, why).await;
        self.notice(
            NoticeLevel::Warning,
            "sign_in_expired",
            "A sign-in was given up after 10 minutes.",
            Some("Start it again when you are ready.".to_owned()),
        );
    }

    /// Whether the sign-in still waits for the browser.
    pub(crate) fn waits(&self, id: &str) -> bool {
        lock(&self.0.sign_ins).get(id).is_some_and(|run| run.waiting())
    }

    /// Fetches the signing keys while the person signs in, so that the check does not wait for them.
    /// A failure shows again, and is told, when the keys are needed.
    fn warm_keys(&self, connection: String) {
        let engine = self.clone();
        tokio::spawn(async move {
            if let Ok(provider) = engine.provider(&connection).await
                && provider.has("jwks_uri")
            {
                let _ = engine.fetch_keys(&provider).await;
            }
        });
    }
}

fn over() -> Error {
    Error::new(ErrorCode::SignInOver, "This sign-in no longer waits for the browser.")
        .hint("Start a new one.")
}

fn refuse_what_cannot_work(problems: &[crate::view::Problem]) -> Result<()> {
    // What a client token needs is no sign-in's business.
    let wrong = |problem: &&crate::view::Problem| !problem.warning && problem.field != "clientScopes";
    let Some(problem) = problems.iter().find(wrong) else {
        return Ok(());
    };
    Err(Error::new("connection_incomplete", problem.message.clone())
        .hint("Correct it in the connection, then sign in again."))
}
