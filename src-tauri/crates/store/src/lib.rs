//! Keeps: the key in the operating system's key store, a sealed SQLite database, and the workspace's files.
//!
//! Nothing here speaks HTTP or decides about the protocol.
//! Time is an argument and random bytes come through [`Random`], so that every test is repeatable.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod authorization_requests;
mod client_secrets;
mod damage;
mod database;
mod drafts;
mod error;
mod exchanges;
mod in_use;
mod key_store;
mod moving;
mod origins;
mod refreshes;
mod replies;
mod rows;
mod seal;
mod session_lock;
mod sessions;
mod sign_ins;
mod store;
#[cfg(test)]
mod testing;
mod workspace;

use std::sync::Arc;

pub use crate::{
    authorization_requests::{AuthorizationRequest, RequestOutcome},
    client_secrets::{ClientKey, ClientSecrets, Unreadable},
    damage::Recovery,
    database::Migration,
    error::StoreError,
    origins::Origin,
    refreshes::{AskedBy, Doubt, RefreshFailure, RefreshRecord},
    session_lock::SessionLock,
    sessions::{RefreshMark, Session, SessionKind},
    sign_ins::PendingSignIn,
    store::{Access, KeyStoreState, LateAnswer, Opened, Store},
    workspace::{
        Authentication, ClientTokens, ConnectionFile, FileError, Lifetimes, ListedConnection, Parameters,
        QueryFile, QuerySummary, Redirect, Refresh, Watcher, Workspace,
    },
};

/// Fills a buffer with unguessable bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
