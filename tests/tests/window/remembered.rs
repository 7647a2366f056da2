//! What the window remembers: where it was, how large, how far zoomed, in which theme.

use std::fs;

use bobbin_tests::{App, Desktop, Manager, Screen, World, until};

use crate::steps::{notice, sign_in};

#[tokio::test]
async fn size_place_zoom_and_theme_are_as_they_were_left() {
    let world = World::new();
    let screen = Screen::of(&world);
    let app = world.app().await;
    let usual = inner_width(&app).await;
    screen.manage("windowsize", &["1000", "640"]);
    screen.manage("windowmove", &["120", "90"]);
    app.use_theme("dark").await;
    app.press("Control+=").await;
    app.press("Control+=").await;
    app.until("larger type", &format!("return innerWidth < {usual} && innerWidth < 900")).await;
    let (left, width) = (screen.window_area(), inner_width(&app).await);
    assert_eq!((left.width, left.height), (1000, 640), "the window took the size");
    screen.close().await;
    drop(app);

    let app = world.app().await;
    until("the window to be where it was", || (screen.window_area() == left).then_some(())).await;
    app.until("the zoom", &format!("return innerWidth === {width}")).await;
    app.until("the theme", "return document.documentElement.dataset.theme === 'dark'").await;
    app.screenshot("again").await;
    app.close().await;

    let file = world.data_folder().join("window.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"dark\"", "\"light\"")).unwrap();
    let app = world.app().await;
    app.find("button", "Theme: light").await;
    app.until("the theme of the file", "return document.documentElement.dataset.theme === 'light'").await;
}

#[tokio::test]
async fn the_web_view_has_the_remembered_theme_before_the_page_asks_for_it() {
    let world = World::new();
    fs::create_dir_all(world.data_folder()).unwrap();
    fs::write(world.data_folder().join("window.json"), r#"{ "theme": "dark" }"#).unwrap();
    let app = world.app().await;
    app.find("button", "Theme: dark").await;
    app.until("a dark web view", "return matchMedia('(prefers-color-scheme: dark)').matches").await;
}

#[tokio::test]
async fn no_position_is_saved_on_wayland_where_windows_have_none() {
    let world = World::on(Desktop::new(Manager::WestonHeadless, 1440, 900));
    let app = world.app().await;
    app.press("Control+=").await;
    app.shows("Zoom 110%").await;
    app.close().await;
    let file = fs::read(world.data_folder().join("window.json")).unwrap();
    let state: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(state["zoom"], 110);
    assert!(state["position"].is_null(), "{state}");
}

#[tokio::test]
async fn a_maximized_window_opens_maximized_and_gets_its_old_size_back() {
    let world = World::new();
    let screen = Screen::of(&world);
    let app = world.app().await;
    screen.manage("windowsize", &["1000", "640"]);
    until("the size", || (screen.window_area().width == 1000).then_some(())).await;
    let left = screen.window_area();
    screen.maximize().await;
    until("the whole screen", || (screen.window_area().width == 1440).then_some(())).await;
    screen.close().await;
    drop(app);

    let _app = world.app().await;
    until("the whole screen again", || (screen.window_area().width == 1440).then_some(())).await;
    screen.maximize().await;
    let size = || (screen.window_area().width, screen.window_area().height);
    until("the size from before", || (size() == (left.width, left.height)).then_some(())).await;
}

#[tokio::test]
async fn a_window_from_a_larger_screen_opens_on_the_one_that_is_there() {
    let mut world = World::on(Desktop::new(Manager::Openbox, 2560, 1440));
    let app = world.app().await;
    let screen = Screen::of(&world);
    screen.manage("windowsize", &["1800", "1100"]);
    screen.manage("windowmove", &["700", "300"]);
    until("the place", || (screen.window_area().x >= 690).then_some(())).await;
    screen.close().await;
    drop(app);

    world.change_screen(Desktop::new(Manager::Openbox, 1366, 768));
    let screen = Screen::of(&world);
    let _app = screen.start();
    // The whole page is on the display, its header and its status bar.
    screen.page("the window on a smaller screen").await;
    screen.keep("smaller");
}

#[tokio::test]
async fn a_window_file_that_cannot_be_read_is_said_and_stops_nothing() {
    let world = World::new();
    fs::create_dir_all(world.data_folder()).unwrap();
    fs::write(world.data_folder().join("window.json"), "{ \"size\": { \"width\":").unwrap();
    let app = world.app().await;
    notice(&app, "window_state_unreadable").await;
    app.find("heading", "Sandbox").await;
    app.screenshot("said").await;
}

#[tokio::test]
async fn the_title_bar_names_what_is_shown() {
    let world = World::new();
    let screen = Screen::of(&world);
    let app = world.app().await;
    let says = async |title: &str| {
        until(&format!("the title {title}"), || (screen.title() == title).then_some(())).await;
    };
    says("Sandbox LOCAL — Bobbin").await;
    sign_in(&world, &app).await;
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;
    says("ListBankAccounts — Sandbox LOCAL — Bobbin").await;
}

async fn inner_width(app: &App) -> u64 {
    app.run("return innerWidth", vec![]).await.as_u64().unwrap()
}
