//! `cargo xtask torture`: whether what works once is kept while everything around it ends, lies or is late.
//!
//! The program is `tests/tests/torture`; it prints a line for each row and exits with 1 when one is missed.

use std::env::consts::OS;

use anyhow::{Context, Result, bail};

use crate::command::{EVERYTHING, build_program, program, tee};
use crate::tally::Tally;
use crate::workspace::{binary, root};
use crate::{app, needs, packages, page};

/// What of it is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Choice<'a> {
    /// The only row to run.
    pub(crate) row: Option<&'a str>,
    pub(crate) rounds: Option<usize>,
    pub(crate) seed: Option<u64>,
    /// The debug build instead of the one that ships.
    pub(crate) debug: bool,
    /// A minute for all rows that a debug build can show.
    pub(crate) short: bool,
}

/// Whether every row was held.
pub(crate) fn run(choice: Choice<'_>) -> Result<bool> {
    if OS != "linux" {
        bail!("the torture runs on Linux only: it kills, traces and fakes the time of real processes");
    }
    app::ensure_system()?;
    packages::ensure(needs::TEST)?;
    page::install(&root().join("tests"))?;
    page::install(&crate::workspace::ui())?;
    page::build()?;
    Ok(tally(choice)?.failed == 0)
}

/// Each row counts as a test.
pub(crate) fn tally(choice: Choice<'_>) -> Result<Tally> {
    let Choice { row, rounds, seed, debug, short } = choice;
    packages::ensure(needs::TORTURE)?;
    let (profile, flag) = if debug { ("debug", "") } else { ("release", "--release") };
    let torture =
        build_program(&format!("build {flag} {EVERYTHING} --test torture --bin bobbin"), "torture")?;
    let mut command = program(torture);
    command.env("BOBBIN_APP", binary(profile)?).args(row);
    let numbers = [("--rounds", rounds.map(|it| it.to_string())), ("--seed", seed.map(|it| it.to_string()))];
    for (name, value) in numbers {
        command.args(value.map(|value| [name.to_owned(), value]).into_iter().flatten());
    }
    if short {
        command.arg("--short");
    }
    let (_, output) = tee(&mut command)?;
    sum(&output).context("the torture ended without its sum")
}

/// `torture: 12 held, 1 missed`
fn sum(output: &str) -> Option<Tally> {
    let counts = output.lines().rev().find_map(|line| line.strip_prefix("torture: "))?;
    let (held, missed) = counts.strip_suffix(" missed")?.split_once(" held, ")?;
    Some(Tally { passed: held.parse().ok()?, failed: missed.parse().ok()?, skipped: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_counts_and_a_program_that_broke_has_no_sum() {
        let output = "held    kill: 0 of 3 (limit 0)\ntorture: 12 held, 1 missed\n";
        assert_eq!(sum(output), Some(Tally { passed: 12, failed: 1, skipped: 0 }));
        assert_eq!(sum("held    kill: 0 of 3 (limit 0)\n"), None);
    }
}
