//! Which renderer WebKitGTK draws with.

/// WebKitGTK's switch for its DMABUF renderer; `0` leaves the renderer on.
#[cfg(target_os = "linux")]
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts this program anew without WebKitGTK's DMABUF renderer, unless the environment already decides about it.
///
/// With some graphics drivers that renderer leaves the window empty, and a page of text gains nothing from it.
/// WebKitGTK reads the variable from the environment only, and changing one's own environment is `unsafe`; replacing
/// the process keeps its id, its arguments and its standard streams. Where that fails the program goes on as it is.
#[cfg(target_os = "linux")]
pub(crate) fn restart_without_dmabuf() {
    use std::os::unix::process::CommandExt as _;

    if std::env::var_os(SWITCH).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let mut command = std::process::Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let _not_replaced = command.args(arguments).env(SWITCH, "1").exec();
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn restart_without_dmabuf() {}
