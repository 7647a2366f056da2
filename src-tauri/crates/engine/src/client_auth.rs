//! How the client proves itself on each leg, with a fresh assertion for each attempt.

use bobbin_protocol::{
    client_assertion::{Assertion, SigningAlgorithm},
    private_key::PrivateKey,
    settings::AuthenticationMethod,
    token::{Authentication, TokenClient},
};
use bobbin_store::{ClientKey, ClientSecrets};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    Engine, Error, Result,
    provider::Provider,
    view::{AssertionPreview, KeyView},
};

/// Which request the extra parameters are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Token,
    Refresh,
    /// Revocation and introspection take none.
    Other,
}

/// A client ready for one HTTP attempt: an assertion is never sent twice (RFC 7523 section 3).
pub(crate) struct Client<'a> {
    provider: &'a Provider,
    token_endpoint: Url,
    proof: Proof,
    headers: Vec<(String, String)>,
    extra: Vec<(String, String)>,
}

enum Proof {
    None,
    SecretBasic(SecretString),
    SecretPost(SecretString),
    Assertion(SecretString),
}

impl Client<'_> {
    pub(crate) fn at_token_endpoint(&self) -> TokenClient<'_> {
        TokenClient {
            token_endpoint: &self.token_endpoint,
            client_id: self.provider.client_id(),
            authentication: match &self.proof {
                Proof::None => Authentication::None,
                Proof::SecretBasic(secret) => Authentication::SecretBasic(secret),
                Proof::SecretPost(secret) => Authentication::SecretPost(secret),
                Proof::Assertion(assertion) => Authentication::PrivateKeyJwt(assertion),
            },
            requests: &self.provider.preset.token_requests,
            headers: &self.headers,
            extra: &self.extra,
        }
    }
}

impl Engine {
    /// The connection's client with its proof for the next request.
    pub(crate) async fn client<'a>(&self, provider: &'a Provider, leg: Leg) -> Result<Client<'a>> {
        let token_endpoint = provider.token_endpoint()?;
        let method = provider.authentication_method();
        let secrets = match method {
            AuthenticationMethod::None => ClientSecrets::default(),
            _ => self.client_secrets(provider.slug()).await?,
        };
        let proof = match method {
            AuthenticationMethod::None => Proof::None,
            AuthenticationMethod::ClientSecretBasic => Proof::SecretBasic(secret(secrets)?),
            AuthenticationMethod::ClientSecretPost => Proof::SecretPost(secret(secrets)?),
            AuthenticationMethod::PrivateKeyJwt => {
                Proof::Assertion(self.assertion(provider, &token_endpoint, secrets)?)
            }
        };
        let parameters = &provider.file.parameters;
        let extra = match leg {
            Leg::Token => Some(&parameters.token),
            Leg::Refresh => Some(&parameters.refresh),
            Leg::Other => None,
        };
        Ok(Client {
            provider,
            token_endpoint,
            proof,
            headers: provider.headers(),
            extra: extra.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
    }

    /// Those that can be read; [`ClientSecrets::unreadable`] names the others.
    pub(crate) async fn client_secrets(&self, slug: &str) -> Result<ClientSecrets> {
        let slug = slug.to_owned();
        self.with_store(move |store| store.readable_client_secrets(&slug)).await
    }

    /// The assertion as it would be sent now, unsigned.
    pub async fn assertion_preview(&self, slug: &str) -> Result<AssertionPreview> {
        let provider = self.provider(slug).await?;
        let secrets = self.client_secrets(slug).await?;
        let key = key(secrets)?;
        let private = private_key(&key)?;
        let endpoint = provider.token_endpoint()?;
        let parts = Parts::of(&provider, &endpoint, &key, &private)?;
        let assertion = parts.assertion(&provider, self);
        let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
        Ok(AssertionPreview {
            header_json: pretty(&assertion.header()),
            claims_json: pretty(&assertion.claims()),
        })
    }

    fn assertion(
        &self,
        provider: &Provider,
        token_endpoint: &Url,
        secrets: ClientSecrets,
    ) -> Result<SecretString> {
        let key = key(secrets)?;
        let private = private_key(&key)?;
        let parts = Parts::of(provider, token_endpoint, &key, &private)?;
        parts.assertion(provider, self).sign(&private).map_err(|error| {
            Error::new("assertion_failed", "The client assertion could not be signed.")
                .hint("Import the private key again.")
                .detail(Some(error.to_string()))
        })
    }
}

/// What an assertion is made of, besides the moment.
struct Parts {
    algorithm: SigningAlgorithm,
    kid: Option<String>,
    audience: String,
}

impl Parts {
    fn of(provider: &Provider, token_endpoint: &Url, key: &ClientKey, private: &PrivateKey) -> Result<Self> {
        let written = provider.file.authentication.as_ref();
        let audience = match provider.assertion_audience() {
            crate::view::AssertionAudience::TokenEndpoint => token_endpoint.to_string(),
            crate::view::AssertionAudience::Issuer => provider.issuer()?,
        };
        Ok(Self {
            algorithm: algorithm(written.and_then(|it| it.algorithm.as_deref()), private)?,
            kid: written.and_then(|it| it.kid.clone()).or_else(|| info(key).and_then(|info| info.kid)),
            audience,
        })
    }

    fn assertion<'a>(&'a self, provider: &'a Provider, engine: &Engine) -> Assertion<'a> {
        Assertion {
            algorithm: self.algorithm,
            kid: self.kid.as_deref().filter(|kid| !kid.is_empty()),
            client_id: provider.client_id(),
            audience: &self.audience,
            now: engine.now_to_sign(provider),
            jti: engine.new_id(),
        }
    }
}

/// The algorithm that the connection names, else the first that fits the key.
fn algorithm(written: Option<&str>, key: &PrivateKey) -> Result<SigningAlgorithm> {
    let fitting = key.algorithms();
    let Some(written) = written else {
        return fitting.first().copied().ok_or_else(key_missing);
    };
    fitting.iter().copied().find(|algorithm| algorithm.as_str() == written).ok_or_else(|| {
        let names: Vec<_> = fitting.iter().map(|algorithm| algorithm.as_str()).collect();
        Error::new(
            "assertion_algorithm_unfit",
            format!("{written} does not fit the private key ({}).", key.kind()),
        )
        .hint(format!("Choose {} under Authentication in the connection.", names.join(" or ")))
    })
}

pub(crate) fn private_key(key: &ClientKey) -> Result<PrivateKey> {
    PrivateKey::from_pkcs8(key.pkcs8.expose_secret()).map_err(|error| {
        Error::new("key_unreadable", "The kept private key cannot be read.")
            .hint("Import it again.")
            .detail(Some(error.to_string()))
    })
}

/// What may be shown of a kept key.
pub(crate) fn info(key: &ClientKey) -> Option<KeyView> {
    serde_json::from_value(key.info.clone()).ok()
}

fn key(secrets: ClientSecrets) -> Result<ClientKey> {
    let unreadable = secrets.unreadable.key;
    secrets.key.ok_or_else(|| if unreadable { unreadable_secret("private key") } else { key_missing() })
}

fn secret(secrets: ClientSecrets) -> Result<SecretString> {
    if secrets.unreadable.secret {
        return Err(unreadable_secret("client secret"));
    }
    secrets.secret.ok_or_else(|| {
        Error::new("client_secret_missing", "The client secret is missing.")
            .hint("Fill it in under Authentication in the connection.")
    })
}

fn unreadable_secret(what: &str) -> Error {
    Error::new("secret_unreadable", format!("The kept {what} cannot be read; it was left as it is."))
        .hint("Enter it again under Authentication in the connection.")
}

fn key_missing() -> Error {
    Error::new("client_key_missing", "The client's private key is missing.")
        .hint("Import its PEM under Authentication in the connection.")
}
