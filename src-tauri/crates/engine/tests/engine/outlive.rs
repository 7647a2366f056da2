//! Replies to what works once outlive the process that asked for them: it is killed here, and so is the one that sends.
//!
//! This program runs itself again in two parts: as a Bobbin that is killed, and as the process that sends for it.

mod codes;

mod killed;

use std::{
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::server::{answers, forwarded, json, server};
use crate::world::{Person, World, eventually, run};
use bobbin_engine::{
    AtStake, Entropy, Keeping, SingleUseProgram,
    view::{
        EndpointDraft, EndpointKind, RefreshPolicy, RefreshState, RequestOutcome, SessionSecret, SignInState,
    },
};
use tempfile::TempDir;
use tokio::sync::Notify;

const KEY: [u8; 32] = [7; 32];
/// The folder of the Bobbin that a process sends for.
const SENDER: &str = "BOBBIN_TEST_SENDER";
/// The folder of a Bobbin, and what it does.
const FOLDER: &str = "BOBBIN_TEST_FOLDER";
const REFRESH: &str = "BOBBIN_TEST_REFRESH";
const LINK: &str = "BOBBIN_TEST_LINK";

struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        fs::File::open("/dev/urandom").unwrap().read_exact(bytes).unwrap();
    }
}

/// Not a test of its own: the process that sends, as Bobbin starts it.
#[test]
fn the_process_that_sends() {
    if env::var_os(SENDER).is_some() {
        bobbin_engine::send_for_parent(Arc::new(SystemEntropy)).unwrap();
    }
}

/// Not a test of its own: a Bobbin that refreshes or takes a callback until it is killed.
#[tokio::test]
async fn a_bobbin_that_is_killed() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let unused = Arc::new(tempfile::tempdir().unwrap());
    let world = World::sending_with(unused, &folder, Keeping::Key(KEY), Some(sender(&folder)));
    world.outside.fill(&mut vec![0; 1 << 21]);
    world.engine.settle().await.unwrap();
    if let Ok(session) = env::var(REFRESH) {
        let _ = world.engine.session_refresh(&session, 1, None).await;
    }
    if let Ok(link) = env::var(LINK) {
        world.engine.app_link(&link).await;
    }
    std::future::pending::<()>().await;
}

/// This program as the process that sends.
fn sender(folder: &Path) -> SingleUseProgram {
    let mut assignment = std::ffi::OsString::from(format!("{SENDER}="));
    assignment.push(folder);
    let arguments = ["--exact", "outlive::the_process_that_sends", "--nocapture"].map(Into::into);
    SingleUseProgram {
        path: "/usr/bin/env".into(),
        arguments: [assignment, env::current_exe().unwrap().into()].into_iter().chain(arguments).collect(),
    }
}

/// A folder with a signed-in session, whose token endpoint has a door before it.
struct Scene {
    folder: Arc<TempDir>,
    /// Its sandbox is the provider.
    first: World,
    session: String,
    arrived: Arc<Notify>,
    go: Arc<Notify>,
    requests: Arc<AtomicUsize>,
}

impl Scene {
    async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let first = World::sending_with(
            folder.clone(),
            folder.path(),
            Keeping::Key(KEY),
            Some(sender(folder.path())),
        );
        first.engine.settle().await.unwrap();
        let session = first.session_id().await;
        let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let requests = Arc::new(AtomicUsize::new(0));
        let token_endpoint = first.url_of(EndpointKind::Token).await;
        let door = server({
            let (arrived, go, requests) = (arrived.clone(), go.clone(), Arc::clone(&requests));
            move |request| {
                let (arrived, go, token_endpoint) = (arrived.clone(), go.clone(), token_endpoint.clone());
                requests.fetch_add(1, Ordering::SeqCst);
                async move {
                    arrived.notify_one();
                    go.notified().await;
                    forwarded(&token_endpoint, &request).await
                }
            }
        })
        .await;
        // Written down, so that every Bobbin on this folder talks to the sandbox of the first.
        let endpoints = first.connection().await.endpoints;
        first
            .save_connection(|draft| {
                draft.endpoints = endpoints
                    .into_iter()
                    .filter_map(|endpoint| {
                        let url =
                            if endpoint.kind == EndpointKind::Token { door.clone() } else { endpoint.url? };
                        Some(EndpointDraft { kind: endpoint.kind, url })
                    })
                    .collect();
            })
            .await;
        Self { folder, first, session, arrived, go, requests }
    }

    /// The same, once a Bobbin was killed that had sent a code; nobody has read the reply.
    async fn with_a_reply_to_a_code() -> Self {
        let scene = Self::new().await;
        scene.first.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&scene.first.opened()).await;
        kill(scene.bobbin(LINK, &link).await);
        scene.go.notify_one();
        scene.sender_has_ended().await;
        scene
    }

    /// Another process with a Bobbin in it, once its request has reached the provider.
    async fn bobbin(&self, variable: &str, value: &str) -> Child {
        let bobbin = Command::new(env::current_exe().unwrap())
            .args(["--exact", "outlive::a_bobbin_that_is_killed", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(variable, value)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.arrived.notified().await;
        bobbin
    }

    /// The Bobbin that is started afterwards.
    async fn next(&self) -> World {
        self.next_after(Duration::ZERO).await
    }

    async fn next_after(&self, time: Duration) -> World {
        let next = World::at(&self.folder, Keeping::Key(KEY));
        next.outside.fill(&mut vec![0; 1 << 22]);
        next.advance(time);
        next.engine.settle().await.unwrap();
        next
    }

    async fn state(&self, world: &World) -> (u32, RefreshState) {
        let refresh = world.engine.session(&self.session).await.unwrap().refresh.unwrap();
        (refresh.generation, refresh.state)
    }

    async fn has_second_generation(&self, world: &World) {
        eventually("the second generation", async || self.state(world).await == (2, RefreshState::Ready))
            .await;
    }

    /// The process that sends for a Bobbin on this folder.
    fn sending(&self) -> Option<u32> {
        let wanted = format!("{SENDER}={}", self.folder.path().display());
        let processes =
            fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut ids = processes.filter_map(|name| name.parse::<u32>().ok());
        ids.find(|id| {
            let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        })
    }

    async fn sender_has_ended(&self) {
        eventually("the end of the process that sends", async || self.sending().is_none()).await;
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn rows(&self, sql: &str) -> i64 {
        let database = rusqlite::Connection::open(self.folder.path().join("bobbin.sqlite3")).unwrap();
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

fn signal(name: &str, id: u32) {
    assert!(Command::new("kill").args([name, &id.to_string()]).status().unwrap().success());
}

fn kill(mut bobbin: Child) {
    bobbin.kill().unwrap();
    bobbin.wait().unwrap();
}

#[tokio::test]
async fn a_refresh_by_another_process_keeps_the_pair_and_its_record() {
    let scene = Scene::new().await;
    scene.go.notify_one();

    let refreshed = scene.first.engine.session_refresh(&scene.session, 1, None).await.unwrap();

    assert_eq!(refreshed.refresh.unwrap().generation, 2);
    assert!(refreshed.history[0].ok && refreshed.id_token.unwrap().verified);
    let row =
        scene.first.engine.wire().into_iter().rfind(|row| row.target.contains("refresh_token")).unwrap();
    assert_eq!(row.status, Some(200));
    assert_eq!(scene.rows("SELECT count(*) FROM replies"), 0, "what was read is kept no longer");
}

#[tokio::test]
async fn a_refresh_outlives_a_bobbin_that_is_killed() {
    let scene = Scene::new().await;
    let bobbin = scene.bobbin(REFRESH, &scene.session).await;
    kill(bobbin);
    scene.go.notify_one();
    scene.sender_has_ended().await;

    let next = scene.next().await;

    scene.has_second_generation(&next).await;
    let session = next.engine.session(&scene.session).await.unwrap();
    assert!(session.history.len() == 1 && session.history[0].ok);
    assert_eq!(scene.rows("SELECT count(*) FROM replies"), 0);
    assert_eq!(scene.requests(), 1);
    scene.go.notify_one();
    let third = next.engine.session_refresh(&scene.session, 2, None).await.unwrap();
    assert_eq!(third.refresh.unwrap().generation, 3, "the refresh token that was kept is the one that works");
}

#[tokio::test]
async fn a_refresh_that_is_read_late_brings_tokens_as_old_as_its_reply() {
    let scene = Scene::new().await;
    kill(scene.bobbin(REFRESH, &scene.session).await);
    scene.go.notify_one();
    scene.sender_has_ended().await;

    let next = scene.next_after(Duration::from_hours(1)).await;

    scene.has_second_generation(&next).await;
    let session = next.engine.session(&scene.session).await.unwrap();
    let end = session.access.unwrap().expires_at.unwrap();
    assert!(end < next.now(), "the access token ended before Bobbin started");
    let refresh = session.refresh.unwrap();
    assert!(refresh.issued_at < end, "its refresh token is as old");
    eventually("the check of its id_token", async || {
        let session = next.engine.session(&scene.session).await.unwrap();
        session.id_token.unwrap().checked_at >= next.now() - 60_000
    })
    .await;
    let session = next.engine.session(&scene.session).await.unwrap();
    assert!(session.id_token.unwrap().verified, "it was good when it came");
}

#[tokio::test]
async fn a_refresh_outlives_the_signals_that_end_a_session_of_the_desktop() {
    let scene = Scene::new().await;
    let bobbin = scene.bobbin(REFRESH, &scene.session).await;
    let sender = scene.sending().unwrap();
    for name in ["-TERM", "-HUP", "-INT", "-QUIT"] {
        signal(name, sender);
    }
    kill(bobbin);
    scene.go.notify_one();
    scene.sender_has_ended().await;

    scene.has_second_generation(&scene.next().await).await;
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_bobbin_that_starts_meanwhile_waits_and_follows_to_the_new_tokens() {
    let scene = Scene::new().await;
    kill(scene.bobbin(REFRESH, &scene.session).await);

    let next = scene.next().await;
    assert_eq!(scene.state(&next).await, (1, RefreshState::InFlight));
    let asked_again = tokio::spawn({
        let (engine, session) = (next.engine.clone(), scene.session.clone());
        async move { engine.session_refresh(&session, 1, None).await }
    });
    scene.go.notify_one();

    scene.has_second_generation(&next).await;
    assert_eq!(asked_again.await.unwrap().unwrap().refresh.unwrap().generation, 2, "it adopts them");
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_request_that_another_process_sends_shows_no_secret_in_its_arguments_and_environment() {
    let scene = Scene::new().await;
    let secret =
        scene.first.engine.session_secret(&scene.session, SessionSecret::RefreshToken).await.unwrap();
    let (engine, session) = (scene.first.engine.clone(), scene.session.clone());
    let refresh = tokio::spawn(async move { engine.session_refresh(&session, 1, None).await });
    scene.arrived.notified().await;
    let sender = scene.sending().unwrap();
    for file in ["cmdline", "environ"] {
        let text = fs::read(format!("/proc/{sender}/{file}")).unwrap();
        assert!(!text.is_empty() && !text.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
    scene.go.notify_one();
    refresh.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_reply_is_at_stake_until_its_tokens_are_on_the_disk() {
    let scene = Scene::new().await;
    let engine = scene.first.engine.clone();
    let refresh = tokio::spawn({
        let (engine, session) = (engine.clone(), scene.session.clone());
        async move { engine.session_refresh(&session, 1, None).await }
    });
    scene.arrived.notified().await;
    assert!(!engine.may_lose(), "the process that sends waits for the reply");
    let mut database = rusqlite::Connection::open(scene.folder.path().join("bobbin.sqlite3")).unwrap();
    let busy = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    scene.go.notify_one();
    eventually("a reply that is at stake", async || engine.at_stake().await == AtStake::Reply).await;

    drop(busy);
    engine.finish().await;

    assert!(!engine.may_lose());
    assert_eq!(scene.state(&scene.first).await, (2, RefreshState::Ready));
    refresh.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_a_process_that_can_send_this_one_sends_once_and_says_what_is_at_stake() {
    for program in ["/no/such/program", "/bin/true"] {
        let scene = Scene::new().await;
        let program = SingleUseProgram { path: program.into(), arguments: Vec::new() };
        let keeping = Keeping::Key(KEY);
        let world = World::sending_with(scene.folder.clone(), scene.folder.path(), keeping, Some(program));
        world.outside.fill(&mut vec![0; 1 << 22]);
        world.engine.settle().await.unwrap();
        assert_eq!(world.engine.at_stake().await, AtStake::Nothing);
        let (engine, session) = (world.engine.clone(), scene.session.clone());
        let refresh = tokio::spawn(async move { engine.session_refresh(&session, 1, None).await });
        scene.arrived.notified().await;
        assert!(world.engine.may_lose());
        assert_eq!(world.engine.at_stake().await, AtStake::Reply);
        scene.go.notify_one();

        world.engine.finish().await;

        assert_eq!(refresh.await.unwrap().unwrap().refresh.unwrap().generation, 2);
        assert_eq!(scene.requests(), 1);
    }
}
