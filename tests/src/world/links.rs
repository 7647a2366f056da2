//! Who opens the app link in a world, and a person who opens one.

use std::{fs::File, path::PathBuf, thread};

use super::World;
use crate::{handlers, world::APP_LINK};

impl World {
    /// What a desktop without an opener of its own does with a link that a person or a program opens.
    ///
    /// It comes back at once: `xdg-open` may become the application itself.
    pub fn open_link(&self, url: &str) {
        let log = File::options().create(true).append(true).open(self.path("logs/xdg-open.log")).unwrap();
        let mut opening = self.command("xdg-open").arg(url).stderr(log).spawn().expect("xdg-open can be run");
        thread::spawn(move || opening.wait());
    }

    /// Installs a desktop entry that opens the app link, as a package would, and gives the file.
    pub fn install_package(&self, name: &str, exec: &str) -> PathBuf {
        handlers::entry(&self.path("system"), name, exec, &[APP_LINK])
    }

    /// Makes a desktop entry of the person's own the default for the app link, as `xdg-mime default` does.
    pub fn choose_opener(&self, name: &str, exec: &str) {
        handlers::entry(&self.path("data"), name, exec, &[APP_LINK]);
        self.run("xdg-mime", &["default", name, APP_LINK]);
        assert_eq!(self.opener(), name, "the system knows what was chosen");
    }

    /// The desktop entry that `xdg-open` would take for the app link.
    pub fn opener(&self) -> String {
        self.run("xdg-mime", &["query", "default", APP_LINK])
    }
}
