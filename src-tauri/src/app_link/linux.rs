//! Who opens our links on a Linux desktop: a package's desktop entry where there is one, else an entry of our own.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use bobbin_engine::view::LinkRegistration;
use gtk::{gio, glib::ToVariant as _};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

use super::{
    REPAIR_HINT, UNREACHABLE, UNREACHABLE_HINT,
    desktop_entry::{self, DesktopEntry, Fault},
};

const BUS_TIMEOUT_MS: i32 = 5000;
const MOVE_HINT: &str =
    "Move Bobbin to a folder without spaces or special characters. Until then, paste the callback.";

/// The entry that this program writes for itself; the deep-link plugin, which takes it back, knows it by this name.
const OWN_ENTRY: &str = "bobbin-handler.desktop";

/// Makes Bobbin the opener of our links, as far as nobody else was made it.
pub(super) fn register(app: &AppHandle, scheme: &str) {
    if is_sandboxed() {
        return;
    }
    let mime_type = mime_type(scheme);
    let holder = default_handler(&mime_type);
    let is_own = holder.as_deref() == Some(OWN_ENTRY);
    let works = |entry: &DesktopEntry| entry.fault(opener_knows_quotes(), &search_path()).is_none();
    if is_own && packaged_entries(&mime_type).any(|entry| works(&entry)) {
        // Ours stands before the package's, and would outlive it.
        let _ = app.deep_link().unregister(scheme);
        return;
    }
    let held = holder.and_then(|holder| DesktopEntry::find(&holder, &data_folders(app)));
    // A package's entry needs no help, and another program's is the person's choice.
    if is_own || !held.is_some_and(|entry| works(&entry)) {
        take_over(app, scheme);
    }
}

/// Makes Bobbin the opener whoever was it before: the person asked for it.
pub(super) fn take_over(app: &AppHandle, scheme: &str) {
    // What did not work shows in the state, which is asked for next.
    let _ = write_own_entry(app, &mime_type(scheme));
}

/// What happens to a link now, as an opener would find out.
pub(super) fn state(app: &AppHandle, scheme: &str) -> LinkRegistration {
    if !is_reachable(app) {
        return LinkRegistration::NotRegistered {
            detail: UNREACHABLE.to_owned(),
            hint: UNREACHABLE_HINT.to_owned(),
            repairable: false,
        };
    }
    if is_sandboxed() {
        return LinkRegistration::Registered;
    }
    // What Repair writes has quotes where the path of this program needs them.
    let repairable =
        opener_knows_quotes() || own_program(app).is_ok_and(|program| !desktop_entry::needs_quotes(&program));
    let hint = if repairable { REPAIR_HINT } else { MOVE_HINT };
    let not_registered =
        |detail: String| LinkRegistration::NotRegistered { detail, hint: hint.to_owned(), repairable };
    let Some(holder) = default_handler(&mime_type(scheme)) else {
        return not_registered(format!("No program opens {scheme} links on this computer."));
    };
    let Some(entry) = DesktopEntry::find(&holder, &data_folders(app)) else {
        return not_registered(format!(
            "{holder} is set to open {scheme} links, but there is no such desktop entry."
        ));
    };
    let file = entry.file().display();
    match entry.fault(opener_knows_quotes(), &search_path()) {
        Some(Fault::Program(program)) => not_registered(format!(
            "{file} opens {scheme} links, but its program {program} cannot be started."
        )),
        Some(Fault::Quoted) => not_registered(format!(
            "{file} opens {scheme} links, but xdg-open on this desktop cannot start a program whose path is in quotes."
        )),
        Some(Fault::NoLink) => not_registered(format!(
            "{file} opens {scheme} links, but does not pass the link on: its Exec has no %u."
        )),
        None if holder == OWN_ENTRY || is_ours(&entry) => LinkRegistration::Registered,
        None => not_registered(format!("{} opens {scheme} links on this computer.", entry.program())),
    }
}

/// Whether a second process finds this one: by the name that the single-instance plugin has on the session bus.
pub(super) fn is_reachable(app: &AppHandle) -> bool {
    let name = format!("{}.SingleInstance", app.config().identifier);
    let bus = gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE);
    let owned = bus.and_then(|bus| {
        bus.call_sync(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "NameHasOwner",
            Some(&(name,).to_variant()),
            None,
            gio::DBusCallFlags::NONE,
            BUS_TIMEOUT_MS,
            gio::Cancellable::NONE,
        )
    });
    owned.is_ok_and(|reply| reply.get() == Some((true,)))
}

fn write_own_entry(app: &AppHandle, mime_type: &str) -> Result<(), Box<dyn std::error::Error>> {
    let applications = app.path().data_dir()?.join("applications");
    desktop_entry::write(&applications.join(OWN_ENTRY), &own_program(app)?, mime_type)?;
    // The cache is only quicker to search than the entries are; many systems have no program to make it.
    let _ = quiet("update-desktop-database").arg(&applications).status();
    quiet("xdg-mime").args(["default", OWN_ENTRY, mime_type]).status()?;
    Ok(())
}

/// An AppImage is started by its file, not by what is mounted from it.
fn own_program(app: &AppHandle) -> io::Result<PathBuf> {
    match app.env().appimage {
        Some(image) => Ok(PathBuf::from(image)),
        None => env::current_exe(),
    }
}

/// The name of the desktop entry that opens links of this type.
fn default_handler(mime_type: &str) -> Option<String> {
    let asked =
        quiet("xdg-mime").args(["query", "default", mime_type]).stdout(Stdio::piped()).output().ok()?;
    let answer = String::from_utf8_lossy(&asked.stdout);
    answer.lines().next().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The entries that came with a package and take our links.
fn packaged_entries(mime_type: &str) -> impl Iterator<Item = DesktopEntry> {
    let folders = system_data_folders().into_iter().map(|folder| folder.join("applications"));
    let files =
        folders.filter_map(|folder| folder.read_dir().ok()).flatten().flatten().map(|file| file.path());
    files
        .filter(|file| file.extension().is_some_and(|kind| kind == "desktop"))
        .filter_map(|file| DesktopEntry::read(&file).ok())
        .filter(move |entry| entry.takes(mime_type))
}

/// Whether it starts a Bobbin, this one or another version.
fn is_ours(entry: &DesktopEntry) -> bool {
    let name = |path: &Path| path.file_name().map(std::ffi::OsStr::to_owned);
    let program = PathBuf::from(entry.program());
    env::current_exe().is_ok_and(|own| name(&own) == name(&program))
}

/// Flatpak and Snap register what is in their packages; there is no `xdg-mime` to ask inside.
fn is_sandboxed() -> bool {
    env::var_os("FLATPAK_ID").is_some() || env::var_os("SNAP").is_some()
}

/// `xdg-open` hands links to an opener that reads quotes on these desktops, and reads the entry itself on others.
fn opener_knows_quotes() -> bool {
    knows_quotes(&env::var("XDG_CURRENT_DESKTOP").unwrap_or_default())
}

fn knows_quotes(desktop: &str) -> bool {
    let known = ["GNOME", "KDE", "XFCE", "MATE", "X-Cinnamon", "Cinnamon", "Deepin"];
    desktop.split(':').any(|name| known.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

fn mime_type(scheme: &str) -> String {
    format!("x-scheme-handler/{scheme}")
}

/// Where desktop entries are looked for, the person's own first (XDG Base Directory Specification).
fn data_folders(app: &AppHandle) -> Vec<PathBuf> {
    app.path().data_dir().into_iter().chain(system_data_folders()).collect()
}

fn system_data_folders() -> Vec<PathBuf> {
    let folders = env::var("XDG_DATA_DIRS").ok().filter(|folders| !folders.is_empty());
    env::split_paths(&folders.unwrap_or_else(|| "/usr/local/share:/usr/share".to_owned())).collect()
}

fn search_path() -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::knows_quotes;

    #[test]
    fn quotes_are_written_only_for_desktops_with_an_opener_that_reads_them() {
        for desktop in ["GNOME", "ubuntu:GNOME", "KDE", "XFCE", "MATE", "X-Cinnamon", "Deepin"] {
            assert!(knows_quotes(desktop), "{desktop} has an opener of its own");
        }
        for desktop in ["", "LXDE", "LXQt", "DDE", "sway", "i3"] {
            assert!(!knows_quotes(desktop), "xdg-open reads the entry itself on {desktop}");
        }
    }
}
