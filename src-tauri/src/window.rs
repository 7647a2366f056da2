//! The one window. It shows the embedded page and nothing else.

mod state;
mod web_process;

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};

use tauri::{
    App, AppHandle, Manager, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::{Color, NewWindowResponse},
};

use bobbin_api::{ThemeChoice, ZoomStep};
pub(crate) use state::Unreadable;
use state::{Area, MIN_SIZE, Position, Size, WindowState};
#[cfg(target_os = "macos")]
pub(crate) use web_process::ended as web_process_ended;

const LABEL: &str = "main";
// The page's background colours, so that no white flash comes before the page.
const LIGHT: Color = Color(0xf6, 0xf6, 0xf4, 0xff);
const DARK: Color = Color(0x16, 0x15, 0x13, 0xff);

/// How long a window must stand still before its place is saved.
const SETTLED: Duration = Duration::from_millis(400);

/// The window's state as it is now, and the file that keeps it.
pub(crate) struct Remembered {
    file: PathBuf,
    state: Mutex<WindowState>,
    /// Whether the system tells where a window is.
    has_position: bool,
    /// The theme of the system at the start, before the person's own was set.
    system: Theme,
}

/// Opens the window as it was closed; the error says why that is not known, which stops nothing.
pub(crate) fn open(app: &App, file: PathBuf) -> tauri::Result<Option<Unreadable>> {
    let (state, trouble) = match WindowState::read(&file) {
        Ok(state) => (state, None),
        Err(error) => (WindowState::default(), Some(error)),
    };
    let (size, position) = state.placed_on(&screens(app));
    let mut window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Bobbin")
        .inner_size(size.width, size.height)
        .min_inner_size(MIN_SIZE.width, MIN_SIZE.height)
        .maximized(state.maximized)
        .disable_drag_drop_handler()
        .on_navigation(is_our_page)
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        // The page knows what it shows; without a page there is no title.
        .on_document_title_changed(|window, title| {
            let title = if title.is_empty() { "Bobbin" } else { &title };
            let _ = window.set_title(title);
        });
    if let Some(Position { x, y }) = position {
        window = window.position(x, y);
    }
    let window = window.build()?;
    web_process::watch(&window)?;
    let remembered = Remembered {
        file,
        has_position: crate::display::has_positions(),
        system: window.theme().unwrap_or(Theme::Light),
        state: Mutex::new(state),
    };
    window.set_zoom(f64::from(remembered.state().zoom) / 100.0)?;
    remembered.paint(&window)?;
    app.manage(remembered);
    keep_place(&window);
    Ok(trouble)
}

/// Changes the page's size on screen; gives the new one in percent.
pub(crate) fn zoom(app: &AppHandle, step: ZoomStep) -> tauri::Result<u16> {
    let remembered = app.state::<Remembered>();
    let mut zoom = 0;
    // Two steps at once are two steps.
    remembered.update(|state| {
        state.zoom = state.zoomed(step);
        zoom = state.zoom;
    });
    if let Some(window) = app.get_webview_window(LABEL) {
        window.set_zoom(f64::from(zoom) / 100.0)?;
    }
    Ok(zoom)
}

/// Uses the theme for the frame and for the next start, if there is one; gives the one that is remembered.
pub(crate) fn use_theme(app: &AppHandle, theme: Option<ThemeChoice>) -> tauri::Result<ThemeChoice> {
    let remembered = app.state::<Remembered>();
    if let Some(theme) = theme {
        remembered.update(|state| state.theme = theme);
        if let Some(window) = app.get_webview_window(LABEL) {
            remembered.paint(&window)?;
        }
    }
    Ok(remembered.state().theme)
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

/// Takes the window off the screen while Bobbin finishes what it must not lose.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.hide();
    }
}

impl Remembered {
    fn state(&self) -> MutexGuard<'_, WindowState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut WindowState)) {
        let mut state = self.state();
        let before = state.clone();
        change(&mut state);
        if *state != before {
            // A folder that cannot be written is told of at the start; the window only forgets.
            let _ = state.write(&self.file);
        }
    }

    fn paint(&self, window: &WebviewWindow) -> tauri::Result<()> {
        let choice = self.state().theme;
        let theme = match choice {
            ThemeChoice::System => self.system,
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark => Theme::Dark,
        };
        // On Linux no theme means the light one, not the system's.
        let follows = choice == ThemeChoice::System && !cfg!(target_os = "linux");
        window.set_theme((!follows).then_some(theme))?;
        window.set_background_color(Some(if theme == Theme::Dark { DARK } else { LIGHT }))
    }
}

/// Saves size and place when the window has stood still for a moment, and when it closes.
fn keep_place(window: &WebviewWindow) {
    let (sender, moves) = mpsc::channel();
    let handle = window.clone();
    std::thread::spawn(move || {
        while moves.recv().is_ok() {
            while moves.recv_timeout(SETTLED).is_ok() {}
            save_place(&handle);
        }
    });
    let handle = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
            let _ = sender.send(());
        }
        WindowEvent::CloseRequested { .. } => save_place(&handle),
        _ => {}
    });
}

fn save_place(window: &WebviewWindow) {
    let (Ok(scale), Ok(size), Ok(maximized)) =
        (window.scale_factor(), window.inner_size(), window.is_maximized())
    else {
        return;
    };
    if window.is_minimized().unwrap_or(false) || size.width == 0 {
        return;
    }
    let remembered = window.state::<Remembered>();
    let at = window.outer_position().ok().filter(|_| remembered.has_position);
    let at = at.map(|at| at.to_logical::<f64>(scale));
    let size = size.to_logical::<f64>(scale);
    remembered.update(|state| {
        state.maximized = maximized;
        // A maximized window goes back to the place it had before.
        if !maximized {
            state.size = Size { width: size.width, height: size.height };
            state.position = at.map(|at| Position { x: at.x, y: at.y });
        }
    });
}

/// The usable parts of all screens, the main one first.
fn screens(app: &App) -> Vec<Area> {
    let main = app.primary_monitor().ok().flatten();
    let others = app.available_monitors().unwrap_or_default();
    main.into_iter()
        .chain(others)
        .map(|screen| {
            let (scale, area) = (screen.scale_factor(), screen.work_area());
            let (at, size) = (area.position.to_logical::<f64>(scale), area.size.to_logical::<f64>(scale));
            Area { at: Position { x: at.x, y: at.y }, size: Size { width: size.width, height: size.height } }
        })
        .collect()
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
