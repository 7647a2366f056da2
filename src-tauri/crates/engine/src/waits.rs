//! Waits before another try, which the person sees and can end.
//!
//! A server that is asked too often says how long (RFC 6585 section 4).

use std::{sync::Mutex, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Error, Result, lock,
    view::{AskedToWait, Change, ErrorCode, WaitView},
};

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
        let asked = AskedToWait {
            seconds: u32::try_from(time.as_secs()).unwrap_or(u32::MAX),
            until: self.now() + i64::try_from(time.as_millis()).unwrap_or(i64::MAX),
        };
        let waiting = self.waiting(connection, about, Some(asked));
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            () = waiting.ended() => Err(Error::new(ErrorCode::WaitCancelled, "The wait was cancelled.")
                .hint("Nothing was sent again, and nothing was used up. Try again when you like.")),
        }
    }

    /// Lists the wait until the guard is dropped.
    pub(crate) fn waiting<'a>(
        &'a self,
        connection: &str,
        about: &'a str,
        asked: Option<AskedToWait>,
    ) -> Waiting<'a> {
        let end = CancellationToken::new();
        let wait = WaitView { about: about.to_owned(), connection: connection.to_owned(), asked };
        lock(&self.0.waits.0).push((wait, end.clone()));
        self.changed(Change::Waits);
        Waiting { engine: self, about, end }
    }
}

pub(crate) struct Waiting<'a> {
    engine: &'a Engine,
    about: &'a str,
    end: CancellationToken,
}

impl Waiting<'_> {
    /// Returns when a person ends the wait.
    pub(crate) async fn ended(&self) {
        self.end.cancelled().await;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(&self.engine.0.waits.0).retain(|(wait, _)| wait.about != self.about);
        self.engine.changed(Change::Waits);
    }
}
