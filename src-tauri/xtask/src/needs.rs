//! What the system must have, why, and which package of each distribution brings it.

use crate::command::{find, program, read};

/// One thing that building, running or testing needs from the system.
#[derive(Debug)]
pub(crate) struct Need {
    probe: Probe,
    /// Completes the sentence "… is missing: it …".
    pub(crate) why: &'static str,
    pub(crate) debian: &'static str,
    pub(crate) fedora: &'static str,
    pub(crate) arch: &'static str,
}

/// How to see that the thing is there. The thing itself is looked for, not its package:
/// it may have come another way.
#[derive(Debug, Clone, Copy)]
enum Probe {
    Program(&'static str),
    /// A library with its headers, by its pkg-config name.
    Library(&'static str),
    Font(&'static str),
    /// A module of the system's own Python.
    PythonModule(&'static str),
}

impl Need {
    pub(crate) fn is_met(&self) -> bool {
        match self.probe {
            Probe::Program(name) => find(name).is_some(),
            Probe::Library(name) => read(program("pkg-config").args(["--exists", name])).is_some(),
            Probe::Font(name) => read(program("fc-match").args(["--format=%{family}", name]))
                .is_some_and(|family| family.contains(name)),
            Probe::PythonModule(name) => {
                read(program("/usr/bin/python3").args(["-c", &format!("import {name}")])).is_some()
            }
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.probe {
            Probe::Program(name) | Probe::Library(name) | Probe::Font(name) | Probe::PythonModule(name) => {
                name
            }
        }
    }
}

/// To build and run the application on Linux.
pub(crate) const RUN: &[Need] = &[
    Need {
        probe: Probe::Program("cc"),
        why: "compiles SQLite and the cryptography",
        debian: "build-essential",
        fedora: "gcc gcc-c++ make",
        arch: "base-devel",
    },
    Need {
        probe: Probe::Program("pkg-config"),
        why: "finds the libraries to build against",
        debian: "pkg-config",
        fedora: "pkgconf-pkg-config",
        arch: "pkgconf",
    },
    Need {
        probe: Probe::Library("webkit2gtk-4.1"),
        why: "draws the window's page",
        debian: "libwebkit2gtk-4.1-dev",
        fedora: "webkit2gtk4.1-devel",
        arch: "webkit2gtk-4.1",
    },
    Need {
        probe: Probe::Library("dbus-1"),
        why: "reaches the desktop's session bus",
        debian: "libdbus-1-dev",
        fedora: "dbus-devel",
        arch: "dbus",
    },
    Need {
        probe: Probe::Program("xdg-mime"),
        why: "registers the app link",
        debian: "xdg-utils",
        fedora: "xdg-utils",
        arch: "xdg-utils",
    },
    Need {
        probe: Probe::Program("update-desktop-database"),
        why: "lets the desktop find who opens the app link",
        debian: "desktop-file-utils",
        fedora: "desktop-file-utils",
        arch: "desktop-file-utils",
    },
];

/// What the tests of the real window need beside [`RUN`].
pub(crate) const TEST: &[Need] = &[
    Need {
        probe: Probe::Program("Xvfb"),
        why: "gives each test a display of its own",
        debian: "xvfb",
        fedora: "xorg-x11-server-Xvfb",
        arch: "xorg-server-xvfb",
    },
    Need {
        probe: Probe::Program("ip"),
        why: "gives each test a network of its own",
        debian: "iproute2",
        fedora: "iproute",
        arch: "iproute2",
    },
    Need {
        probe: Probe::Program("openbox"),
        why: "is the window manager that the tests run under",
        debian: "openbox",
        fedora: "openbox",
        arch: "openbox",
    },
    Need {
        probe: Probe::Program("xprop"),
        why: "sees that the window manager is there",
        debian: "x11-utils",
        fedora: "xprop",
        arch: "xorg-xprop",
    },
    Need {
        probe: Probe::Program("xdotool"),
        why: "is the hand that clicks and types on a display",
        debian: "xdotool",
        fedora: "xdotool",
        arch: "xdotool",
    },
    Need {
        probe: Probe::Program("xclip"),
        why: "reads what was copied",
        debian: "xclip",
        fedora: "xclip",
        arch: "xclip",
    },
    Need {
        probe: Probe::Program("import"),
        why: "takes pictures of a display",
        debian: "imagemagick",
        fedora: "ImageMagick",
        arch: "imagemagick",
    },
    Need {
        probe: Probe::Program("xfwm4"),
        why: "is Xfce's window manager",
        debian: "xfwm4",
        fedora: "xfwm4",
        arch: "xfwm4",
    },
    Need {
        probe: Probe::Program("xfconf-query"),
        why: "keeps the settings of Xfce's window manager",
        debian: "xfconf",
        fedora: "xfconf",
        arch: "xfconf",
    },
    Need {
        probe: Probe::Program("i3"),
        why: "is a tiling window manager",
        debian: "i3-wm",
        fedora: "i3",
        arch: "i3-wm",
    },
    Need {
        probe: Probe::Program("mutter"),
        why: "is GNOME's window manager, on X11 and Wayland",
        debian: "mutter",
        fedora: "mutter",
        arch: "mutter",
    },
    Need {
        probe: Probe::Program("weston"),
        why: "is a Wayland compositor",
        debian: "weston",
        fedora: "weston",
        arch: "weston",
    },
    Need {
        probe: Probe::Program("sway"),
        why: "is a tiling Wayland compositor",
        debian: "sway",
        fedora: "sway",
        arch: "sway",
    },
    Need {
        probe: Probe::Program("dbus-daemon"),
        why: "gives each test a session bus of its own",
        debian: "dbus",
        fedora: "dbus-daemon",
        arch: "dbus",
    },
    Need {
        probe: Probe::Program("gnome-keyring-daemon"),
        why: "is the key store that the tests unlock",
        debian: "gnome-keyring",
        fedora: "gnome-keyring",
        arch: "gnome-keyring",
    },
    Need {
        probe: Probe::PythonModule("dbusmock"),
        why: "stands in for who shows the key store's prompts",
        debian: "python3-dbusmock",
        fedora: "python3-dbusmock",
        arch: "python-dbusmock",
    },
    Need {
        probe: Probe::Program("WebKitWebDriver"),
        why: "drives the application's window",
        debian: "webkit2gtk-driver",
        fedora: "/usr/bin/WebKitWebDriver",
        arch: "webkitgtk-6.0",
    },
    Need {
        probe: Probe::Program("chromium"),
        why: "is the browser in which the tests sign in",
        debian: "chromium",
        fedora: "chromium",
        arch: "chromium",
    },
    Need {
        probe: Probe::Program("chromedriver"),
        why: "drives that browser",
        debian: "chromium-driver",
        fedora: "chromedriver",
        arch: "chromium",
    },
    Need {
        probe: Probe::Program("gio"),
        why: "opens the app link as GNOME does",
        debian: "libglib2.0-bin",
        fedora: "glib2",
        arch: "glib2",
    },
    Need {
        probe: Probe::Program("fc-match"),
        why: "chooses fonts for the browser",
        debian: "fontconfig",
        fedora: "fontconfig",
        arch: "fontconfig",
    },
    Need {
        probe: Probe::Font("Inter"),
        why: "is the font of the browser's screenshots",
        debian: "fonts-inter",
        fedora: "rsms-inter-fonts",
        arch: "inter-font",
    },
];

/// What `cargo xtask torture` needs beside [`TEST`].
pub(crate) const TORTURE: &[Need] = &[
    Need {
        probe: Probe::Program("strace"),
        why: "logs what reaches the disk, for power cuts",
        debian: "strace",
        fedora: "strace",
        arch: "strace",
    },
    Need {
        probe: Probe::Program("faketime"),
        why: "steps the clock of a process",
        debian: "faketime",
        fedora: "libfaketime",
        arch: "libfaketime",
    },
    Need {
        probe: Probe::PythonModule("dbus"),
        why: "lets a test answer as a key store in trouble",
        debian: "python3-dbus",
        fedora: "python3-dbus",
        arch: "python-dbus",
    },
    Need {
        probe: Probe::PythonModule("gi"),
        why: "is the main loop of that key store",
        debian: "python3-gi",
        fedora: "python3-gobject",
        arch: "python-gobject",
    },
    Need {
        probe: Probe::PythonModule("cryptography"),
        why: "encrypts that key store's sessions",
        debian: "python3-cryptography",
        fedora: "python3-cryptography",
        arch: "python-cryptography",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_search_path_is_met_and_a_made_up_one_is_not() {
        let need = |name| Need { probe: Probe::Program(name), why: "", debian: "", fedora: "", arch: "" };
        assert!(need("cargo").is_met(), "cargo runs this test, so it is on the search path");
        assert!(!need("no-program-has-this-name").is_met());
    }

    #[test]
    fn every_need_names_a_package_of_every_distribution() {
        for need in RUN.iter().chain(TEST).chain(TORTURE) {
            for package in [need.debian, need.fedora, need.arch] {
                assert!(!package.trim().is_empty(), "{} has no package", need.name());
            }
        }
    }
}
