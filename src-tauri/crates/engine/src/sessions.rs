//! The tokens that users were given: shown, renamed, copied, revoked, deleted.

use bobbin_protocol::{
    preset::preset,
    settings::AuthenticationMethod,
    token::{build_revocation, process_revocation_reply},
};
use bobbin_store::{Lifetimes, Session, Store};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Engine, Error, Result,
    client_auth::Leg,
    exchange::Purpose,
    lock,
    provider::Provider,
    session_view, skew,
    view::{Change, Environment, ErrorCode, NoticeLevel, SessionAbilities, SessionSecret, SessionView},
};

/// Longer names are cut: the sidebar has one line.
const LONGEST_LABEL: usize = 80;

impl Engine {
    pub async fn session(&self, id: &str) -> Result<SessionView> {
        let session = self.stored_session(id).await?;
        let store = self.store().await?;
        let history = self
            .with_store({
                let id = id.to_owned();
                move |store| store.refresh_history(&id)
            })
            .await?;
        let file = self.0.workspace.connection(&session.connection).ok();
        let preset = file.as_ref().and_then(|file| preset(&file.preset));
        let lifetimes = file.as_ref().map(|file| file.lifetimes).unwrap_or_default();
        let provider = self.provider_at_rest(&session.connection).ok();
        let ahead = provider.as_ref().map_or(0, |provider| self.clock_ahead(provider));
        let (clock_ahead_ms, clock_off_ms) = skew::for_page(ahead);
        Ok(SessionView {
            id: session.id.clone(),
            label: session.label.clone(),
            connection: session.connection.clone(),
            connection_name: file.map_or_else(|| session.connection.clone(), |file| file.name),
            environment: preset.map_or(Environment::Live, |preset| preset.environment),
            kind: session_view::kind(session.kind),
            created_at: session.created_at,
            clock_ahead_ms,
            clock_off_ms,
            persisted: store.persistent(),
            access: session_view::access(&session, lifetimes, self.now()),
            id_token: session_view::id_token(&session, self.now(), skew::followed(ahead)),
            refresh: session_view::refresh(&session, lifetimes, preset),
            unverified: session_view::unverified(&session).is_some(),
            warnings: session_view::warnings(&session),
            scopes_granted: session.scopes_granted.clone(),
            scopes_requested: session.scopes_requested.clone(),
            extra: session_view::extra(&session),
            history: session_view::history(history),
            abilities: self.abilities(&session),
        })
    }

    pub async fn session_rename(&self, id: &str, label: &str) -> Result<SessionView> {
        let label = short(label);
        if label.is_empty() {
            return Err(
                Error::new("label_empty", "A session needs a name.").hint("Type at least one character.")
            );
        }
        self.stored_session(id).await?;
        self.with_store({
            let id = id.to_owned();
            move |store| store.rename_session(&id, &label)
        })
        .await?;
        self.session(id).await
    }

    /// Forgets a session on this computer; the tokens stay valid at the provider until they expire.
    pub async fn session_delete(&self, id: &str) -> Result<()> {
        // After a refresh that is under way: undo brings its tokens back, not those it spent.
        self.wait_cancel(id);
        let _turn = self.turn(id).await;
        // Another process may wait for its next tokens.
        let _lock = self.lock_session(id).await?;
        let session = self.stored_session(id).await?;
        let history = self
            .with_store({
                let id = id.to_owned();
                move |store| {
                    let history = store.refresh_history(&id)?;
                    store.delete_session(&id)?;
                    Ok(history)
                }
            })
            .await?;
        lock(&self.0.undo).put_session(session, history);
        Ok(())
    }

    /// Brings back a session that was deleted since the app started.
    pub async fn session_restore(&self, id: &str) -> Result<SessionView> {
        let _turn = self.turn(id).await;
        let (session, history) = lock(&self.0.undo).session(id).ok_or_else(|| {
            Error::new("undo_gone", "This session can no longer be brought back.").hint("Sign in again.")
        })?;
        self.with_store(move |store| store.restore_session(&session, &history)).await?;
        lock(&self.0.undo).drop_session(id);
        self.session(id).await
    }

    /// Revokes the tokens at the provider (RFC 7009) and then forgets the session.
    ///
    /// The refresh token goes first: it is the one that lives long. Once it is revoked the session is over,
    /// whatever the server says about the access token.
    pub async fn session_revoke(&self, id: &str) -> Result<()> {
        self.wait_cancel(id);
        let _turn = self.turn(id).await;
        let _lock = self.lock_session(id).await?;
        let session = self.stored_session(id).await?;
        let provider = self.provider_of(&session, "revocation_endpoint").await?;
        if let Some(token) = &session.refresh_token {
            self.revoke(&provider, token, "refresh_token").await?;
        }
        let access = if session.access_token.expose_secret().is_empty() {
            Ok(())
        } else {
            self.revoke(&provider, &session.access_token, "access_token").await
        };
        if session.refresh_token.is_none() {
            access.clone()?;
        }
        self.with_store({
            let id = id.to_owned();
            move |store| store.delete_session(&id)
        })
        .await?;
        if let Err(error) = access {
            self.notice(
                NoticeLevel::Warning,
                "access_token_not_revoked",
                format!(
                    "The refresh token was revoked and the session deleted, but not the access token. {error}"
                ),
                Some("The access token works until it expires.".to_owned()),
            );
        }
        Ok(())
    }

    async fn revoke(&self, provider: &Provider, token: &SecretString, hint: &str) -> Result<()> {
        let endpoint = provider.revocation_endpoint()?;
        let client = self.client(provider, Leg::Other).await?;
        let request = build_revocation(&client.at_token_endpoint(), &endpoint, token, hint);
        let reply = self.send(provider, Purpose::Revocation, request).await?.reply;
        process_revocation_reply(&reply, &provider.preset.errors).map_err(|error| {
            Error::new(
                "revocation_refused",
                format!("The {} was not revoked. {error}", hint.replace('_', " ")),
            )
            .hint("The session is still here. Delete it instead if you only want to forget it on this computer.")
            .detail(error.detail())
        })
    }

    /// One secret of a session, for a person who asked to see or copy it.
    pub async fn session_secret(&self, id: &str, which: SessionSecret) -> Result<String> {
        let session = self.stored_session(id).await?;
        let secret = match which {
            SessionSecret::AccessToken => {
                Some(session.access_token).filter(|token| !token.expose_secret().is_empty())
            }
            SessionSecret::IdToken => session.id_token,
            SessionSecret::RefreshToken => session.refresh_token,
        };
        secret.map(|secret| secret.expose_secret().to_owned()).ok_or_else(|| {
            Error::new("token_missing", "This session has no such token.")
                .hint("Ask for offline_access to get a refresh token, and for openid to get an id_token.")
        })
    }

    pub(crate) async fn stored_session(&self, id: &str) -> Result<Session> {
        self.save_held(id).await?;
        let wanted = id.to_owned();
        self.with_store(move |store| store.session(&wanted)).await?.ok_or_else(|| {
            Error::new(ErrorCode::SessionUnknown, "This session no longer exists.")
                .hint("It was deleted or revoked. Sign in again.")
        })
    }

    /// The lifetimes that the credentials file of the session's connection names.
    pub(crate) fn lifetimes(&self, session: &Session) -> Lifetimes {
        let file = self.0.workspace.connection(&session.connection);
        file.map(|file| file.lifetimes).unwrap_or_default()
    }

    /// What the session's provider has besides a token endpoint.
    fn abilities(&self, session: &Session) -> SessionAbilities {
        let provider = self.provider_at_rest(&session.connection).ok();
        let has = |name: &str| {
            provider.as_ref().is_some_and(|provider| provider.is_sandbox() || provider.has(name))
        };
        SessionAbilities {
            userinfo: has("userinfo_endpoint") && session.id_token.is_some(),
            introspection: has("introspection_endpoint"),
            revocation: has("revocation_endpoint"),
            end_session: has("end_session_endpoint") && session.id_token.is_some(),
            public_client: provider
                .as_ref()
                .is_some_and(|provider| provider.authentication_method() == AuthenticationMethod::None),
        }
    }

    pub(crate) fn session_changed(&self, id: &str) {
        self.changed(Change::Session { id: id.to_owned() });
        self.changed(Change::Sessions);
    }

    /// Names a new session after the end user, where the provider tells the name and no person was faster: then it is
    /// no longer called `label`.
    ///
    /// The session works without a name, so a failure here changes nothing; the drawer shows it.
    /// Only a reply about somebody else is told: something is wrong with that provider.
    pub(crate) async fn name_from_userinfo(&self, session_id: String, label: String, subject: String) {
        match self.named_by_provider(&session_id, label, &subject).await {
            Ok(true) => self.session_changed(&session_id),
            Err(error) if error.is(ErrorCode::UserinfoSubMismatch) => self.notice(
                NoticeLevel::Warning,
                error.code(),
                error.to_string(),
                Some("Tell the provider, with the exchange from the Wire drawer.".to_owned()),
            ),
            Ok(false) | Err(_) => {}
        }
    }

    /// Whether the session has another name now.
    async fn named_by_provider(&self, id: &str, from: String, subject: &str) -> Result<bool> {
        let session = self.stored_session(id).await?;
        let provider = self.provider_of(&session, "userinfo_endpoint").await?;
        if !provider.has("userinfo_endpoint") {
            return Ok(false);
        }
        let claims = self.userinfo(&provider, &session, subject).await?;
        let Some(name) = session_view::name_in(&claims) else { return Ok(false) };
        let label = self.free_label(id, &short(&name)).await;
        let id = id.to_owned();
        self.with_store(move |store| store.rename_session_from(&id, &from, &label)).await
    }

    /// `name`, or `name 2` where another session bears it.
    async fn free_label(&self, id: &str, name: &str) -> String {
        let taken: Vec<String> = match self.with_store(Store::sessions).await {
            Ok(sessions) => {
                sessions.into_iter().filter(|session| session.id != id).map(|session| session.label).collect()
            }
            Err(_) => Vec::new(),
        };
        let candidates =
            std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name} {number}")));
        candidates.take(1000).find(|candidate| !taken.contains(candidate)).unwrap_or_else(|| name.to_owned())
    }
}

fn short(name: &str) -> String {
    name.trim().chars().take(LONGEST_LABEL).collect()
}
