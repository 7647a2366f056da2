//! Connections.

use bobbin_engine::view::{ConnectionDraft, ConnectionView, PresetView};

use crate::{Api, Reply};

commands! {
    async fn presets(api) -> Vec<PresetView>, changes [] {
        Ok(api.engine.presets())
    }

    async fn connection(api, slug: String) -> ConnectionView, changes [] {
        Ok(api.engine.connection(&slug, |scheme| api.desktop.link_registration(scheme)).await?)
    }

    /// Answers its slug.
    async fn connection_create(api, preset: String, name: String) -> String, changes [Connections] {
        Ok(api.engine.connection_create(&preset, &name).await?)
    }

    /// Answers the revision of the file as it was saved.
    async fn connection_save(api, slug: String, draft: ConnectionDraft) -> String,
        changes [Connections, Connection { slug }] {
        Ok(api.engine.connection_save(&slug, draft).await?)
    }

    /// Returns its name, which the undo message shows.
    async fn connection_delete(api, slug: String) -> String, changes [Connections] {
        Ok(api.engine.connection_delete(&slug).await?)
    }

    async fn connection_restore(api, slug: String) -> (), changes [Connections, Connection { slug }] {
        Ok(api.engine.connection_restore(&slug).await?)
    }

    /// Yes to the question of an `endpoint_changed`, by its id: the connection's credentials may go there from now on.
    async fn connection_trust(api, slug: String, question: String) -> (), changes [Connection { slug }] {
        Ok(api.engine.connection_trust(&slug, &question).await?)
    }

    /// Fetches the provider's metadata now.
    async fn discover(api, slug: String) -> (), changes [] {
        Ok(api.engine.discover(&slug).await?)
    }

    /// Ends it, and a sign-in that waits for it.
    async fn discover_cancel(api, slug: String) -> (), changes [] {
        api.engine.discover_cancel(&slug);
        Ok(())
    }
}
