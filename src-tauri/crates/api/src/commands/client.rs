//! A connection's client: its secret, its private key, its tokens.

use bobbin_engine::view::{AssertionPreview, CredentialsImportView};

use crate::{Api, Reply};

commands! {
    /// Keeps the client secret, sealed; `null` forgets it.
    async fn client_secret_set(api, slug: String, secret: Option<String>) -> (),
        changes [Connection { slug }] {
        Ok(api.engine.client_secret_set(&slug, secret).await?)
    }

    async fn client_key_import(api, slug: String, text: String, passphrase: Option<String>) -> (),
        changes [Connection { slug }] {
        Ok(api.engine.client_key_import(&slug, text, passphrase).await?)
    }

    async fn client_key_remove(api, slug: String) -> (), changes [Connection { slug }] {
        Ok(api.engine.client_key_remove(&slug).await?)
    }

    async fn client_key_restore(api, slug: String) -> (), changes [Connection { slug }] {
        Ok(api.engine.client_key_restore(&slug).await?)
    }

    /// The assertion as it would be sent now; nothing is sent.
    async fn assertion_preview(api, slug: String) -> AssertionPreview, changes [] {
        Ok(api.engine.assertion_preview(&slug).await?)
    }

    async fn credentials_import(api, slug: String, text: String) -> CredentialsImportView,
        changes [Connections, Connection { slug }] {
        Ok(api.engine.credentials_import(&slug, text).await?)
    }

    /// The client's own token: the kept one while it is live, or a new one where `fresh`; answers its session's id.
    async fn client_token(api, connection: String, fresh: bool) -> String, changes [] {
        Ok(api.engine.client_token(&connection, fresh).await?.id)
    }
}
