//! New tokens that the database did not take: held in memory until it does, and not used before.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use bobbin_store::Session;
use secrecy::SecretString;

use crate::{Engine, Error, Result, lock, view::ErrorCode};

/// The waits before each try; SQLite itself waits 5 s for another process that writes.
const TRIES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(100), Duration::from_millis(400)];
/// How often the held ones are tried again while nobody asks for them.
const AGAIN: Duration = Duration::from_secs(2);

/// A session as a token reply made it.
#[derive(Clone)]
pub(crate) struct NewTokens {
    pub(crate) session: Session,
    pub(crate) source: Source,
    /// What the refresh brought and is checked once the tokens are kept.
    pub(crate) id_token: Option<SecretString>,
}

/// What brought them. Times are Unix milliseconds.
#[derive(Clone)]
pub(crate) enum Source {
    /// A refresh that brought a refresh token at least; `detail` says what was wrong with its reply, where something was.
    Refresh {
        at: i64,
        detail: String,
    },
    /// The sign-in of that id; `failed` says what stands against its tokens, where something does.
    SignIn {
        id: String,
        at: i64,
        failed: Option<Error>,
    },
    Person,
}

#[derive(Default)]
pub(super) struct Held {
    tokens: Mutex<Vec<NewTokens>>,
    /// The ids of the sessions among them whose tokens are in a store of their own as well.
    set_aside: Mutex<HashSet<String>>,
    /// One at a time tries to write them.
    saving: tokio::sync::Mutex<()>,
}

impl Engine {
    /// Keeps a new session, durably. On `session_unsaved` it is held and kept as soon as the database takes it.
    pub(crate) async fn keep_session(&self, session: Session) -> Result<()> {
        self.keep_tokens(NewTokens { session, source: Source::Person, id_token: None }).await
    }

    /// Keeps the session that came of a sign-in, also of a `failed` one, and with it the sign-in's end.
    pub(crate) async fn keep_signed_in(
        &self,
        sign_in: &str,
        session: Session,
        failed: Option<Error>,
    ) -> Result<()> {
        let source = Source::SignIn { id: sign_in.to_owned(), at: self.now(), failed };
        self.keep_tokens(NewTokens { session, source, id_token: None }).await
    }

    /// The ids of the sessions, or their sign-ins, whose tokens are held in memory alone.
    pub(crate) fn held(&self) -> Vec<String> {
        let set_aside = lock(&self.0.storage.unsaved.set_aside).clone();
        let held = lock(&self.0.storage.unsaved.tokens);
        let id = |new: &NewTokens| match &new.source {
            Source::SignIn { id, .. } => id.clone(),
            Source::Refresh { .. } | Source::Person => new.session.id.clone(),
        };
        held.iter().filter(|new| !set_aside.contains(&new.session.id)).map(id).collect()
    }

    /// Keeps new tokens, durably: this may be the only copy of a single-use successor.
    pub(crate) async fn keep_tokens(&self, new: NewTokens) -> Result<()> {
        let mut refusal = None;
        for wait in TRIES {
            tokio::time::sleep(wait).await;
            match self.write_tokens(&new).await {
                Err(error) if !hopeless(&error) => refusal = Some(error),
                outcome => return outcome,
            }
        }
        lock(&self.0.storage.unsaved.tokens).push(new.clone());
        self.save_in_time(new.session.id.clone());
        Err(self.unsaved(&new, refusal).await)
    }

    /// Tries again to keep what is held of a session; an error means that it is still not kept.
    pub(crate) async fn save_held(&self, id: &str) -> Result<()> {
        let held = &self.0.storage.unsaved;
        if !lock(&held.tokens).iter().any(|new| new.session.id == id) {
            return Ok(());
        }
        let saving = held.saving.lock().await;
        let Some(new) = lock(&held.tokens).iter().find(|new| new.session.id == id).cloned() else {
            return Ok(());
        };
        let written = self.write_tokens(&new).await;
        let is_kept = written.is_ok();
        match written {
            Err(error) if !hopeless(&error) => return Err(self.unsaved(&new, Some(error)).await),
            // Another process has refreshed or deleted the session: what it left counts.
            Err(_) | Ok(()) => lock(&held.tokens).retain(|new| new.session.id != id),
        }
        if lock(&held.set_aside).remove(id) {
            self.forget_set_aside(id).await;
        }
        drop(saving);
        self.session_changed(id);
        match new.source {
            Source::SignIn { id, failed: Some(error), .. } if is_kept => {
                self.progress(&id, |run, now| run.fail(now, error.into()));
            }
            Source::SignIn { id, failed: None, .. } if is_kept => {
                self.show_signed_in(&id, &new.session);
            }
            _ => {}
        }
        if let Some(id_token) = new.id_token
            && let Err(error) = self.check_refreshed(new.session, id_token).await
        {
            self.report(&error);
        }
        Ok(())
    }

    /// Why tokens are held. A database that is damaged takes them only after the next start, so they are set aside.
    async fn unsaved(&self, new: &NewTokens, refusal: Option<Error>) -> Error {
        let id = &new.session.id;
        let damaged = refusal.as_ref().is_some_and(|error| error.is(ErrorCode::StoreDamaged));
        let known = lock(&self.0.storage.unsaved.set_aside).contains(id);
        let is_set_aside = damaged && (known || self.set_aside(new).await);
        let detail = refusal.and_then(|error| error.view().detail.clone());
        if is_set_aside {
            lock(&self.0.storage.unsaved.set_aside).insert(id.clone());
            return Error::new(
                ErrorCode::SessionUnsaved,
                "Bobbin's database is damaged. The new tokens were saved beside it.",
            )
            .hint("Start Bobbin again: it recovers what can be read of the database and takes up the tokens.")
            .detail(detail);
        }
        Error::new(ErrorCode::SessionUnsaved, "The new tokens could not be written to disk and are held in memory.")
            .hint("Make room on the disk and leave Bobbin open: it keeps trying, and the tokens can be used once they are safe.")
            .detail(detail)
    }

    async fn write_tokens(&self, new: &NewTokens) -> Result<()> {
        let NewTokens { session, source, .. } = new.clone();
        self.with_store(move |store| match source {
            Source::Refresh { at, detail } => store.finish_refresh(&session, &detail, at),
            Source::SignIn { id, at, failed } => {
                let failed = failed.map(|error| error.to_string());
                store.finish_sign_in(&id, &session, failed.as_deref(), at)
            }
            Source::Person => store.add_session(&session),
        })
        .await
    }

    fn save_in_time(&self, id: String) {
        let engine = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(AGAIN).await;
                let Some(inner) = engine.upgrade() else { return };
                if Engine(inner).save_held(&id).await.is_ok() {
                    return;
                }
            }
        });
    }
}

/// No later try can help.
fn hopeless(error: &Error) -> bool {
    let codes = [ErrorCode::SessionOvertaken, ErrorCode::SessionUnknown, ErrorCode::SignInOver];
    codes.into_iter().any(|code| error.is(code))
}
