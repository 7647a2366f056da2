//! The process that is ended, delayed and lied to: the engine on a real folder with the real key store.
//!
//! It takes one command a line and answers each with a line; what it says about new pairs is the engine's own event.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use bobbin_engine::{
    Browser, Clock, Config, Engine, Entropy, Error, Events, Keeping, SingleUseProgram, send_for_parent,
    view::{
        AuthenticationMethod, Change, ConnectionDraft, EndpointDraft, EndpointKind, LinkRegistration,
        NamedValue, Notice, ParametersView, RedirectMethod, RefreshPolicy, RunRequest, SessionSecret,
        SignInState,
    },
};
use serde_json::{Value, json};
use tracing::{Event, Metadata, Subscriber, field, span};

use crate::torture::time::now;

/// Tells this program that it is the driver, with a folder behind it.
pub(crate) const WORD: &str = "driver";
/// Tells this program that it sends one request for a driver.
pub(crate) const SINGLE_USE: &str = "single-use-request";

const SERVICE: &str = "dev.bobbin.torture";

#[derive(Clone)]
struct Driver {
    engine: Engine,
    outside: Arc<Outside>,
    folder: PathBuf,
}

pub(crate) fn main(words: &[String]) {
    tracing::subscriber::set_global_default(Pairs).unwrap();
    let folder = PathBuf::from(&words[0]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let outside = Arc::new(Outside::new());
    let engine = Engine::new(Config {
        data_dir: folder.clone(),
        workspace_dir: folder.clone(),
        keeping: Keeping::KeyStore(SERVICE.to_owned()),
        sandbox_port: 0,
        single_use: Some(SingleUseProgram {
            path: std::env::current_exe().unwrap(),
            arguments: vec![SINGLE_USE.into()],
        }),
        clock: outside.clone(),
        entropy: outside.clone(),
        browser: outside.clone(),
        events: outside.clone(),
    })
    .unwrap();
    runtime.block_on(engine.settle()).unwrap();
    let driver = Driver { engine, outside, folder };
    for line in std::io::stdin().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let driver = driver.clone();
        runtime.spawn(async move {
            let number = command["number"].clone();
            say(&match tokio::spawn(async move { driver.obey(&command).await }).await {
                Ok(Ok(value)) => json!({ "number": number, "value": value }),
                Ok(Err(error)) => {
                    json!({ "number": number, "error": error.code(), "said": error.to_string() })
                }
                Err(panic) => json!({ "number": number, "error": "panic", "said": panic.to_string() }),
            });
        });
    }
}

pub(crate) fn send_single_use() {
    // Its parent hears what came of it.
    let _ = send_for_parent(Arc::new(Outside::new()));
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    // Whoever listened may be gone.
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}

impl Driver {
    async fn obey(&self, command: &Value) -> Result<Value, Error> {
        let text = |name: &str| command[name].as_str().unwrap_or_default();
        let session = text("session");
        match text("do") {
            "key store" => Ok(json!(self.engine.status().key_store)),
            "time" => Ok(self.outside.now().into()),
            "connect" => self.connect(text("issuer"), text("client")).await,
            "sign in" => {
                self.engine.sign_in_start(text("connection"), "").await?;
                Ok(self.outside.opened.lock().unwrap().last().cloned().into())
            }
            "come back" => {
                self.engine.app_link(text("url")).await;
                let sign_in = self.engine.sign_in(text("connection")).unwrap();
                assert_eq!(sign_in.state, SignInState::Done, "{:?}", sign_in.failure);
                Ok(json!(sign_in.session))
            }
            "session" => self.session(session).await,
            "refresh" => {
                let generation = command["generation"].as_u64().unwrap().try_into().unwrap();
                self.engine.session_refresh(session, generation, None).await?;
                Ok(Value::Null)
            }
            "forget" => self.engine.session_delete(session).await.map(|()| Value::Null),
            "query" => Ok(self.query(session, command["times"].as_u64().unwrap_or(1)).await),
            "write" => Ok(bare_write(&self.folder, command["bytes"].as_u64().unwrap()).into()),
            other => panic!("{other} is no command"),
        }
    }

    /// A session as it is kept, with the refresh token that belongs to its state.
    async fn session(&self, id: &str) -> Result<Value, Error> {
        loop {
            let refresh = self.engine.session(id).await?.refresh.unwrap();
            let token = self.engine.session_secret(id, SessionSecret::RefreshToken).await?;
            let again = self.engine.session(id).await?.refresh.unwrap();
            // The reply of an earlier process may be read meanwhile.
            if (refresh.generation, refresh.state) == (again.generation, again.state) {
                let (generation, state) = (refresh.generation, refresh.state);
                return Ok(json!({ "generation": generation, "state": state, "refreshToken": token }));
            }
        }
    }

    /// A connection to a provider that refreshes by itself when a token has expired.
    async fn connect(&self, issuer: &str, client: &str) -> Result<Value, Error> {
        let slug = self.engine.connection_create("openid", "Torture").await?;
        let view = self.engine.connection(&slug, |_| LinkRegistration::Unknown).await?;
        let endpoint = |kind, url: String| EndpointDraft { kind, url };
        let draft = ConnectionDraft {
            revision: view.revision,
            name: view.name,
            client_id: client.to_owned(),
            scopes: ["openid", "profile", "offline_access"].map(str::to_owned).to_vec(),
            redirect_method: RedirectMethod::AppLink,
            redirect_uri: view.redirect_uri,
            endpoints: vec![
                endpoint(EndpointKind::Issuer, issuer.to_owned()),
                endpoint(EndpointKind::Graphql, format!("{issuer}/graphql")),
            ],
            authentication_method: AuthenticationMethod::None,
            algorithm: String::new(),
            kid: String::new(),
            audience: view.authentication.audience,
            client_scopes: Vec::new(),
            client_audience: None,
            refresh_policy: RefreshPolicy::WhenNeeded,
            headers: Vec::new(),
            parameters: ParametersView {
                authorize: vec![NamedValue { name: "prompt".to_owned(), value: "consent".to_owned() }],
                ..ParametersView::default()
            },
        };
        self.engine.connection_save(&slug, draft).await?;
        Ok(slug.into())
    }

    /// Runs a query so often at once, and counts what came of it: `{"200": 499, "server_timed_out": 1}`.
    async fn query(&self, session: &str, times: u64) -> Value {
        let runs: Vec<_> = (0..times)
            .map(|_| {
                let (engine, session) = (self.engine.clone(), session.to_owned());
                tokio::spawn(async move {
                    let request = RunRequest {
                        id: format!("{:016x}", rand::random::<u64>()),
                        session,
                        document: "query Ok { ok }".to_owned(),
                        operation_name: None,
                        variables: String::new(),
                    };
                    match engine.query_run(request).await {
                        Ok(response) => response.status.to_string(),
                        Err(error) => error.code().to_owned(),
                    }
                })
            })
            .collect();
        let mut outcomes = serde_json::Map::new();
        for run in runs {
            let outcome = run.await.unwrap();
            let count = outcomes.get(&outcome).and_then(Value::as_u64).unwrap_or(0) + 1;
            outcomes.insert(outcome, count.into());
        }
        outcomes.into()
    }
}

/// How long it takes to put so many bytes on the disk in the plainest way that is safe, in nanoseconds.
fn bare_write(folder: &Path, bytes: u64) -> i64 {
    let content = vec![b'x'; bytes.try_into().unwrap()];
    let (new, place) = (folder.join("bare.new"), folder.join("bare"));
    let began = now();
    let mut file = fs::File::create(&new).unwrap();
    file.write_all(&content).unwrap();
    file.sync_all().unwrap();
    fs::rename(&new, &place).unwrap();
    now() - began
}

/// The real clock and chance; what would open in a browser is kept for the harness.
struct Outside {
    opened: Mutex<Vec<String>>,
    started: Instant,
}

impl Outside {
    fn new() -> Self {
        Self { opened: Mutex::default(), started: Instant::now() }
    }
}

impl Clock for Outside {
    fn now(&self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
    }

    fn steady(&self) -> i64 {
        self.started.elapsed().as_millis().try_into().unwrap()
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

/// Hears the engine say that a new pair is on the disk, and passes it on with the time.
struct Pairs;

impl Subscriber for Pairs {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("bobbin_engine")
    }

    fn event(&self, event: &Event<'_>) {
        let moment = now();
        let mut is_kept = IsKept(false);
        event.record(&mut is_kept);
        if is_kept.0 {
            say(&json!({ "durable": moment }));
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct IsKept(bool);

impl field::Visit for IsKept {
    fn record_debug(&mut self, field: &field::Field, value: &dyn std::fmt::Debug) {
        self.0 |= field.name() == "message" && format!("{value:?}") == "refreshed";
    }
}
