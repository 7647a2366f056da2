//! A Bobbin without a window, on a folder of its own.

use std::sync::Arc;

use bobbin_api::{Api, Notices};
use bobbin_engine::{Config, Engine, Keeping, view::Change};
use tempfile::TempDir;

use crate::outside::{Event, Outside};

pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) outside: Arc<Outside>,
    engine: Engine,
    folder: Arc<TempDir>,
}

impl World {
    /// On a new folder, or on that of a Bobbin that ran before.
    pub(crate) fn new(before: Option<&Self>, memory: bool) -> Result<Self, String> {
        let folder = match before {
            Some(before) => before.folder.clone(),
            None => Arc::new(TempDir::new().map_err(|error| error.to_string())?),
        };
        let notices = Arc::new(Notices::default());
        let outside = Arc::new(Outside::new(notices.clone()));
        let engine = Engine::new(Config {
            data_dir: folder.path().to_owned(),
            workspace_dir: folder.path().to_owned(),
            // Any key will do: nobody else reads the folder.
            keeping: if memory { Keeping::Memory } else { Keeping::Key([7; 32]) },
            sandbox_port: 0,
            single_use: None,
            clock: outside.clone(),
            entropy: outside.clone(),
            browser: outside.clone(),
            events: outside.clone(),
        })
        .map_err(|error| error.to_string())?;
        outside.settle_later(engine.clone());
        let api = Api::new(engine.clone(), outside.clone(), notices);
        Ok(Self { api, outside, engine, folder })
    }

    pub(crate) async fn happens(&self, event: Event) {
        match event {
            Event::AppLink { url } => self.engine.app_link(&url).await,
            Event::Clock { ahead_ms } => self.outside.set_ahead(ahead_ms),
            Event::BrowserFails { reason } => self.outside.fail_browser(reason),
            Event::FilesFail { reason } => self.outside.fail_files(reason),
            Event::LinkRegistration { registered } => {
                self.outside.register(registered);
                self.engine.changed(Change::AppLinks);
            }
        }
    }
}
