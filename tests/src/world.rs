//! A computer of its own for one test: display, session bus, key store, folders.

use std::{
    cell::Cell,
    fs,
    io::Write as _,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use tempfile::TempDir;

use crate::{
    App, AuthorizationUrl, Browser, handlers,
    process::{self, Process, bound},
    wait::until,
};

/// What the operating system offers to keep a key in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStore {
    /// A Secret Service with an unlocked default collection.
    Unlocked,
    /// Nobody answers for `org.freedesktop.secrets`, and nobody is started.
    Absent,
}

/// Ends everything that runs in it when it is dropped.
pub struct World {
    name: String,
    display: String,
    bus: String,
    /// In the order of their start.
    services: Vec<Process>,
    root: TempDir,
    /// How many of the opened pages were asked for.
    opened: Cell<usize>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A desktop with an unlocked key store.
    pub fn new() -> Self {
        Self::with(KeyStore::Unlocked)
    }

    pub fn with(key_store: KeyStore) -> Self {
        let root = tempfile::Builder::new().prefix("bobbin-").tempdir().unwrap();
        for folder in ["home", "data", "config", "cache", "state", "run", "tmp", "logs"] {
            // XDG_RUNTIME_DIR must be nobody else's.
            fs::DirBuilder::new().mode(0o700).create(root.path().join(folder)).unwrap();
        }
        let at = |name: &str| root.path().join(name);
        handlers::install(&at("data"), &at("config"), &at("opened-urls"));

        let mut screen = bound("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        let mut screen = Process::start(piped(screen), &at("logs"));
        let display = format!(":{}", screen.first_line());

        let (bus, address) = start_bus(root.path(), &display);
        let mut world = Self {
            name: test_name(),
            display,
            bus: address,
            services: vec![screen, bus],
            root,
            opened: Cell::new(0),
        };
        if key_store == KeyStore::Unlocked {
            let daemon = world.start_key_store();
            world.services.push(daemon);
        }
        world
    }

    /// Starts the application and waits for its first view.
    pub async fn app(&self) -> App {
        App::start(self).await
    }

    /// Starts Chromium on the page that the application asked for.
    pub async fn browser(&self, page: &AuthorizationUrl) -> Browser {
        Browser::start(self, page.url()).await
    }

    /// What the system does with a link that a person or a program opens.
    pub fn open_link(&self, url: &str) {
        let output = self.command("gio").args(["open", url]).output().expect("gio can be run");
        assert!(
            output.status.success(),
            "gio open {url} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The next page that the application opens in the browser, one after the other.
    pub async fn opened(&self) -> AuthorizationUrl {
        let nth = self.opened.replace(self.opened.get() + 1);
        let file = self.path("opened-urls");
        let what = format!("page {} to be opened in the browser", nth + 1);
        let url = until(&what, || fs::read_to_string(&file).ok()?.lines().nth(nth).map(str::to_owned)).await;
        AuthorizationUrl::parse(&url)
    }

    /// Every file below the folders that programs of this world write to, with its content.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        for folder in ["home", "data", "config", "cache", "state", "tmp", "logs"] {
            collect(&self.path(folder), &mut files);
        }
        files
    }

    /// The application's data folder.
    pub fn data_folder(&self) -> PathBuf {
        self.path("data/dev.bobbin.workbench")
    }

    /// A command that runs in this world and nowhere else.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = bound(program);
        set_environment(&mut command, self.root.path(), &self.display);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The test's name, as a file name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn start_key_store(&self) -> Process {
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut daemon = Process::start(daemon, &self.path("logs"));
        daemon.stdin().write_all(b"a password").unwrap();
        let waited = self
            .command("gdbus")
            .args(["wait", "--session", "--timeout", "15", "org.freedesktop.secrets"])
            .status()
            .expect("gdbus can be run");
        assert!(waited.success(), "the key store did not come up:\n{}", daemon.said());
        daemon
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            // What was on the display, whoever failed; only a help, so it may be missing.
            let shot = crate::page::screenshots().join(format!("{}-failed-display.png", self.name));
            let _ = self.command("import").args(["-window", "root"]).arg(shot).status();
            for (log, text) in
                self.files().into_iter().filter(|(path, _)| path.starts_with(self.path("logs")))
            {
                let text = String::from_utf8_lossy(&text);
                let last: Vec<_> = text.lines().rev().take(15).collect();
                let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
                for line in last.iter().rev() {
                    std::io::stderr().write_fmt(format_args!("{name}: {line}\n")).ok();
                }
            }
        }
        process::sweep(&mark(self.root.path()));
        // The display last, or the others complain.
        while self.services.pop().is_some() {}
    }
}

/// A session bus that starts no services of this computer, so that a test has what it started itself and no more.
fn start_bus(root: &Path, display: &str) -> (Process, String) {
    let config = root.join("bus.conf");
    let listen = root.join("run/bus");
    fs::write(
        &config,
        format!(
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n\
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
             <busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\n\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\n\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n",
            listen.display()
        ),
    )
    .unwrap();
    let mut daemon = bound("dbus-daemon");
    set_environment(&mut daemon, root, display);
    daemon.args(["--nofork", "--nopidfile", "--print-address=1", "--config-file"]).arg(config);
    let mut daemon = Process::start(piped(daemon), &root.join("logs"));
    let address = daemon.first_line();
    (daemon, address)
}

fn set_environment(command: &mut Command, root: &Path, display: &str) {
    let mark = mark(root);
    let (name, value) = mark.split_once('=').expect("the mark is a variable");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("DISPLAY", display)
        .env("HOME", root.join("home"))
        .env("TMPDIR", root.join("tmp"))
        .env("XDG_DATA_HOME", root.join("data"))
        .env("XDG_CONFIG_HOME", root.join("config"))
        .env("XDG_CACHE_HOME", root.join("cache"))
        .env("XDG_STATE_HOME", root.join("state"))
        .env("XDG_RUNTIME_DIR", root.join("run"))
        // xdg-open then asks gio, which understands what the app link's registration wrote.
        .env("XDG_CURRENT_DESKTOP", "GNOME")
        .env("GDK_BACKEND", "x11")
        .env("GSETTINGS_BACKEND", "memory")
        .env("NO_AT_BRIDGE", "1")
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env(name, value);
}

/// The variable by which everything of a world is known.
fn mark(root: &Path) -> String {
    format!("BOBBIN_TEST_WORLD={}", root.display())
}

fn piped(mut command: Command) -> Command {
    command.stdout(Stdio::piped());
    command
}

/// The running test's path, `sign_in::the_app_link_…`, as a file name.
fn test_name() -> String {
    thread::current().name().unwrap_or("test").replace("::", "-")
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), files),
            Ok(kind) if kind.is_file() => {
                files.push((entry.path(), fs::read(entry.path()).unwrap_or_default()));
            }
            _ => {}
        }
    }
}
