//! Requests that spend something once: a refresh token or an authorization code.
//!
//! Their reply may be the only copy of what replaces it. So a process of its own waits for it, which outlives the
//! window, and writes it into the store where nobody has kept what it brings; whoever finds it there goes on from it.

mod message;
#[cfg(unix)]
mod process;
mod resume;

#[cfg(unix)]
use std::sync::Mutex;
use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bobbin_protocol::http::{HttpReply, HttpRequest};
use bobbin_store::{SessionLock, Store, StoreError};
use serde::{Deserialize, Serialize};
#[cfg(unix)]
use tokio::net::UnixStream;

use self::message::Reply;
#[cfg(unix)]
pub use self::process::send_for_parent;
use crate::{
    Engine, Error,
    http::{Failure, Limits, Reason, SMALL},
};

/// A token endpoint has this long to answer.
const TIMEOUT: Duration = Duration::from_secs(30);
pub(crate) const LIMITS: Limits = Limits { size: SMALL, timeout: TIMEOUT, spends: true };

/// How this program is started again to run [`send_for_parent`], which needs no display.
#[derive(Debug, Clone)]
pub struct SingleUseProgram {
    pub path: PathBuf,
    pub arguments: Vec<OsString>,
}

/// What is spent, with what its reply is read with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Spent {
    RefreshToken {
        generation: u32,
        /// When it was marked in flight, in Unix milliseconds.
        since: i64,
        /// What the scopes were narrowed to.
        scopes: Option<Vec<String>>,
    },
    Code(String),
}

/// A request that is about to be sent once, by whoever holds the lock.
pub(crate) struct SingleUse {
    pub(crate) lock: Arc<SessionLock>,
    pub(crate) spent: Spent,
    /// The way to the process that sent it, which keeps a refresh's reply when this ends before its pair is kept.
    #[cfg(unix)]
    sender: Mutex<Option<UnixStream>>,
}

impl SingleUse {
    pub(crate) fn new(lock: Arc<SessionLock>, spent: Spent) -> Self {
        Self {
            lock,
            spent,
            #[cfg(unix)]
            sender: Mutex::default(),
        }
    }
}

/// How a request ended, as it stands in the store until what it brought is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Arrived {
    /// The id in the wire record.
    pub(crate) exchange: String,
    pub(crate) spent: Spent,
    /// In Unix milliseconds: its tokens count from here on, however late they are read.
    pub(crate) received_at: i64,
    pub(crate) duration_ms: i64,
    result: Result<Reply, (Reason, Option<Reply>)>,
}

impl Arrived {
    fn new(
        exchange: String,
        spent: Spent,
        (received_at, took): (i64, Duration),
        result: Result<HttpReply, Failure>,
    ) -> Self {
        Self {
            exchange,
            spent,
            received_at,
            duration_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            result: result
                .map(Reply::from)
                .map_err(|failure| (failure.reason, failure.received.map(Reply::from))),
        }
    }

    pub(crate) fn result(self) -> Result<HttpReply, Failure> {
        self.result
            .map(HttpReply::from)
            .map_err(|(reason, received)| Failure { reason, received: received.map(HttpReply::from) })
    }

    /// Writes it into the store; false where that did not work.
    fn keep(&self, store: &Store, id: &str) -> bool {
        serde_json::to_value(self).is_ok_and(|arrived| store.put_reply(id, &arrived).is_ok())
    }

    /// What is kept for the session or sign-in `id`. What cannot be read stays: another version may read it.
    pub(crate) fn kept_in(
        store: &Store,
        id: &str,
    ) -> Result<Option<std::result::Result<Self, Unreadable>>, StoreError> {
        match store.reply(id) {
            Ok(kept) => Ok(kept.map(|kept| serde_json::from_value(kept).map_err(|_| Unreadable))),
            Err(StoreError::Unsealable { .. } | StoreError::Content { .. }) => Ok(Some(Err(Unreadable))),
            Err(error) => Err(error),
        }
    }
}

/// A reply of another format, or sealed with another key.
pub(crate) struct Unreadable;

impl From<Unreadable> for Error {
    fn from(_: Unreadable) -> Self {
        Self::new(
            "reply_unreadable",
            "A reply with new tokens is kept here, but this version of Bobbin cannot read it.",
        )
        .hint("It was left as it is: start the version that kept it. Or sign in again.")
    }
}

/// How many requests would lose their reply if this process ended.
#[derive(Default)]
pub(crate) struct UnderWay(AtomicUsize);

impl UnderWay {
    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    pub(crate) fn one(&self) -> Counted<'_> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Counted(self)
    }
}

pub(crate) struct Counted<'a>(&'a UnderWay);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Engine {
    /// Sends `request` once. Its reply is durable when this returns, where the store takes it.
    ///
    /// `exchange` is its id in the wire record.
    pub(crate) async fn send_once(
        &self,
        single_use: &SingleUse,
        exchange: &str,
        request: HttpRequest,
    ) -> Result<HttpReply, Failure> {
        #[cfg(unix)]
        if let Some(result) = self.send_by_child(single_use, exchange, &request).await {
            return result;
        }
        let store = self.store().await.ok().filter(|store| store.persistent());
        // Without a file there is nothing that could outlive this process.
        let _counted = store.is_some().then(|| self.0.under_way.one());
        let began = Instant::now();
        let result = self.0.http.send(request, LIMITS).await;
        let Some(store) = store else { return result };
        let (id, spent) = (single_use.lock.id().to_owned(), single_use.spent.clone());
        let arrived = Arrived::new(exchange.to_owned(), spent, (self.now(), began.elapsed()), result);
        let kept = crate::storage::blocking(move || {
            arrived.keep(&store, &id);
            arrived
        });
        match kept.await {
            Ok(arrived) => arrived.result(),
            Err(error) => Err(Reason::CutOff(error.to_string()).into()),
        }
    }
}
