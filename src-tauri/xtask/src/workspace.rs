//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.ancestors().nth(2).unwrap_or(xtask)
}

/// The web page's package.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo's target folder, wherever the environment or a configuration file put it:
/// this very program was built in it, in the folder of its profile.
pub(crate) fn target() -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot tell where xtask itself is")?;
    let target = program.ancestors().nth(2).context("xtask is not in a target folder")?;
    Ok(target.to_owned())
}

/// A folder of our own inside [`target`], made if it is missing.
pub(crate) fn scratch(name: &str) -> Result<PathBuf> {
    let folder = target()?.join("xtask").join(name);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// The application's binary in a profile's folder (`debug` or `release`).
pub(crate) fn binary(profile: &str) -> Result<PathBuf> {
    let name = format!("bobbin{}", std::env::consts::EXE_SUFFIX);
    Ok(target()?.join(profile).join(name))
}
