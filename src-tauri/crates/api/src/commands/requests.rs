//! The authorization requests that were started here.

use bobbin_engine::view::{RequestFound, RequestView};

use crate::{Api, Reply};

commands! {
    /// Newest first.
    async fn requests(api) -> Vec<RequestView>, changes [] {
        Ok(api.engine.requests().await?)
    }

    /// What a pasted `state`, callback URL or authorization URL belongs to.
    async fn request_find(api, text: String) -> RequestFound, changes [] {
        Ok(api.engine.request_find(&text).await?)
    }

    async fn request_label(api, id: String, label: String) -> (), changes [Requests] {
        Ok(api.engine.request_label(&id, &label).await.map(drop)?)
    }

    /// Forgets those that have ended; answers how many.
    async fn requests_clear(api) -> usize, changes [Requests] {
        Ok(api.engine.requests_clear().await?)
    }
}
