//! Cargo's own tools that the commands need.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::command::{cargo, find, run};
use crate::workspace::target;

/// A cargo tool: the one on the search path, or ours, installed under the target folder when first needed.
pub(crate) fn tool(name: &str, version: &str, features: &str) -> Result<PathBuf> {
    if let Some(installed) = find(name) {
        return Ok(installed);
    }
    let tools = target()?.join("tools").join(version);
    let binary = tools.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !binary.is_file() {
        eprintln!("{name} is missing; it is installed once, which takes a minute.");
        let build = tools.join("build");
        // Unoptimised: it is compiled far sooner, and is quick enough here.
        let mut install = cargo(&format!("install --quiet --locked --debug {features} {name}@{version}"));
        install.arg("--root").arg(&tools).env("CARGO_TARGET_DIR", &build);
        run(&mut install).with_context(|| format!("{name} could not be installed"))?;
        std::fs::remove_dir_all(&build)?;
    }
    Ok(binary)
}
