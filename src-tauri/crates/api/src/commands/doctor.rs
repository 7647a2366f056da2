//! What could be wrong with a client or its redirect URI.

use bobbin_engine::view::{Asked, Change, FindingView, RedirectCheck};

use crate::{Api, Desktop, Reply};

commands! {
    /// What could explain a failure, by its code, worst first; nothing where no OAuth error came.
    async fn client_doctor(api, slug: String, code: String, asked: Asked) -> Vec<FindingView>, changes [] {
        Ok(api.engine.client_doctor(&slug, &code, asked).await?)
    }

    async fn redirect_doctor(api, slug: String) -> Vec<RedirectCheck>, changes [] {
        if ask_system(api, |desktop| desktop.look_at_links_again()).await.unwrap_or(false) {
            // The connection says it too, and must not say the opposite.
            api.engine.changed(Change::AppLinks);
        }
        Ok(api.engine.redirect_doctor(&slug, |scheme| api.desktop.link_registration(scheme)).await?)
    }

    /// Registers our links with this Bobbin again.
    async fn redirect_repair(api) -> (), changes [AppLinks] {
        let _ = ask_system(api, |desktop| desktop.take_over_links()).await;
        Ok(())
    }
}

/// The system's own programs answer, which takes a moment.
async fn ask_system<T: Send + 'static>(api: &Api, ask: fn(&dyn Desktop) -> T) -> Option<T> {
    let desktop = api.desktop.clone();
    tokio::task::spawn_blocking(move || ask(&*desktop)).await.ok()
}
