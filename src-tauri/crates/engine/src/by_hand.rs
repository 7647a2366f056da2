//! Sessions that begin with what a person pastes: a token reply, or a refresh token.

use bobbin_protocol::{
    http::HttpReply,
    id_token::{self, Pasted, verify_pasted},
    jwks::Jwks,
    jwt,
    settings::StartsWith,
    text::fingerprint,
    token::{TokenError, TokenReply, process_token_reply},
};
use bobbin_store::{RefreshMark, Session, SessionKind, Store};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Engine, Error, Result,
    callback::token_error,
    provider::Provider,
    session_view,
    view::{NoticeLevel, SessionView},
};

/// No provider's refresh token is longer.
const LONGEST_TOKEN: usize = 16 * 1024;

impl Engine {
    /// A session from a pasted reply of a token endpoint. Nothing is sent, keys of a known issuer apart.
    pub async fn session_from_reply(&self, connection: &str, text: String) -> Result<SessionView> {
        let text = SecretString::from(text);
        let provider = self.provider_at_rest(connection)?;
        // The reply is read as if it had come over the network: one reader for both.
        let reply = HttpReply {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: text.expose_secret().trim().as_bytes().to_vec(),
        };
        let reply = process_token_reply(&reply, &provider.preset.errors).map_err(|error| {
            let refused = token_error(&error);
            Error::new(refused.code(), refused.to_string())
                .hint(match error {
                    TokenError::OAuth { .. } | TokenError::Provider { .. } => {
                        "A refusal holds no tokens: paste the reply to a request that succeeded. Inspect explains a refusal."
                    }
                    _ => {
                        "Paste the whole JSON object that the token endpoint answered with, braces included. Inspect reads a single token."
                    }
                })
                .detail(refused.view().detail.clone())
        })?;
        self.trust_first(&provider).await?;
        let now = self.now();
        let mut session =
            Session { label: "Pasted tokens".to_owned(), ..self.blank(connection, SessionKind::Manual, now) };
        fill(&mut session, reply);
        if let Some(id_token) = session.id_token.clone() {
            // The sandbox is started and the issuer asked, so that there are keys; without them the rest is checked.
            let provider = self.provider(connection).await.unwrap_or(provider);
            let verdict = self.verdict_by_hand(&provider, &session, &id_token).await;
            session.label = session_view::label(Some(&verdict));
            session.verdict = session_view::kept_by_hand(&verdict, now);
        }
        self.add_by_hand(session).await
    }

    /// A session from a refresh token that the provider gave by hand; the first refresh brings its access token.
    pub async fn session_from_refresh_token(&self, connection: &str, token: String) -> Result<SessionView> {
        let token = SecretString::from(token);
        let provider = self.provider_at_rest(connection)?;
        if provider.preset.starts_with != StartsWith::RefreshToken && !provider.has("token_endpoint") {
            return Err(Error::new("refresh_token_not_used", "This connection has no token endpoint.")
                .hint("Paste a whole token reply instead, or fill in token_endpoint."));
        }
        let token = valid_refresh_token(&token)?;
        self.refuse_changed(&provider, "token_endpoint").await?;
        let begun_with = fingerprint(token.expose_secret());
        // Of two pastes at once, the second finds the first one's session.
        let _turn = self.turn(&format!("refresh-token:{begun_with}")).await;
        if let Some(known) = self.begun_with(connection, &token, &begun_with).await? {
            return self.go_on_with(known).await;
        }
        let now = self.now();
        let mut verdict = provider.made_with();
        verdict[session_view::BEGUN_WITH] = begun_with.into();
        let session = Session {
            label: "User tokens".to_owned(),
            refresh_token: Some(token),
            verdict: Some(verdict),
            ..self.blank(connection, SessionKind::User, now)
        };
        let id = self.add_by_hand(session).await?.id;
        self.first_refresh(&id).await
    }

    async fn first_refresh(&self, id: &str) -> Result<SessionView> {
        let refreshed = self.session_refresh(id, 1, None).await;
        if refreshed.is_err()
            && let Err(error) = self.forget_refused(id).await
        {
            self.report(&error);
        }
        refreshed
    }

    /// The session that has this refresh token or began with it.
    async fn begun_with(
        &self,
        connection: &str,
        token: &SecretString,
        fingerprint: &str,
    ) -> Result<Option<Session>> {
        let sessions = self.with_store(Store::sessions).await?;
        Ok(sessions.into_iter().find(|session| {
            let has = session.refresh_token.as_ref().map(ExposeSecret::expose_secret);
            let began = session.verdict.as_ref().and_then(|it| it[session_view::BEGUN_WITH].as_str());
            session.connection == connection
                && (has == Some(token.expose_secret()) || began == Some(fingerprint))
        }))
    }

    /// A refresh token that was pasted before makes no second session: the two would spend each other's tokens.
    async fn go_on_with(&self, known: Session) -> Result<SessionView> {
        if known.generation == 1 && known.access_token.expose_secret().is_empty() {
            return self.first_refresh(&known.id).await;
        }
        self.notice(
            NoticeLevel::Info,
            "refresh_token_known",
            format!("This refresh token has a session already, {}; no second one was made.", known.label),
            None,
        );
        self.session(&known.id).await
    }

    /// A refused token is of no use to anyone; after any other failure the session stays for another try.
    async fn forget_refused(&self, id: &str) -> Result<()> {
        if self.stored_session(id).await?.refresh_state != RefreshMark::Rejected {
            return Ok(());
        }
        let refused = id.to_owned();
        self.with_store(move |store| store.delete_session(&refused)).await.map(drop)
    }

    fn blank(&self, connection: &str, kind: SessionKind, now: i64) -> Session {
        Session {
            id: self.new_id(),
            connection: connection.to_owned(),
            kind,
            label: String::new(),
            created_at: now,
            access_token: SecretString::default(),
            token_type: "Bearer".to_owned(),
            access_issued_at: now,
            access_expires_at: None,
            id_token: None,
            refresh_token: None,
            refresh_issued_at: now,
            generation: 1,
            refresh_state: RefreshMark::Ready,
            scopes_requested: Vec::new(),
            scopes_granted: Vec::new(),
            verdict: None,
            extra: Vec::new(),
            warnings: Vec::new(),
        }
    }

    async fn add_by_hand(&self, session: Session) -> Result<SessionView> {
        let id = session.id.clone();
        self.keep_session(session).await?;
        self.session(&id).await
    }

    /// Every check of a pasted id_token that needs no sign-in, as far as the connection knows what to expect.
    async fn verdict_by_hand(
        &self,
        provider: &Provider,
        session: &Session,
        id_token: &SecretString,
    ) -> id_token::Verdict {
        let issuer = provider.issuer().ok();
        let pasted = Pasted {
            issuer: issuer.as_deref(),
            client_id: Some(provider.client_id()).filter(|id| !id.is_empty()),
            access_token: Some(session.access_token.expose_secret()),
            now: self.now_at(provider),
        };
        let checked = |keys: Option<&Jwks>| verify_pasted(id_token.expose_secret(), keys, &pasted);
        match self.keys(provider).await {
            Ok(keys) => {
                let verdict = checked(Some(&keys));
                if verdict.unknown_kid()
                    && let Ok(keys) = self.fetch_keys(provider).await
                {
                    return checked(Some(&keys));
                }
                verdict
            }
            Err(error) => {
                let mut verdict = checked(None);
                for check in verdict.checks.iter_mut().filter(|check| check.name == "signature") {
                    if check.outcome == id_token::Outcome::Skipped {
                        check.why = format!("Not checked. {error}");
                        check.hint.clone_from(&error.view().hint);
                    }
                }
                verdict
            }
        }
    }
}

fn fill(session: &mut Session, reply: TokenReply) {
    session.access_token = reply.access_token;
    session.token_type = reply.token_type;
    // When the reply came nobody knows: only a token that says itself when it ends has a countdown.
    session.access_expires_at = jwt::decode(session.access_token.expose_secret())
        .ok()
        .and_then(|token| token.payload.get("exp")?.as_i64())
        .map(|exp| exp.saturating_mul(1000));
    session.id_token = reply.id_token;
    session.refresh_token = reply.refresh_token;
    session.scopes_granted = reply.scope.unwrap_or_default();
    session.scopes_requested = session.scopes_granted.clone();
    session.extra = reply.extra;
    session.warnings = reply.warnings;
    if let Some(seconds) = reply.expires_in {
        session.extra.push(("expires_in".to_owned(), format!("{seconds} s from when it was given")));
    }
}

fn valid_refresh_token(token: &SecretString) -> Result<SecretString> {
    let text = token.expose_secret().trim().trim_matches('"');
    if text.is_empty() {
        return Err(Error::new("refresh_token_empty", "No refresh token was pasted.")
            .hint("Paste the refresh token that the provider gave you."));
    }
    if text.starts_with('{') {
        return Err(Error::new("refresh_token_is_json", "This is a JSON object, not a refresh token.")
            .hint("Paste the value of its member refresh_token, without the quotes."));
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return Err(Error::new("refresh_token_is_url", "This is a URL, not a refresh token.")
            .hint("Paste the refresh token itself. Where it is sent stands under Endpoints."));
    }
    if text.len() > LONGEST_TOKEN
        || text.chars().any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(Error::new(
            "refresh_token_malformed",
            "This is no refresh token: it has white space in it or is too long.",
        )
        .hint("Paste the token alone, on one line."));
    }
    Ok(text.to_owned().into())
}
