//! What was deleted a moment ago, so that one click brings it back. Gone when the app ends.

use bobbin_store::{ClientKey, ClientSecrets, Origin, RefreshRecord, Session};

/// Enough for a person's second thoughts, and for the sessions that go with a connection.
const KEPT: usize = 200;

/// A connection with its client's secrets, where its credentials may go, and the sessions that went with it, by id.
#[derive(Clone)]
pub(crate) struct Deleted {
    /// As it was, byte by byte; absent where there was none, or none that could be read.
    pub(crate) file: Option<Vec<u8>>,
    pub(crate) sessions: Vec<String>,
    pub(crate) secrets: ClientSecrets,
    pub(crate) origins: Vec<Origin>,
    /// Whether its file is gone too. Where it is not, deleting again goes on with what is left.
    pub(crate) is_complete: bool,
}

impl Deleted {
    /// Adds what an earlier deletion that ended half-way has removed.
    fn complete_with(mut self, earlier: Self) -> Self {
        let mut sessions = earlier.sessions;
        self.sessions.retain(|id| !sessions.contains(id));
        sessions.append(&mut self.sessions);
        self.secrets.secret = self.secrets.secret.or(earlier.secrets.secret);
        self.secrets.key = self.secrets.key.or(earlier.secrets.key);
        // The earlier secrets go where a person let them go, not where the file may point since.
        let origins = if earlier.origins.is_empty() { self.origins } else { earlier.origins };
        Self { sessions, origins, ..self }
    }
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
        let half_deleted =
            self.connections.iter().rposition(|(other, earlier)| other == slug && !earlier.is_complete);
        let deleted = match half_deleted {
            Some(place) => deleted.complete_with(self.connections.remove(place).1),
            None => deleted,
        };
        self.connections.push((slug.to_owned(), deleted));
        if self.connections.len() > KEPT {
            self.connections.remove(0);
        }
    }

    /// The connection's file is gone as well.
    pub(crate) fn complete_connection(&mut self, slug: &str) {
        for (_, deleted) in self.connections.iter_mut().filter(|(other, _)| other == slug) {
            deleted.is_complete = true;
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
