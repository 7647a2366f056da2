//! The sidebar and the status bar, from what is at hand: this never waits for the key store.

use bobbin_protocol::preset::preset;

use crate::{
    Engine, session_view,
    view::{ConnectionSummary, Environment, Overview, QuerySummary, SessionSummary, Status},
};

impl Engine {
    pub async fn overview(&self) -> Overview {
        let listed = match self.store_if_open() {
            Some(_) => self.with_store(bobbin_store::Store::sessions).await,
            None => Ok(Vec::new()),
        };
        let mut status = self.status();
        let mut sessions = listed.unwrap_or_else(|error| {
            let hint = error.view().hint.clone().unwrap_or_default();
            status.key_store_detail = Some(format!("The sessions cannot be listed. {error} {hint}"));
            Vec::new()
        });
        sessions.sort_by_key(|session| session.created_at);
        let now = self.now();
        let sessions: Vec<SessionSummary> = sessions
            .iter()
            .map(|session| session_view::summary(session, self.lifetimes(session), now))
            .collect();
        Overview {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            connections: self.connection_summaries(sessions),
            queries: self
                .0
                .workspace
                .queries()
                .unwrap_or_default()
                .into_iter()
                .map(|query| QuerySummary { path: query.path, name: query.name, folder: query.folder })
                .collect(),
            status,
        }
    }

    pub fn status(&self) -> Status {
        let (key_store, key_store_detail) = self.key_store_state();
        Status {
            key_store,
            key_store_detail,
            sandbox_address: self.0.sandbox.address(),
            workspace: self.0.workspace.dir().display().to_string(),
        }
    }

    /// Sessions whose connection was deleted are listed under its slug, so that none is out of reach.
    fn connection_summaries(&self, mut sessions: Vec<SessionSummary>) -> Vec<ConnectionSummary> {
        let mut connections: Vec<ConnectionSummary> = self
            .0
            .workspace
            .connections()
            .unwrap_or_default()
            .into_iter()
            .map(|(slug, file)| {
                let (own, others) =
                    std::mem::take(&mut sessions).into_iter().partition(|session| session.connection == slug);
                sessions = others;
                match file {
                    Ok(file) => ConnectionSummary {
                        environment: preset(&file.preset)
                            .map_or(Environment::Live, |preset| preset.environment),
                        name: file.name,
                        slug,
                        sessions: own,
                        broken: None,
                    },
                    Err(error) => ConnectionSummary {
                        name: slug.clone(),
                        slug,
                        environment: Environment::Live,
                        sessions: own,
                        broken: Some(error.to_string()),
                    },
                }
            })
            .collect();
        while let Some(first) = sessions.first() {
            let slug = first.connection.clone();
            let (own, others) = sessions.into_iter().partition(|session| session.connection == slug);
            sessions = others;
            connections.push(ConnectionSummary {
                name: slug.clone(),
                broken: Some(format!("connections/{slug}.toml is not there any more.")),
                slug,
                environment: Environment::Live,
                sessions: own,
            });
        }
        connections
    }
}
