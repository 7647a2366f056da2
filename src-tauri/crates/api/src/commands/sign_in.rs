//! The sign-in.

use bobbin_engine::view::{RedirectMethod, SignInView};

use super::app::to_clipboard;
use crate::{Api, Reply};

commands! {
    /// `user_label` is the caller's own name for the end user, empty for none.
    async fn sign_in_start(api, connection: String, user_label: String) -> SignInView, changes [] {
        Ok(api.engine.sign_in_start(&connection, &user_label).await?)
    }

    /// Another way back for a sign-in that waits.
    async fn sign_in_switch(api, id: String, method: RedirectMethod) -> SignInView, changes [] {
        Ok(api.engine.sign_in_switch(&id, method).await?)
    }

    /// The latest sign-in of a connection, running or over.
    async fn sign_in(api, connection: String) -> Option<SignInView>, changes [] {
        Ok(api.engine.sign_in(&connection))
    }

    async fn sign_in_cancel(api, id: String) -> SignInView, changes [] {
        Ok(api.engine.sign_in_cancel(&id).await?)
    }

    async fn sign_in_open(api, id: String) -> SignInView, changes [] {
        Ok(api.engine.sign_in_open(&id)?)
    }

    async fn sign_in_copy_link(api, id: String) -> (), changes [] {
        to_clipboard(api, api.engine.sign_in_link(&id)?)
    }

    async fn callback_paste(api, id: String, text: String) -> SignInView, changes [] {
        Ok(api.engine.callback_paste(&id, &text).await?)
    }
}
