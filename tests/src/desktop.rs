//! The desktops on which a world can be: a window manager on X11, or a Wayland compositor.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{process::Process, wait::until_now, world::World};

/// What places the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    Openbox,
    Xfwm4,
    I3,
    MutterX11,
    /// Nested in an X display, as [`Manager::Weston`] and [`Manager::Sway`] are.
    Mutter,
    Weston,
    Sway,
    /// Draws into memory and has neither pointer nor keyboard.
    WestonHeadless,
}

/// A window manager on a screen of a size.
#[derive(Debug, Clone, Copy)]
pub struct Desktop {
    pub manager: Manager,
    pub width: u32,
    pub height: u32,
}

/// The Wayland socket of the nested compositors; sway chooses its own name.
const SOCKET: &str = "wayland-bobbin";

/// Keys for what a person does in a tiling window manager; i3 and sway read the same.
const TILING: &str = "focus_follows_mouse no
default_border none
bindsym Mod1+1 workspace 1
bindsym Mod1+2 workspace 2
bindsym Mod1+f floating toggle
bindsym Mod1+s resize set 900 px 600 px
";

impl Manager {
    pub fn is_wayland(self) -> bool {
        matches!(self, Self::Mutter | Self::Weston | Self::Sway | Self::WestonHeadless)
    }

    pub fn is_tiling(self) -> bool {
        matches!(self, Self::I3 | Self::Sway)
    }
}

impl Desktop {
    pub const fn new(manager: Manager, width: u32, height: u32) -> Self {
        Self { manager, width, height }
    }

    /// Starts it on the world's display and waits until it manages windows.
    pub(crate) fn start(self, world: &World) -> Vec<Process> {
        let Self { manager, width, height } = self;
        let size = [format!("--width={width}"), format!("--height={height}")];
        let run = |command: &mut Command| Process::start(command, &world.path("logs"));
        match manager {
            Manager::Openbox => vec![run(&mut world.on_display("openbox"))],
            Manager::Xfwm4 => {
                let settings = run(&mut world.on_display(xfconfd()));
                world.wait_for_service("org.xfce.Xfconf");
                vec![settings, run(world.on_display("xfwm4").arg("--compositor=off"))]
            }
            Manager::I3 => vec![run(world.on_display("i3").arg("-c").arg(tiling(world, "")))],
            Manager::MutterX11 => vec![run(world.on_display("mutter").args(["--x11", "--sm-disable"]))],
            Manager::Mutter => vec![run(world
                .on_display("mutter")
                .args(["--wayland", "--nested", "--no-x11", "--wayland-display", SOCKET])
                .env("MUTTER_DEBUG_DUMMY_MODE_SPECS", format!("{width}x{height}")))],
            Manager::Weston => vec![run(world
                .on_display("weston")
                .args(["--backend=x11-backend.so", "--use-pixman", "--idle-time=0", "--socket", SOCKET])
                .args(size))],
            // Its pictures are given to nobody without --debug.
            Manager::WestonHeadless => vec![run(world
                .on_display("weston")
                .args(["--backend=headless-backend.so", "--use-pixman", "--debug", "--idle-time=0"])
                .args(["--socket", SOCKET])
                .args(size))],
            Manager::Sway => {
                let config = tiling(world, &format!("output X11-1 resolution {width}x{height}\n"));
                vec![run(&mut sway(world, &config))]
            }
        }
    }

    /// Waits until windows are managed.
    pub(crate) fn wait(self, world: &World) {
        if self.manager.is_wayland() {
            let socket = self.socket(world);
            until_now("the compositor to listen", || socket.exists().then_some(()));
            if self.manager == Manager::Mutter {
                // Nested, it passes on the pointer's way only after a button was pressed once.
                let click = ["mousemove", "9", "9", "sleep", "0.3", "click", "1"];
                let _ = world.on_display("xdotool").args(click).status();
            }
            return;
        }
        until_now("the window manager to manage the display", || {
            let asked = world
                .on_display("xprop")
                .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
                .stdout(Stdio::piped())
                .output()
                .ok()?;
            String::from_utf8_lossy(&asked.stdout).contains("window id").then_some(())
        });
    }

    /// Tells a program where its windows are to appear.
    pub(crate) fn point(self, command: &mut Command, world: &World) {
        if self.manager.is_wayland() {
            command
                .env_remove("DISPLAY")
                .env("GDK_BACKEND", "wayland")
                .env("WAYLAND_DISPLAY", self.socket(world));
        } else {
            command.env("GDK_BACKEND", "x11");
        }
    }

    fn socket(self, world: &World) -> PathBuf {
        match self.manager {
            Manager::Sway => sway_folder(world).join("wayland-1"),
            _ => world.path("run").join(SOCKET),
        }
    }
}

/// The program is in no search path; its service file names it.
fn xfconfd() -> String {
    let service = "/usr/share/dbus-1/services/org.xfce.Xfconf.service";
    let text = fs::read_to_string(service).unwrap_or_else(|error| panic!("{service}: {error}"));
    let program = text.lines().find_map(|line| line.strip_prefix("Exec="));
    program.unwrap_or_else(|| panic!("{service} names no program")).to_owned()
}

fn tiling(world: &World, more: &str) -> PathBuf {
    let file = world.path("tiling.conf");
    fs::write(&file, format!("{TILING}{more}")).unwrap();
    file
}

/// Its sockets are in a folder of the user that it runs as.
fn sway_folder(world: &World) -> PathBuf {
    world.path("sway")
}

/// It refuses to run as root, and then runs as nobody.
fn sway(world: &World, config: &Path) -> Command {
    let folder = sway_folder(world);
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let mut command = if rustix::process::geteuid().is_root() {
        const NOBODY: u32 = 65534;
        chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        let root = folder.parent().unwrap();
        fs::set_permissions(root, fs::Permissions::from_mode(0o711)).unwrap();
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).args(nobody).args(["--", "sway"]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        world.set_environment(&mut command);
        command
    } else {
        world.on_display("sway")
    };
    command.env("XDG_RUNTIME_DIR", &folder).env("HOME", &folder);
    command.env("WLR_BACKENDS", "x11").env("WLR_RENDERER", "pixman");
    command.arg("--config").arg(config);
    command
}
