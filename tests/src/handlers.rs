//! Who opens what in a world: web addresses go to a file, from where a test takes them to its browser.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

const DESKTOP_FILE: &str = "test-browser.desktop";

/// Makes a script the default program for web addresses. It writes each address to the file `opened`, one a line.
pub(crate) fn install(data_home: &Path, config_home: &Path, opened: &Path) {
    let applications = data_home.join("applications");
    fs::create_dir_all(&applications).unwrap();
    let script = applications.join("test-browser");
    fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", opened.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Test browser\nNoDisplay=true\nExec={} %u\n\
         MimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
        script.display()
    );
    fs::write(applications.join(DESKTOP_FILE), entry).unwrap();
    let defaults = format!(
        "[Default Applications]\nx-scheme-handler/http={DESKTOP_FILE}\nx-scheme-handler/https={DESKTOP_FILE}\n"
    );
    fs::write(config_home.join("mimeapps.list"), defaults).unwrap();
}
