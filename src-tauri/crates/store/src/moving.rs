//! What was kept in memory moves into the database when that can be opened at last.

use crate::{
    Store, authorization_requests, client_secrets, drafts, error::StoreError, exchanges, origins, sessions,
    sign_ins,
};

impl Store {
    /// Adds everything that `other` keeps, in one transaction: after an error nothing was added.
    ///
    /// A draft, exchange or client's secret of `other` replaces one of the same name;
    /// a session or sign-in of the same id is an error. Origins of a connection that has some here are left out.
    pub fn add_all_of(&self, other: &Self) -> Result<(), StoreError> {
        let sessions = other.sessions()?;
        let histories = sessions
            .iter()
            .map(|session| other.refresh_history(&session.id))
            .collect::<Result<Vec<_>, _>>()?;
        let sign_ins = other.pending_sign_ins()?;
        let taken = other.taken_sign_ins()?;
        let requests = other.requests()?;
        let client_secrets = other.all_client_secrets()?;
        let origins = other.all_origins()?;
        let drafts = other.drafts()?;
        let exchanges = other.timed_exchanges(usize::MAX)?;
        let sealer = &self.sealer;
        // What is under way goes on, and no other process may take it for left behind.
        self.adopt_locks(other)?;
        self.write(|transaction| {
            for (session, history) in sessions.iter().zip(&histories) {
                sessions::insert_with_history(transaction, sealer, session, history)?;
            }
            for sign_in in &sign_ins {
                sign_ins::insert(transaction, sealer, sign_in)?;
            }
            for sign_in in &taken {
                sign_ins::insert(transaction, sealer, sign_in)?;
                sign_ins::take(transaction, &sign_in.state)?;
            }
            for request in requests.iter().rev() {
                authorization_requests::insert(transaction, sealer, request)?;
            }
            authorization_requests::drop_oldest(transaction)?;
            for (slug, secrets) in &client_secrets {
                client_secrets::add(transaction, sealer, slug, secrets)?;
            }
            for (slug, origins) in &origins {
                origins::add_new(transaction, sealer, slug, origins)?;
            }
            for (key, text) in &drafts {
                drafts::put(transaction, sealer, key, text)?;
            }
            for (id, at, exchange) in &exchanges {
                exchanges::put(transaction, sealer, id, *at, exchange)?;
            }
            exchanges::drop_oldest(transaction)
        })
    }
}

#[cfg(test)]
mod tests;
