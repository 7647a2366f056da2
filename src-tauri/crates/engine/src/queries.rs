//! Saved queries: files in the workspace, with what was typed and not saved beside them.

use std::path::PathBuf;

use crate::{
    Engine, Result,
    view::{QueryDraft, QueryView},
};

impl Engine {
    /// Where the file of a connection or query is, by its path from the workspace.
    pub fn workspace_file(&self, file: &str) -> Result<PathBuf> {
        Ok(self.0.workspace.place_of(file)?)
    }

    pub async fn query(&self, path: &str) -> Result<QueryView> {
        let query = self.0.workspace.query(path)?;
        let key = draft_key(path);
        // A draft that came after its file could meet fresh typing, so the two come together.
        let draft = self.with_store(move |store| store.draft(&key)).await?;
        Ok(QueryView {
            file: format!("queries/{}.graphql", query.path),
            path: query.path,
            name: query.name,
            folder: query.folder,
            document: query.document,
            variables: query.variables,
            draft: draft.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }

    pub async fn query_create(
        &self,
        folder: &str,
        name: &str,
        document: &str,
        variables: &str,
    ) -> Result<QueryView> {
        let path = self.0.workspace.create_query(folder, name, document, variables)?;
        self.query(&path).await
    }

    /// Writes the file and drops the draft that it came from.
    pub async fn query_save(&self, path: &str, document: &str, variables: &str) -> Result<QueryView> {
        self.0.workspace.save_query(path, document, variables)?;
        self.query_draft(path, None).await?;
        self.query(path).await
    }

    /// Renames or moves a query; an unsaved draft moves with it.
    pub async fn query_rename(&self, path: &str, folder: &str, name: &str) -> Result<QueryView> {
        let draft = self.query(path).await?.draft;
        let renamed = self.0.workspace.rename_query(path, folder, name)?;
        if draft.is_some() && renamed != path {
            self.query_draft(&renamed, draft).await?;
            self.query_draft(path, None).await?;
        }
        self.query(&renamed).await
    }

    /// Deletes the file and returns what it held, so that it can be created again.
    pub async fn query_delete(&self, path: &str) -> Result<QueryView> {
        let query = self.query(path).await?;
        self.0.workspace.delete_query(path)?;
        self.query_draft(path, None).await?;
        Ok(query)
    }

    /// Keeps what was typed and not saved; `None` forgets it.
    pub async fn query_draft(&self, path: &str, draft: Option<QueryDraft>) -> Result<()> {
        let key = draft_key(path);
        let text = draft.and_then(|draft| serde_json::to_string(&draft).ok());
        self.with_store(move |store| match text {
            Some(text) => store.put_draft(&key, &text),
            None => store.delete_draft(&key).map(|_| ()),
        })
        .await
    }
}

fn draft_key(path: &str) -> String {
    format!("query/{path}")
}
