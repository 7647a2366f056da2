//! A computer of its own for one test: display, session bus, key store, folders.

mod links;

use std::{
    cell::Cell,
    ffi::{OsStr, OsString},
    fs,
    io::Write as _,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use tempfile::TempDir;

use crate::{
    App, AuthorizationUrl, Browser,
    app::program,
    desktop::{Desktop, Manager},
    handlers,
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
    desktop: Desktop,
    display: String,
    /// The X display first, then what manages its windows.
    screen: Vec<Process>,
    bus: String,
    services: Vec<Process>,
    root: TempDir,
    /// Variables that differ from the usual ones; `None` removes one.
    variables: Vec<(&'static str, Option<OsString>)>,
    /// How many of the opened pages were asked for.
    opened: Cell<usize>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

const SETTINGS: &str = "[org/gnome/desktop/wm/preferences]\nbutton-layout='menu:minimize,maximize,close'\n";

/// The type of the links that Bobbin opens.
const APP_LINK: &str = "x-scheme-handler/dev.bobbin.workbench";

/// Where the tests run that are about something else: the window as it opens first fits on it.
const USUAL: Desktop = Desktop::new(Manager::Openbox, 1440, 900);

impl World {
    /// A usual desktop with an unlocked key store.
    pub fn new() -> Self {
        Self::make(KeyStore::Unlocked, USUAL)
    }

    pub fn with(key_store: KeyStore) -> Self {
        Self::make(key_store, USUAL)
    }

    pub fn on(desktop: Desktop) -> Self {
        Self::make(KeyStore::Unlocked, desktop)
    }

    fn make(key_store: KeyStore, desktop: Desktop) -> Self {
        let root = tempfile::Builder::new().prefix("bobbin-").tempdir().unwrap();
        for folder in ["home", "data", "config", "cache", "state", "run", "tmp", "logs", "system"] {
            // XDG_RUNTIME_DIR must be nobody else's.
            fs::DirBuilder::new().mode(0o700).create(root.path().join(folder)).unwrap();
        }
        let at = |name: &str| root.path().join(name);
        handlers::install(&at("data"), &at("config"), &at("opened-urls"));
        // Windows that draw their own title bar have no button to minimize them otherwise.
        let settings = at("config/glib-2.0/settings");
        fs::create_dir_all(&settings).unwrap();
        fs::write(settings.join("keyfile"), SETTINGS).unwrap();

        let (screen, display) = start_screen(desktop, &at("logs"));
        let (bus, address) = start_bus(root.path());
        let mut world = Self {
            name: test_name(),
            desktop,
            display,
            screen: vec![screen],
            bus: address,
            services: vec![bus],
            root,
            variables: Vec::new(),
            opened: Cell::new(0),
        };
        world.manage_screen();
        if key_store == KeyStore::Unlocked {
            let daemon = world.start_key_store();
            world.services.push(daemon);
        }
        world
    }

    fn manage_screen(&mut self) {
        let managers = self.desktop.start(self);
        self.screen.extend(managers);
        self.desktop.wait(self);
    }

    /// Puts another screen in the place of this one, as when a laptop leaves its dock; every window must be closed.
    pub fn change_screen(&mut self, desktop: Desktop) {
        self.close_screen();
        let (screen, display) = start_screen(desktop, &self.path("logs"));
        (self.desktop, self.display) = (desktop, display);
        self.screen.push(screen);
        self.manage_screen();
    }

    /// Puts another session bus in the place of this one, with the same key store on it.
    pub fn change_bus(&mut self) {
        let services = self.services.len();
        // The bus last, as it was the first.
        while self.services.pop().is_some() {}
        let _ = fs::remove_file(self.path("run/bus"));
        let (bus, address) = start_bus(self.root.path());
        (self.services, self.bus) = (vec![bus], address);
        if services > 1 {
            let daemon = self.start_key_store();
            self.services.push(daemon);
        }
    }

    /// The display last, or the others complain.
    fn close_screen(&mut self) {
        while self.screen.pop().is_some() {}
    }

    /// Starts the application and waits for its first view.
    pub async fn app(&self) -> App {
        self.app_with(&[]).await
    }

    /// The same, with arguments.
    pub async fn app_with(&self, arguments: &[&str]) -> App {
        App::start(self, &program(), arguments).await
    }

    /// The same for a program that lies elsewhere.
    pub async fn app_at(&self, program: &Path) -> App {
        App::start(self, program, &[]).await
    }

    /// The application as a terminal starts it, where no window is expected or looked at.
    pub fn bobbin(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(program());
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Gives every program that is started from now on another value of a variable.
    pub fn set(&mut self, name: &'static str, value: impl AsRef<OsStr>) {
        self.variables.push((name, Some(value.as_ref().to_owned())));
    }

    /// Takes a variable from every program that is started from now on.
    pub fn unset(&mut self, name: &'static str) {
        self.variables.push((name, None));
    }

    /// Starts Chromium on the page that the application asked for.
    pub async fn browser(&self, page: &AuthorizationUrl) -> Browser {
        Browser::start(self, page.url()).await
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

    /// Runs a program to its end and gives what it wrote.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).stdout(Stdio::piped()).output();
        let output = output.unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The folder with the person's own desktop entries.
    pub fn applications(&self) -> PathBuf {
        self.path("data/applications")
    }

    /// A folder of `XDG_DATA_DIRS`, where packages install.
    pub fn system_folder(&self) -> PathBuf {
        self.path("system")
    }

    /// The application's data folder.
    pub fn data_folder(&self) -> PathBuf {
        self.path("data/dev.bobbin.workbench")
    }

    /// What the application wrote about itself.
    pub fn log(&self) -> PathBuf {
        self.data_folder().join("logs/bobbin.log")
    }

    /// A command that runs in this world and nowhere else.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = self.on_display(program);
        self.desktop.point(&mut command, self);
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// A command that runs on the X display itself, below a compositor that is nested in it.
    pub(crate) fn on_display(&self, program: impl AsRef<Path>) -> Command {
        let mut command = bound(program);
        self.set_environment(&mut command);
        command
    }

    pub(crate) fn set_environment(&self, command: &mut Command) {
        set_environment(command, self.root.path());
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
    }

    /// Waits until somebody answers for that name on the session bus.
    pub fn wait_for_service(&self, name: &str) {
        let wait = ["wait", "--session", "--timeout", "30", name];
        let waited = self.on_display("gdbus").args(wait).status().expect("gdbus can be run");
        assert!(waited.success(), "{name} did not come up");
    }

    pub fn desktop(&self) -> Desktop {
        self.desktop
    }

    /// A file or folder of this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The variable by which everything of this world is known.
    pub(crate) fn mark(&self) -> String {
        mark(self.root.path())
    }

    /// The test's name, as a file name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn start_key_store(&self) -> Process {
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut daemon = Process::start(&mut daemon, &self.path("logs"));
        daemon.stdin().write_all(b"a password").unwrap();
        self.wait_for_service("org.freedesktop.secrets");
        daemon
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            // What was on the display, whoever failed; only a help, so it may be missing.
            let shot = crate::page::screenshots().join(format!("{}-failed-display.png", self.name));
            let _ = self.on_display("import").args(["-window", "root"]).arg(shot).status();
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
        process::sweep(&self.mark());
        self.close_screen();
    }
}

/// An X display; gives its name too.
fn start_screen(desktop: Desktop, logs: &Path) -> (Process, String) {
    let mut screen = bound("Xvfb");
    let size = format!("{}x{}x24", desktop.width, desktop.height);
    screen.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"]);
    let mut screen = Process::start(screen.stdout(Stdio::piped()), logs);
    let display = format!(":{}", screen.first_line());
    (screen, display)
}

/// A session bus that starts no services of this computer, so that a test has what it started itself and no more.
fn start_bus(root: &Path) -> (Process, String) {
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
    set_environment(&mut daemon, root);
    daemon.args(["--nofork", "--nopidfile", "--print-address=1", "--config-file"]).arg(config);
    let mut daemon = Process::start(daemon.stdout(Stdio::piped()), &root.join("logs"));
    let address = daemon.first_line();
    (daemon, address)
}

/// Without XDG_CURRENT_DESKTOP: `xdg-open` then has no desktop's opener to leave a link to.
fn set_environment(command: &mut Command, root: &Path) {
    let mark = mark(root);
    let (name, value) = mark.split_once('=').expect("the mark is a variable");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("HOME", root.join("home"))
        .env("TMPDIR", root.join("tmp"))
        .env("XDG_DATA_HOME", root.join("data"))
        .env("XDG_CONFIG_HOME", root.join("config"))
        .env("XDG_CACHE_HOME", root.join("cache"))
        .env("XDG_STATE_HOME", root.join("state"))
        .env("XDG_RUNTIME_DIR", root.join("run"))
        // What packages install, here in the test's own folder before this computer's.
        .env("XDG_DATA_DIRS", format!("{}:/usr/local/share:/usr/share", root.join("system").display()))
        .env("GSETTINGS_BACKEND", "keyfile")
        .env("NO_AT_BRIDGE", "1")
        .env(name, value);
}

/// The variable by which everything of a world is known.
fn mark(root: &Path) -> String {
    format!("BOBBIN_TEST_WORLD={}", root.display())
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
