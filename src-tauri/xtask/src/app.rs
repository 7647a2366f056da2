//! `cargo xtask run`: from a fresh clone to an open window.

use std::env::{consts::OS, var_os};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, find, program, read, succeeds};
use crate::workspace::binary;
use crate::{needs, packages, page};

pub(crate) fn run() -> Result<()> {
    can_show_a_window()?;
    ensure_system()?;
    page::build()?;
    let mut build = cargo("build --release --package bobbin --features custom-protocol");
    if !succeeds(&mut build)? {
        bail!("the application could not be built: {}", why_not());
    }
    start(Command::new(binary("release")?))
}

/// A build without its crates is a matter of the network, and one with them is a matter of the code.
fn why_not() -> &'static str {
    let version = read(&mut cargo("--version --verbose")).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    if read(cargo("fetch --offline --locked --target").arg(host)).is_some() {
        "what the compiler says is above"
    } else {
        "not all crates are here, and their registry could not be reached. \
         Check the network and the proxy (HTTPS_PROXY); the next run goes on from here"
    }
}

/// What the system must bring to build and run the application.
pub(crate) fn ensure_system() -> Result<()> {
    match OS {
        "macos" if read(program("xcode-select").arg("--print-path")).is_none() => {
            bail!("Apple's command line tools are missing; install them with: xcode-select --install")
        }
        // The compiler that Rust links with comes with Rust's own set-up; the web view since Windows 11.
        "macos" | "windows" => Ok(()),
        _ => packages::ensure(needs::RUN),
    }
}

/// Said before the long build, not after it.
fn can_show_a_window() -> Result<()> {
    if matches!(OS, "macos" | "windows") {
        return Ok(());
    }
    if var_os("DISPLAY").is_none() && var_os("WAYLAND_DISPLAY").is_none() {
        bail!(
            "there is no display to open a window on (neither WAYLAND_DISPLAY nor DISPLAY is set).\n\
             Run this from a desktop session; without a screen: xvfb-run -a dbus-run-session -- cargo xtask run"
        );
    }
    let runtime_bus =
        var_os("XDG_RUNTIME_DIR").is_some_and(|dir| std::path::Path::new(&dir).join("bus").exists());
    if var_os("DBUS_SESSION_BUS_ADDRESS").is_none() && !runtime_bus {
        let hint = if find("dbus-run-session").is_some() {
            " Better: dbus-run-session -- cargo xtask run"
        } else {
            ""
        };
        eprintln!(
            "There is no session bus: the app link cannot reach the open window, and no key store is there.{hint}"
        );
    }
    Ok(())
}

/// Becomes the application, so that signals and the exit code are its own.
#[cfg(unix)]
fn start(mut app: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(app.exec()).context("the application could not be started")
}

#[cfg(not(unix))]
fn start(mut app: Command) -> Result<()> {
    let status = app.status().context("the application could not be started")?;
    std::process::exit(status.code().unwrap_or(1));
}
