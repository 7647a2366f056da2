//! The tests of the real window: each is a process with a network of its own, so that some can run at a time.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::command::{self, EVERYTHING, build_program, cargo, program, read};
use crate::tally::Tally;
use crate::workspace::binary;

/// A path with this in it is that of a test which takes long.
const LONG: &str = "::all::";
/// Tests with a desktop each; their names end in that of the desktop.
const DESKTOPS: &str = "desktops::";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Only the tests whose name contains this, those that take long among them.
    pub(crate) filter: Option<&'a str>,
    /// Also the tests that take long.
    pub(crate) all: bool,
    /// The release binary instead of the debug one.
    pub(crate) release: bool,
    pub(crate) repeat: usize,
}

impl Wanted<'_> {
    fn includes(&self, name: &str) -> bool {
        self.filter.map_or(self.all || !name.contains(LONG), |filter| name.contains(filter))
    }
}

struct Outcome {
    name: String,
    passed: bool,
    took: Duration,
    output: String,
}

pub(crate) fn run(wanted: Wanted<'_>) -> Result<Tally> {
    let (app, tests) = build(wanted.release)?;
    let list = read(program(&tests).args(["--list", "--format", "terse"])).context("no list of tests")?;
    let names: Vec<&str> = list.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| wanted.includes(name)).collect();

    let network = Network::of_its_own();
    let workers = if network.is_some() { thread::available_parallelism()?.get().min(4) } else { 1 };
    if network.is_none() {
        eprintln!("No test can have a network of its own here, so they run one after the other.");
    }
    let queue: VecDeque<&str> = names.iter().copied().cycle().take(names.len() * wanted.repeat).collect();
    let (queue, outcomes) = (Mutex::new(queue), Mutex::new(Vec::new()));
    eprintln!("$ {} tests, {workers} at a time: {} --exact …", names.len(), tests.display());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    // A statement of its own: the lock is free again before the test runs.
                    let next = lock(&queue).pop_front();
                    let Some(name) = next else { break };
                    let outcome = run_one(network, &tests, &app, name);
                    lock(&outcomes).push(outcome);
                }
            });
        }
    });
    let outcomes = lock(&outcomes);
    report(&outcomes, wanted.repeat);
    let passed = outcomes.iter().filter(|outcome| outcome.passed).count() as u64;
    Ok(Tally { passed, failed: outcomes.len() as u64 - passed, skipped: 0 })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The application and the program that holds the tests.
fn build(release: bool) -> Result<(PathBuf, PathBuf)> {
    let mut words = format!("build {EVERYTHING} --test window");
    if release {
        command::run(&mut cargo("build --release --package bobbin --features custom-protocol"))?;
    } else {
        words.push_str(" --bin bobbin");
    }
    let tests = build_program(&words, "window")?;
    Ok((binary(if release { "release" } else { "debug" })?, tests))
}

/// How a process gets a loopback interface that it shares with nobody.
#[derive(Debug, Clone, Copy)]
struct Network(&'static [&'static str]);

impl Network {
    /// `None` where this system does not allow it, as in some containers.
    fn of_its_own() -> Option<Self> {
        let ways: [&[&str]; 2] = [&["--net"], &["--user", "--map-current-user", "--keep-caps", "--net"]];
        ways.into_iter().map(Self).find(|network| read(&mut network.command(Path::new("true"))).is_some())
    }

    fn command(self, inner: &Path) -> Command {
        let mut command = program("unshare");
        command.args(self.0).args([
            "sh",
            "-c",
            "PATH=$PATH:/usr/sbin:/sbin ip link set lo up && exec \"$0\" \"$@\"",
        ]);
        command.arg(inner);
        command
    }
}

fn run_one(network: Option<Network>, tests: &Path, app: &Path, name: &str) -> Outcome {
    let mut command = network.map_or_else(|| program(tests), |network| network.command(tests));
    command.args(["--exact", name, "--show-output"]).env("BOBBIN_APP", app).stdin(Stdio::null());
    let began = Instant::now();
    let (passed, output) = match command.output() {
        Ok(output) => (
            // A name that is not there runs nothing, and that ends well.
            output.status.success()
                && Tally::of_libtest(&String::from_utf8_lossy(&output.stdout)).passed == 1,
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        ),
        Err(error) => (false, format!("cannot be started: {error}")),
    };
    let outcome = Outcome { name: name.to_owned(), passed, took: began.elapsed(), output };
    // In one piece, as another test may end at the same time.
    print!("{}", told(&outcome));
    outcome
}

/// A line for a test that passed, with what it printed itself; everything that a failed one said.
fn told(outcome: &Outcome) -> String {
    let Outcome { name, passed, took, output } = outcome;
    let verdict = if *passed { "ok" } else { "FAILED" };
    let mut text = format!("{verdict:<6} {:>6.1} s  {name}\n", took.as_secs_f64());
    let printed = output.lines().skip_while(|line| !line.ends_with(" stdout ----")).skip(1);
    let lines: Vec<&str> = if *passed {
        printed.take_while(|line| !line.is_empty()).collect()
    } else {
        output.lines().collect()
    };
    for line in lines {
        text.push_str("                 ");
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn report(outcomes: &[Outcome], repeat: usize) {
    let mut tests: BTreeMap<&str, (usize, usize, Duration)> = BTreeMap::new();
    for outcome in outcomes {
        let (runs, failures, longest) = tests.entry(&outcome.name).or_default();
        *runs += 1;
        *failures += usize::from(!outcome.passed);
        *longest = outcome.took.max(*longest);
    }
    if repeat > 1 {
        println!("\n{:>4} {:>8} {:>9}  test", "runs", "failures", "longest");
        for (name, (runs, failures, longest)) in &tests {
            println!("{runs:>4} {failures:>8} {:>7.1} s  {name}", longest.as_secs_f64());
        }
    }
    if let Some(line) = desktops(tests.iter().map(|(name, (_, failures, _))| (*name, *failures == 0))) {
        println!("\n{line}");
    }
}

/// `desktops: 2 of 3: i3 1366x768, sway; not mutter`
fn desktops<'a>(tests: impl Iterator<Item = (&'a str, bool)>) -> Option<String> {
    let tests = tests.filter(|(name, _)| name.starts_with(DESKTOPS));
    let (shown, empty): (Vec<_>, Vec<_>) = tests.partition(|(_, passed)| *passed);
    let names = |tests: &[(&str, bool)]| {
        let last = |name: &str| name.rsplit("::").next().unwrap_or_default().replace('_', " ");
        tests.iter().map(|(name, _)| last(name)).collect::<Vec<_>>().join(", ")
    };
    let sum = shown.len() + empty.len();
    let mut line = format!("desktops: {} of {sum}: {}", shown.len(), names(&shown));
    if !empty.is_empty() {
        line.push_str("; not ");
        line.push_str(&names(&empty));
    }
    (sum > 0).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(passed: bool, output: &str) -> Outcome {
        let took = Duration::from_millis(12_340);
        Outcome { name: "start::it_starts".to_owned(), passed, took, output: output.to_owned() }
    }

    #[test]
    fn what_takes_long_runs_when_asked_for_all_or_by_name() {
        let wanted = |filter, all| Wanted { filter, all, release: false, repeat: 1 };
        assert!(!wanted(None, false).includes("desktops::all::sway"));
        assert!(wanted(None, true).includes("desktops::all::sway"));
        assert!(wanted(Some("desktops"), false).includes("desktops::all::sway"));
        assert!(wanted(None, false).includes("desktops::weston"));
        assert!(!wanted(Some("start"), true).includes("desktops::weston"));
    }

    #[test]
    fn a_test_that_passed_tells_its_own_figures_only() {
        let output = "\nrunning 1 test\ntest x ... ok\n\nsuccesses:\n\n---- x stdout ----\nmedian 0.8 s\n\n\nsuccesses:\n    x\n";
        let text = told(&outcome(true, output));
        assert_eq!(text, "ok       12.3 s  start::it_starts\n                 median 0.8 s\n");
    }

    #[test]
    fn a_test_that_failed_tells_everything() {
        let text = told(&outcome(false, "thread panicked\nopenbox.log: bye\n"));
        assert!(text.starts_with("FAILED"), "{text}");
        assert!(text.contains("thread panicked") && text.contains("openbox.log: bye"), "{text}");
    }

    #[test]
    fn the_desktops_are_named() {
        let tests = [("desktops::all::i3_1366x768", true), ("desktops::mutter", false), ("start::x", true)];
        assert_eq!(desktops(tests.into_iter()).as_deref(), Some("desktops: 1 of 2: i3 1366x768; not mutter"));
        assert_eq!(desktops([("start::x", true)].into_iter()), None);
    }
}
