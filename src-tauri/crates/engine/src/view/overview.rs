//! The whole window at a glance: the sidebar, the status bar and what changed.

use serde::Serialize;
use ts_rs::TS;

use super::{Environment, QuerySummary, SessionSummary};

/// Everything the first picture needs; answered from files alone.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Overview {
    pub version: String,
    pub connections: Vec<ConnectionSummary>,
    pub queries: Vec<QuerySummary>,
    pub status: Status,
}

/// A connection as the sidebar lists it, with its sessions.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConnectionSummary {
    pub slug: String,
    pub name: String,
    pub environment: Environment,
    pub sessions: Vec<SessionSummary>,
    /// The file could not be read; the connection is listed so that it can be fixed.
    pub broken: Option<String>,
}

/// The status bar.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Status {
    pub key_store: KeyStoreState,
    /// What the key store said, for the states that are not `ready`; and what of the database cannot be read.
    pub key_store_detail: Option<String>,
    /// `127.0.0.1:5001` once the sandbox runs.
    pub sandbox_address: Option<String>,
    pub workspace: String,
}

/// Whether secrets can be kept over a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum KeyStoreState {
    /// Not asked yet: the window is shown first.
    Checking,
    Ready,
    Locked,
    Absent,
    Denied,
    /// The database is sealed with a key that the key store no longer has.
    KeyLost,
    /// The key is there, but the database could not be opened.
    DatabaseFailed,
    /// A folder that Bobbin needs cannot be used: this run has no database, and trying again changes nothing.
    MemoryOnly,
}

/// Which view is out of date. The page asks for it again; no data travels in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "what")]
#[ts(export)]
pub enum Change {
    /// Which connections there are, with their sessions, or what the list says of one.
    Connections,
    /// Which sessions there are, or what the list says of one.
    Sessions,
    /// Which queries there are, or what the list says of one.
    Queries,
    /// The key store, the database, or where the sandbox is: connections show it too.
    Status,
    Faults,
    Requests,
    SignIn {
        id: String,
    },
    Session {
        id: String,
    },
    Connection {
        slug: String,
    },
    Query {
        path: String,
    },
    /// The whole record of what went over the network.
    Wire,
    /// One exchange of the record, which is new, is another now or fell out of it.
    Exchange {
        id: String,
    },
    Waits,
    /// Which program opens app links: connections show it.
    AppLinks,
}

/// A wait before another try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WaitView {
    /// The session, the sign-in, or the slug of the connection whose client token is asked for.
    pub about: String,
    /// The connection's slug.
    pub connection: String,
    /// Where the server asked for it; it cannot be reached otherwise.
    pub asked: Option<AskedToWait>,
}

/// What a 429 or 503 with `Retry-After` asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AskedToWait {
    pub seconds: u32,
    /// When it is tried again.
    pub until: i64,
}

/// What the page tells beside its views: in the status bar's line, or until it is dismissed where there is a hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Notice {
    pub level: NoticeLevel,
    /// A stable reason code, such as `callback_unknown_state`.
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
}

impl Notice {
    pub fn new(level: NoticeLevel, code: &str, message: impl Into<String>) -> Self {
        Self { level, code: code.to_owned(), message: message.into(), hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NoticeLevel {
    Info,
    Warning,
    Error,
}
