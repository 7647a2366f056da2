//! The key store in every state that a desktop has for it: the window answers all the time, and nothing is deleted.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Child,
    time::{Duration, Instant},
};

use bobbin_tests::{App, KeyStore, World};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::torture::{
    options::Options,
    report::Report,
    scene::Scene,
    window::{kept_by, sessions},
};

const HANGS: &str = "key store in every state: states in which the window hangs over 3 s";
const DELETED: &str = "key store in every state: states after which data is gone";

const LIMIT: Duration = Duration::from_secs(3);

/// The name of a state, and how long the window is watched in it.
const STATES: [(&str, u64); 8] = [
    ("ready", 6),
    ("locked", 8),
    ("absent", 8),
    ("denied", 8),
    ("wrong", 8),
    ("slow", 40),
    ("prompt", 28),
    ("lost", 8),
];
pub(crate) async fn run(options: &Options, report: &mut Report) {
    let states = options.rounds(STATES.len(), 2).min(STATES.len());
    let scene = Scene::on(World::with(KeyStore::Absent)).await;
    scene.furnish_window();
    let service = SecretService::start(&scene.world, "ready");
    let app = scene.window().await;
    let session = scene.sign_in_by_window(&app).await;
    let token = kept_by(&app, &session).await.refresh_token;
    app.close().await;
    drop(service);
    let before = rows(&scene.world.data_folder());

    let (mut hangs, mut deleted) = (0, 0);
    for (state, seconds) in &STATES[..states] {
        let service = (*state != "absent").then(|| SecretService::start(&scene.world, state));
        let app = scene.world.app().await;
        let seconds = if options.short { 3 } else { *seconds };
        let longest = watch(&app, Duration::from_secs(seconds)).await;
        let told = app.invoke("overview", json!({})).await["status"]["keyStore"].take();
        app.close().await;
        drop(service);
        hangs += usize::from(longest > LIMIT);
        let is_whole = rows(&scene.world.data_folder()) == before;
        deleted += usize::from(!is_whole);
        Report::note(format!(
            "{state}: shown as {told}; the longest answer took {longest:.1?}; whole: {is_whole}"
        ));
    }
    let _service = SecretService::start(&scene.world, "ready");
    let app = scene.window().await;
    let is_there =
        sessions(&app).await == [session.clone()] && kept_by(&app, &session).await.refresh_token == token;
    app.close().await;
    report.exactly(HANGS, hangs, states, 0);
    report.exactly(DELETED, if is_there { deleted } else { states }, states, 0);
}

/// Asks for what the window shows, again and again, and once has the key store asked again; gives the longest wait.
async fn watch(app: &App, time: Duration) -> Duration {
    let began = Instant::now();
    let mut longest = Duration::ZERO;
    let mut has_retried = false;
    while began.elapsed() < time {
        if !has_retried && began.elapsed() > time / 4 {
            has_retried = true;
            app.send("key_store_retry", json!({})).await;
        }
        let asked = Instant::now();
        app.invoke("overview", json!({})).await;
        app.text().await;
        longest = longest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    longest
}

/// The sealed sessions and the check of the key, as they stand in the database.
fn rows(folder: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let file = folder.join("bobbin.sqlite3");
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let all = "SELECT id, refresh_token FROM sessions UNION SELECT name, value FROM meta";
    let mut statement = database.prepare(all).unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

struct SecretService(Child);

impl SecretService {
    fn start(world: &World, state: &str) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/torture/secret_service.py");
        // The distribution's own Python has the bindings.
        let mut command = world.command("/usr/bin/python3");
        let service = command.arg(script).arg(state).arg(world.path("item.json")).spawn().unwrap();
        world.wait_for_service("org.freedesktop.secrets");
        Self(service)
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
