//! What `cargo xtask fuzz` starts from, and whatever it once broke.

#[path = "../../benches/parse/parsers.rs"]
mod parsers;

use std::path::Path;

use self::parsers::PARSERS;

/// Each is given to every parser: what is hostile to one may be to another.
#[test]
fn every_kept_seed_is_read_by_every_parser_without_a_crash() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut seeds = 0;
    for target in std::fs::read_dir(folder).unwrap() {
        for seed in std::fs::read_dir(target.unwrap().path()).unwrap() {
            let seed = seed.unwrap().path();
            let bytes = std::fs::read(&seed).unwrap();
            seeds += 1;
            for (name, parser) in PARSERS {
                let read = std::panic::catch_unwind(|| parser(&bytes));
                assert!(read.is_ok(), "{name} breaks at {}", seed.display());
            }
        }
    }
    assert!(seeds >= 60, "{seeds} seeds were found, where 60 belong");
}
