//! What every fuzz target does: a parser of the protocol, with arbitrary bytes, and how long it takes at most.

#[path = "../../crates/protocol/benches/parse/parsers.rs"]
mod parsers;

use std::sync::atomic::{AtomicU64, Ordering};

use cpu_time::ThreadTime;

static SLOWEST_US: AtomicU64 = AtomicU64::new(0);

/// Runs a parser; a new longest time is told as `slowest: 1234 us`, for `cargo xtask fuzz` to read.
pub fn parse(name: &str, bytes: &[u8]) {
    let (_, parser) =
        parsers::PARSERS.iter().find(|(known, _)| *known == name).expect("a parser of that name");
    let before = ThreadTime::now();
    parser(bytes);
    let took = u64::try_from(before.elapsed().as_micros()).unwrap_or(u64::MAX);
    if took > SLOWEST_US.fetch_max(took, Ordering::Relaxed) {
        eprintln!("slowest: {took} us");
    }
}
