//! The window at a glance, its notices, the key store, the clipboard.

use bobbin_engine::view::{AboutView, ErrorView, KeyStoreState, Notice, Overview};

use crate::{Api, Reply, ThemeChoice, ZoomStep};

commands! {
    async fn overview(api) -> Overview, changes [] {
        let overview = api.engine.overview().await;
        api.desktop.overview_answered();
        Ok(overview)
    }

    /// What stays on screen until it is dismissed.
    async fn notices(api) -> Vec<Notice>, changes [] {
        api.desktop.notices_shown();
        Ok(api.notices.kept())
    }

    async fn notice_dismiss(api, code: String) -> (), changes [] {
        api.notices.dismiss(&code);
        Ok(())
    }

    /// What this program is, and where it keeps its things.
    async fn about(api) -> AboutView, changes [] {
        Ok(api.desktop.about(&api.engine))
    }

    /// The components that Bobbin is made of, with their licenses' texts.
    async fn licenses(api) -> String, changes [] {
        api.desktop.licenses().ok_or_else(|| {
            ErrorView::new("licenses_missing", "This build carries no license texts.")
                .hint("They are collected when the page is built: see `ui/licenses.ts`.")
        })
    }

    /// Returns the state that it is in then.
    async fn key_store_retry(api) -> KeyStoreState, changes [Status] {
        api.engine.key_store_retry().await?;
        Ok(api.engine.status().key_store)
    }

    /// Makes everything larger or smaller, from 80 to 200 percent in steps of 10; answers the new size in percent.
    async fn zoom(api, step: ZoomStep) -> u16, changes [] {
        api.desktop.zoom(step).map_err(window_failed)
    }

    /// Gives the window this theme, if one is named; answers the one that the window remembers.
    async fn theme(api, choice: Option<ThemeChoice>) -> ThemeChoice, changes [] {
        api.desktop.theme(choice).map_err(window_failed)
    }

    /// Copies what is on screen; secrets have commands of their own that never show them to the page.
    async fn copy(api, text: String) -> (), changes [] {
        to_clipboard(api, text)
    }
}

fn window_failed(reason: String) -> ErrorView {
    ErrorView::new("window_failed", "The window did not change.").hint("Try again.").detail(Some(reason))
}

/// Secrets go from the engine to the clipboard without passing through the page.
pub(super) fn to_clipboard(api: &Api, text: String) -> Reply<()> {
    api.desktop.copy(text).map_err(|reason| {
        ErrorView::new("clipboard_failed", "The text could not be copied.")
            .hint("Another program may be using the clipboard. Try again.")
            .detail(Some(reason))
    })
}
