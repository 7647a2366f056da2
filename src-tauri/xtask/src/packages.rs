//! Installs what is missing through the distribution's package manager.

use std::io::IsTerminal;

use anyhow::{Context, Result, bail};

use crate::command::{find, program, read, succeeds};
use crate::needs::Need;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    Apt,
    Dnf,
    Pacman,
}

impl Manager {
    /// This system's, when it is one that we know.
    pub(crate) fn of_this_system() -> Option<Self> {
        Self::from_os_release(&std::fs::read_to_string("/etc/os-release").ok()?)
    }

    /// From os-release(5): the distribution itself, then those it is like.
    fn from_os_release(text: &str) -> Option<Self> {
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        };
        format!("{} {}", field("ID"), field("ID_LIKE")).split_whitespace().find_map(|id| match id {
            "debian" | "ubuntu" => Some(Self::Apt),
            "fedora" | "rhel" => Some(Self::Dnf),
            "arch" => Some(Self::Pacman),
            _ => None,
        })
    }

    fn package(self, need: &Need) -> &'static str {
        match self {
            Self::Apt => need.debian,
            Self::Dnf => need.fedora,
            Self::Pacman => need.arch,
        }
    }

    /// Installs packages, given by their names with spaces between.
    pub(crate) fn install_by_name(self, names: &str) -> Result<()> {
        let install = match self {
            Self::Apt => "apt-get install --yes --no-install-recommends",
            Self::Dnf => "dnf install --assumeyes",
            Self::Pacman => "pacman --sync --needed --noconfirm",
        };
        let install = format!("{install} {names}");
        let by_hand = || format!("the packages could not be installed. By hand, as root: {install}");
        // A fresh system has no list of packages; an old list names files that are gone.
        if self == Self::Apt && !succeeds(&mut as_root("apt-get update").with_context(by_hand)?)? {
            eprintln!("The list of packages could not be renewed; trying with the one that is here.");
        }
        if !succeeds(&mut as_root(&install).with_context(by_hand)?)? {
            bail!(by_hand());
        }
        Ok(())
    }
}

/// Installs what of this is missing, after saying what and why.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !need.is_met()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let Some(manager) = Manager::of_this_system() else {
        let list = missing.iter().map(|need| format!("\n  {}: it {}", need.name(), need.why));
        bail!(
            "this system lacks what is listed here, and its package manager is not one that xtask knows.{}",
            list.collect::<String>()
        );
    };
    eprintln!("This system lacks:");
    for need in &missing {
        eprintln!("  {:<24} {}", manager.package(need), need.why);
    }
    manager.install_by_name(&packages(manager, &missing))?;
    if let Some(still) = missing.iter().find(|need| !need.is_met()) {
        bail!("{} is installed, but {} is still not found", manager.package(still), still.name());
    }
    Ok(())
}

/// The packages' names, each once, in the order of the needs.
fn packages(manager: Manager, missing: &[&Need]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in missing.iter().flat_map(|need| manager.package(need).split_whitespace()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" ")
}

/// A command with root's rights: itself for root, through sudo for others.
///
/// Without a terminal sudo could not ask for a password and would wait for ever, so there it may not ask.
fn as_root(words: &str) -> Result<std::process::Command> {
    let mut command = if is_root() {
        program("env")
    } else if find("sudo").is_some() {
        let mut sudo = program("sudo");
        if !std::io::stdin().is_terminal() {
            sudo.arg("--non-interactive");
        }
        sudo.arg("env");
        sudo
    } else {
        bail!("this needs root's rights, and there is no sudo");
    };
    command.arg("DEBIAN_FRONTEND=noninteractive").args(words.split_whitespace());
    Ok(command)
}

fn is_root() -> bool {
    read(program("id").arg("-u")).as_deref() == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needs::{RUN, TEST};

    #[test]
    fn distributions_are_known_by_their_own_name_or_by_what_they_are_like() {
        let manager = Manager::from_os_release;
        assert_eq!(manager("NAME=\"Debian GNU/Linux\"\nID=debian\n"), Some(Manager::Apt));
        assert_eq!(manager("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Some(Manager::Apt));
        assert_eq!(manager("ID=fedora\nVERSION_ID=43\n"), Some(Manager::Dnf));
        assert_eq!(manager("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Some(Manager::Dnf));
        assert_eq!(manager("ID=manjaro\nID_LIKE=arch\n"), Some(Manager::Pacman));
        assert_eq!(manager("ID=nixos\n"), None);
        assert_eq!(manager(""), None);
    }

    #[test]
    fn a_package_that_brings_two_things_is_installed_once() {
        let all: Vec<&Need> = RUN.iter().chain(TEST).collect();
        let words = packages(Manager::Pacman, &all);
        assert_eq!(words.split(' ').filter(|name| *name == "chromium").count(), 1, "in: {words}");
        assert!(words.contains("webkit2gtk-4.1"), "in: {words}");
    }
}
