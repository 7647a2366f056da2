//! What issuers say about themselves, fetched once and kept while Bobbin runs.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use bobbin_protocol::{
    discovery::{DiscoveryError, ProviderMetadata, discovery_url, process_discovery},
    http::HttpRequest,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Error, Result,
    exchange::Purpose,
    lock,
    provider::Provider,
    view::{Change, DiscoveryView, ErrorCode},
};

#[derive(Default)]
pub(crate) struct Cache {
    known: Mutex<HashMap<String, Known>>,
    /// What ends the request that is under way, by connection.
    cancels: Mutex<HashMap<String, CancellationToken>>,
}

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

    /// Gives up asking the connection's issuer for its metadata; a sign-in that waits for them does not begin.
    pub fn discover_cancel(&self, slug: &str) {
        if let Some(cancel) = lock(&self.0.discovery.cancels).remove(slug) {
            cancel.cancel();
        }
    }

    pub(crate) fn known_metadata(&self, issuer: &str) -> Option<Arc<ProviderMetadata>> {
        lock(&self.0.discovery.known).get(issuer)?.metadata.clone()
    }

    pub(crate) fn discovery_view(&self, provider: &Provider) -> DiscoveryView {
        let known = provider.issuer().ok().and_then(|issuer| {
            let cache = lock(&self.0.discovery.known);
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
        let before = lock(&self.0.discovery.known).get(&issuer).cloned();
        let metadata = before.as_ref().and_then(|known| known.metadata.clone());
        self.know(&issuer, metadata.clone(), DiscoveryView::Fetching);
        let mut asking = Asking { engine: self, provider, issuer: &issuer, before, over: false };
        let cancel = lock(&self.0.discovery.cancels).entry(provider.slug().to_owned()).or_default().clone();
        let reply = tokio::select! {
            reply = self.send(provider, Purpose::Metadata, HttpRequest::get(url.clone())) => {
                reply.map_err(nothing_took_effect)
            }
            () = cancel.cancelled() => {
                return Err(Error::new(ErrorCode::MetadataCancelled, "Given up while the issuer was asked for its metadata.")
                    .hint("Nothing was changed. Ask again when you like."));
            }
        };
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
        lock(&self.0.discovery.known).insert(issuer.to_owned(), Known { metadata, view });
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
        let mut cache = lock(&self.engine.0.discovery.known);
        match self.before.take() {
            Some(before) => cache.insert(self.issuer.to_owned(), before),
            None => cache.remove(self.issuer),
        };
        drop(cache);
        self.engine.changed(Change::Connection { slug: self.provider.slug().to_owned() });
    }
}

/// To ask for metadata changes nothing at the server, so nothing is in doubt.
fn nothing_took_effect(error: Error) -> Error {
    if error.is(ErrorCode::ServerTimedOut) || error.is(ErrorCode::ConnectionLost) {
        error.hint("Check the issuer and the network, then ask again.")
    } else {
        error
    }
}

fn refused(error: &DiscoveryError) -> Error {
    Error::new(error.code(), error.to_string()).hint(error.hint())
}
