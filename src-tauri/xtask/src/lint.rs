//! `cargo xtask lint`: everything that can be judged without running the application.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::command::{EVERYTHING, cargo, npm, program, read, succeeds};
use crate::tools::tool;
use crate::workspace::{root, ui};
use crate::{app, page};

/// Whether nothing was found. Every check runs, so that one run shows all there is to fix.
pub(crate) fn run() -> Result<bool> {
    app::ensure_system()?;
    page::install(&ui())?;
    page::stub()?;
    let checks: [(&str, &dyn Fn() -> Result<bool>); 8] = [
        ("formatting", &|| succeeds(&mut cargo("fmt --all --check"))),
        ("formatting of the fuzz targets", &|| {
            succeeds(&mut cargo("fmt --manifest-path src-tauri/fuzz/Cargo.toml --check"))
        }),
        ("Rust lints", &|| {
            succeeds(&mut cargo(&format!("clippy {EVERYTHING} --all-targets -- --deny warnings")))
        }),
        ("the page's lints", &|| succeeds(&mut npm("run lint"))),
        ("the page's types", &|| succeeds(&mut npm("run check"))),
        // Advisories come from a git host that may be out of reach: the workflow asks for them.
        ("dependencies", &|| {
            let mut deny = program(tool("cargo-deny", "0.20.2", "--no-default-features")?);
            succeeds(deny.args(["check", "bans", "licenses", "sources"]))
        }),
        ("unused dependencies", &|| {
            let mut machete = program(tool("cargo-machete", "0.9.2", "")?);
            succeeds(machete.args(["--skip-target-dir", "."]))
        }),
        ("file lengths", &file_lengths),
    ];
    let mut found = Vec::new();
    let mut times = Vec::new();
    for (name, check) in checks {
        let began = Instant::now();
        let outcome = check();
        times.push(format!("{name}: {} s", began.elapsed().as_secs()));
        match outcome {
            Ok(true) => {}
            Ok(false) => found.push(name.to_owned()),
            Err(error) => found.push(format!("{name} ({error:#})")),
        }
    }
    println!("\n{}", times.join("\n"));
    if found.is_empty() {
        println!("Nothing to fix.");
    } else {
        eprintln!("To fix: {}", found.join(", "));
    }
    Ok(found.is_empty())
}

/// Past this length a file has more than one subject.
const MAX_LINES: usize = 400;

fn file_lengths() -> Result<bool> {
    let mut list = program("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let list = read(&mut list).context("the files could not be listed with git")?;
    let mut short_enough = true;
    for name in list.lines().filter(|name| is_written_by_hand(Path::new(name))) {
        // A file that was deleted and not yet committed is still listed.
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        let lines = text.lines().count();
        if lines > MAX_LINES {
            eprintln!("{name} has {lines} lines; at most {MAX_LINES} are allowed");
            short_enough = false;
        }
    }
    Ok(short_enough)
}

fn is_written_by_hand(path: &Path) -> bool {
    let kinds = ["rs", "ts", "svelte", "js", "css", "html", "toml", "graphql", "sql", "md", "yml"];
    let kind = path.extension().unwrap_or_default();
    kinds.iter().any(|known| kind == *known) && !path.starts_with("ui/src/ipc/generated")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_judged_where_a_person_wrote() {
        assert!(is_written_by_hand(Path::new("src-tauri/src/lib.rs")));
        assert!(is_written_by_hand(Path::new("ui/src/views/Session.svelte")));
        assert!(!is_written_by_hand(Path::new("Cargo.lock")));
        assert!(!is_written_by_hand(Path::new("ui/package-lock.json")));
        assert!(!is_written_by_hand(Path::new("ui/src/ipc/generated/Overview.ts")));
    }
}
