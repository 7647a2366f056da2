//! Access and refresh tokens that were given out.
//!
//! Only their SHA-256 hashes are kept, in memory and, when there is one, in the state file. The file is written before
//! a token is handed out, so that a restart never forgets a token that someone holds.

use std::{io, path::PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{scopes, secret};
use ledger::Ledger;

mod file;
mod ledger;
#[cfg(test)]
mod tests;

/// Lifetimes in seconds.
pub(crate) const USER_ACCESS_LIFETIME: u64 = 15 * 60;
pub(crate) const CLIENT_ACCESS_LIFETIME: u64 = 60 * 60;
/// Sliding: each use gives a new refresh token with the whole lifetime.
pub(crate) const REFRESH_LIFETIME: u64 = 365 * 24 * 60 * 60;

/// What a signed-in person allowed a client to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    /// The person's id.
    pub(crate) person: String,
    /// The session at the provider, the id_token's `sid`.
    pub(crate) session: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) auth_time: u64,
}

/// What an access token stands for: a person's authorization, or a client by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    User(Authorization),
    Client { client_id: String, scopes: Vec<String> },
}

/// A user's new tokens. The refresh token is there when `offline_access` was granted.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
}

/// What a token stands for, and from when to when it is valid in seconds since 1970.
pub(crate) struct Active {
    pub(crate) grant: Grant,
    pub(crate) issued: u64,
    pub(crate) expires: u64,
    /// Whether it opens the API; a refresh token does not.
    pub(crate) is_access: bool,
}

/// Why a refresh token gives no new pair.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RotateError {
    #[error("the refresh token is unknown, expired, another client's, or was used before")]
    Unusable,
    #[error("a scope was asked for that was not granted")]
    Scope,
    #[error("the state file cannot be written")]
    State(#[from] io::Error),
}

/// All grants.
#[derive(Debug)]
pub(crate) struct Grants {
    file: Option<PathBuf>,
    ledger: Mutex<Ledger>,
}

impl Grants {
    /// Reads the state file. A missing or damaged one is an empty one: all that is lost is test sessions.
    pub(crate) fn open(file: Option<PathBuf>, now: u64) -> io::Result<Self> {
        let mut ledger = file.as_deref().map(file::read).transpose()?.unwrap_or_default();
        ledger.evict(now);
        Ok(Self { file, ledger: Mutex::new(ledger) })
    }

    /// Gives a person's tokens for a redeemed code.
    pub(crate) async fn issue_user(&self, authorization: &Authorization, now: u64) -> io::Result<Tokens> {
        let mut ledger = self.ledger.lock().await;
        let access_token = ledger.access(Grant::User(authorization.clone()), now, USER_ACCESS_LIFETIME);
        let offline = authorization.scopes.iter().any(|scope| scope == "offline_access");
        let refresh_token = offline.then(|| ledger.refresh(authorization.clone(), now));
        self.save(&ledger).await?;
        Ok(Tokens { access_token, refresh_token })
    }

    /// Gives a refresh token alone, for a sign-in that happened elsewhere.
    pub(crate) async fn issue_refresh(&self, authorization: Authorization, now: u64) -> io::Result<String> {
        let mut ledger = self.ledger.lock().await;
        let token = ledger.refresh(authorization, now);
        self.save(&ledger).await?;
        Ok(token)
    }

    /// Gives a client its own access token.
    pub(crate) async fn issue_client(
        &self,
        client_id: &str,
        scopes: Vec<String>,
        now: u64,
    ) -> io::Result<String> {
        let grant = Grant::Client { client_id: client_id.into(), scopes };
        let mut ledger = self.ledger.lock().await;
        let token = ledger.access(grant, now, CLIENT_ACCESS_LIFETIME);
        self.save(&ledger).await?;
        Ok(token)
    }

    /// Uses a refresh token: it is consumed durably before the new pair is returned, with no time of grace.
    /// The authorization that comes back is that of the access token, which lives for `lifetime` seconds and has the
    /// scopes of `scope` alone; the refresh token keeps them all (RFC 6749 §6).
    /// A second use does not end the session it came from; neither does IdentityServer's.
    pub(crate) async fn rotate(
        &self,
        client_id: &str,
        token: &str,
        scope: Option<&str>,
        lifetime: u64,
        now: u64,
    ) -> Result<(Authorization, Tokens), RotateError> {
        let mut ledger = self.ledger.lock().await;
        let refresh = ledger.usable(client_id, token, now).ok_or(RotateError::Unusable)?;
        let whole = refresh.authorization.clone();
        let scopes = match scope {
            Some(asked) => scopes::narrow(asked, &whole.scopes).ok_or(RotateError::Scope)?,
            None => whole.scopes.clone(),
        };
        refresh.consumed = true;
        let narrowed = Authorization { scopes, ..whole.clone() };
        let access_token = ledger.access(Grant::User(narrowed.clone()), now, lifetime);
        let refresh_token = Some(ledger.refresh(whole, now));
        self.save(&ledger).await?;
        Ok((narrowed, Tokens { access_token, refresh_token }))
    }

    /// Makes a used refresh token of this client work once more, for a provider that does not rotate them.
    pub(crate) async fn reopen(&self, client_id: &str, token: &str) -> io::Result<()> {
        let mut ledger = self.ledger.lock().await;
        ledger.reopen(client_id, token);
        self.save(&ledger).await
    }

    /// What an access token stands for, while it is valid.
    pub(crate) async fn find(&self, access_token: &str, now: u64) -> Option<Grant> {
        let active = self.ledger.lock().await.active(access_token, now)?;
        active.is_access.then_some(active.grant)
    }

    /// What a token of this client stands for, while it can be used (RFC 7662 §2.2).
    pub(crate) async fn introspect(&self, client_id: &str, token: &str, now: u64) -> Option<Active> {
        let active = self.ledger.lock().await.active(token, now)?;
        (active.grant.client_id() == client_id).then_some(active)
    }

    /// Ends a token of this client (RFC 7009 §2.1); with a refresh token, everything of its session.
    pub(crate) async fn revoke(&self, client_id: &str, token: &str) -> io::Result<()> {
        let mut ledger = self.ledger.lock().await;
        ledger.remove(client_id, &secret::sha256(token));
        self.save(&ledger).await
    }

    async fn save(&self, ledger: &Ledger) -> io::Result<()> {
        match &self.file {
            Some(path) => file::write(path.clone(), ledger).await,
            None => Ok(()),
        }
    }
}

impl Grant {
    pub(crate) fn client_id(&self) -> &str {
        match self {
            Self::User(authorization) => &authorization.client_id,
            Self::Client { client_id, .. } => client_id,
        }
    }

    fn session(&self) -> Option<&str> {
        match self {
            Self::User(authorization) => Some(&authorization.session),
            Self::Client { .. } => None,
        }
    }

    pub(crate) fn scopes(&self) -> &[String] {
        match self {
            Self::User(authorization) => &authorization.scopes,
            Self::Client { scopes, .. } => scopes,
        }
    }
}
