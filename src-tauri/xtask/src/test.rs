//! `cargo xtask test`: every test there is, and one line that sums them.

use std::env::consts::OS;
use std::str::FromStr;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::command::{EVERYTHING, cargo, npm, succeeds, tee};
use crate::tally::Tally;
use crate::workspace::{root, scratch, ui};
use crate::{app, needs, packages, page, torture, types, window};

/// What can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Rust,
    Page,
    Interop,
    Window,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "rust" => Ok(Self::Rust),
            "page" => Ok(Self::Page),
            "interop" => Ok(Self::Interop),
            "window" => Ok(Self::Window),
            _ => Err("one of rust, page, interop, window is wanted".to_owned()),
        }
    }
}

/// What of all this is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Choice<'a> {
    pub(crate) only: Option<Part>,
    /// Only the tests whose name contains this.
    pub(crate) filter: Option<&'a str>,
    /// Also what takes long: some tests of the window, and the whole torture.
    pub(crate) all: bool,
    /// The window of the release build.
    pub(crate) release: bool,
    /// How often the tests of the window run; once otherwise.
    pub(crate) repeat: Option<usize>,
}

/// Whether every test passed; the last line printed is the sum.
pub(crate) fn run(choice: Choice<'_>) -> Result<bool> {
    let Choice { only, filter, all, release, repeat } = choice;
    if (release || repeat.is_some()) && only != Some(Part::Window) {
        bail!("--release and --repeat are for the tests of the window: add --only window");
    }
    let wanted = |part| only.is_none_or(|only| only == part);
    let mut suites = Suites::default();
    app::ensure_system()?;
    if wanted(Part::Window) && has_window_tests() {
        packages::ensure(needs::TEST)?;
    }
    if wanted(Part::Interop) || wanted(Part::Window) {
        page::install(&root().join("tests"))?;
    }
    if only != Some(Part::Interop) {
        page::install(&ui())?;
        // Before anything is compiled: the application embeds it.
        page::build()?;
    }
    if wanted(Part::Rust) {
        suites.add("Rust", || rust(filter));
        if filter.is_none() {
            suites.add("generated types", generated_types);
        }
    }
    if wanted(Part::Page) {
        suites.add("page", || vitest(filter));
    }
    if wanted(Part::Interop) {
        suites.add("interop", || interop(filter));
    }
    if wanted(Part::Window) {
        if has_window_tests() {
            let wanted = window::Wanted { filter, all, release, repeat: repeat.unwrap_or(1) };
            suites.add("window", || judge(true, window::run(wanted)?));
            if filter.is_none() && repeat.is_none() && !release {
                let name = if all { "torture" } else { "torture, short" };
                let choice = torture::Choice { debug: !all, short: !all, ..torture::Choice::default() };
                suites.add(name, || judge(true, torture::tally(choice)?));
            }
        } else {
            eprintln!("The tests of the real window run on Linux only.");
        }
    }
    Ok(suites.report())
}

/// The window is driven through WebKitWebDriver, which is WebKitGTK's.
fn has_window_tests() -> bool {
    OS == "linux"
}

fn rust(filter: Option<&str>) -> Result<Tally> {
    let mut tests = cargo(&format!("test {EVERYTHING} --no-fail-fast -- --skip export_bindings"));
    let (ended_well, output) = tee(tests.args(filter))?;
    judge(ended_well, Tally::of_libtest(&output))
}

/// Counts as one test.
fn generated_types() -> Result<Tally> {
    let drifted = types::check()?;
    if drifted.is_empty() {
        return Ok(Tally { passed: 1, ..Tally::default() });
    }
    bail!("not what the Rust types say; run `cargo xtask types`: {}", drifted.join(", "))
}

fn vitest(filter: Option<&str>) -> Result<Tally> {
    let report = scratch("vitest")?.join("report.json");
    // A report of the last run must not speak for this one.
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let mut tests = npm("run test -- --reporter=default --reporter=json");
    tests.arg(format!("--outputFile.json={}", report.display()));
    if let Some(filter) = filter {
        tests.args(["--testNamePattern", filter]);
    }
    let ended_well = succeeds(&mut tests)?;
    let text = std::fs::read_to_string(&report).context("vitest ended without a report")?;
    judge(ended_well, Tally::of_vitest(&text)?)
}

/// Against a provider that is not ours, which the tests start.
fn interop(filter: Option<&str>) -> Result<Tally> {
    let (ended_well, output) = tee(cargo(&format!("test {EVERYTHING} --test interop --")).args(filter))?;
    judge(ended_well, Tally::of_libtest(&output))
}

/// A runner that failed without a failed test has crashed, and one that ran nothing has tested nothing.
fn judge(ended_well: bool, mut tally: Tally) -> Result<Tally> {
    if tally.ran_nothing() {
        bail!("no test was run");
    }
    if !ended_well && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

#[derive(Default)]
struct Suites {
    sum: Tally,
    lines: Vec<String>,
}

impl Suites {
    fn add(&mut self, name: &str, suite: impl FnOnce() -> Result<Tally>) {
        let began = Instant::now();
        let outcome = suite();
        let took = began.elapsed().as_secs();
        match outcome {
            Ok(tally) => {
                self.lines.push(format!("{name}: {tally} ({took} s)"));
                self.sum += tally;
            }
            Err(error) => {
                self.lines.push(format!("{name}: {error:#} ({took} s)"));
                self.sum.failed += 1;
            }
        }
    }

    fn report(&self) -> bool {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("{}", self.sum);
        self.sum.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_that_ran_nothing_fails() {
        assert!(judge(true, Tally::default()).is_err());
    }

    #[test]
    fn a_runner_that_failed_without_a_failed_test_counts_as_one() {
        let tally = Tally { passed: 3, ..Tally::default() };
        assert_eq!(judge(false, tally).unwrap().failed, 1);
        assert_eq!(judge(true, tally).unwrap().failed, 0);
    }

    #[test]
    fn one_suite_that_broke_fails_the_whole() {
        let mut suites = Suites::default();
        suites.add("Rust", || Ok(Tally { passed: 3, ..Tally::default() }));
        assert!(suites.report());
        suites.add("page", || Err(anyhow::anyhow!("vitest ended without a report")));
        assert!(!suites.report());
        assert_eq!(suites.sum.to_string(), "3 passed, 1 failed, 0 skipped");
    }
}
