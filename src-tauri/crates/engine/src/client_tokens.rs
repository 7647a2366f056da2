//! Tokens of the client itself (RFC 6749 section 4.4): asked for once and used until they expire.

use bobbin_protocol::{settings::AuthenticationMethod, token::build_client_credentials};
use bobbin_store::{RefreshMark, Session, SessionKind, Store};
use serde_json::json;

use crate::{
    Engine, Error, Result,
    exchange::Purpose,
    provider::Provider,
    session_view, skew,
    view::{Change, SessionView},
};

/// The member of a kept client session's verdict that says what its token was asked for with.
const MADE_FOR: &str = "made_for";

/// A token that ends within this time is not used again: it could end on its way.
const MARGIN_MS: i64 = 10_000;

impl Engine {
    /// The client's token: the one kept, or a new one where it has expired or `fresh` is asked for.
    pub async fn client_token(&self, connection: &str, fresh: bool) -> Result<SessionView> {
        let (engine, connection) = (self.clone(), connection.to_owned());
        // On a task of its own: a page that is reloaded must not lose the token.
        let id = tokio::spawn(async move { engine.client_token_now(&connection, fresh).await })
            .await
            .map_err(|error| Error::new("internal", format!("The request ended early: {error}.")))??;
        self.session(&id).await
    }

    /// The client session of a connection that was got for what the connection asks for now, at the same provider.
    pub(crate) async fn kept_client_token(&self, provider: &Provider) -> Result<Option<Session>> {
        let wanted = Wanted::now(provider);
        let sessions = self.with_store(Store::sessions).await?;
        Ok(sessions.into_iter().rev().find(|session| {
            session.kind == SessionKind::Client
                && session.connection == provider.slug()
                && Wanted::then(session).as_ref() == Some(&wanted)
                && provider.refuse_foreign(session).is_ok()
        }))
    }

    /// One at a time for each connection, so that who waited uses the winner's.
    async fn client_token_now(&self, connection: &str, fresh: bool) -> Result<String> {
        let _turn = self.turn(&format!("client:{connection}")).await;
        let provider = self.provider(connection).await?;
        let before = self.kept_client_token(&provider).await?;
        if let Some(session) = before.as_ref().filter(|session| !fresh && self.is_live(session)) {
            return Ok(session.id.clone());
        }
        refuse_public(&provider)?;
        crate::doctor::refuse_client_token(&self.problems_for_client_token(&provider).await?)?;
        self.ask_for_client_token(&provider, Wanted::now(&provider), before).await
    }

    /// The session with a token that has not expired, of the same scopes and audience as before.
    ///
    /// What the connection asks for today is for a new session.
    pub(crate) async fn renewed_client_session(&self, session: &Session) -> Result<Session> {
        let _turn = self.turn(&format!("client:{}", session.connection)).await;
        let session = self.stored_session(&session.id).await?;
        if self.is_live(&session) {
            return Ok(session);
        }
        let provider = self.provider_of(&session, "token_endpoint").await?;
        refuse_public(&provider)?;
        let id = session.id.clone();
        let wanted = Wanted::then(&session)
            .unwrap_or_else(|| Wanted { scopes: session.scopes_requested.clone(), ..Wanted::now(&provider) });
        self.ask_for_client_token(&provider, wanted, Some(session)).await?;
        self.stored_session(&id).await
    }

    fn is_live(&self, session: &Session) -> bool {
        let (now, lifetimes) = (self.now(), self.lifetimes(session));
        let ends_soon = skew::access_end(session, lifetimes, now).is_some_and(|end| end - MARGIN_MS <= now);
        !ends_soon && !skew::is_over(session, lifetimes, now)
    }

    /// Asks for a token and keeps it in place of `before`.
    async fn ask_for_client_token(
        &self,
        provider: &Provider,
        wanted: Wanted,
        before: Option<Session>,
    ) -> Result<String> {
        let Wanted { scopes, audience } = &wanted;
        let sent = audience
            .as_ref()
            .map(|audience| provider.filled_in(audience).unwrap_or_else(|| audience.clone()));
        let (reply, exchanged) = self
            .ask_for_tokens(provider, Purpose::ClientCredentials, provider.slug(), None, |client| {
                build_client_credentials(client, scopes, sent.as_deref())
            })
            .await?;
        let now = self.now();
        let mut made_with = provider.made_with();
        made_with[MADE_FOR] = json!({ "audience": audience });
        let session = Session {
            id: before.as_ref().map_or_else(|| self.new_id(), |session| session.id.clone()),
            connection: provider.slug().to_owned(),
            kind: SessionKind::Client,
            label: before.as_ref().map_or_else(|| "Client token".to_owned(), |session| session.label.clone()),
            created_at: before.as_ref().map_or(now, |session| session.created_at),
            access_token: reply.access_token,
            token_type: reply.token_type,
            access_issued_at: now,
            access_expires_at: session_view::expiry(now, reply.expires_in),
            id_token: None,
            // RFC 6749 4.4.3: one should not come; it would be kept if it did.
            refresh_token: reply.refresh_token,
            refresh_issued_at: now,
            generation: before.as_ref().map_or(1, |session| session.generation + 1),
            refresh_state: RefreshMark::Ready,
            scopes_granted: reply.scope.unwrap_or_else(|| scopes.clone()),
            scopes_requested: wanted.scopes,
            verdict: Some(made_with),
            extra: reply.extra,
            warnings: reply.warnings,
        };
        let id = session.id.clone();
        // Another can be had at any time, so that a crash in between costs nothing.
        let kept = self.with_store(move |store| {
            store.delete_session(&session.id)?;
            store.add_session(&session)
        });
        let kept = kept.await;
        self.record_exchanged(&exchanged);
        kept?;
        self.session_changed(&id);
        self.changed(Change::Connection { slug: provider.slug().to_owned() });
        Ok(id)
    }
}

/// What a client token is asked for with. One that was got for something else is not used in its place.
#[derive(PartialEq, Eq)]
struct Wanted {
    scopes: Vec<String>,
    /// As it is written: the sandbox has another address in each run.
    audience: Option<String>,
}

impl Wanted {
    fn now(provider: &Provider) -> Self {
        let by_hand = provider.file.client_tokens.as_ref().and_then(|written| written.audience.clone());
        let usual = || provider.preset.client_tokens.as_ref()?.audience.clone();
        Self {
            scopes: provider.client_scopes(),
            audience: by_hand.or_else(usual).filter(|audience| !audience.is_empty()),
        }
    }

    /// `None` for a session of a Bobbin that did not note the audience.
    fn then(session: &Session) -> Option<Self> {
        let audience = session.verdict.as_ref()?.get(MADE_FOR)?["audience"].as_str().map(str::to_owned);
        Some(Self { scopes: session.scopes_requested.clone(), audience })
    }
}

fn refuse_public(provider: &Provider) -> Result<()> {
    if provider.authentication_method() != AuthenticationMethod::None {
        return Ok(());
    }
    Err(Error::new("client_token_public_client", "A public client gets no tokens of its own.")
        .hint("Choose how the client proves itself under Authentication: its secret, or its private key (RFC 6749 section 4.4)."))
}
