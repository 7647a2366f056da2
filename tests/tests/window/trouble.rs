//! Starts on a computer where something is wrong: each is explained, and nothing is lost.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Child,
};

use bobbin_tests::{Screen, World, program, until};

use crate::steps::{NOTICES, notice};

const DOCUMENT: &str = "GraphQL document";

/// What makes the application keep everything in the home folder, as a desktop without these variables does.
const FOLDERS: [&str; 4] = ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"];

#[tokio::test]
async fn a_home_that_cannot_be_written_is_explained_in_the_window() {
    let mut world = World::new();
    world.set("HOME", "/proc");
    for folder in FOLDERS {
        world.unset(folder);
    }
    let app = world.app().await;
    let told = notice(&app, "data_folder_failed").await;
    assert!(told.contains("/proc/.local/share/dev.bobbin.workbench"), "{told}");
    app.shows_at("footer [data-key-store=memory_only]").await;
    app.find("button", "Sign in with browser").await;

    assert!(world.bobbin(&[]).status().unwrap().success(), "a second start hands over");
    let spares = || {
        let files = fs::read_dir(world.path("tmp")).unwrap().flatten();
        files.filter(|file| file.file_name().to_string_lossy().starts_with("bobbin-")).count()
    };
    assert_eq!(spares(), 1, "the second start left a folder behind");
    Screen::of(&world).close().await;
    assert_eq!(spares(), 0, "the temporary folder goes with the window");
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_or_read_only_is_explained_in_the_window() {
    let world = World::new();
    let file = world.path("home/file");
    fs::write(&file, "content").unwrap();
    // Not even an administrator can write to /sys.
    for folder in [file.to_str().unwrap(), "/sys"] {
        let app = world.app_with(&["--data-dir", folder]).await;
        let told = notice(&app, "data_folder_failed").await;
        assert!(told.contains(folder), "{told}");
        app.close().await;
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "content");
}

#[tokio::test]
async fn a_full_disk_is_explained_and_loses_nothing() {
    let world = World::new();
    let folder = world.path("home/small");
    let app = world.app_at(&on_small_disk(&world, &folder, "true")).await;
    app.shows_at("footer [data-key-store=ready]").await;
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;

    let filler = app.sees(&folder).join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    drop(file);
    let query = app.sees(&folder).join("queries/accounts/list-bank-accounts.graphql");
    let before = fs::read_to_string(&query).unwrap();
    app.click("textbox", DOCUMENT).await;
    app.press("Control+Home").await;
    app.type_text("# changed ").await;
    app.find("img", "Not saved").await;
    app.press("Control+s").await;
    app.shows("that its disk has room").await;
    app.find("img", "Not saved").await;
    app.screenshot("full").await;
    assert_eq!(fs::read_to_string(&query).unwrap(), before, "the saved query is as it was");
    fs::remove_file(filler).unwrap();
    app.press("Control+s").await;
    app.gone("img", "Not saved").await;
    assert!(fs::read_to_string(&query).unwrap().starts_with("# changed "));
}

#[tokio::test]
async fn a_start_on_a_full_disk_opens_a_window_that_says_so() {
    let world = World::new();
    let folder = world.path("home/small");
    let fill = format!("cat /dev/zero > {}/filler 2> /dev/null || true", folder.display());
    let app = world.app_at(&on_small_disk(&world, &folder, &fill)).await;
    let told = notice(&app, "data_folder_failed").await;
    app.screenshot("said").await;
    assert!(told.contains("home/small"), "{told}");
    app.find("button", "Sign in with browser").await;
}

/// A program that starts the application on a file system of its own, which nobody else sees, after `prepared`.
fn on_small_disk(world: &World, folder: &Path, prepared: &str) -> PathBuf {
    fs::create_dir(folder).unwrap();
    let launcher = world.path("home/launcher");
    let (folder, program) = (folder.display(), program());
    let start = format!(
        "mount -t tmpfs -o size=3m none {folder} && ({prepared}) && exec {} --data-dir {folder}",
        program.display()
    );
    fs::write(&launcher, format!("#!/bin/sh\nexec unshare --user --map-root-user --mount sh -c '{start}'\n"))
        .unwrap();
    fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755)).unwrap();
    launcher
}

#[tokio::test]
async fn of_several_starts_at_once_one_opens_a_window_and_takes_the_links_of_the_others() {
    let world = World::new();
    let link = "dev.bobbin.workbench:/oauth/callback?code=c&state=s";
    // So many that some are heard before the first one has set up its window.
    let mut starts: Vec<Child> = (0..8).map(|_| world.bobbin(&[link]).spawn().unwrap()).collect();
    while starts.len() > 1 {
        let over = until("all starts but one to end", || {
            starts.iter_mut().position(|start| start.try_wait().unwrap().is_some())
        });
        let nth = over.await;
        let mut start = starts.remove(nth);
        assert_eq!(start.wait().unwrap().code(), Some(0));
    }
    let last = &mut starts[0];
    assert!(last.try_wait().unwrap().is_none(), "one window is open");
    until("the log of the one that runs", || {
        let log = fs::read_to_string(world.log()).ok()?;
        let links = log.matches("callback_unknown_state").count();
        (log.contains("key store state=Ready") && links == 8).then_some(())
    })
    .await;
    let log = fs::read_to_string(world.log()).unwrap();
    assert_eq!(log.matches("started version").count(), 1, "{log}");
    last.kill().unwrap();
    last.wait().unwrap();
}

#[tokio::test]
async fn without_a_session_bus_it_starts_and_says_what_is_missing() {
    let mut world = World::new();
    world.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nobody/listens/here");
    let app = world.app().await;
    notice(&app, "no_session_bus").await;
    app.shows_at("footer [data-key-store=absent]").await;
    app.find("button", "Sign in with browser").await;
    app.shows("There is no session bus, so a link cannot reach this window").await;
    app.find("button", "Redirect check: 1 problem").await;
}

#[tokio::test]
async fn a_report_of_a_panic_is_told_at_the_next_start_alone_and_until_it_is_dismissed() {
    let world = World::new();
    let logs = world.data_folder().join("logs");
    fs::create_dir_all(&logs).unwrap();
    let told_panics = format!("{NOTICES}[data-code=panic_reported]");
    let report = "panic-2026-11-27T09-08-07.123Z.txt";
    fs::write(logs.join(report), "Bobbin 0.1.0\n").unwrap();
    let app = world.app().await;
    let told = notice(&app, "panic_reported").await;
    assert!(told.contains("2026-11-27 at 09:08 UTC") && told.contains(report), "{told}");
    app.reload().await;
    notice(&app, "panic_reported").await;
    app.click("button", "Dismiss").await;
    app.reload().await;
    app.shows_at("footer [data-key-store=ready]").await;
    assert_eq!(app.count(&told_panics).await, 0);
    app.close().await;

    let app = world.app().await;
    app.shows_at("footer [data-key-store=ready]").await;
    assert_eq!(app.count(&told_panics).await, 0);
}
