//! How to talk to one provider as one client: shown, checked, changed.

mod draft;
mod shown;

use std::collections::BTreeSet;

use bobbin_protocol::{doctor::Finding, preset};
use bobbin_store::{ClientSecrets, ConnectionFile, FileError, Redirect, StoreError};
use url::Url;

use crate::{
    Engine, Error, Result,
    callback::Ended,
    doctor::{self, finding_view},
    lock,
    loopback::Place,
    provider::Provider,
    undo::Deleted,
    view::{
        Change, ConnectionDraft, ConnectionView, ErrorCode, LinkRegistration, NamedValue, ParametersView,
        PresetView, Problem, RedirectMethod,
    },
};

/// Why the sign-ins of a deleted connection ended.
const DELETED: &str = "Its connection was deleted.";

/// What to do about a file that no undo could bring back.
const NOT_KEPT: &str = "Undo could not bring the file back, so nothing was deleted. Delete it in its folder.";

impl Engine {
    pub fn presets(&self) -> Vec<PresetView> {
        preset::presets()
            .iter()
            .map(|preset| PresetView {
                id: preset.id.clone(),
                name: preset.name.clone(),
                environment: preset.environment,
                summary: preset.summary.clone(),
                discovery: preset.discovery,
            })
            .collect()
    }

    /// `registration` tells whether this computer opens a scheme with this Bobbin; only the shell can know.
    pub async fn connection(
        &self,
        slug: &str,
        registration: impl FnOnce(&str) -> LinkRegistration,
    ) -> Result<ConnectionView> {
        // Before the file is read: a change between the two must not be taken for known.
        let revision = self.0.workspace.connection_revision(slug)?;
        let provider = self.provider_at_rest(slug)?;
        // The first picture does not wait for the key store.
        let secrets = match self.store_if_open() {
            Some(_) => Some(self.client_secrets(slug).await?),
            None => None,
        };
        let findings = doctor::findings(&provider, secrets.as_ref(), self.now());
        let client_tokens = self.client_tokens_view(&provider).await?;
        let (preset, file) = (provider.preset, &provider.file);
        let redirect_uri = file.redirect.as_ref().map_or("", |redirect| redirect.uri.as_str());
        let redirect_method = file.redirect.as_ref().map(|redirect| redirect.method);
        let scheme = Url::parse(redirect_uri).map(|url| url.scheme().to_owned());
        Ok(ConnectionView {
            slug: slug.to_owned(),
            name: file.name.clone(),
            environment: preset.environment,
            preset: preset.id.clone(),
            preset_summary: preset.summary.clone(),
            file: format!("connections/{slug}.toml"),
            revision,
            client_id: file.client_id.clone(),
            client_id_hint: preset.client_id_hint.clone(),
            scopes: file.scopes.clone(),
            scope_catalogue: shown::scope_catalogue(preset),
            scopes_supported: shown::scopes_supported(&provider),
            scope_limit: preset.limits.scope,
            starts_with: preset.starts_with,
            authentication: provider.authentication_view(secrets.as_ref(), self.now()),
            client_tokens,
            refresh_policy: provider.refresh_policy(),
            refresh_consequence: preset.refresh.consequence.clone(),
            redirect_method: redirect_method.unwrap_or(RedirectMethod::Paste),
            redirect_uri: redirect_uri.to_owned(),
            registration: match (redirect_method, scheme) {
                (Some(RedirectMethod::AppLink), Ok(scheme)) => registration(&scheme),
                _ => LinkRegistration::NotNeeded,
            },
            endpoints: provider.endpoints(),
            discovery: self.discovery_view(&provider),
            headers: shown::named(&file.headers),
            header_hints: preset
                .headers
                .iter()
                .map(|hint| NamedValue { name: hint.name.clone(), value: hint.description.clone() })
                .collect(),
            parameters: ParametersView {
                authorize: shown::named(&file.parameters.authorize),
                token: shown::named(&file.parameters.token),
                refresh: shown::named(&file.parameters.refresh),
            },
            reserved: shown::reserved(),
            problems: problems(&provider, &findings).into_iter().chain(self.leak(&provider)).collect(),
            findings: findings.iter().map(finding_view).collect(),
        })
    }

    pub async fn connection_create(&self, preset: &str, name: &str) -> Result<String> {
        let preset = preset::preset(preset).ok_or_else(|| {
            Error::new("preset_unknown", format!("There is no preset \"{preset}\"."))
                .hint("Pick one from the list.")
        })?;
        let file = ConnectionFile {
            name: draft::valid_name(name)?,
            preset: preset.id.clone(),
            client_id: preset.default_client_id.clone().unwrap_or_default(),
            scopes: preset.default_scopes.clone(),
            redirect: preset
                .default_redirect_uri
                .clone()
                .map(|uri| Redirect { method: RedirectMethod::AppLink, uri }),
            ..ConnectionFile::default()
        };
        let slug = self.0.workspace.create_connection(&file)?;
        // Of one that bore this name and was deleted while the key store was locked.
        let kept = slug.clone();
        self.with_store(move |store| {
            store.delete_origins(&kept)?;
            forgotten(store.delete_client_secrets(&kept))
        })
        .await?;
        self.trust_saved(&slug, None, &file).await?;
        Ok(slug)
    }

    /// Returns the file's new revision.
    ///
    /// Refused with `connection_changed_outside` where the file is not the one that was edited any more.
    pub async fn connection_save(&self, slug: &str, draft: ConnectionDraft) -> Result<String> {
        let revision = draft.revision.clone();
        if self.0.workspace.connection_revision(slug)? != revision {
            return Err(changed_outside());
        }
        let before = self.0.workspace.connection(slug)?;
        let file = draft::file_of(draft, before.clone())?;
        // This may wait for the key store.
        self.trust_saved(slug, Some(&before), &file).await?;
        self.0.workspace.save_connection_over(slug, &revision, &file)?.ok_or_else(changed_outside)
    }

    /// Deletes the connection's sessions on this computer, its secrets and its file, and ends its sign-ins.
    ///
    /// Answers with its name, or the file's where that cannot be read.
    /// After `connection_deleted_in_part` the connection is still there, and undo brings back what is gone of it.
    pub async fn connection_delete(&self, slug: &str) -> Result<String> {
        let name = self.0.workspace.connection(slug).map_or_else(|_| slug.to_owned(), |file| file.name);
        // Also one that is no connection comes back, and one that is gone already takes the rest along.
        let file = match self.0.workspace.connection_bytes(slug) {
            Ok(bytes) => Some(bytes),
            Err(FileError::NotFound { .. }) => None,
            Err(error) => return Err(Error::from(error).hint(NOT_KEPT)),
        };
        for waiting in self.with_store(bobbin_store::Store::pending_sign_ins).await? {
            if waiting.connection == slug {
                self.cancel_sign_in(&waiting.id, DELETED).await?;
            }
        }
        let mut taken = self.with_store(bobbin_store::Store::taken_sign_ins).await?;
        taken.retain(|sign_in| sign_in.connection == slug);
        let mut sessions = self.with_store(bobbin_store::Store::sessions).await?;
        sessions.retain(|session| session.connection == slug);
        let sessions: Vec<String> = sessions.into_iter().map(|session| session.id).collect();
        let secrets = self.client_secrets(slug).await?;
        let kept = slug.to_owned();
        let origins = self.with_store(move |store| store.origins(&kept)).await?;
        // Before anything goes, so that undo also fixes a deletion that ended half-way.
        let kept = Deleted { file, sessions: sessions.clone(), secrets, origins, is_complete: false };
        lock(&self.0.undo).put_connection(slug, kept);
        let deleted = self.delete_all_of(slug, &sessions).await;
        if deleted.is_ok() {
            // Last, since undo does not bring the replies to their codes back.
            for sign_in in taken {
                self.end_sign_in(&sign_in.id, Err(Ended::Cancelled(DELETED.to_owned()))).await;
                self.wait_cancel(&sign_in.id);
            }
        }
        deleted.map(|()| name).map_err(|error| in_part(&error))
    }

    async fn delete_all_of(&self, slug: &str, sessions: &[String]) -> Result<()> {
        for session in sessions {
            match self.session_delete(session).await {
                // Another process was faster.
                Err(error) if error.is(ErrorCode::SessionUnknown) => {}
                deleted => deleted?,
            }
        }
        let kept = slug.to_owned();
        self.with_store(move |store| {
            store.delete_origins(&kept)?;
            forgotten(store.delete_client_secrets(&kept))
        })
        .await?;
        match self.0.workspace.delete_connection(slug) {
            Ok(()) | Err(FileError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        lock(&self.0.undo).complete_connection(slug);
        Ok(())
    }

    /// Brings back a connection that was deleted since the app started, with its sessions. The file comes last: where
    /// something fails, it can be tried again.
    pub async fn connection_restore(&self, slug: &str) -> Result<()> {
        let deleted = lock(&self.0.undo).connection(slug).ok_or_else(|| {
            Error::new("undo_gone", "This connection can no longer be brought back.").hint("Create it again.")
        })?;
        let there = self.0.workspace.connection_bytes(slug).ok();
        let is_there = there == deleted.file;
        if there.is_some() && !is_there {
            return Err(Error::new("name_taken", "Another connection bears this name by now.")
                .hint("Rename that one, then undo again."));
        }
        let (kept, secrets, origins) = (slug.to_owned(), deleted.secrets, deleted.origins);
        self.with_store(move |store| {
            store.trust_origins(&kept, &origins)?;
            store.restore_client_secrets(&kept, &secrets)
        })
        .await?;
        for session in &deleted.sessions {
            let gone = lock(&self.0.undo).session(session).is_some();
            if gone {
                self.session_restore(session).await?;
            }
        }
        if let Some(file) = deleted.file.filter(|_| !is_there) {
            self.0.workspace.restore_connection(slug, &file)?;
        }
        lock(&self.0.undo).drop_connection(slug);
        Ok(())
    }

    /// Tells the page that something beside the files has changed what connections show.
    pub(crate) fn connections_changed(&self) {
        for (slug, _) in self.0.workspace.connections().unwrap_or_default() {
            self.changed(Change::Connection { slug });
        }
    }

    /// Tells the page which files of the workspace were edited by others.
    pub(crate) fn workspace_edited(&self) -> Result<()> {
        let workspace = &self.0.workspace;
        // Each for itself: a folder of queries that cannot be read must not hide an edited connection.
        let connections = workspace.edited_connections().map(|slugs| {
            self.all_changed(Change::Connections, slugs, |slug| Change::Connection { slug });
        });
        let queries = workspace.edited_queries().map(|paths| {
            self.all_changed(Change::Queries, paths, |path| Change::Query { path });
        });
        Ok(connections.and(queries)?)
    }

    fn all_changed(&self, list: Change, names: BTreeSet<String>, one: fn(String) -> Change) {
        if !names.is_empty() {
            self.changed(list);
        }
        names.into_iter().map(one).for_each(|change| self.changed(change));
    }
}

fn changed_outside() -> Error {
    let message = "The connection's file was changed outside this form, and nothing was saved.";
    Error::new(ErrorCode::ConnectionChangedOutside, message)
        .hint("Compare the two, then keep yours or take what the file says.")
}

fn in_part(error: &Error) -> Error {
    Error::new(
        ErrorCode::ConnectionDeletedInPart,
        format!("The connection was deleted only in part. {error}"),
    )
    .hint("Undo brings back what is gone. Deleting the connection again goes on.")
    .detail(error.view().detail.clone())
}

/// What cannot be read does not keep its connection here, and stays where it is.
fn forgotten(secrets: std::result::Result<ClientSecrets, StoreError>) -> std::result::Result<(), StoreError> {
    match secrets {
        Ok(_) | Err(StoreError::Unsealable { .. } | StoreError::Content { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What stands in the way of a sign-in, before anything is sent.
pub(crate) fn problems(provider: &Provider, findings: &[Finding]) -> Vec<Problem> {
    let mut problems = doctor::problems(findings);
    problems.extend(doctor::endpoint_problems(provider));
    problems
}

/// How the browser can come back from a redirect URI, the best way first.
pub(crate) fn redirect_methods(uri: &str) -> Vec<RedirectMethod> {
    let mut methods = Vec::new();
    if Place::of(uri).is_some() {
        methods.push(RedirectMethod::Loopback);
    } else if Url::parse(uri).is_ok_and(|url| !matches!(url.scheme(), "http" | "https")) {
        methods.push(RedirectMethod::AppLink);
    }
    methods.push(RedirectMethod::Paste);
    methods
}
