//! The one window. It shows the embedded page and nothing else.

use tauri::{
    App, AppHandle, Manager, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{Color, NewWindowResponse},
};

const LABEL: &str = "main";
// The page's background colours, so that no white flash comes before the page.
const LIGHT: Color = Color(0xf6, 0xf6, 0xf4, 0xff);
const DARK: Color = Color(0x16, 0x15, 0x13, 0xff);

pub(crate) fn open(app: &App) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Bobbin")
        .inner_size(1280.0, 800.0)
        .min_inner_size(900.0, 600.0)
        .zoom_hotkeys_enabled(true)
        .disable_drag_drop_handler()
        .on_navigation(is_our_page)
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        .build()?;
    #[cfg(target_os = "linux")]
    draw_without_gpu(&window)?;
    let color = match window.theme() {
        Ok(Theme::Dark) => DARK,
        _ => LIGHT,
    };
    window.set_background_color(Some(color))?;
    Ok(window)
}

/// A page of text and forms needs no layers of textures: they took a quarter of the window's memory, and with
/// some graphics drivers WebKitGTK shows nothing but an empty window.
#[cfg(target_os = "linux")]
fn draw_without_gpu(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Shows the window above the others, as after a sign-in in the browser.
pub(crate) fn to_front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // Each can fail on a window manager that refuses it; the window is there all the same.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// The page has no other origin to go to: a link in a response must not replace it.
fn is_our_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // Windows serves custom protocols under this name.
        "http" => cfg!(windows) && url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_our_page;

    #[test]
    fn the_window_stays_on_the_embedded_page() {
        let allowed = |url: &str| url.parse().is_ok_and(|url| is_our_page(&url));
        assert!(allowed("tauri://localhost/index.html"), "this is the page on Linux and macOS");
        assert_eq!(
            allowed("http://tauri.localhost/index.html"),
            cfg!(windows),
            "this is the page on Windows alone"
        );
        for foreign in [
            "https://secure.stitch.money/",
            "http://localhost:5001/",
            "tauri://elsewhere/",
            "http://tauri.localhost:8080/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "dev.bobbin.workbench:/oauth/callback",
        ] {
            assert!(!allowed(foreign), "{foreign} is not the page");
        }
    }
}
