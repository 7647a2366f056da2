//! A connection's client secret and private key: taken in, shown as far as they may be, removed.

use bobbin_protocol::{
    client_assertion::SigningAlgorithm,
    credentials::{self, CredentialsImport},
    private_key::{self, ImportedKey, KeyImportError, KidSource},
    settings::{AuthenticationMethod, RedirectMethod},
};
use bobbin_store::{ClientKey, ConnectionFile};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Engine, Error, Result, lock,
    view::{CertificateView, CredentialsImportView, KeyView, NamedValue},
};

/// Longer ones are no secrets but pasted by mistake.
const LONGEST_SECRET: usize = 4096;

impl Engine {
    /// Keeps the client secret, sealed; `None` forgets it.
    pub async fn client_secret_set(&self, slug: &str, secret: Option<String>) -> Result<()> {
        let provider = self.provider_at_rest(slug)?;
        let secret = secret.map(SecretString::from).map(|secret| valid_secret(&secret)).transpose()?;
        if secret.is_some() {
            self.trust_first(&provider).await?;
        }
        let kept = slug.to_owned();
        self.with_store(move |store| store.put_client_secret(&kept, secret.as_ref())).await
    }

    /// Reads a PEM and keeps its private key, sealed; it is never shown again.
    pub async fn client_key_import(
        &self,
        slug: &str,
        text: String,
        passphrase: Option<String>,
    ) -> Result<()> {
        let provider = self.provider_at_rest(slug)?;
        let (text, passphrase) = (SecretString::from(text), passphrase.map(SecretString::from));
        // A passphrase is stretched on purpose, which takes its time.
        let imported =
            crate::storage::blocking(move || private_key::import(text.expose_secret(), passphrase.as_ref()))
                .await?
                .map_err(|error| refused(&error))?;
        let key = ClientKey {
            info: serde_json::to_value(key_view(&imported)).unwrap_or_default(),
            pkcs8: imported.key.pkcs8().clone(),
        };
        let fitting = imported.key.algorithms();
        if let Some(before) = self.client_secrets(slug).await?.key {
            lock(&self.0.undo).put_key(slug, before);
        }
        self.trust_first(&provider).await?;
        self.keep_key(slug, Some(key)).await?;
        self.forget_what_was_the_old_keys(slug, fitting)
    }

    /// Forgets the private key; [`Engine::client_key_restore`] brings it back until the app ends.
    pub async fn client_key_remove(&self, slug: &str) -> Result<()> {
        let key = self.client_secrets(slug).await?.key;
        self.keep_key(slug, None).await?;
        if let Some(key) = key {
            lock(&self.0.undo).put_key(slug, key);
        }
        Ok(())
    }

    pub async fn client_key_restore(&self, slug: &str) -> Result<()> {
        let key = lock(&self.0.undo).key(slug).ok_or_else(|| {
            Error::new("undo_gone", "This key can no longer be brought back.").hint("Import it again.")
        })?;
        self.keep_key(slug, Some(key)).await
    }

    /// Takes over what a credentials file says, and tells what it used.
    pub async fn credentials_import(&self, slug: &str, text: String) -> Result<CredentialsImportView> {
        let text = SecretString::from(text);
        let before = self.0.workspace.connection(slug)?;
        let import = credentials::import(text.expose_secret())
            .map_err(|error| Error::new(error.code(), error.to_string()).hint(error.hint()))?;
        // Before anything is kept: the file is taken over as a whole or not at all.
        let secret = import.client_secret.as_ref().map(valid_secret).transpose()?;
        let used = |field: &credentials::FieldUse| NamedValue {
            name: field.name.clone(),
            value: field.text.clone(),
        };
        self.trust_first(&self.provider_at_rest(slug)?).await?;
        self.0.workspace.save_connection(slug, &merged(before, &import))?;
        let view = CredentialsImportView {
            revision: self.0.workspace.connection_revision(slug)?,
            used: import.used.iter().map(used).collect(),
            ignored: import.ignored.iter().map(used).collect(),
        };
        if let Some(secret) = secret {
            let kept = slug.to_owned();
            self.with_store(move |store| store.put_client_secret(&kept, Some(&secret))).await?;
        }
        Ok(view)
    }

    async fn keep_key(&self, slug: &str, key: Option<ClientKey>) -> Result<()> {
        let kept = slug.to_owned();
        self.with_store(move |store| store.put_client_key(&kept, key.as_ref())).await
    }

    /// A `kid` that was written for another key is wrong for this one, and so is an algorithm that does not fit it.
    fn forget_what_was_the_old_keys(&self, slug: &str, fitting: &[SigningAlgorithm]) -> Result<()> {
        let mut file = self.0.workspace.connection(slug)?;
        let Some(authentication) = &mut file.authentication else { return Ok(()) };
        let before = authentication.clone();
        authentication.kid = None;
        authentication.algorithm = authentication
            .algorithm
            .take()
            .filter(|written| fitting.iter().any(|algorithm| algorithm.as_str() == written));
        if *authentication != before {
            self.0.workspace.save_connection(slug, &file)?;
        }
        Ok(())
    }
}

/// Of the file, what the connection has a place for.
fn merged(before: ConnectionFile, import: &CredentialsImport) -> ConnectionFile {
    let mut file = before;
    if let Some(client_id) = &import.client_id {
        file.client_id.clone_from(client_id);
    }
    // A secret that is kept and never sent would be a riddle.
    let proves =
        file.authentication.as_ref().is_some_and(|written| written.method != AuthenticationMethod::None);
    if import.client_secret.is_some() && !proves {
        file.authentication = Some(bobbin_store::Authentication {
            method: AuthenticationMethod::ClientSecretPost,
            algorithm: None,
            kid: None,
            audience: None,
        });
    }
    if let Some(name) = &import.name {
        file.name.clone_from(name);
    }
    if !import.scopes.is_empty() {
        let (client, user): (Vec<_>, Vec<_>) =
            import.scopes.iter().cloned().partition(|scope| is_client_scope(&file.preset, scope));
        if !user.is_empty() {
            file.scopes = user;
        }
        if !client.is_empty() {
            let tokens = file.client_tokens.get_or_insert_default();
            tokens.scopes = client;
        }
    }
    let lifetimes = &mut file.lifetimes;
    lifetimes.access_token = import.access_lifetime.or(lifetimes.access_token);
    // They belong together.
    if import.absolute_refresh_lifetime.or(import.sliding_refresh_lifetime).is_some() {
        lifetimes.refresh_token = import.absolute_refresh_lifetime;
        lifetimes.refresh_token_sliding = import.sliding_refresh_lifetime;
    }
    let has = file.redirect.as_ref().map(|redirect| redirect.uri.clone());
    // The one that is there keeps the way back that a person chose for it.
    if let Some(uri) =
        best_redirect_uri(has.as_deref(), &import.redirect_uris).filter(|uri| has.as_ref() != Some(uri))
    {
        file.redirect = Some(bobbin_store::Redirect { method: method_of(&uri), uri });
    }
    file
}

fn is_client_scope(preset: &str, scope: &str) -> bool {
    let known = bobbin_protocol::preset::preset(preset)
        .and_then(|preset| preset.scopes.iter().find(|known| known.name == scope));
    known.is_some_and(|known| known.client)
}

/// The one that the connection has already, else one that comes back by itself, else the first.
fn best_redirect_uri(has: Option<&str>, uris: &[String]) -> Option<String> {
    let found = uris.iter().find(|uri| Some(uri.as_str()) == has);
    let by_itself = || uris.iter().find(|uri| method_of(uri) != RedirectMethod::Paste);
    found.or_else(by_itself).or_else(|| uris.first()).cloned()
}

/// How the browser can come back from a redirect URI.
fn method_of(uri: &str) -> RedirectMethod {
    crate::connections::redirect_methods(uri).first().copied().unwrap_or(RedirectMethod::Paste)
}

fn valid_secret(secret: &SecretString) -> Result<SecretString> {
    let text = secret.expose_secret().trim();
    if text.is_empty() {
        return Err(Error::new("client_secret_empty", "The client secret is empty.")
            .hint("Paste the secret that the provider gave you, or remove the kept one."));
    }
    if text.len() > LONGEST_SECRET {
        return Err(Error::new(
            "client_secret_too_long",
            format!("This is {} characters long, which no client secret is.", text.len()),
        )
        .hint("Paste the secret alone. For a private key choose \"Private key\"."));
    }
    if text.contains("-----BEGIN") {
        return Err(Error::new("client_secret_is_pem", "This is a PEM, not a client secret.")
            .hint("Choose \"Private key\" and import it there."));
    }
    Ok(text.to_owned().into())
}

fn key_view(imported: &ImportedKey) -> KeyView {
    KeyView {
        kind: imported.key.kind().to_string(),
        kid: imported.kid.clone(),
        kid_source: match imported.kid_source {
            KidSource::LocalKeyId => "from the PEM's localKeyID",
            KidSource::CertificateSha1 => "SHA-1 of the certificate",
            KidSource::None => "the PEM has no certificate to derive it from",
        }
        .to_owned(),
        certificate: imported.certificate.as_ref().map(|certificate| CertificateView {
            subject: certificate.subject.clone(),
            issuer: certificate.issuer.clone(),
            not_before: certificate.not_before.saturating_mul(1000),
            not_after: certificate.not_after.saturating_mul(1000),
            sha1: certificate.sha1.clone(),
        }),
        warning: None,
    }
}

fn refused(error: &KeyImportError) -> Error {
    Error::new(error.code(), error.to_string()).hint(error.hint())
}
