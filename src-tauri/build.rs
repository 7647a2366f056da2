//! Tells Tauri where this layout keeps its permissions and capabilities.
#![allow(clippy::print_stdout, reason = "cargo reads its instructions from standard output")]

use tauri_build::{AppManifest, Attributes};

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    let attributes = Attributes::new()
        .app_manifest(AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml"))
        .capabilities_path_pattern("./src-tauri/capabilities/*.json");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
