//! What the state file holds: each token's hash and what the token stands for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Active, Authorization, Grant, REFRESH_LIFETIME};
use crate::secret;

/// The most tokens of one kind that are remembered; the ones that end first make room.
const LIMIT: usize = 5_000;

/// Keys are hashes of tokens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
}

/// Times are in seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    /// A file of an earlier version lacks it.
    #[serde(default)]
    issued: u64,
    expires: u64,
    grant: Grant,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Refresh {
    #[serde(default)]
    issued: u64,
    expires: u64,
    pub(super) consumed: bool,
    pub(super) authorization: Authorization,
}

impl Ledger {
    /// Keeps a new access token, and gives it.
    pub(super) fn access(&mut self, grant: Grant, now: u64, lifetime: u64) -> String {
        self.evict(now);
        let token = secret::handle();
        let access = Access { issued: now, expires: now + lifetime, grant };
        self.access.insert(secret::sha256(&token), access);
        token
    }

    /// Keeps a new refresh token, and gives it.
    pub(super) fn refresh(&mut self, authorization: Authorization, now: u64) -> String {
        self.evict(now);
        let token = secret::handle();
        let refresh =
            Refresh { issued: now, expires: now + REFRESH_LIFETIME, consumed: false, authorization };
        self.refresh.insert(secret::sha256(&token), refresh);
        token
    }

    /// The client's refresh token, if it can still be used.
    pub(super) fn usable(&mut self, client_id: &str, token: &str, now: u64) -> Option<&mut Refresh> {
        self.refresh.get_mut(&secret::sha256(token)).filter(|refresh| {
            !refresh.consumed && refresh.expires > now && refresh.authorization.client_id == client_id
        })
    }

    /// The client's refresh token can be used again.
    pub(super) fn reopen(&mut self, client_id: &str, token: &str) {
        if let Some(refresh) = self.refresh.get_mut(&secret::sha256(token))
            && refresh.authorization.client_id == client_id
        {
            refresh.consumed = false;
        }
    }

    /// Either kind of token, while it can be used.
    pub(super) fn active(&self, token: &str, now: u64) -> Option<Active> {
        let hash = secret::sha256(token);
        let access = self.access.get(&hash).map(|access| Active {
            grant: access.grant.clone(),
            issued: access.issued,
            expires: access.expires,
            is_access: true,
        });
        let refresh = || {
            self.refresh.get(&hash).filter(|refresh| !refresh.consumed).map(|refresh| Active {
                grant: Grant::User(refresh.authorization.clone()),
                issued: refresh.issued,
                expires: refresh.expires,
                is_access: false,
            })
        };
        access.or_else(refresh).filter(|active| active.expires > now)
    }

    /// Forgets a client's token by its hash; with a refresh token, everything of its session.
    pub(super) fn remove(&mut self, client_id: &str, hash: &str) {
        if self.access.get(hash).is_some_and(|access| access.grant.client_id() == client_id) {
            self.access.remove(hash);
        }
        let refresh = self.refresh.get(hash).filter(|refresh| refresh.authorization.client_id == client_id);
        if let Some(session) = refresh.map(|refresh| refresh.authorization.session.clone()) {
            self.access.retain(|_, access| access.grant.session() != Some(session.as_str()));
            self.refresh.retain(|_, refresh| refresh.authorization.session != session);
        }
    }

    /// Forgets what has ended, and makes room for one more of each.
    pub(super) fn evict(&mut self, now: u64) {
        self.access.retain(|_, access| access.expires > now);
        self.refresh.retain(|_, refresh| refresh.expires > now);
        make_room(&mut self.access, |access| access.expires);
        make_room(&mut self.refresh, |refresh| refresh.expires);
    }
}

fn make_room<V>(entries: &mut BTreeMap<String, V>, expires: impl Fn(&V) -> u64) {
    while entries.len() >= LIMIT {
        let first = entries.iter().min_by_key(|(_, value)| expires(value));
        let Some(key) = first.map(|(key, _)| key.clone()) else { break };
        entries.remove(&key);
    }
}
