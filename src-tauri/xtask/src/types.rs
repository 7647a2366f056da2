//! The TypeScript types of what crosses to the page, written by ts-rs from the Rust ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{EVERYTHING, cargo, run};
use crate::workspace::{scratch, ui};

/// `cargo xtask types`: writes them where the page imports them.
pub(crate) fn write() -> Result<()> {
    let fresh = export()?;
    let folder = generated();
    for name in drift(&read_folder(&folder)?, &fresh) {
        let path = folder.join(&name);
        if let Some(text) = fresh.get(&name) {
            std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            std::fs::write(&path, text)?;
            println!("wrote {name}");
        } else {
            std::fs::remove_file(&path)?;
            println!("removed {name}");
        }
    }
    Ok(())
}

/// The names of the files that are not what the Rust types say.
pub(crate) fn check() -> Result<Vec<String>> {
    Ok(drift(&read_folder(&generated())?, &export()?))
}

type Files = BTreeMap<String, String>;

fn generated() -> PathBuf {
    ui().join("src/ipc/generated")
}

/// Into a folder of its own, so that a type that no longer exists is seen, too.
fn export() -> Result<Files> {
    let folder = scratch("types")?;
    std::fs::remove_dir_all(&folder)?;
    let mut tests = cargo(&format!("test --quiet {EVERYTHING} --lib export_bindings"));
    run(tests.env("TS_RS_EXPORT_DIR", &folder)).context("the types could not be exported")?;
    let mut files = read_folder(&folder)?;
    files.insert("index.ts".to_owned(), index(&files));
    Ok(files)
}

/// One file to import every type from; the commands have files of their own.
fn index(files: &Files) -> String {
    let types = files.keys().filter_map(|name| name.strip_suffix(".ts")).filter(|name| !name.contains('/'));
    types.fold(String::new(), |text, name| text + &format!("export type {{ {name} }} from \"./{name}\";\n"))
}

/// Every file of a folder and the folders in it, by its path from there.
fn read_folder(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = read_folder(&path)?;
            files.extend(inner.into_iter().map(|(file, text)| (format!("{name}/{file}"), text)));
        } else {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            // A checkout on Windows may have changed the line ends.
            files.insert(name, text.replace("\r\n", "\n"));
        }
    }
    Ok(files)
}

fn drift(committed: &Files, fresh: &Files) -> Vec<String> {
    let mut names: Vec<_> = committed.keys().chain(fresh.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| committed.get(name) != fresh.get(name));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn the_index_names_every_type_and_no_command() {
        let files = files(&[("Asked.ts", ""), ("commands/app.ts", ""), ("Change.ts", "")]);
        assert_eq!(
            index(&files),
            "export type { Asked } from \"./Asked\";\nexport type { Change } from \"./Change\";\n"
        );
    }

    #[test]
    fn a_changed_a_new_and_a_gone_type_have_drifted() {
        let committed = files(&[("Same.ts", "a"), ("Changed.ts", "b"), ("Gone.ts", "c")]);
        let fresh = files(&[("Same.ts", "a"), ("Changed.ts", "B"), ("New.ts", "d")]);
        assert_eq!(drift(&committed, &fresh), ["Changed.ts", "Gone.ts", "New.ts"]);
    }
}
