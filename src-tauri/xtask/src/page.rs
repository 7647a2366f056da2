//! The web page: Node, its packages, its build.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{npm, program, read, run};
use crate::packages::Manager;
use crate::workspace::{root, scratch, ui};

/// The page is built and is what the application embeds.
pub(crate) fn build() -> Result<()> {
    let stamp = scratch("page")?.join("built");
    let inputs = fingerprint(&ui())?.to_string();
    let built = std::fs::read_to_string(&stamp).is_ok_and(|last| last == inputs);
    if built && ui().join("dist/index.html").is_file() {
        return Ok(());
    }
    install(&ui())?;
    run(&mut npm("run build")).context("the page could not be built")?;
    std::fs::write(&stamp, inputs).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Something stands where the built page belongs: the desktop package does not compile without it.
pub(crate) fn stub() -> Result<()> {
    let index = ui().join("dist/index.html");
    if !index.is_file() {
        std::fs::create_dir_all(ui().join("dist"))?;
        std::fs::write(&index, "<!doctype html><title>Bobbin</title>\n")?;
        // Whatever was built before, this is not it.
        std::fs::write(scratch("page")?.join("built"), "")?;
    }
    Ok(())
}

/// Node is here, and the `node_modules` of this folder is what its lock file says.
pub(crate) fn install(folder: &Path) -> Result<()> {
    ensure_node()?;
    let modified = |path: &str| std::fs::metadata(folder.join(path)).and_then(|it| it.modified());
    let name = folder.file_name().unwrap_or_default().display();
    let locked = modified("package-lock.json").with_context(|| format!("{name} has no package-lock.json"))?;
    // npm writes this file last: a folder that was left half-filled does not have it.
    if modified("node_modules/.package-lock.json").is_ok_and(|installed| installed >= locked) {
        return Ok(());
    }
    eprintln!("npm's packages of {name}/ are missing or older than its package-lock.json.");
    run(npm("ci --no-audit --no-fund").current_dir(folder)).context(
        "npm could not install them; \
         if the registry cannot be reached, `npm config get registry` and `npm config get proxy` say how npm tries",
    )
}

fn ensure_node() -> Result<()> {
    let found = read(program("node").arg("--version"));
    if let Some(version) = &found
        && is_supported(version)
    {
        return match read(&mut npm("--version")) {
            Some(_) => Ok(()),
            None => bail!("Node {version} is here, but its package manager npm is not; {HELP}"),
        };
    }
    match (&found, Manager::of_this_system()) {
        // Both carry a Node that is new enough; Debian 12 and Ubuntu 24.04 carry 18, which is not.
        (None, Some(manager @ (Manager::Dnf | Manager::Pacman))) => {
            eprintln!("Node is missing: it builds the page.");
            manager.install_by_name("nodejs npm")?;
            match read(program("node").arg("--version")) {
                Some(version) if is_supported(&version) => Ok(()),
                _ => bail!("the Node of this system is too old; {HELP}"),
            }
        }
        (None, _) => bail!("Node is missing: it builds the page; {HELP}"),
        (Some(version), _) => bail!("Node {version} is too old to build the page; {HELP}"),
    }
}

const HELP: &str = "version 20.19, 22.12 or newer is needed.\n\
    Debian 12 and Ubuntu 24.04 carry version 18 only. Newer ones: https://nodejs.org/en/download, \
    a version manager (fnm, nvm, mise), or NodeSource's packages for apt-get.\n\
    Then run this command again";

/// What Vite asks for: `^20.19.0 || >=22.12.0`.
fn is_supported(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(20u32), Some(minor)) => minor >= 19u32,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major > 22,
        _ => false,
    }
}

/// Of every file that the build may read: by content, since a checkout touches files it does not change.
fn fingerprint(folder: &Path) -> Result<u64> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    // The crates whose licenses the page shows.
    files.push(root().join("Cargo.lock"));
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.ends_with("node_modules") || path.ends_with("dist") || path.ends_with("coverage") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_supported_where_vite_runs() {
        for version in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.1.0", "v23.0.0"] {
            assert!(is_supported(version), "{version} is new enough");
        }
        for version in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "node"] {
            assert!(!is_supported(version), "{version:?} is not enough");
        }
    }

    #[test]
    fn a_changed_source_changes_the_fingerprint_and_a_built_file_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("src/main.ts", "one");
        write("dist/index.html", "one");
        let first = fingerprint(folder.path()).unwrap();
        write("dist/index.html", "two");
        write("node_modules/a/index.js", "two");
        assert_eq!(fingerprint(folder.path()).unwrap(), first, "what is built is not an input");
        write("src/main.ts", "two");
        assert_ne!(fingerprint(folder.path()).unwrap(), first, "the source is an input");
    }
}
