//! What issuers say about themselves, fetched once and kept while Bobbin runs.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use bobbin_protocol::{
    discovery::{DiscoveryError, ProviderMetadata, discovery_url, process_discovery},
    http::HttpRequest,
};

use crate::{
    Engine, Error, Result,
    exchange::Purpose,
    lock,
    provider::Provider,
    view::{Change, DiscoveryView},
};

#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<String, Known>>);

#[derive(Clone)]
struct Known {
    metadata: Option<Arc<ProviderMetadata>>,
    view: DiscoveryView,
}

impl Engine {
    /// Asks the connection's issuer for its metadata, also where it was asked before.
    pub async fn discover(&self, slug: &str) -> Result<()> {
        let mut provider = self.provider_at_rest(slug)?;
        if provider.is_sandbox() {
            self.sandbox().await?;
            provider = self.provider_at_rest(slug)?;
        }
        self.fetch_metadata(&provider).await.map(drop)
    }

    pub(crate) fn known_metadata(&self, issuer: &str) -> Option<Arc<ProviderMetadata>> {
        lock(&self.0.discovery.0).get(issuer)?.metadata.clone()
    }

    pub(crate) fn discovery_view(&self, provider: &Provider) -> DiscoveryView {
        let known = provider.issuer().ok().and_then(|issuer| {
            let cache = lock(&self.0.discovery.0);
            cache.get(&issuer).map(|known| known.view.clone())
        });
        match known {
            Some(view) => view,
            None if provider.preset.discovery => DiscoveryView::Waiting,
            None => DiscoveryView::NotUsed,
        }
    }

    /// A failed fetch leaves what was known as it was.
    pub(crate) async fn fetch_metadata(&self, provider: &Provider) -> Result<Arc<ProviderMetadata>> {
        let issuer = provider.issuer()?;
        let url = discovery_url(&issuer).map_err(|error| refused(&error))?;
        let before = lock(&self.0.discovery.0).get(&issuer).cloned();
        let metadata = before.as_ref().and_then(|known| known.metadata.clone());
        self.know(&issuer, metadata.clone(), DiscoveryView::Fetching);
        let mut asking = Asking { engine: self, provider, issuer: &issuer, before, over: false };
        let reply = self.send(provider, Purpose::Metadata, HttpRequest::get(url.clone())).await;
        let read = reply.and_then(|exchanged| {
            process_discovery(&exchanged.reply, &issuer).map(Arc::new).map_err(|error| refused(&error))
        });
        asking.over = true;
        match &read {
            Ok(metadata) => {
                let view = DiscoveryView::Fetched { at: self.now(), url: url.into() };
                self.know(&issuer, Some(metadata.clone()), view);
            }
            Err(error) => {
                let view = DiscoveryView::Failed {
                    url: url.into(),
                    message: error.to_string(),
                    hint: error.view().hint.clone(),
                };
                self.know(&issuer, metadata, view);
            }
        }
        self.changed(Change::Connection { slug: provider.slug().to_owned() });
        read
    }

    fn know(&self, issuer: &str, metadata: Option<Arc<ProviderMetadata>>, view: DiscoveryView) {
        lock(&self.0.discovery.0).insert(issuer.to_owned(), Known { metadata, view });
    }
}

/// Nobody waits for the reply any more: what was known is as it was, and nothing is being fetched.
struct Asking<'a> {
    engine: &'a Engine,
    provider: &'a Provider,
    issuer: &'a str,
    before: Option<Known>,
    over: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let mut cache = lock(&self.engine.0.discovery.0);
        match self.before.take() {
            Some(before) => cache.insert(self.issuer.to_owned(), before),
            None => cache.remove(self.issuer),
        };
        drop(cache);
        self.engine.changed(Change::Connection { slug: self.provider.slug().to_owned() });
    }
}

fn refused(error: &DiscoveryError) -> Error {
    Error::new(error.code(), error.to_string()).hint(error.hint())
}
