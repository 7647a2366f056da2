//! Tokens of the client itself (RFC 6749 section 4.4): asked for once and used until they expire.

use bobbin_protocol::{preset::AuthenticationMethod, token::build_client_credentials};
use bobbin_store::{RefreshMark, Session, SessionKind, Store};

use crate::{
    Engine, Error, Result,
    client_auth::Leg,
    exchange::Purpose,
    provider::Provider,
    session_view,
    view::{Change, SessionView},
};

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

    /// The client session of a connection that asks for what the connection asks for now, at the same provider.
    pub(crate) async fn kept_client_token(&self, provider: &Provider) -> Result<Option<Session>> {
        let scopes = provider.client_scopes();
        let sessions = self.with_store(Store::sessions).await?;
        Ok(sessions.into_iter().rev().find(|session| {
            session.kind == SessionKind::Client
                && session.connection == provider.slug()
                && session.scopes_requested == scopes
                && provider.refuse_foreign(session).is_ok()
        }))
    }

    /// One at a time for each connection, so that who waited uses the winner's.
    pub(crate) async fn client_token_now(&self, connection: &str, fresh: bool) -> Result<String> {
        let _turn = self.turn(&format!("client:{connection}")).await;
        let provider = self.provider(connection).await?;
        let before = self.kept_client_token(&provider).await?;
        if let Some(session) = before.as_ref().filter(|_| !fresh)
            && session.access_expires_at.is_none_or(|end| end - MARGIN_MS > self.now())
        {
            return Ok(session.id.clone());
        }
        if provider.authentication_method() == AuthenticationMethod::None {
            return Err(Error::new("client_token_public_client", "A public client gets no tokens of its own.")
                .hint("Choose how the client proves itself under Authentication: its secret, or its private key (RFC 6749 section 4.4)."));
        }
        crate::doctor::refuse_client_token(&self.problems_for_client_token(&provider).await?)?;
        let scopes = provider.client_scopes();
        let audience = provider.client_audience();
        let reply = self
            .ask_for_tokens(&provider, Purpose::ClientCredentials, Leg::Token, |client| {
                build_client_credentials(client, &scopes, audience.as_deref())
            })
            .await?;
        let now = self.now();
        let session = Session {
            id: before.as_ref().map_or_else(|| self.new_id(), |session| session.id.clone()),
            connection: connection.to_owned(),
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
            scopes_requested: scopes,
            verdict: Some(provider.made_with()),
            extra: reply.extra,
        };
        let id = session.id.clone();
        // Another can be had at any time, so that a crash in between costs nothing.
        self.with_store(move |store| {
            store.delete_session(&session.id)?;
            store.add_session(&session)
        })
        .await?;
        self.session_changed(&id);
        self.changed(Change::Connection { slug: connection.to_owned() });
        Ok(id)
    }
}
