//! The sign-in.

use bobbin_engine::view::{RedirectMethod, SignInView};

use super::app::to_clipboard;
use crate::{Api, Reply};

commands! {
    /// `user_label` is the caller's own name for the end user, empty for none. Answers the sign-in's id.
    async fn sign_in_start(api, connection: String, user_label: String) -> String, changes [] {
        Ok(api.engine.sign_in_start(&connection, &user_label).await?.id)
    }

    /// Switches the redirect method of a sign-in that waits.
    async fn sign_in_switch(api, id: String, method: RedirectMethod) -> (), changes [] {
        Ok(api.engine.sign_in_switch(&id, method).await.map(drop)?)
    }

    /// The latest sign-in of a connection, running or over.
    async fn sign_in(api, connection: String) -> Option<SignInView>, changes [] {
        Ok(api.engine.sign_in(&connection))
    }

    async fn sign_in_cancel(api, id: String) -> (), changes [] {
        Ok(api.engine.sign_in_cancel(&id).await.map(drop)?)
    }

    async fn sign_in_open(api, id: String) -> (), changes [] {
        Ok(api.engine.sign_in_open(&id).map(drop)?)
    }

    async fn sign_in_copy_link(api, id: String) -> (), changes [] {
        to_clipboard(api, api.engine.sign_in_link(&id)?)
    }

    async fn callback_paste(api, id: String, text: String) -> (), changes [] {
        Ok(api.engine.callback_paste(&id, &text).await.map(drop)?)
    }
}
