//! A desktop of its own for one run: a display, a session bus, a key store, a home.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

/// A program that ends with us, and when it is dropped.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self(child))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// The first line that it writes.
    fn first_line(&mut self) -> Result<String> {
        let mut line = String::new();
        let output = self.0.stdout.as_mut().context("the output is not read")?;
        BufReader::new(output).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("it ended before it was ready");
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end or to wait for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) struct Desktop {
    home: PathBuf,
    display: String,
    bus: String,
    /// In the order in which they must end.
    _programs: [Running; 3],
}

impl Desktop {
    pub(crate) fn start(home: &Path) -> Result<Self> {
        let runtime = home.join("runtime");
        std::fs::create_dir_all(&runtime)?;
        only_for_us(&runtime)?;
        let quiet = |name: &str| {
            let mut command = Command::new(name);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
            command
        };

        let mut screen = quiet("Xvfb");
        screen.args("-displayfd 1 -screen 0 1280x800x24 -nolisten tcp".split(' '));
        let mut screen = Running::start(&mut screen)?;
        let display = format!(":{}", screen.first_line().context("Xvfb gave no display")?);

        let mut bus = quiet("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address"]);
        set_home(&mut bus, home, &display);
        let mut bus = Running::start(&mut bus)?;
        let address = bus.first_line().context("dbus-daemon gave no address")?;

        let mut keys = quiet("gnome-keyring-daemon");
        keys.args(["--foreground", "--unlock", "--components=secrets"]);
        set_home(&mut keys, home, &display);
        keys.env("DBUS_SESSION_BUS_ADDRESS", &address).stdin(Stdio::piped());
        let mut keys = Running::start(&mut keys)?;
        if let Some(mut password) = keys.0.stdin.take() {
            password.write_all(b"bench")?;
        }
        let mut wait = quiet("gdbus");
        wait.args("wait --session --timeout 15 org.freedesktop.secrets".split(' '));
        if !wait.env("DBUS_SESSION_BUS_ADDRESS", &address).status()?.success() {
            bail!("gnome-keyring-daemon did not start");
        }

        let home = home.to_owned();
        Ok(Self { home, display, bus: address, _programs: [keys, bus, screen] })
    }

    /// A program that is to run on this desktop.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        set_home(&mut command, &self.home, &self.display);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            // The measurement says whether it is set.
            .env_remove("WEBKIT_DISABLE_DMABUF_RENDERER")
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

fn set_home(command: &mut Command, home: &Path, display: &str) {
    command
        .env_remove("WAYLAND_DISPLAY")
        .env("DISPLAY", display)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_RUNTIME_DIR", home.join("runtime"));
}

/// A runtime folder that others may read is refused by those who use it.
#[cfg(unix)]
fn only_for_us(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn only_for_us(_: &Path) -> Result<()> {
    Ok(())
}
