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
pub(crate) struct Waits(Mutex<Vec<Listed>>);

struct Listed {
    /// Of this wait alone: several can be about the same thing.
    id: String,
    view: WaitView,
    end: CancellationToken,
}

impl Engine {
    /// What is waited for now.
    pub fn awaited_retries(&self) -> Vec<WaitView> {
        lock(&self.0.waits.0).iter().map(|wait| wait.view.clone()).collect()
    }

    /// Ends a wait; what waited is not sent again.
    pub fn wait_cancel(&self, about: &str) {
        for wait in lock(&self.0.waits.0).iter() {
            if wait.view.about == about {
                wait.end.cancel();
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
    pub(crate) fn waiting(&self, connection: &str, about: &str, asked: Option<AskedToWait>) -> Waiting<'_> {
        let (id, end) = (self.new_id(), CancellationToken::new());
        let view = WaitView { about: about.to_owned(), connection: connection.to_owned(), asked };
        lock(&self.0.waits.0).push(Listed { id: id.clone(), view, end: end.clone() });
        self.changed(Change::Waits);
        Waiting { engine: self, id, end }
    }
}

pub(crate) struct Waiting<'a> {
    engine: &'a Engine,
    id: String,
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
        lock(&self.engine.0.waits.0).retain(|wait| wait.id != self.id);
        self.engine.changed(Change::Waits);
    }
}
