//! Two processes on one data folder meet an expired token with many requests each, and the clock is set meanwhile.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rand::RngExt as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::torture::{
    bobbin::Bobbin,
    options::Options,
    proxy::Plan,
    report::Report,
    scene::{Scene, this_program},
};

const REFRESHES: &str =
    "two processes with many requests and an expired token: rounds without exactly 1 refresh";
const FAILED: &str = "two processes with many requests and an expired token: failed requests";

const REQUESTS: usize = 500;
/// As long as a token lives: a step forward ends it, and one back makes it a token of another clock.
const STEP_S: i64 = 3600;

pub(crate) async fn run(options: &Options, report: &mut Report) {
    let Some(library) = library() else {
        [REFRESHES, FAILED].into_iter().for_each(|row| report.missed(row, "there is no libfaketime"));
        return;
    };
    // Each request is a connection here.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let rounds = options.rounds(100, 1);
    let mut chance = options.chance();
    let scene = Scene::new().await;
    scene.proxy.shorten_lifetimes(STEP_S.cast_unsigned());
    let clock = Clock::new(scene.world.path("clock"));
    let start = || {
        let mut command = scene.world.command(this_program());
        clock.fake_for(&mut command, &library);
        scene.start_as(command)
    };
    let mut one = start();
    clock.step(STEP_S);
    let ahead = one.ask("time", json!({})).unwrap().as_i64().unwrap() - real_time();
    if (ahead - STEP_S * 1000).abs() > 60_000 {
        [REFRESHES, FAILED]
            .into_iter()
            .for_each(|row| report.missed(row, "libfaketime does not set the clock here"));
        return;
    }
    // A clock that is an hour off accepts no new id_token.
    clock.step(-STEP_S);
    scene.connect(&mut one);
    let session = scene.sign_in(&mut one).await;
    let mut two = start();
    let (mut wrong, mut failed, mut total) = (0, 0, 0);
    for round in 0..rounds {
        let first = scene.proxy.count();
        let before = if chance.random() { STEP_S } else { -STEP_S };
        // Back again would bring the old access token its time back.
        let during = if chance.random() { before } else { 0 };
        clock.step(before);
        scene.proxy.plan(Plan {
            // While everyone waits for it.
            answer: Box::new({
                let clock = clock.clone();
                move |reply| {
                    thread::sleep(Duration::from_millis(100));
                    clock.step(during);
                    thread::sleep(Duration::from_millis(100));
                    reply.bytes()
                }
            }),
            ..Plan::default()
        });
        let query =
            |bobbin: &mut Bobbin| bobbin.tell("query", json!({ "session": session, "times": REQUESTS }));
        let asked = [query(&mut one), query(&mut two)];
        for (bobbin, asked) in [&one, &two].into_iter().zip(asked) {
            let outcomes = bobbin.answer(asked).unwrap();
            let good = usize::try_from(outcomes["200"].as_u64().unwrap_or(0)).unwrap();
            total += REQUESTS;
            failed += REQUESTS - good;
            if good < REQUESTS {
                Report::note(format!("round {round}: {outcomes}"));
            }
        }
        let refreshes = scene.proxy.sent(first).len();
        scene.proxy.forget_plans();
        if refreshes != 1 {
            wrong += 1;
            Report::note(format!(
                "round {round}: {refreshes} refreshes; the clock was set by {before} s before and {during} s meanwhile"
            ));
        }
    }
    report.exactly(REFRESHES, wrong, rounds, 0);
    report.exactly(FAILED, failed, total, 0);
}

/// Unix milliseconds.
fn real_time() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// What fakes the time of programs with threads.
fn library() -> Option<String> {
    let asked = Command::new("faketime").args(["-m", "-f", "+0", "printenv", "LD_PRELOAD"]).output().ok()?;
    let library = String::from_utf8(asked.stdout).ok()?.trim().to_owned();
    (!library.is_empty()).then_some(library)
}

/// The clock of some processes, which a file sets while they run; the one that nobody can set stays as it is.
#[derive(Clone)]
struct Clock {
    file: PathBuf,
}

impl Clock {
    fn new(file: PathBuf) -> Self {
        fs::write(&file, "+0").unwrap();
        Self { file }
    }

    fn step(&self, seconds: i64) {
        let ahead: i64 = fs::read_to_string(&self.file).unwrap().parse().unwrap();
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{:+}", ahead + seconds)).unwrap();
        fs::rename(new, &self.file).unwrap();
    }

    fn fake_for(&self, command: &mut Command, library: &str) {
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("NO_FAKE_STAT", "1");
    }
}
