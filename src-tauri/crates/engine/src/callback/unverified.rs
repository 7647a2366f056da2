//! Tokens of a sign-in that cannot be judged: kept for their refresh token, and used by no query.

use bobbin_protocol::token::TokenReply;
use bobbin_store::PendingSignIn;
use secrecy::SecretString;

use super::asked_for_openid;
use crate::{Engine, Error, session_view, view::Change};

impl Engine {
    /// Keeps what a sign-in brought although `error` stands against it; returns what the person is told.
    pub(super) async fn keep_unverified(
        &self,
        pending: &PendingSignIn,
        reply: TokenReply,
        received_at: i64,
        error: Error,
    ) -> Error {
        let mut session = self.session_from(pending, received_at, reply, None);
        let next = if asked_for_openid(pending) {
            session_view::mark_unverified(&mut session, &error);
            "The tokens were kept as a session that no query uses until an id_token passes its checks: refresh it, or sign in again and delete it."
        } else {
            "Its refresh token was kept as a session: refresh that."
        };
        let hint = error.view().hint.iter().map(String::as_str).chain([next]).collect::<Vec<_>>().join(" ");
        let told = error.hint(hint);
        let id = session.id.clone();
        match self.keep_signed_in(&pending.id, session, Some(told.clone())).await {
            Ok(()) => {
                tracing::warn!(sign_in = pending.id, code = told.code(), "session kept unverified");
                self.progress(&pending.id, |run, _| run.session = Some(id));
                self.changed(Change::Sessions);
                told
            }
            Err(unsaved) => unsaved,
        }
    }
}

/// A reply of which only the refresh token can be used, because of `error`.
pub(super) fn salvaged(refresh_token: SecretString, error: &Error) -> TokenReply {
    TokenReply {
        access_token: SecretString::default(),
        token_type: "Bearer".to_owned(),
        expires_in: None,
        refresh_token: Some(refresh_token),
        refresh_token_unusable: false,
        id_token: None,
        scope: None,
        extra: Vec::new(),
        warnings: vec![format!("The reply was wrong, but its refresh token was kept. {error}")],
    }
}
