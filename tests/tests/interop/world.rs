//! A Bobbin of one's own with one connection: a client that was registered for this test.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bobbin_engine::{
    Browser, Clock, Config, Engine, Entropy, Events, Keeping,
    view::{
        AuthenticationMethod, Change, ConnectionDraft, ConnectionView, EndpointDraft, EndpointKind,
        LinkRegistration, NamedValue, Notice, RedirectMethod, SessionView, SignInState, SignInView,
    },
};
use serde_json::{Value, json};

use crate::{
    person::Person,
    provider::{APP_LINK, Provider, Registered},
};

/// How the client proves itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof {
    None,
    SecretBasic,
    SecretPost,
    /// A signed assertion, by its algorithm.
    PrivateKeyJwt(&'static str),
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) client: Registered,
    pub(crate) slug: String,
    outside: Arc<Outside>,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new(proof: Proof) -> Self {
        Self::with(proof, json!({})).await
    }

    /// `metadata` is what the client registers besides its proof.
    pub(crate) async fn with(proof: Proof, mut metadata: Value) -> Self {
        let provider = Provider::get();
        proof.register_in(&mut metadata);
        let client = provider.register(metadata).await;
        let (engine, outside, folder) = engine();
        let slug = engine.connection_create("openid", "Certified").await.unwrap();
        let world = Self { engine, client, slug, outside, _folder: folder };
        world.set_up(proof).await;
        world
    }

    async fn set_up(&self, proof: Proof) {
        let mut kid = String::new();
        match proof {
            Proof::None => {}
            Proof::SecretBasic | Proof::SecretPost => {
                self.engine.client_secret_set(&self.slug, self.client.secret.clone()).await.unwrap();
            }
            Proof::PrivateKeyJwt(algorithm) => {
                let key = Provider::get().client_key(key_kind(algorithm));
                self.engine.client_key_import(&self.slug, key.pem, None).await.unwrap();
                kid = key.kid;
            }
        }
        self.save(|draft| {
            draft.client_id.clone_from(&self.client.id);
            draft.scopes = words("openid profile email offline_access");
            draft.endpoints = vec![issuer(&Provider::get().issuer)];
            draft.authentication_method = proof.method();
            if let Proof::PrivateKeyJwt(algorithm) = proof {
                algorithm.clone_into(&mut draft.algorithm);
                draft.kid = kid;
            }
            // OIDC Core 11: a refresh token for offline use needs the person's consent.
            let consent = NamedValue { name: "prompt".to_owned(), value: "consent".to_owned() };
            draft.parameters.authorize = vec![consent];
        })
        .await;
    }

    pub(crate) async fn connection(&self) -> ConnectionView {
        self.engine.connection(&self.slug, |_| LinkRegistration::Unknown).await.unwrap()
    }

    /// Changes the connection as its form does.
    pub(crate) async fn save(&self, change: impl FnOnce(&mut ConnectionDraft)) {
        let view = self.connection().await;
        let mut draft = ConnectionDraft {
            revision: view.revision,
            name: view.name,
            client_id: view.client_id,
            scopes: view.scopes,
            redirect_method: view.redirect_method,
            redirect_uri: view.redirect_uri,
            endpoints: Vec::new(),
            authentication_method: view.authentication.method,
            algorithm: view.authentication.algorithm,
            kid: view.authentication.kid,
            audience: view.authentication.audience,
            client_scopes: view.client_tokens.as_ref().map(|it| it.scopes.clone()).unwrap_or_default(),
            client_audience: view.client_tokens.map(|it| it.audience).unwrap_or_default(),
            refresh_policy: view.refresh_policy,
            headers: view.headers,
            parameters: view.parameters,
        };
        change(&mut draft);
        self.engine.connection_save(&self.slug, draft).await.unwrap();
    }

    /// From now on the browser comes back to a listener at `uri`.
    pub(crate) async fn listen_at(&self, uri: &str) {
        self.save(|draft| {
            draft.redirect_method = RedirectMethod::Loopback;
            uri.clone_into(&mut draft.redirect_uri);
        })
        .await;
    }

    /// Starts a sign-in; gives the address that Bobbin opened in the browser.
    pub(crate) async fn starts(&self) -> String {
        self.engine.sign_in_start(&self.slug, "").await.unwrap();
        self.opened()
    }

    /// What Bobbin opened in the browser last.
    pub(crate) fn opened(&self) -> String {
        self.outside.opened.lock().unwrap().last().cloned().expect("the browser was opened")
    }

    /// The latest sign-in, wherever it stands.
    pub(crate) fn sign_in(&self) -> SignInView {
        self.engine.sign_in(&self.slug).unwrap()
    }

    /// The sign-in, once it waits for nothing any more.
    pub(crate) async fn ended(&self) -> SignInView {
        eventually("the sign-in ends", async || {
            !matches!(self.sign_in().state, SignInState::Waiting | SignInState::Exchanging)
        })
        .await;
        self.sign_in()
    }

    /// A whole sign-in through the app link.
    pub(crate) async fn signed_in(&self, person: &Person) -> SessionView {
        let callback = person.allows(&self.starts().await).await;
        assert!(callback.as_str().starts_with(APP_LINK), "{callback}");
        self.engine.app_link(callback.as_str()).await;
        self.session_of(&self.ended().await).await
    }

    pub(crate) async fn session_of(&self, sign_in: &SignInView) -> SessionView {
        assert_eq!(sign_in.state, SignInState::Done, "{:?}\n{:#?}", sign_in.failure, sign_in.checks);
        self.engine.session(sign_in.session.as_deref().unwrap()).await.unwrap()
    }

    /// Refreshes a session as it is shown, keeping its scopes.
    pub(crate) async fn refreshed(&self, session: &SessionView) -> bobbin_engine::Result<SessionView> {
        let generation = session.refresh.as_ref().expect("there is a refresh token").generation;
        self.engine.session_refresh(&session.id, generation, None).await
    }

    /// What this client has sent, as the provider understood it.
    pub(crate) async fn seen(&self) -> Vec<Value> {
        Provider::get().seen(&self.client.id).await
    }
}

impl Proof {
    fn method(self) -> AuthenticationMethod {
        match self {
            Self::None => AuthenticationMethod::None,
            Self::SecretBasic => AuthenticationMethod::ClientSecretBasic,
            Self::SecretPost => AuthenticationMethod::ClientSecretPost,
            Self::PrivateKeyJwt(_) => AuthenticationMethod::PrivateKeyJwt,
        }
    }

    /// The registered name (OIDC Core 9).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }

    fn register_in(self, metadata: &mut Value) {
        metadata["token_endpoint_auth_method"] = self.name().into();
        if let Self::PrivateKeyJwt(algorithm) = self {
            metadata["token_endpoint_auth_signing_alg"] = algorithm.into();
            let key = Provider::get().client_key(key_kind(algorithm));
            metadata["jwks"] = json!({ "keys": [key.jwk] });
        }
    }
}

/// Waits for something that follows by itself.
pub(crate) async fn eventually(what: &str, happens: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if happens().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited 10 s until {what}")
}

pub(crate) fn issuer(url: &str) -> EndpointDraft {
    EndpointDraft { kind: EndpointKind::Issuer, url: url.to_owned() }
}

pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn key_kind(algorithm: &str) -> &'static str {
    if algorithm.starts_with("ES") { "p256" } else { "rsa" }
}

fn engine() -> (Engine, Arc<Outside>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let outside = Arc::new(Outside::default());
    let engine = Engine::new(Config {
        data_dir: folder.path().to_owned(),
        workspace_dir: folder.path().to_owned(),
        keeping: Keeping::Memory,
        single_use: None,
        sandbox_port: 0,
        clock: outside.clone(),
        entropy: outside.clone(),
        browser: outside.clone(),
        events: outside.clone(),
    })
    .unwrap();
    (engine, outside, folder)
}

#[derive(Default)]
struct Outside {
    opened: Mutex<Vec<String>>,
}

impl Clock for Outside {
    fn now(&self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
    }

    fn steady(&self) -> i64 {
        self.now()
    }
}

impl Entropy for Outside {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

impl Browser for Outside {
    fn open(&self, url: &str) -> Result<(), String> {
        self.opened.lock().unwrap().push(url.to_owned());
        Ok(())
    }
}

impl Events for Outside {
    fn changed(&self, _: Change) {}
    fn notice(&self, _: Notice) {}
    fn returned(&self) {}
}
