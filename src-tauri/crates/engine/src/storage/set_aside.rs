//! New tokens that a damaged database does not take wait in a store beside it, until a start has recovered the database.

use std::{fmt::Display, fs, path::Path};

use bobbin_store::{Access, AuthorizationRequest, RequestOutcome, Session, Store, StoreError};

use super::{NewTokens, Source, blocking};
use crate::{Engine, Error, Result};

/// In the data folder.
const FOLDER: &str = "unsaved-tokens";

impl Engine {
    /// Keeps new tokens where the next start finds them, durably; false where that does not work either.
    pub(super) async fn set_aside(&self, new: &NewTokens) -> bool {
        let (engine, session, request) = (self.clone(), new.session.clone(), ended_request(new));
        self.beside_store(move |access| {
            fs::create_dir_all(&access.dir).map_err(|error| error.to_string())?;
            let aside = Store::with_access(access, &engine.random())?;
            let added = aside.delete_session(&session.id).and_then(|()| match &request {
                Some(request) => aside.add_signed_in(&session, request),
                None => aside.add_session(&session),
            });
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
        let requests = aside.requests()?;
        for session in aside.sessions()? {
            let request = requests.iter().find(|request| request.session.as_ref() == Some(&session.id));
            match store.session(&session.id)? {
                None => match request {
                    Some(request) => finish_sign_in(store, request, &session)?,
                    None => store.add_session(&session)?,
                },
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

/// How the sign-in ended that brought `new`, for the start that takes it up. The rest of its request is in the database.
fn ended_request(new: &NewTokens) -> Option<AuthorizationRequest> {
    let NewTokens { session, source: Source::SignIn { id, at, failed }, .. } = new else { return None };
    Some(AuthorizationRequest {
        id: id.clone(),
        connection: session.connection.clone(),
        state: id.clone(),
        code_challenge: String::new(),
        user_label: String::new(),
        redirect_uri: String::new(),
        scopes: session.scopes_requested.clone(),
        started_at: *at,
        ended_at: Some(*at),
        outcome: if failed.is_some() { RequestOutcome::Failed } else { RequestOutcome::Succeeded },
        detail: failed.as_ref().map(ToString::to_string),
        session: Some(session.id.clone()),
    })
}

/// Keeps a session and ends the sign-in that it came of, so that nobody reads the reply to its code again.
fn finish_sign_in(
    store: &Store,
    request: &AuthorizationRequest,
    session: &Session,
) -> std::result::Result<(), StoreError> {
    let (id, detail) = (request.id.as_str(), request.detail.as_deref());
    let at = request.ended_at.unwrap_or(request.started_at);
    match store.finish_sign_in(id, session, detail, at) {
        // The recovery did not find it.
        Err(StoreError::UnknownSignIn { .. }) => {
            store.add_session(session)?;
            store.end_request(id, request.outcome, detail, Some(&session.id), at).map(drop)
        }
        finished => finished,
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
