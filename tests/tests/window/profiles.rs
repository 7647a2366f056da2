use std::{fs, os::unix::fs::PermissionsExt as _};

use bobbin_tests::World;
use serde_json::json;

use crate::steps::{NOTICES, PERSON, begin_sign_in, notice, sign_in};

#[tokio::test]
async fn a_data_folder_is_a_profile_with_its_own_window_sessions_and_key() {
    let world = World::new();
    let folder = world.path("home/second");
    let other = ["--data-dir", folder.to_str().unwrap()];
    let first = world.app().await;
    sign_in(&world, &first).await;

    let second = world.app_with(&other).await;
    second.find("button", "Sign in with browser").await;
    assert!(!second.has("button", PERSON).await, "profiles share no sessions");
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    second.shows_at("footer [data-key-store=ready]").await;
    second.close().await;
    first.close().await;

    // Both find their own key again.
    let second = world.app_with(&other).await;
    second.shows_at("footer [data-key-store=ready]").await;
    second.close().await;
    let first = world.app().await;
    first.shows_at("footer [data-key-store=ready]").await;
    first.find("button", PERSON).await;
}

#[tokio::test]
async fn a_link_opens_the_default_profile_while_another_one_is_open() {
    let world = World::new();
    let folder = world.path("home/second");
    let second = world.app_with(&["--data-dir", folder.to_str().unwrap()]).await;
    second.shows("App links open the default profile").await;
    second.find("button", "Redirect check: 1 problem").await;
    assert!(!second.has("button", "Repair").await, "nothing is to be repaired");
    let first = world.app().await;
    let callback = begin_sign_in(&world, &first).await.decide(bobbin_tests::Decision::Allow).await;
    world.open_link(&callback);
    first.find("heading", PERSON).await;
    assert!(!second.has("button", PERSON).await);
}

#[tokio::test]
async fn a_workspace_of_the_command_line_is_opened_instead_of_the_data_folder() {
    let world = World::new();
    let folder = world.path("home/team");
    fs::create_dir(&folder).unwrap();
    let app = world.app_with(&["--workspace", folder.to_str().unwrap()]).await;
    app.shows_at("footer [data-key-store=ready]").await;
    assert!(folder.join("connections/sandbox.toml").is_file(), "a fresh workspace begins with the sandbox");
    assert!(!world.data_folder().join("connections").exists());
    assert!(world.data_folder().join("bobbin.sqlite3").is_file(), "what is private stays in the data folder");
}

#[tokio::test]
async fn a_second_start_is_told_when_it_names_another_workspace_and_not_for_another_spelling() {
    let world = World::new();
    let [folder, other] = ["home/team", "home/other"].map(|name| world.path(name));
    fs::create_dir(&folder).unwrap();
    fs::create_dir(&other).unwrap();
    let linked = world.path("home/linked");
    std::os::unix::fs::symlink(&folder, &linked).unwrap();
    let app = world.app_with(&["--workspace", folder.to_str().unwrap()]).await;
    let start = |workspace: &str| {
        let mut second = world.bobbin(&["--workspace", workspace]);
        assert!(second.current_dir(&folder).status().unwrap().success(), "{workspace}");
    };
    for spelling in [".", "../team/", linked.to_str().unwrap()] {
        start(spelling);
        app.invoke("overview", json!({})).await;
        assert_eq!(app.count(&format!("{NOTICES}[data-code=workspace_not_opened]")).await, 0, "{spelling}");
    }
    start("../other");
    notice(&app, "workspace_not_opened").await;
}
