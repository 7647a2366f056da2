//! A server that is asked too often says how long to wait (RFC 6585 section 4); the person sees that and can give up.

use std::{sync::Mutex, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Error, Result, lock,
    view::{Change, WaitView},
};

/// The code of a wait that a person ended.
pub(crate) const CANCELLED: &str = "wait_cancelled";

#[derive(Default)]
pub(crate) struct Waits(Mutex<Vec<(WaitView, CancellationToken)>>);

impl Engine {
    /// What is waited for now.
    pub fn awaited_retries(&self) -> Vec<WaitView> {
        lock(&self.0.waits.0).iter().map(|(wait, _)| wait.clone()).collect()
    }

    /// Ends a wait; what waited is not sent again.
    pub fn wait_cancel(&self, about: &str) {
        for (wait, cancel) in lock(&self.0.waits.0).iter() {
            if wait.about == about {
                cancel.cancel();
            }
        }
    }

    /// Waits before another try, unless a person gives up meanwhile.
    pub(crate) async fn wait(&self, connection: &str, about: &str, time: Duration) -> Result<()> {
        let cancel = CancellationToken::new();
        let wait = WaitView {
            about: about.to_owned(),
            connection: connection.to_owned(),
            seconds: u32::try_from(time.as_secs()).unwrap_or(u32::MAX),
            until: self.now() + i64::try_from(time.as_millis()).unwrap_or(i64::MAX),
        };
        lock(&self.0.waits.0).push((wait, cancel.clone()));
        self.changed(Change::Waits);
        let _over = Over { engine: self, about };
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            () = cancel.cancelled() => Err(Error::new(CANCELLED, "The wait was cancelled.")
                .hint("Nothing was sent again, and nothing was used up. Try again when you like.")),
        }
    }
}

/// Takes the wait off the list, also when nobody waits any more.
struct Over<'a> {
    engine: &'a Engine,
    about: &'a str,
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        lock(&self.engine.0.waits.0).retain(|(wait, _)| wait.about != self.about);
        self.engine.changed(Change::Waits);
    }
}
