//! How long every parser takes for the worst 64 KiB, and how that grows: `cargo xtask bench parse`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program that prints what it measured")]

mod inputs;
mod parsers;

use std::{hint::black_box, process::ExitCode, time::Duration};

use cpu_time::ThreadTime;
use sha2::{Digest as _, Sha256};

use self::{
    inputs::{INPUTS, Input},
    parsers::{PARSERS, Parser},
};

const LENGTH: usize = 64 * 1024;
/// How much longer the whole may take than a quarter of it; what is linear takes four times as long.
const MAX_GROWTH: f64 = 8.0;
const MAX_TIME: Duration = Duration::from_millis(5);
/// Below this, growth says more about the computer than about the parser.
const TELLING: Duration = Duration::from_micros(200);
/// The quickest of so many runs counts: others may have been interrupted.
const RUNS: usize = 12;

struct Measured {
    input: &'static str,
    time: Duration,
    growth: f64,
}

fn main() -> ExitCode {
    let hash = quickest(|| {
        black_box(Sha256::digest(black_box(vec![b'a'; LENGTH])));
    });
    let mut all_well = true;
    for (name, parser) in PARSERS {
        let measured: Vec<Measured> =
            INPUTS.iter().map(|(input, make)| measure(*parser, input, *make)).collect();
        let by_time = |one: &&Measured, other: &&Measured| one.time.cmp(&other.time);
        let slowest = measured.iter().max_by(by_time).expect("there are inputs");
        let steepest = measured
            .iter()
            .filter(|it| it.time >= TELLING)
            .max_by(|one, other| one.growth.total_cmp(&other.growth));
        let growth = steepest.map_or_else(
            || "too quick to tell how it grows".to_owned(),
            |it| format!("16 to 64 KiB: {:.1} times at most ({})", it.growth, it.input),
        );
        println!(
            "parse {name}: 64 KiB in {:.2} ms at most ({}), {:.0} times SHA-256 of it; {growth}",
            milliseconds(slowest.time),
            slowest.input,
            slowest.time.as_secs_f64() / hash.as_secs_f64()
        );
        for it in measured.iter().filter(|it| is_over(it)) {
            all_well = false;
            println!(
                "  over the limit: {}: {:.2} ms, {:.1} times 16 KiB",
                it.input,
                milliseconds(it.time),
                it.growth
            );
        }
    }
    println!("allowed: {} ms and less than {MAX_GROWTH} times 16 KiB", MAX_TIME.as_millis());
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn is_over(measured: &Measured) -> bool {
    measured.time > MAX_TIME || (measured.time >= TELLING && measured.growth >= MAX_GROWTH)
}

fn measure(parser: Parser, input: &'static str, make: Input) -> Measured {
    let time = |length| {
        let text = make(length);
        assert!(text.len() <= length, "{input} has {} bytes of {length}", text.len());
        quickest(|| parser(black_box(text.as_bytes())))
    };
    let (quarter, whole) = (time(LENGTH / 4), time(LENGTH));
    Measured { input, time: whole, growth: whole.as_secs_f64() / quarter.as_secs_f64() }
}

fn quickest(run: impl Fn()) -> Duration {
    let timed = || {
        let before = ThreadTime::now();
        run();
        before.elapsed()
    };
    (0..RUNS).map(|_| timed()).min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
