//! A session bus of a test's own, with GNOME Keyring behind the Secret Service.
//!
//! A test that needs one runs itself again inside `dbus-run-session`, with its own home.
#![allow(unreachable_pub, reason = "a module of several test programs")]
#![allow(dead_code, reason = "each test program uses its part")]

use std::{
    fs,
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The system's, whose packages have dbusmock.
const PYTHON: &str = "/usr/bin/python3";
const KEYRING: &str = "org.freedesktop.secrets";
/// What GNOME Keyring asks to show its prompts.
const PROMPTER: &str = "org.gnome.keyring.SystemPrompter";

/// Set to the test's folder inside the session bus.
pub const FOLDER: &str = "BOBBIN_KEY_STORE_TEST_FOLDER";

/// Runs `test` again with a session bus; inside, gives its folder. Outside, checks that it succeeded there.
pub fn on_session_bus(test: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    for private in ["home", "run"] {
        fs::create_dir(folder.path().join(private)).unwrap();
        set_private(&folder.path().join(private));
    }
    // Not pipes: a keyring that the bus started may live on, and would hold them open.
    let log = |name: &str| fs::File::create(folder.path().join(name)).unwrap();
    let mut session = Command::new("dbus-run-session")
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_CONFIG_HOME")
        .env("HOME", folder.path().join("home"))
        .env("XDG_DATA_HOME", folder.path().join("home"))
        .env("XDG_RUNTIME_DIR", folder.path().join("run"))
        .env(FOLDER, folder.path())
        .stdout(log("stdout"))
        .stderr(log("stderr"))
        .process_group(0)
        .spawn()
        .expect("dbus-run-session is needed: apt-get install dbus gnome-keyring");
    let group = format!("-{}", session.id());
    let status = session.wait().unwrap();
    // It fails where nothing of the session lives on.
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let said = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(status.success(), "{}\n{}", said("stdout"), said("stderr"));
    assert!(said("stdout").contains("1 passed"), "{test} did not run on its session bus");
    None
}

fn set_private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

/// GNOME Keyring on this session's bus, ended when dropped.
pub struct Keyring(Child);

impl Keyring {
    pub fn unlocked() -> Self {
        Self::start(&["--unlock"])
    }

    /// As after a login that did not unlock it.
    pub fn locked() -> Self {
        Self::start(&[])
    }

    fn start(options: &[&str]) -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon is needed: apt-get install gnome-keyring");
        daemon.stdin.take().unwrap().write_all(b"password\n").unwrap();
        let keyring = Self(daemon);
        wait_until_owned(KEYRING, true);
        keyring
    }

    /// Unlocks the one that runs, as another program does.
    pub fn unlock() {
        const SCRIPT: &str = "
import dbus
service = dbus.SessionBus().get_object('org.freedesktop.secrets', '/org/freedesktop/secrets')
plain = dbus.String('', variant_level=1)
session = service.OpenSession('plain', plain, dbus_interface='org.freedesktop.Secret.Service')[1]
secret = (session, dbus.ByteArray(b''), dbus.ByteArray(b'password\\n'), 'text/plain')
service.UnlockWithMasterPassword(
    dbus.ObjectPath('/org/freedesktop/secrets/collection/login'),
    dbus.Struct(secret, signature='oayays'),
    dbus_interface='org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface',
)
";
        assert!(Command::new(PYTHON).args(["-c", SCRIPT]).status().unwrap().success());
    }

    pub fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        wait_until_owned(KEYRING, false);
    }
}

/// Asks the bus and not the service: that would start a second keyring by D-Bus activation.
fn wait_until_owned(name: &str, wanted: bool) {
    let began = Instant::now();
    loop {
        let reply = Command::new("dbus-send")
            .args([
                "--session",
                "--print-reply=literal",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
            ])
            .args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")])
            .output()
            .unwrap();
        if String::from_utf8_lossy(&reply.stdout).contains("true") == wanted {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{name} did not come up or go");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Takes the place of who shows the keyring's prompts, and shows none: as one that nobody answers.
pub struct SilentPrompter(Child);

impl SilentPrompter {
    pub fn start() -> Self {
        const PATH: &str = "/org/gnome/keyring/Prompter";
        const INTERFACE: &str = "org.gnome.keyring.internal.Prompter";
        let mock = Command::new(PYTHON)
            .args(["-m", "dbusmock", "--session", PROMPTER, PATH, INTERFACE])
            .stdout(Stdio::null())
            .spawn()
            .expect("dbusmock is needed: apt-get install python3-dbusmock");
        let prompter = Self(mock);
        wait_until_owned(PROMPTER, true);
        for (method, arguments) in
            [("BeginPrompting", "o"), ("PerformPrompt", "osa{sv}s"), ("StopPrompting", "o")]
        {
            let added = Command::new("dbus-send")
                .args(["--session", "--print-reply", &format!("--dest={PROMPTER}"), PATH])
                .arg("org.freedesktop.DBus.Mock.AddMethod")
                .args([INTERFACE, method, arguments, "", ""].map(|argument| format!("string:{argument}")))
                .stdout(Stdio::null())
                .status()
                .unwrap();
            assert!(added.success());
        }
        prompter
    }
}

impl Drop for SilentPrompter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
