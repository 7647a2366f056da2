//! Sessions.

use bobbin_engine::view::{IntrospectionView, SessionSecret, SessionView, UserinfoView, WaitView};

use super::app::to_clipboard;
use crate::{Api, Reply};

commands! {
    async fn session(api, id: String) -> SessionView, changes [] {
        Ok(api.engine.session(&id).await?)
    }

    async fn session_rename(api, id: String, label: String) -> (),
        changes [Sessions, Session { id }] {
        Ok(api.engine.session_rename(&id, &label).await.map(drop)?)
    }

    /// Forgets the session on this computer; its tokens stay valid at the provider.
    async fn session_delete(api, id: String) -> (), changes [Sessions] {
        Ok(api.engine.session_delete(&id).await?)
    }

    async fn session_restore(api, id: String) -> (), changes [Sessions] {
        Ok(api.engine.session_restore(&id).await.map(drop)?)
    }

    async fn session_revoke(api, id: String) -> (), changes [Sessions] {
        Ok(api.engine.session_revoke(&id).await?)
    }

    /// Spends the refresh token of the generation that the person saw; one that has moved on is not spent twice.
    /// `scopes` narrows what the new access token is for; `null` keeps all.
    async fn session_refresh(api, id: String, generation: u32, scopes: Option<Vec<String>>) -> (),
        changes [] {
        Ok(api.engine.session_refresh(&id, generation, scopes).await.map(drop)?)
    }

    /// A session from a pasted token reply; nothing is sent. Answers its id.
    async fn session_from_reply(api, connection: String, text: String) -> String, changes [Sessions] {
        Ok(api.engine.session_from_reply(&connection, text).await?.id)
    }

    /// Answers its id.
    async fn session_from_refresh_token(api, connection: String, token: String) -> String,
        changes [Sessions] {
        Ok(api.engine.session_from_refresh_token(&connection, token).await?.id)
    }

    async fn session_userinfo(api, id: String) -> UserinfoView, changes [] {
        Ok(api.engine.session_userinfo(&id).await?)
    }

    async fn session_introspect(api, id: String, secret: SessionSecret) -> IntrospectionView, changes [] {
        Ok(api.engine.session_introspect(&id, secret).await?)
    }

    /// Opens the provider's end-session page; the session stays until it is deleted.
    async fn session_sign_out(api, id: String) -> (), changes [] {
        Ok(api.engine.session_sign_out(&id).await?)
    }

    async fn session_reveal(api, id: String, secret: SessionSecret) -> String, changes [] {
        Ok(api.engine.session_secret(&id, secret).await?)
    }

    async fn session_copy(api, id: String, secret: SessionSecret) -> (), changes [] {
        to_clipboard(api, api.engine.session_secret(&id, secret).await?)
    }

    /// What is waited for before another try.
    async fn waits(api) -> Vec<WaitView>, changes [] {
        Ok(api.engine.awaited_retries())
    }

    /// Gives up a wait: what waited is not sent again.
    async fn wait_cancel(api, about: String) -> (), changes [] {
        api.engine.wait_cancel(&about);
        Ok(())
    }
}
