//! What the commands reach of this desktop: the window, the clipboard, the app links.

use std::path::Path;

use bobbin_api::{Desktop, ThemeChoice, ZoomStep};
use bobbin_engine::{
    Engine,
    view::{AboutView, LinkRegistration},
};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_opener::OpenerExt as _;

use crate::{
    app_link::{self, Registration},
    build_info,
    panic_report::Report,
    profile::Profile,
    start, window,
};

const WEB_VIEW: &str = if cfg!(windows) {
    "WebView2"
} else if cfg!(target_os = "macos") {
    "WebKit"
} else {
    "WebKitGTK"
};

pub(crate) struct WindowDesktop(pub(crate) AppHandle);

impl Desktop for WindowDesktop {
    fn about(&self, engine: &Engine) -> AboutView {
        let web_view = tauri::webview_version().unwrap_or_else(|_| "of unknown version".to_owned());
        AboutView {
            version: build_info::VERSION.to_owned(),
            commit: build_info::COMMIT.to_owned(),
            build_date: build_info::BUILD_DATE.to_owned(),
            system: format!("{} ({})", system(), std::env::consts::ARCH),
            web_view: format!("{WEB_VIEW} {web_view}"),
            data_folder: engine.data_dir().display().to_string(),
            workspace_folder: engine.status().workspace,
            log_folder: self.0.state::<Profile>().log_dir.display().to_string(),
        }
    }

    fn licenses(&self) -> Option<String> {
        String::from_utf8(self.0.asset_resolver().get("licenses.txt".to_owned())?.bytes).ok()
    }

    fn copy(&self, text: String) -> Result<(), String> {
        self.0.clipboard().write_text(text).map_err(|error| error.to_string())
    }

    fn open_file(&self, file: &Path) -> Result<(), String> {
        let file = file.to_str().ok_or("its path is not Unicode")?;
        self.0.opener().open_path(file, None::<&str>).map_err(|error| error.to_string())
    }

    fn show_in_folder(&self, file: &Path) -> Result<(), String> {
        self.0.opener().reveal_item_in_dir(file).map_err(|error| error.to_string())
    }

    fn zoom(&self, step: ZoomStep) -> Result<u16, String> {
        window::zoom(&self.0, step).map_err(|error| error.to_string())
    }

    fn theme(&self, choice: Option<ThemeChoice>) -> Result<ThemeChoice, String> {
        window::use_theme(&self.0, choice).map_err(|error| error.to_string())
    }

    fn link_registration(&self, scheme: &str) -> LinkRegistration {
        self.0.state::<Registration>().of(&self.0, scheme)
    }

    fn look_at_links_again(&self) -> bool {
        app_link::look_again(&self.0)
    }

    fn take_over_links(&self) {
        app_link::take_over(&self.0);
    }

    fn overview_answered(&self) {
        start::after_overview(&self.0);
    }

    fn notices_shown(&self) {
        if let Some(report) = self.0.state::<Option<Report>>().as_ref() {
            report.note_told();
        }
    }
}

/// The distribution's own name where there is one (os-release(5)), else the system's.
fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned())
}
