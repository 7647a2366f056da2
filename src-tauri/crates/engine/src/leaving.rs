//! Whether the process can end without taking along what cannot be had again.

use std::time::Duration;

use crate::Engine;

/// How often it is looked whether nothing is at stake any more.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What would be lost if the process ended now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtStake {
    Nothing,
    /// The reply to a request that works once, which this process waits for itself.
    Reply,
    /// New tokens that the database does not take.
    Tokens,
}

impl Engine {
    /// Whether [`Engine::at_stake`] is worth asking. Never waits.
    pub fn may_lose(&self) -> bool {
        self.0.under_way.any() || !self.held().is_empty()
    }

    pub async fn at_stake(&self) -> AtStake {
        let held = self.held();
        // Held tokens whose reply is in the database are read from there at the next start.
        let unsafe_now = !held.is_empty()
            && self
                .with_store(move |store| {
                    held.iter().try_fold(false, |any, id| Ok(any || store.reply(id)?.is_none()))
                })
                .await
                .unwrap_or(true);
        match (unsafe_now, self.0.under_way.any()) {
            (true, _) => AtStake::Tokens,
            (false, true) => AtStake::Reply,
            (false, false) => AtStake::Nothing,
        }
    }

    /// Waits until nothing is at stake.
    pub async fn finish(&self) {
        while self.at_stake().await != AtStake::Nothing {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}
