//! Whether the process can end without taking along what cannot be had again.

use std::{
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use bobbin_store::SessionLock;

use crate::{Engine, lock};

/// How often it is looked whether nothing is at stake any more.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What would be lost if the process ended now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtStake {
    Nothing,
    /// The reply to a request that works once, which this process waits for itself or has not dealt with yet.
    Reply,
    /// New tokens that the database does not take.
    Tokens,
}

/// The replies that were received here and not dealt with yet, each by the lock of its session or sign-in.
///
/// Whoever received one holds the lock until its tokens are kept or held.
#[derive(Default)]
pub(crate) struct Received(Mutex<Vec<Weak<SessionLock>>>);

impl Received {
    pub(crate) fn add(&self, of: &Arc<SessionLock>) {
        let mut locks = lock(&self.0);
        locks.retain(|lock| lock.strong_count() > 0);
        locks.push(Arc::downgrade(of));
    }

    /// The reply asks to wait: nothing is lost with it.
    pub(crate) fn forget(&self, of: &Arc<SessionLock>) {
        lock(&self.0).retain(|lock| !lock.ptr_eq(&Arc::downgrade(of)));
    }

    fn any(&self) -> bool {
        lock(&self.0).iter().any(|lock| lock.strong_count() > 0)
    }
}

impl Engine {
    /// Whether [`Engine::at_stake`] is worth asking. Never waits.
    pub fn may_lose(&self) -> bool {
        self.waits_for_reply() || !self.held().is_empty()
    }

    fn waits_for_reply(&self) -> bool {
        self.0.under_way.any() || self.0.received.any()
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
        match (unsafe_now, self.waits_for_reply()) {
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
