//! What the page holds in the application's memory.

use std::{collections::BTreeMap, sync::PoisonError};

use crate::{Api, Reply};

commands! {
    /// What the page held before it was loaded again, by key.
    async fn page_held(api) -> BTreeMap<String, String>, changes [] {
        Ok(api.held.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Holds a text in the application's memory; `null` lets go of it.
    async fn page_hold(api, key: String, text: Option<String>) -> (), changes [] {
        let mut held = api.held.lock().unwrap_or_else(PoisonError::into_inner);
        match text {
            Some(text) => held.insert(key, text),
            None => held.remove(&key),
        };
        Ok(())
    }
}
