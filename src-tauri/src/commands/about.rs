//! What this program is, and where it keeps its things.

use bobbin_engine::{
    Engine,
    view::{AboutView, ErrorView},
};
use tauri::{AppHandle, State};

use super::Reply;
use crate::{build_info, profile::Profile};

const WEB_VIEW: &str = if cfg!(windows) {
    "WebView2"
} else if cfg!(target_os = "macos") {
    "WebKit"
} else {
    "WebKitGTK"
};

#[tauri::command]
pub(crate) async fn about(engine: State<'_, Engine>, profile: State<'_, Profile>) -> Reply<AboutView> {
    let web_view = tauri::webview_version().unwrap_or_else(|_| "of unknown version".to_owned());
    Ok(AboutView {
        version: build_info::VERSION.to_owned(),
        commit: build_info::COMMIT.to_owned(),
        build_date: build_info::BUILD_DATE.to_owned(),
        system: format!("{} ({})", system(), std::env::consts::ARCH),
        web_view: format!("{WEB_VIEW} {web_view}"),
        data_folder: engine.data_dir().display().to_string(),
        workspace_folder: engine.status().workspace,
        log_folder: profile.log_dir.display().to_string(),
    })
}

/// The components that Bobbin is made of, with their licenses' texts: the page's build collects them.
#[tauri::command]
pub(crate) async fn licenses(app: AppHandle) -> Reply<String> {
    let asset = app.asset_resolver().get("licenses.txt".to_owned());
    asset.and_then(|asset| String::from_utf8(asset.bytes).ok()).ok_or_else(|| ErrorView {
        code: "licenses_missing".to_owned(),
        message: "This build carries no license texts.".to_owned(),
        hint: Some("They are collected when the page is built: see `ui/licenses.ts`.".to_owned()),
        detail: None,
    })
}

/// The distribution's own name where there is one (os-release(5)), else the system's.
fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned())
}
