//! The window that ours is measured against.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::PROFILE;
use crate::command::{cargo, run};
use crate::workspace::{root, scratch, target};

/// Builds it with our versions, our profile and in our target folder, so that only what we add differs.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = scratch("bare")?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bare");
    for name in ["build.rs", "tauri.conf.json", "src/main.rs", "page/index.html", "page/main.js"] {
        copy(&source.join(name), &folder.join(name))?;
    }
    copy(&root().join("icons/icon.png"), &folder.join("icons/icon.png"))?;
    copy(&root().join("Cargo.lock"), &folder.join("Cargo.lock"))?;
    let manifest = std::fs::read_to_string(source.join("Cargo.toml"))?;
    let ours = std::fs::read_to_string(root().join("Cargo.toml"))?;
    let profile = |name: &str| {
        section(&ours, &format!("[profile.{name}]"))
            .with_context(|| format!("Cargo.toml has no profile {name}"))
    };
    let profiles = format!("{}\n{}", profile("release")?, profile(PROFILE)?);
    let manifest_path = folder.join("Cargo.toml");
    write(&manifest_path, format!("{manifest}\n{profiles}").as_bytes())?;
    run(cargo(&format!("build --profile {PROFILE}")).arg("--manifest-path").arg(manifest_path))?;
    Ok(target()?.join(PROFILE).join("bare-window"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let content = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write(to, &content)
}

/// Leaves a file alone that is already so: cargo would take a new time for a change.
fn write(file: &Path, content: &[u8]) -> Result<()> {
    if std::fs::read(file).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

/// One table of a TOML file, from its heading to the next.
fn section<'a>(toml: &'a str, heading: &str) -> Option<&'a str> {
    let table = &toml[toml.find(heading)?..];
    Some(table.find("\n[").map_or(table, |end| &table[..=end]))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let toml = "[a]\nx = 1\n\n[b]\ny = 2\n\n[c]\nz = 3\n";
        assert_eq!(section(toml, "[b]"), Some("[b]\ny = 2\n\n"));
        assert_eq!(section(toml, "[c]"), Some("[c]\nz = 3\n"));
        assert_eq!(section(toml, "[d]"), None);
    }
}
