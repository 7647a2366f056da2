//! `cargo xtask fuzz`: the parsers against mutations of the kept seeds, led by what of the code they reach.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{forget_ourselves, program, read, run as run_command};
use crate::tools::tool;
use crate::workspace::{root, scratch, target};

const TARGETS: [&str; 7] = ["callback", "jwt", "jwks", "discovery", "token_reply", "pem", "inspect"];

/// How many inputs each target gets where nobody says: about three minutes for all.
pub(crate) const RUNS: u32 = 200_000;

/// A longer input than any parser reads, so that the bound itself is tried.
const MAX_LENGTH: usize = 65 * 1024;
/// What takes longer than this, in seconds, counts as a crash.
const TIMEOUT_SECONDS: u32 = 5;

/// Whether no target crashed; one that did leaves its input among the seeds, where a test finds it again.
pub(crate) fn run(only: Option<&str>, runs: u32) -> Result<bool> {
    let wanted: Vec<&str> =
        TARGETS.into_iter().filter(|name| only.is_none_or(|only| only == *name)).collect();
    if wanted.is_empty() {
        bail!("there is no such target; there are {}", TARGETS.join(", "));
    }
    run_command(&mut build(only)?)?;
    let mut all_well = true;
    for target in wanted {
        all_well &= fuzz(target, runs)?;
    }
    Ok(all_well)
}

/// On the stable toolchain, which has coverage for a guide and no sanitizer.
///
/// Safe Rust needs none; a panic, an endless loop and too much memory are found all the same.
fn build(only: Option<&str>) -> Result<Command> {
    let mut build = program(tool("cargo-fuzz", "0.13.2", "")?);
    forget_ourselves(&mut build);
    build.args(["fuzz", "build", "--sanitizer", "none", "--fuzz-dir"]).arg(folder());
    build.arg("--target-dir").arg(target()?).args(only);
    Ok(build)
}

/// Where cargo-fuzz, which always names the platform, leaves its programs.
fn binary(name: &str) -> Result<PathBuf> {
    let version = read(program("rustc").arg("-vV")).context("rustc does not say what it builds for")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say what it builds for")?;
    Ok(target()?.join(host).join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

fn fuzz(name: &str, runs: u32) -> Result<bool> {
    let seeds = folder().join("seeds").join(name);
    let found = scratch("fuzz")?.join(name);
    std::fs::create_dir_all(&found)?;
    let before = crashes(&seeds)?;
    let mut fuzz = program(binary(name)?);
    // What it finds goes into the first folder; the kept seeds stay as they are.
    fuzz.arg(found).arg(&seeds);
    fuzz.arg(format!("-runs={runs}")).arg(format!("-max_len={MAX_LENGTH}"));
    fuzz.arg(format!("-timeout={TIMEOUT_SECONDS}")).args(["-rss_limit_mb=2048", "-print_final_stats=1"]);
    fuzz.arg(format!("-artifact_prefix={}{}", seeds.display(), std::path::MAIN_SEPARATOR));
    let output = fuzz.output().with_context(|| format!("the fuzz target {name} cannot be started"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let new: Vec<PathBuf> = crashes(&seeds)?.into_iter().filter(|file| !before.contains(file)).collect();
    if !output.status.success() || !new.is_empty() {
        eprintln!("{text}");
    }
    for file in &new {
        eprintln!("kept among the seeds: {}", file.display());
    }
    let told = told(&text);
    let slowest = std::time::Duration::from_micros(told.slowest_us).as_secs_f64() * 1000.0;
    println!("fuzz {name}: {} runs, {} crashes, slowest {slowest:.1} ms", told.runs, new.len());
    if output.status.success() && told.runs < u64::from(runs) {
        bail!("{name} ended after {} of {runs} runs", told.runs);
    }
    Ok(output.status.success() && new.is_empty())
}

fn folder() -> PathBuf {
    root().join("src-tauri/fuzz")
}

/// What libFuzzer has left in a folder: inputs that crashed, hung or took too much memory.
fn crashes(folder: &Path) -> Result<Vec<PathBuf>> {
    let left = ["crash-", "timeout-", "oom-", "leak-"];
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let file = file?;
        if left.iter().any(|beginning| file.file_name().to_string_lossy().starts_with(beginning)) {
            found.push(file.path());
        }
    }
    Ok(found)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    runs: u64,
    slowest_us: u64,
}

/// What the target and libFuzzer say on their way.
fn told(output: &str) -> Told {
    let mut told = Told::default();
    for line in output.lines() {
        let number = |text: &str| text.trim().split(' ').next().and_then(|word| word.parse().ok());
        if let Some(rest) = line.strip_prefix("slowest: ") {
            told.slowest_us = number(rest).unwrap_or(told.slowest_us);
        } else if let Some(rest) = line.strip_prefix("stat::number_of_executed_units:") {
            told.runs = number(rest).unwrap_or(told.runs);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_slowest_and_the_number_of_runs_are_read() {
        let output = "INFO: seed corpus: files: 8\nslowest: 12 us\n#2 INITED\nslowest: 1234 us\n\
            stat::number_of_executed_units: 100000\nstat::peak_rss_mb: 60\n";
        assert_eq!(told(output), Told { runs: 100_000, slowest_us: 1234 });
        assert_eq!(told("thread panicked"), Told::default());
    }

    #[test]
    fn every_target_has_a_program_and_seeds() {
        for target in TARGETS {
            assert!(folder().join(format!("fuzz_targets/{target}.rs")).is_file(), "{target}");
            let seeds = std::fs::read_dir(folder().join("seeds").join(target)).unwrap().count();
            assert!(seeds >= 4, "{target} has {seeds} seeds");
        }
    }

    #[test]
    fn what_was_left_by_a_crash_is_told_from_a_seed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["code", "crash-da39a3", "timeout-12"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        assert_eq!(crashes(folder.path()).unwrap().len(), 2);
    }
}
