//! Whether there is a display to open a window on.

/// Opens the display, so that a missing one is a sentence and no panic of the window library.
#[cfg(target_os = "linux")]
pub(crate) fn open() -> Result<(), String> {
    if gtk::init().is_ok() {
        return Ok(());
    }
    let named = ["WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .filter_map(|name| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
            Some(format!("{name}={value}"))
        })
        .collect::<Vec<_>>();
    Err(if named.is_empty() {
        "no display: set DISPLAY or WAYLAND_DISPLAY, or start Bobbin from a desktop session".to_owned()
    } else {
        format!(
            "the display cannot be opened: {} names none that answers; set DISPLAY or WAYLAND_DISPLAY to one that does",
            named.join(", ")
        )
    })
}

/// Whether windows have positions. Wayland has none, and GTK says zero there. Called on the main thread.
#[cfg(target_os = "linux")]
pub(crate) fn has_positions() -> bool {
    use gtk::gdk::prelude::DisplayExtManual as _;

    gtk::gdk::Display::default().is_some_and(|display| !display.backend().is_wayland())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn has_positions() -> bool {
    true
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn open() -> Result<(), String> {
    Ok(())
}
