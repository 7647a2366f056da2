//! The providers' signing keys, fetched when an id_token is checked and kept for the next one.

use std::{collections::HashMap, sync::Mutex};

use bobbin_protocol::{
    http::HttpRequest,
    jwks::{Jwks, process_jwks},
};

use crate::{Engine, Error, Result, exchange::Purpose, lock, provider::Provider};

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
        lock(&self.0.keys.0).insert(uri.to_string(), keys.clone());
        Ok(keys)
    }
}
