//! The Wire drawer.

use bobbin_engine::view::{ExchangePart, ExchangeSummary, ExchangeView};

use super::app::to_clipboard;
use crate::{Api, Reply};

commands! {
    async fn wire(api) -> Vec<ExchangeSummary>, changes [] {
        Ok(api.engine.wire())
    }

    /// One of them; `null` where the record no longer has it.
    async fn exchange_summary(api, id: String) -> Option<ExchangeSummary>, changes [] {
        Ok(api.engine.exchange_summary(&id))
    }

    async fn exchange(api, id: String) -> ExchangeView, changes [] {
        Ok(api.engine.exchange(&id)?)
    }

    async fn exchange_reveal(api, id: String, part: ExchangePart, name: Option<String>) -> String,
        changes [] {
        Ok(api.engine.exchange_reveal(&id, part, name.as_deref())?)
    }

    async fn exchange_copy(api, id: String, part: ExchangePart, name: Option<String>) -> (), changes [] {
        to_clipboard(api, api.engine.exchange_reveal(&id, part, name.as_deref())?)
    }

    async fn wire_clear(api) -> (), changes [Wire] {
        Ok(api.engine.wire_clear().await?)
    }
}
