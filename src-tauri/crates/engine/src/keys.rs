//! The providers' signing keys, fetched when an id_token is checked and kept for the next one.

use std::{collections::HashMap, sync::Mutex};

use bobbin_protocol::{
    http::HttpRequest,
    jwks::{Jwks, process_jwks},
};

use crate::{
    Engine, Error, Result,
    exchange::Purpose,
    lock,
    provider::Provider,
    view::{NoticeLevel, Problem},
};

#[derive(Default)]
pub(crate) struct Cache(pub(crate) Mutex<HashMap<String, Jwks>>);

impl Engine {
    /// The key set at `provider`'s `jwks_uri`: the one kept, or the server's where there is none.
    pub(crate) async fn keys(&self, provider: &Provider) -> Result<Jwks> {
        let uri = provider.jwks_uri()?;
        let kept = lock(&self.0.keys.0).get(uri.as_str()).cloned();
        match kept {
            Some(keys) => Ok(keys),
            None => self.fetch_keys(provider).await,
        }
    }

    /// Asks the server again, as an unknown `kid` may mean that it has rotated its keys.
    /// A failed fetch leaves the kept set as it was.
    pub(crate) async fn fetch_keys(&self, provider: &Provider) -> Result<Jwks> {
        let uri = provider.jwks_uri()?;
        let request = HttpRequest::get(uri.clone());
        let reply = self.send(provider, Purpose::Keys, request).await?.reply;
        let keys = process_jwks(&reply).map_err(|error| {
            Error::new(error.code(), error.to_string())
                .hint("Without the provider's keys no signature can be checked. Compare jwks_uri with the provider's documentation.")
        })?;
        if let Some(leak) = keys.leak() {
            self.notice(NoticeLevel::Error, "jwks_private_key", leak, None);
        }
        lock(&self.0.keys.0).insert(uri.to_string(), keys.clone());
        Ok(keys)
    }

    /// What stands at the address of keys that anyone can sign with.
    pub(crate) fn leak(&self, provider: &Provider) -> Option<Problem> {
        let message = self.known_keys(provider)?.leak()?.to_owned();
        Some(Problem { field: "jwks_uri".to_owned(), message, warning: true, missing: false, noted: false })
    }

    /// The keys that were read before, without asking for them.
    pub(crate) fn known_keys(&self, provider: &Provider) -> Option<Jwks> {
        lock(&self.0.keys.0).get(provider.jwks_uri().ok()?.as_str()).cloned()
    }
}
