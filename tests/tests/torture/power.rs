//! The power goes at a random moment: of what was written and not yet synced, any part may be on the disk or not.
//!
//! One run of Bobbin is logged by `strace`; each moment of it is replayed into a folder of its own.

mod disk;
mod log;

use std::{fs, path::Path, process::Command};

use rand::RngExt as _;
use rusqlite::Connection;
use serde_json::json;

use self::log::{Log, What};
use crate::torture::{
    options::Options,
    proxy::Plan,
    reply::Reply,
    report::Report,
    scene::{Scene, this_program},
};

const UNREADABLE: &str = "power cut, unsynced writes dropped or torn: database unreadable";
const SET_ASIDE: &str = "power cut, unsynced writes dropped or torn: a sound database set aside as damaged";
const MISSING: &str =
    "power cut, unsynced writes dropped or torn: a pair that had been reported durable is missing";

/// So many that the log is written back into the database more than once.
const REFRESHES: usize = 120;

/// They are refreshed in turn, so that a transaction and those around it are about different ones.
const SESSIONS: usize = 4;
/// What each reply holds besides its tokens, in bytes: a transaction is many pages long.
const PADDING: usize = 30_000;

/// What was logged, and what is known of it.
struct Recorded {
    log: Log,
    sessions: Vec<Tokens>,
}

/// The refresh tokens of one session, the oldest first.
struct Tokens {
    session: String,
    values: Vec<String>,
    /// Where in the log each of them was said to be durable.
    durable: Vec<usize>,
}

/// What is left after a cut.
struct Left {
    missing: Vec<String>,
    set_aside: bool,
}

pub(crate) async fn run(options: &Options, report: &mut Report) {
    if !Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success())
    {
        [UNREADABLE, SET_ASIDE, MISSING]
            .into_iter()
            .for_each(|row| report.missed(row, "strace cannot trace a process here"));
        return;
    }
    let rounds = options.rounds(200, 8);
    let mut chance = options.chance();
    let scene = Scene::new().await;
    let recorded = record(&scene, REFRESHES.min(rounds * 2)).await;
    let (mut unreadable, mut set_aside, mut missing) = (0, 0, 0);
    let begin = recorded.sessions[0].durable[0];
    for round in 0..rounds {
        let cut = chance.random_range(begin..=recorded.log.lines);
        let folder = scene.spare(&format!("cut-{round}"));
        disk::replay(&recorded.log, cut, &mut chance, &folder);
        match look(&scene, &recorded, cut, &folder) {
            Err(why) => {
                unreadable += 1;
                Report::note(format!("cut at line {cut} of {}: {why}", recorded.log.lines));
            }
            Ok(left) => {
                set_aside += usize::from(left.set_aside);
                missing += usize::from(!left.missing.is_empty());
                if left.set_aside {
                    Report::note(format!("cut at line {cut}: the database was set aside"));
                }
                for what in &left.missing {
                    Report::note(format!("cut at line {cut}: {what}"));
                }
                if !left.set_aside && left.missing.is_empty() {
                    fs::remove_dir_all(&folder).unwrap();
                }
            }
        }
    }
    report.exactly(UNREADABLE, unreadable, rounds, 0);
    report.exactly(SET_ASIDE, set_aside, rounds, 0);
    report.exactly(MISSING, missing, rounds, 0);
    let synced = recorded.log.operations.iter().filter(|it| matches!(it.what, What::Sync { .. })).count();
    Report::note(format!(
        "{} file operations in the log, {synced} of them syncs",
        recorded.log.operations.len()
    ));
}

/// Signs in and refreshes under `strace`, with restarts in between.
async fn record(scene: &Scene, refreshes: usize) -> Recorded {
    let mut files = Vec::new();
    let mut start = || {
        let file = scene.world.path(&format!("strace-{}.log", files.len()));
        let [options @ .., dashes] = log::OPTIONS;
        let mut strace = scene.world.command("strace");
        strace.args(options).arg(&file).arg(dashes).arg(this_program());
        files.push(file);
        scene.start_as(strace)
    };
    let mut bobbin = start();
    scene.connect(&mut bobbin);
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        scene.proxy.plan(large());
        let session = scene.sign_in(&mut bobbin).await;
        let values = vec![bobbin.kept(&session).refresh_token];
        sessions.push(Tokens { session, values, durable: Vec::new() });
    }
    for nth in 1..=refreshes {
        let Tokens { session, values, .. } = &mut sessions[nth % SESSIONS];
        let before = bobbin.kept(session);
        scene.proxy.plan(large());
        bobbin.ask("refresh", json!({ "session": session, "generation": before.generation })).unwrap();
        values.push(bobbin.kept(session).refresh_token);
        if nth % 50 == 0 {
            bobbin.end();
            bobbin = start();
        }
    }
    bobbin.end();
    let log = Log::read(&files, scene.folder());
    for tokens in &mut sessions {
        tokens.durable.push(log.signed_in(&tokens.session));
    }
    for (nth, place) in log.refreshed().enumerate() {
        sessions[(nth + 1) % SESSIONS].durable.push(place);
    }
    for tokens in &sessions {
        let (durable, all) = (tokens.durable.len(), tokens.values.len());
        assert_eq!(durable, all, "the log has each time that a pair was durable");
    }
    Recorded { log, sessions }
}

fn large() -> Plan {
    let padded = |reply: Reply| reply.with_json(|json| json["padding"] = "x".repeat(PADDING).into()).bytes();
    Plan { answer: Box::new(padded), ..Plan::default() }
}

/// What is left after a cut at line `cut`, or why nothing can be read.
fn look(scene: &Scene, recorded: &Recorded, cut: usize, folder: &Path) -> Result<Left, String> {
    check(folder)?;
    let mut bobbin = scene.start_on(folder)?;
    let mut missing = Vec::new();
    for Tokens { session, values, durable } in &recorded.sessions {
        let reported = durable.iter().filter(|place| **place <= cut).count();
        let kept = match bobbin.ask("session", json!({ "session": session })) {
            Ok(kept) => {
                let place = values.iter().position(|token| kept["refreshToken"] == token.as_str());
                place.ok_or("a token is kept that never was")? + 1
            }
            Err(code) if code == "session_unknown" => 0,
            Err(code) => return Err(format!("the session cannot be read: {code}")),
        };
        if kept < reported {
            missing.push(format!("{reported} tokens of {session} were durable, and the {kept}. is kept"));
        }
    }
    let mut names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let set_aside = names.any(|name| name.to_string_lossy().starts_with("bobbin-damaged-"));
    Ok(Left { missing, set_aside })
}

/// SQLite's own check, on a copy.
fn check(folder: &Path) -> Result<(), String> {
    let copy = tempfile::tempdir_in(folder.parent().unwrap()).unwrap();
    for name in ["bobbin.sqlite3", "bobbin.sqlite3-wal"] {
        if folder.join(name).exists() {
            fs::copy(folder.join(name), copy.path().join(name)).unwrap();
        }
    }
    let database = Connection::open(copy.path().join("bobbin.sqlite3")).map_err(|error| error.to_string())?;
    let said: Result<String, _> = database.query_row("PRAGMA integrity_check", [], |row| row.get(0));
    match said {
        Ok(said) if said == "ok" => Ok(()),
        Ok(said) => Err(said),
        Err(error) => Err(error.to_string()),
    }
}
