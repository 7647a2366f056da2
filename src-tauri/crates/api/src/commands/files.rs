//! The files of connections and queries, by their paths from the workspace such as `connections/sandbox.toml`.

use std::path::Path;

use bobbin_engine::view::ErrorView;

use crate::{Api, Desktop, Reply};

commands! {
    /// Opens it with the program that the system has for its kind.
    async fn file_open(api, file: String) -> (), changes [] {
        let failed = ErrorView::new("file_not_opened", "No program on this computer opened the file.");
        hand_over(api, &file, |desktop, path| desktop.open_file(path), failed).await
    }

    /// Shows it in the system's file manager.
    async fn file_show(api, file: String) -> (), changes [] {
        let failed = ErrorView::new("file_not_shown", "No file manager on this computer showed the file.");
        hand_over(api, &file, |desktop, path| desktop.show_in_folder(path), failed).await
    }
}

/// A file manager may take its time to answer.
async fn hand_over(
    api: &Api,
    file: &str,
    to: fn(&dyn Desktop, &Path) -> Result<(), String>,
    failed: ErrorView,
) -> Reply<()> {
    let (desktop, path) = (api.desktop.clone(), api.engine.workspace_file(file)?);
    let shown = path.display().to_string();
    let handed = tokio::task::spawn_blocking(move || to(&*desktop, &path)).await;
    handed
        .map_err(|error| error.to_string())
        .flatten()
        .map_err(|reason| failed.hint(format!("Open it yourself: {shown}")).detail(Some(reason)))
}
