//! Running other programs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace;

/// A program to be run at the repository's root.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace::root());
    command
}

/// The cargo that runs us, with these words.
pub(crate) fn cargo(words: &str) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_ourselves(&mut command);
    command.args(words.split_whitespace());
    if let Ok(target) = workspace::target() {
        command.env("CARGO_TARGET_DIR", target);
    }
    command
}

/// The choice of packages and features that every test shares, so that nothing is compiled twice.
pub(crate) const EVERYTHING: &str = "--workspace --features custom-protocol";

/// What cargo told *us* about ourselves would make other packages look changed.
pub(crate) fn forget_ourselves(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
}

/// Builds with cargo, given by these words, and gives the program of the target `name` among what was built.
pub(crate) fn build_program(words: &str, name: &str) -> Result<PathBuf> {
    let mut compile = cargo(&format!("{words} --message-format json-render-diagnostics"));
    announce(&compile);
    let output =
        compile.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("{name} could not be built");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours = artifacts.filter(|artifact| artifact["target"]["name"] == name);
    let mut programs = ours.filter_map(|artifact| Some(PathBuf::from(artifact["executable"].as_str()?)));
    programs.next_back().with_context(|| format!("cargo named no program {name}"))
}

/// npm in the page's folder.
pub(crate) fn npm(words: &str) -> Command {
    let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(workspace::ui()).args(words.split_whitespace());
    command
}

/// Says what is being run, as a person would type it.
pub(crate) fn announce(command: &Command) {
    let words = command.get_args().map(|word| word.to_string_lossy());
    let name = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy();
    let line = std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ");
    eprintln!("$ {line}");
}

/// Runs a command and shows its output; whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    announce(command);
    let status = command.status().with_context(|| cannot_start(command))?;
    Ok(status.success())
}

/// Runs a command and shows its output; a failure is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} ended with {status}", command.get_program().to_string_lossy());
    }
    Ok(())
}

/// Runs a command quietly; its standard output when it succeeded.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command, shows its output as it comes, and returns it with whether it succeeded.
pub(crate) fn tee(command: &mut Command) -> Result<(bool, String)> {
    announce(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let mut text = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context("cannot read the output")?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok((child.wait()?.success(), text))
}

/// The first of a program's places on the search path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().to_string_lossy())
}
