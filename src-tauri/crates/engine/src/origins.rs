//! Credentials go only where a person let them go to.
//!
//! A connection's file can be changed from outside, as by a `git pull`. A change of where it points is a question
//! to the person before anything that proves or grants something leaves for the new origin.

use std::sync::Mutex;

use bobbin_store::{ConnectionFile, Origin, Session, Store};
use url::Url;

use crate::{
    Engine, Error, Result, lock,
    provider::{Provider, SANDBOX},
    view::ErrorCode,
};

/// The open questions. A yes is a yes to what was read, whatever the file says by then.
#[derive(Default)]
pub(crate) struct Asked(Mutex<Vec<Question>>);

struct Question {
    id: String,
    /// The connection's slug.
    connection: String,
    /// What it names.
    origins: Vec<Origin>,
}

/// The endpoints that credentials are sent to: by Bobbin, or by a person in the browser that it opens.
const TAKING: [&str; 7] = [
    "authorization_endpoint",
    "token_endpoint",
    "graphql_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "end_session_endpoint",
];

impl Provider {
    /// Every origin that credentials of this connection can go to, by the field that names it.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        // Not asked yet, it will vouch for those that are missing.
        let issuer = self.preset.discovery.then_some("issuer");
        let mut origins: Vec<Origin> =
            TAKING.into_iter().chain(issuer).filter_map(|name| self.origin_of(name)).collect();
        origins.sort_by(|one, other| one.field.cmp(&other.field));
        origins.dedup();
        origins
    }

    /// Who vouches for an endpoint: itself where it is written down, its issuer where that named it.
    fn origin_of(&self, name: &str) -> Option<Origin> {
        let (field, written) = match self.written(name) {
            Some(written) => (name, written),
            None if self.has(name) => ("issuer", self.written("issuer")?),
            None => return None,
        };
        let origin = match Url::parse(written).map(|url| url.origin()) {
            _ if written.starts_with(SANDBOX) => SANDBOX.to_owned(),
            Ok(origin) if origin.is_tuple() => origin.ascii_serialization(),
            _ => written.to_owned(),
        };
        Some(Origin { field: field.to_owned(), origin })
    }
}

impl Engine {
    /// An error where the connection's file points `endpoint` to an origin that nobody agreed to.
    pub(crate) async fn refuse_changed(&self, provider: &Provider, endpoint: &str) -> Result<()> {
        let Some(used) = provider.origin_of(endpoint) else { return Ok(()) };
        let known = self.trust_first(provider).await?;
        // The sandbox is within this very process, whatever its port is today.
        let agreed =
            |one: &Origin| one.origin == SANDBOX || known.iter().any(|known| known.origin == one.origin);
        if agreed(&used) {
            return Ok(());
        }
        let mut others = provider.origins();
        others.retain(|one| *one != used && !agreed(one));
        let question = question(provider, &known, &used, &others);
        others.push(used);
        Err(question.question(self.asked(provider.slug(), others)))
    }

    /// The id of a question, which stays the same when it is asked again.
    fn asked(&self, connection: &str, origins: Vec<Origin>) -> String {
        let mut asked = lock(&self.0.asked.0);
        let known = asked.iter().find(|one| one.connection == connection && one.origins == origins);
        if let Some(known) = known {
            return known.id.clone();
        }
        let id = self.new_id();
        asked.push(Question { id: id.clone(), connection: connection.to_owned(), origins });
        id
    }

    /// Yes to a question about a connection: its credentials may go there from now on.
    ///
    /// `question` is its id.
    pub async fn connection_trust(&self, slug: &str, question: &str) -> Result<()> {
        let agreed = {
            let mut asked = lock(&self.0.asked.0);
            let open = asked.iter().position(|one| one.id == question && one.connection == slug);
            open.map(|open| asked.remove(open).origins)
        };
        let agreed = agreed.ok_or_else(|| {
            Error::new("question_gone", "This question is not open any more.")
                .hint("Do again what you wanted to do. Bobbin asks again where it has to.")
        })?;
        let connection = slug.to_owned();
        self.with_store(move |store| store.trust_origins(&connection, &agreed)).await?;
        self.bring_along(&self.provider_at_rest(slug)?).await
    }

    /// Records what the connection says where it has no record and nothing to lose yet; returns what is recorded.
    pub(crate) async fn trust_first(&self, provider: &Provider) -> Result<Vec<Origin>> {
        let (slug, first) = (provider.slug().to_owned(), provider.origins());
        self.with_store(move |store| {
            let known = store.origins(&slug)?;
            if known.is_empty() { store.trust_first_origins(&slug, &first) } else { Ok(known) }
        })
        .await
    }

    /// Records what a person is about to save: what they changed, and the whole where nothing is known yet.
    ///
    /// What another hand changed in the file before stays a question.
    pub(crate) async fn trust_saved(
        &self,
        slug: &str,
        before: Option<&ConnectionFile>,
        saved: &ConnectionFile,
    ) -> Result<()> {
        let Ok(saved) = self.provider_of_file(slug, saved.clone()) else { return Ok(()) };
        let before = before.and_then(|file| self.provider_of_file(slug, file.clone()).ok());
        self.trust_first(&saved).await?;
        let before = before.map(|before| before.origins()).unwrap_or_default();
        let mut own = saved.origins();
        own.retain(|origin| !before.contains(origin));
        if own.is_empty() {
            return Ok(());
        }
        let slug = slug.to_owned();
        self.with_store(move |store| store.trust_origins(&slug, &own)).await
    }

    /// Records what stands, for connections of a database that is older than the records.
    pub(crate) fn take_up_origins(&self, store: &Store) -> Result<()> {
        for slug in store.connections_without_origins()? {
            let origins = self.provider_at_rest(&slug).map(|provider| provider.origins());
            // Where the file is not there, its coming back is a question.
            store.trust_origins(&slug, &origins.unwrap_or_default())?;
        }
        Ok(())
    }

    /// Sessions that no issuer gave are known by their token endpoint: they move with it when a person agrees.
    async fn bring_along(&self, provider: &Provider) -> Result<()> {
        let Some(token_endpoint) = provider.origin_of("token_endpoint") else { return Ok(()) };
        let slug = provider.slug().to_owned();
        let (sessions, known) =
            self.with_store(move |store| Ok((store.sessions()?, store.origins(&slug)?))).await?;
        if known.iter().all(|known| known.origin != token_endpoint.origin) {
            return Ok(());
        }
        let moved: Vec<Session> = sessions
            .into_iter()
            .filter(|session| session.connection == provider.slug())
            .filter_map(|session| provider.moved(session))
            .collect();
        self.with_store(move |store| {
            moved.iter().try_for_each(|session| store.update_id_token(session, None))
        })
        .await
    }
}

fn question(provider: &Provider, known: &[Origin], used: &Origin, others: &[Origin]) -> Error {
    let before =
        |field: &str| known.iter().rev().find(|one| one.field == field).map(|one| shown(&one.origin));
    let was = |one: &Origin| match before(&one.field).or_else(|| before("issuer")) {
        Some(before) => format!("pointed to {before} before"),
        None => "pointed nowhere that Bobbin knows of before".to_owned(),
    };
    let (name, slug) = (&provider.file.name, provider.slug());
    let message =
        format!("The {} of {name} now points to {}, and nothing was sent.", used.field, shown(&used.origin));
    let mut hint = vec![format!("It {}.", was(used))];
    hint.extend(
        others.iter().map(|one| {
            format!("The {} now points to {} too; it {}.", one.field, shown(&one.origin), was(one))
        }),
    );
    hint.push(format!("connections/{slug}.toml was changed outside Bobbin."));
    hint.push("Use it if you know of that: tokens and secrets may go there from then on. Otherwise edit the connection.".to_owned());
    let hint = hint.join(" ");
    Error::new(ErrorCode::EndpointChanged, message).hint(hint)
}

fn shown(origin: &str) -> &str {
    if origin == SANDBOX { "the sandbox" } else { origin }
}
