//! Starts on a computer where something is wrong: each is explained, and nothing is lost.

use std::{fs, io::Write as _, os::unix::fs::PermissionsExt as _, process::Child};

use bobbin_tests::{World, program, until};

use serde_json::json;

use crate::steps::{NOTICES, notice};

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
    fs::create_dir(&folder).unwrap();
    // A file system of its own, which the application alone sees.
    let launcher = world.path("home/launcher");
    let mount = format!(
        "mount -t tmpfs -o size=3m none {0} && exec {1} --data-dir {0}",
        folder.display(),
        program().display()
    );
    fs::write(&launcher, format!("#!/bin/sh\nexec unshare --user --map-root-user --mount sh -c '{mount}'\n"))
        .unwrap();
    fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755)).unwrap();
    let app = world.app_at(&launcher).await;
    app.shows_at("footer [data-key-store=ready]").await;
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;

    let filler = app.sees(&folder).join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    drop(file);
    let query = app.sees(&folder).join("queries/accounts/list-bank-accounts.graphql");
    let before = fs::read_to_string(&query).unwrap();
    let document = format!("query New {{ me }}\n# {}", "long ".repeat(2000));
    let save = json!({ "path": "accounts/list-bank-accounts", "document": document, "variables": "" });
    let script = "const done = arguments[1];
        window.__TAURI_INTERNALS__.invoke('query_save', arguments[0])
            .then(() => done('saved'), (error) => done(error.code))";
    assert_eq!(app.run_async(script, vec![save.clone()]).await, json!("file_failed"));
    assert_eq!(fs::read_to_string(&query).unwrap(), before, "the saved query is as it was");
    fs::remove_file(filler).unwrap();
    assert_eq!(app.run_async(script, vec![save]).await, json!("saved"));
    assert_eq!(fs::read_to_string(&query).unwrap(), document);
}

#[tokio::test]
async fn of_several_starts_at_once_one_opens_a_window_and_the_others_end_well() {
    let world = World::new();
    let mut starts: Vec<Child> = (0..4).map(|_| world.bobbin(&[]).spawn().unwrap()).collect();
    let mut ended = 0;
    while ended < 3 {
        let over = until("three of four starts to end", || {
            starts.iter_mut().position(|start| start.try_wait().unwrap().is_some())
        });
        let nth = over.await;
        let mut start = starts.remove(nth);
        assert_eq!(start.wait().unwrap().code(), Some(0));
        ended += 1;
    }
    let last = &mut starts[0];
    assert!(last.try_wait().unwrap().is_none(), "one window is open");
    until("the log of the one that runs", || {
        let log = fs::read_to_string(world.log()).ok()?;
        log.contains("key store state=Ready").then_some(())
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
    app.shows_at("footer [data-key-store=absent]").await;
    app.find("button", "Sign in with browser").await;
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
