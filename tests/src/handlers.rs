//! Who opens what in a world: web addresses go to a file, from where a test takes them to its browser.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

const DESKTOP_FILE: &str = "test-browser.desktop";

/// Makes a script the default program for web addresses. It writes each address to the file `opened`, one a line.
pub(crate) fn install(data_home: &Path, config_home: &Path, opened: &Path) {
    let applications = data_home.join("applications");
    fs::create_dir_all(&applications).unwrap();
    let script = applications.join("test-browser");
    fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", opened.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let types = ["x-scheme-handler/http", "x-scheme-handler/https"];
    entry(data_home, DESKTOP_FILE, &format!("{} %u", script.display()), &types);
    let defaults = format!(
        "[Default Applications]\nx-scheme-handler/http={DESKTOP_FILE}\nx-scheme-handler/https={DESKTOP_FILE}\n"
    );
    fs::write(config_home.join("mimeapps.list"), defaults).unwrap();
}

/// Writes a desktop entry into a folder of `XDG_DATA_DIRS`, and the cache in which it is found by its types.
pub(crate) fn entry(data: &Path, name: &str, exec: &str, types: &[&str]) -> PathBuf {
    let applications = data.join("applications");
    fs::create_dir_all(&applications).unwrap();
    let file = applications.join(name);
    let types = types.join(";");
    let text = format!(
        "[Desktop Entry]\nType=Application\nName={name}\nNoDisplay=true\nExec={exec}\nMimeType={types};\n"
    );
    fs::write(&file, text).unwrap();
    let cached = Command::new("update-desktop-database").arg(&applications).status();
    assert!(
        cached.expect("update-desktop-database can be run").success(),
        "{} is in the cache",
        file.display()
    );
    file
}
