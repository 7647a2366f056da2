//! Which renderer WebKitGTK draws with.

/// WebKitGTK's switch for its DMABUF renderer; `0` leaves the renderer on.
#[cfg(target_os = "linux")]
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Leaves WebKitGTK's DMABUF renderer off, unless the environment already decides about it.
///
/// With some graphics drivers that renderer leaves the window empty, and a page of text gains nothing from it.
/// WebKitGTK reads the variable from the environment only. It is set before any thread that could read it starts.
/// Restarting with a changed environment would load GTK and WebKit twice.
#[cfg(target_os = "linux")]
pub(crate) fn leave_dmabuf_off() {
    // Where it cannot be set, the program goes on as it is.
    let _ = gtk::glib::setenv(SWITCH, "1", false);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn leave_dmabuf_off() {}
