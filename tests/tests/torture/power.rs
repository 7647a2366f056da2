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
    report::Report,
    scene::{Scene, this_program},
};

const UNREADABLE: &str = "power cut, unsynced writes dropped or torn: database unreadable";
const MISSING: &str =
    "power cut, unsynced writes dropped or torn: a pair that had been reported durable is missing";

/// So many that the log is written back into the database more than once.
const REFRESHES: usize = 120;

/// What was logged, and what is known of it.
struct Recorded {
    log: Log,
    session: String,
    /// The session's refresh tokens, the oldest first.
    tokens: Vec<String>,
    /// Where in the log each of them, in this order, was said to be durable.
    durable: Vec<usize>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) {
    if !Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success())
    {
        [UNREADABLE, MISSING]
            .into_iter()
            .for_each(|row| report.missed(row, "strace cannot trace a process here"));
        return;
    }
    let rounds = options.rounds(200, 8);
    let mut chance = options.chance();
    let scene = Scene::new().await;
    let recorded = record(&scene, REFRESHES.min(rounds * 2)).await;
    let (mut unreadable, mut missing) = (0, 0);
    let begin = recorded.durable[0];
    for round in 0..rounds {
        let cut = chance.random_range(begin..=recorded.log.lines);
        let folder = scene.spare(&format!("cut-{round}"));
        disk::replay(&recorded.log, cut, &mut chance, &folder);
        let reported = recorded.durable.iter().filter(|place| **place <= cut).count();
        match look(&scene, &recorded, &folder) {
            Err(why) => {
                unreadable += 1;
                Report::note(format!("cut at line {cut} of {}: {why}", recorded.log.lines));
            }
            Ok(kept) if kept < reported => {
                missing += 1;
                Report::note(format!(
                    "cut at line {cut}: {reported} tokens were durable, and the {kept}. is kept"
                ));
            }
            Ok(_) => fs::remove_dir_all(&folder).unwrap(),
        }
    }
    report.exactly(UNREADABLE, unreadable, rounds, 0);
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
    let session = scene.sign_in(&mut bobbin).await;
    let mut tokens = vec![bobbin.kept(&session).refresh_token];
    for nth in 1..=refreshes {
        let before = bobbin.kept(&session);
        bobbin.ask("refresh", json!({ "session": session, "generation": before.generation })).unwrap();
        tokens.push(bobbin.kept(&session).refresh_token);
        if nth % 50 == 0 {
            bobbin.end();
            bobbin = start();
        }
    }
    bobbin.end();
    let log = Log::read(&files, scene.folder());
    let durable = log.durable(&session);
    assert_eq!(durable.len(), tokens.len(), "the log has each time that a pair was durable");
    Recorded { log, session, tokens, durable }
}

/// Which of the session's tokens is kept, counted from 1, or why nothing can be read.
fn look(scene: &Scene, recorded: &Recorded, folder: &Path) -> Result<usize, String> {
    check(folder)?;
    let mut bobbin = scene.start_on(folder)?;
    let session = &recorded.session;
    let kept = bobbin.ask("session", json!({ "session": session }));
    match kept {
        Ok(kept) => {
            let place = recorded.tokens.iter().position(|token| kept["refreshToken"] == token.as_str());
            Ok(place.ok_or("a token is kept that never was")? + 1)
        }
        Err(code) if code == "session_unknown" => Ok(0),
        Err(code) => Err(format!("the session cannot be read: {code}")),
    }
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
