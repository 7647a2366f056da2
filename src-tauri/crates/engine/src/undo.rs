//! What was deleted a moment ago, so that one click brings it back. Gone when the app ends.

use bobbin_store::{ClientKey, ClientSecrets, ConnectionFile, Origin, RefreshRecord, Session};

/// Enough for a person's second thoughts, and for the sessions that go with a connection.
const KEPT: usize = 200;

/// A connection with its client's secrets, where its credentials may go, and the sessions that went with it, by id.
#[derive(Clone)]
pub(crate) struct Deleted {
    pub(crate) file: ConnectionFile,
    pub(crate) sessions: Vec<String>,
    pub(crate) secrets: ClientSecrets,
    pub(crate) origins: Vec<Origin>,
}

#[derive(Default)]
pub(crate) struct Bin {
    connections: Vec<(String, Deleted)>,
    sessions: Vec<(Session, Vec<RefreshRecord>)>,
    /// Removed private keys, by connection.
    keys: Vec<(String, ClientKey)>,
}

impl Bin {
    pub(crate) fn put_connection(&mut self, slug: &str, deleted: Deleted) {
        self.connections.push((slug.to_owned(), deleted));
        if self.connections.len() > KEPT {
            self.connections.remove(0);
        }
    }

    /// A deleted connection; it stays here until [`Bin::drop_connection`].
    pub(crate) fn connection(&self, slug: &str) -> Option<Deleted> {
        self.connections.iter().rfind(|(deleted, _)| deleted == slug).map(|(_, deleted)| deleted.clone())
    }

    pub(crate) fn drop_connection(&mut self, slug: &str) {
        self.connections.retain(|(deleted, _)| deleted != slug);
    }

    pub(crate) fn put_key(&mut self, connection: &str, key: ClientKey) {
        self.keys.retain(|(slug, _)| slug != connection);
        self.keys.push((connection.to_owned(), key));
    }

    pub(crate) fn key(&self, connection: &str) -> Option<ClientKey> {
        self.keys.iter().find(|(slug, _)| slug == connection).map(|(_, key)| key.clone())
    }

    pub(crate) fn put_session(&mut self, session: Session, history: Vec<RefreshRecord>) {
        self.sessions.push((session, history));
        if self.sessions.len() > KEPT {
            self.sessions.remove(0);
        }
    }

    /// A deleted session with its refreshes; it stays here until [`Bin::drop_session`].
    pub(crate) fn session(&self, id: &str) -> Option<(Session, Vec<RefreshRecord>)> {
        self.sessions.iter().rfind(|(session, _)| session.id == id).cloned()
    }

    pub(crate) fn drop_session(&mut self, id: &str) {
        self.sessions.retain(|(session, _)| session.id != id);
    }
}
