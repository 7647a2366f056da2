//! Saved queries and their runs.

use bobbin_engine::view::{QueryDraft, QueryView, ResponseView, RunRequest};

use crate::{Api, Reply};

commands! {
    async fn query(api, path: String) -> QueryView, changes [] {
        Ok(api.engine.query(&path).await?)
    }

    /// Answers its path.
    async fn query_create(api, folder: String, name: String, document: String, variables: String) -> String,
        changes [Queries] {
        Ok(api.engine.query_create(&folder, &name, &document, &variables).await?.path)
    }

    async fn query_save(api, path: String, document: String, variables: String) -> (),
        changes [Queries, Query { path }] {
        Ok(api.engine.query_save(&path, &document, &variables).await.map(drop)?)
    }

    /// Answers its path from then on.
    async fn query_rename(api, path: String, folder: String, name: String) -> String,
        changes [Queries, Query { path }] {
        Ok(api.engine.query_rename(&path, &folder, &name).await?.path)
    }

    /// Answers what it was, to be created again.
    async fn query_delete(api, path: String) -> QueryView, changes [Queries] {
        Ok(api.engine.query_delete(&path).await?)
    }

    /// Keeps what was typed and not saved; `null` drops it.
    async fn query_draft(api, path: String, draft: Option<QueryDraft>) -> (), changes [] {
        Ok(api.engine.query_draft(&path, draft).await?)
    }

    async fn query_run(api, request: RunRequest) -> ResponseView, changes [] {
        Ok(api.engine.query_run(request).await?)
    }

    async fn query_cancel(api, id: String) -> (), changes [] {
        api.engine.query_cancel(&id);
        Ok(())
    }
}
