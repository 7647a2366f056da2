//! An engine on a folder of its own, with the real sandbox, real HTTP and a person who signs in by hand.
#![allow(unreachable_pub, reason = "a module of several test programs")]
#![allow(dead_code, reason = "each test program uses its part of the world")]

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bobbin_engine::{
    Browser, Clock, Config, Engine, Entropy, Events, Keeping, SingleUseProgram,
    view::{
        Change, ConnectionDraft, ConnectionView, EndpointDraft, EndpointKind, LinkRegistration, Notice,
        RunRequest, SignInState, SignInView,
    },
};
use reqwest::redirect::Policy;

pub const REDIRECT_URI: &str = "dev.bobbin.workbench:/oauth/callback";

pub struct World {
    pub engine: Engine,
    pub outside: Arc<Outside>,
    pub folder: Arc<tempfile::TempDir>,
}

/// Everything that the engine reaches, recorded.
#[derive(Default)]
pub struct Outside {
    /// Milliseconds that the engine's clock is ahead of the real one.
    ahead: AtomicI64,
    chance: AtomicU64,
    pub opened: Mutex<Vec<String>>,
    pub browser_fails: Mutex<Option<String>>,
    pub notices: Mutex<Vec<Notice>>,
    pub changes: Mutex<Vec<Change>>,
    /// How often a sign-in came back and the window was wanted.
    pub returned: AtomicU64,
}

impl Clock for Outside {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(since.as_millis()).unwrap() + self.ahead.load(Ordering::SeqCst)
    }

    fn steady(&self) -> i64 {
        self.now() - self.ahead.load(Ordering::SeqCst)
    }
}

impl Entropy for Outside {
    /// SplitMix64: every test sees the same bytes, and no two calls see the same ones.
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut word = self.chance.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

impl Browser for Outside {
    fn open(&self, url: &str) -> Result<(), String> {
        if let Some(reason) = self.browser_fails.lock().unwrap().clone() {
            return Err(reason);
        }
        self.opened.lock().unwrap().push(url.to_owned());
        Ok(())
    }
}

impl Events for Outside {
    fn changed(&self, change: Change) {
        self.changes.lock().unwrap().push(change);
    }

    fn notice(&self, notice: Notice) {
        self.notices.lock().unwrap().push(notice);
    }

    fn returned(&self) {
        self.returned.fetch_add(1, Ordering::SeqCst);
    }
}

impl World {
    pub fn new() -> Self {
        // The tests of the store and of the window use the real key store.
        Self::at(&Arc::new(tempfile::tempdir().unwrap()), Keeping::Memory)
    }

    /// A Bobbin with its data in `folder`, which several may share.
    pub fn at(folder: &Arc<tempfile::TempDir>, keeping: Keeping) -> Self {
        Self::sending_with(folder.clone(), folder.path(), keeping, None)
    }

    /// The same that sends what works once with another process.
    pub fn sending_with(
        folder: Arc<tempfile::TempDir>,
        data: &Path,
        keeping: Keeping,
        single_use: Option<SingleUseProgram>,
    ) -> Self {
        let outside = Arc::new(Outside::default());
        let engine = Engine::new(Config {
            data_dir: data.to_owned(),
            workspace_dir: data.to_owned(),
            keeping,
            sandbox_port: 0,
            single_use,
            clock: outside.clone(),
            entropy: outside.clone(),
            browser: outside.clone(),
            events: outside.clone(),
        })
        .unwrap();
        Self { engine, outside, folder }
    }

    pub fn advance(&self, time: Duration) {
        self.outside.ahead.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// As a person does who sets the computer's clock.
    pub fn set_back(&self, time: Duration) {
        self.outside.ahead.fetch_sub(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// What the engine takes for now, in Unix milliseconds.
    pub fn now(&self) -> i64 {
        self.outside.now()
    }

    pub fn last_notice(&self) -> Option<String> {
        self.outside.notices.lock().unwrap().last().map(|notice| notice.code.clone())
    }

    pub fn opened(&self) -> String {
        self.outside.opened.lock().unwrap().last().cloned().expect("the browser was opened")
    }

    pub async fn connection(&self) -> ConnectionView {
        self.connection_of("sandbox").await
    }

    pub async fn connection_of(&self, slug: &str) -> ConnectionView {
        self.engine.connection(slug, |_| LinkRegistration::Unknown).await.unwrap()
    }

    /// Changes the sandbox connection as its form does.
    pub async fn save_connection(&self, change: impl FnOnce(&mut ConnectionDraft)) {
        self.save_connection_of("sandbox", change).await;
    }

    pub async fn save_connection_of(&self, slug: &str, change: impl FnOnce(&mut ConnectionDraft)) {
        let mut draft = draft(self.connection_of(slug).await);
        change(&mut draft);
        self.engine.connection_save(slug, draft).await.unwrap();
    }

    /// Points an endpoint of the sandbox connection somewhere else; an empty `url` returns to the preset's.
    pub async fn redirect(&self, kind: EndpointKind, url: &str) {
        self.save_connection(|draft| draft.endpoints = vec![EndpointDraft { kind, url: url.to_owned() }])
            .await;
    }

    pub async fn url_of(&self, kind: EndpointKind) -> String {
        let endpoints = self.connection().await.endpoints;
        endpoints.into_iter().find(|endpoint| endpoint.kind == kind).unwrap().url.unwrap()
    }

    /// The same of a sandbox that nobody has needed yet.
    pub async fn url_of_running_token_endpoint(&self) -> String {
        self.engine.sandbox().await.unwrap();
        self.url_of(EndpointKind::Token).await
    }

    /// A connection as to Vault, at the sandbox, with a refresh token for it.
    pub async fn vault(&self) -> (String, String) {
        let base = self.engine.sandbox().await.unwrap();
        let slug = self.engine.connection_create("vault", "Vault").await.unwrap();
        let token = format!("{base}/v2.0/reference/gettoken");
        self.save_connection_of(&slug, |draft| {
            draft.endpoints = vec![
                EndpointDraft { kind: EndpointKind::Token, url: token },
                EndpointDraft { kind: EndpointKind::Graphql, url: format!("{base}/graphql") },
            ];
        })
        .await;
        let http = reqwest::Client::new();
        let reply = http.post(format!("{base}/sandbox/vault-refresh-token")).send().await.unwrap();
        let reply: serde_json::Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
        (slug, reply["refresh_token"].as_str().unwrap().to_owned())
    }

    /// From "Sign in with browser" to the end, everything allowed.
    pub async fn signed_in(&self) -> SignInView {
        self.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&self.opened()).await;
        self.engine.app_link(&link).await;
        let sign_in = self.engine.sign_in("sandbox").unwrap();
        assert_eq!(sign_in.state, SignInState::Done, "{:?}", sign_in.failure);
        sign_in
    }

    pub async fn session_id(&self) -> String {
        self.signed_in().await.session.unwrap()
    }
}

/// What the form sends back when nothing was typed.
pub fn draft(view: ConnectionView) -> ConnectionDraft {
    let client_tokens = view.client_tokens;
    ConnectionDraft {
        revision: view.revision,
        name: view.name,
        client_id: view.client_id,
        scopes: view.scopes,
        redirect_method: view.redirect_method,
        redirect_uri: view.redirect_uri,
        endpoints: Vec::new(),
        authentication_method: view.authentication.method,
        algorithm: String::new(),
        kid: String::new(),
        audience: view.authentication.audience,
        client_scopes: client_tokens.as_ref().map(|it| it.scopes.clone()).unwrap_or_default(),
        client_audience: client_tokens.map(|it| it.audience).unwrap_or_default(),
        refresh_policy: view.refresh_policy,
        headers: view.headers,
        parameters: view.parameters,
    }
}

thread_local! {
    /// One for each test, which has a thread of its own: to make it reads all of the system's certificates.
    static HTTP: reqwest::Client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
}

/// A test person at the sandbox's pages, without a browser.
pub struct Person;

impl Person {
    /// Signs in as the first person and allows everything; returns where the browser is sent.
    pub async fn allows(authorization_url: &str) -> String {
        Self::decides(authorization_url, "allow", None).await
    }

    pub async fn cancels(authorization_url: &str) -> String {
        Self::decides(authorization_url, "cancel", None).await
    }

    /// Allows only the named scopes.
    pub async fn allows_only(authorization_url: &str, scopes: &[&str]) -> String {
        Self::decides(authorization_url, "allow", Some(scopes)).await
    }

    async fn decides(authorization_url: &str, decision: &str, scopes: Option<&[&str]>) -> String {
        let http = HTTP.with(Clone::clone);
        let base = authorization_url.split("/connect/").next().unwrap().to_owned();
        let page = http.get(authorization_url).send().await.unwrap();
        let login = location(&page);
        let transaction =
            login.split("transaction=").nth(1).expect("the login page names its transaction").to_owned();
        let page = http.get(format!("{base}{login}")).send().await.unwrap().text().await.unwrap();
        let person = page.split("name=\"person\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let reply = http
            .post(format!("{base}/account/login"))
            .form(&[("transaction", transaction.as_str()), ("person", person)])
            .send()
            .await
            .unwrap();
        let page =
            http.get(format!("{base}{}", location(&reply))).send().await.unwrap().text().await.unwrap();
        let offered =
            page.split("name=\"scope\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let ticked = offered.filter(|scope| scopes.is_none_or(|only| only.contains(scope)));
        let mut form = vec![("transaction", transaction.as_str()), ("decision", decision)];
        form.extend(ticked.map(|scope| ("scope", scope)));
        let reply = http.post(format!("{base}/consent")).form(&form).send().await.unwrap();
        location(&reply)
    }
}

fn location(reply: &reqwest::Response) -> String {
    reply.headers().get("location").expect("a redirect").to_str().unwrap().to_owned()
}

pub fn run(session: &str, document: &str) -> RunRequest {
    RunRequest {
        id: format!("run of {document}"),
        session: session.to_owned(),
        document: document.to_owned(),
        operation_name: None,
        variables: String::new(),
    }
}

pub fn folder() -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

pub const KEY: [u8; 32] = [7; 32];

/// A Bobbin that keeps its data in `folder`, and has taken up what an earlier one left.
pub async fn bobbin(folder: &Arc<tempfile::TempDir>) -> World {
    let world = World::at(folder, Keeping::Key(KEY));
    world.engine.settle().await.unwrap();
    world
}

/// One that comes after another: its random values are others.
pub async fn next_bobbin(folder: &Arc<tempfile::TempDir>) -> World {
    let world = World::at(folder, Keeping::Key(KEY));
    world.outside.fill(&mut vec![0; 1 << 20]);
    world.engine.settle().await.unwrap();
    world
}

/// Changes the database behind the back of whoever has it open.
pub fn sql(folder: &tempfile::TempDir, statements: &str) {
    let database = rusqlite::Connection::open(folder.path().join("bobbin.sqlite3")).unwrap();
    database.busy_timeout(Duration::from_secs(5)).unwrap();
    database.execute_batch(statements).unwrap();
}

/// Runs a Bobbin as a process would, which ends all at once when `work` is done.
pub fn process<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}

/// The threads of an engine outlast its runtime for a moment; those of a process end with it.
pub fn nobody_has_it_open(folder: &tempfile::TempDir) {
    let lock = std::fs::File::open(folder.path().join("bobbin.sqlite3.lock")).unwrap();
    for _ in 0..100 {
        if lock.try_lock().is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the database was not closed within 5 s");
}

/// Waits for something that follows by itself.
pub async fn eventually(what: &str, happened: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if happened().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not come to be within 5 s");
}
