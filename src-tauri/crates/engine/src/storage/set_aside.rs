//! New tokens that a damaged database does not take wait in a store beside it, until a start has recovered the database.

use std::{fmt::Display, fs, path::Path};

use bobbin_store::{Access, Session, Store};

use super::blocking;
use crate::{Engine, Error, Result};

/// In the data folder.
const FOLDER: &str = "unsaved-tokens";

impl Engine {
    /// Keeps `session` where the next start finds it, durably; false where that does not work either.
    pub(super) async fn set_aside(&self, session: &Session) -> bool {
        let (engine, session) = (self.clone(), session.clone());
        self.beside_store(move |access| {
            fs::create_dir_all(&access.dir).map_err(|error| error.to_string())?;
            let aside = Store::with_access(access, &engine.random())?;
            let added = aside.delete_session(&session.id).and_then(|()| aside.add_session(&session));
            added.map_err(|error| error.to_string())
        })
        .await
    }

    /// The database has taken the tokens of session `id` after all.
    pub(super) async fn forget_set_aside(&self, id: &str) {
        let (engine, id) = (self.clone(), id.to_owned());
        self.beside_store(move |access| {
            let aside = Store::with_access(access, &engine.random())?;
            aside.delete_session(&id).map_err(|error| error.to_string())
        })
        .await;
    }

    async fn beside_store(
        &self,
        work: impl FnOnce(&Access) -> std::result::Result<(), String> + Send + 'static,
    ) -> bool {
        let Some(access) = self.store_if_open().and_then(|store| beside(&store)) else { return false };
        let done = blocking(move || work(&access)).await;
        if let Ok(Err(error)) = &done {
            tracing::error!(error, "tokens beside the damaged database");
        }
        matches!(done, Ok(Ok(())))
    }

    /// Brings tokens that an earlier run set aside into the database. Where that fails they stay where they are.
    pub(super) fn take_up_set_aside(&self, store: &Store) -> Result<()> {
        let Some(access) = beside(store).filter(|access| access.dir.exists()) else { return Ok(()) };
        let aside = Store::with_access(&access, &self.random()).map_err(|error| left(&access.dir, &error))?;
        for session in aside.sessions()? {
            match store.session(&session.id)? {
                None => store.add_session(&session)?,
                Some(before) if before.generation + 1 == session.generation => {
                    store.finish_refresh(&session, "", self.now())?;
                }
                // The database has taken them after all, or newer ones.
                Some(_) => {}
            }
        }
        if aside.left_out().is_some() {
            return Err(left(&access.dir, &"Not all of them can be read."));
        }
        drop(aside);
        fs::remove_dir_all(&access.dir).map_err(|error| left(&access.dir, &error))
    }
}

fn beside(store: &Store) -> Option<Access> {
    let Access { dir, key } = store.access()?;
    Some(Access { dir: dir.join(FOLDER), key })
}

fn left(folder: &Path, why: &dyn Display) -> Error {
    Error::new(
        "tokens_set_aside",
        "Tokens that an earlier run saved beside the database could not be restored.",
    )
    .hint(format!("They are still in {}. Start Bobbin again to try once more.", folder.display()))
    .detail(Some(why.to_string()))
}
