//! The window at every size and zoom: nothing is pushed out of it, and nothing is cut off unsaid.

use bobbin_tests::{App, World};

use crate::steps::{PERSON, sign_in};

/// What each view is found by in the palette, which opens at every size, and its heading.
const VIEWS: [(&str, &str); 7] = [
    ("Sandbox", "Sandbox"),
    ("Thandi", PERSON),
    ("List", "ListBankAccounts"),
    ("Inspect", "Inspect"),
    ("PKCE", "PKCE pair checker"),
    ("Authorization", "Authorization requests"),
    ("About", "About Bobbin"),
];

#[tokio::test]
async fn nothing_leaves_the_view_at_any_size_and_zoom() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    rename(&app, "Thandi Nkosi, who asked about the payment of last Friday, ticket 4711").await;
    app.press("Control+k").await;
    app.type_text("ListBankAccounts").await;
    app.press("Enter").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    app.press("Control+j").await;
    app.find("region", "Wire").await;

    let mut wrong = Vec::new();
    for zoom in [80, 100, 130, 150, 200] {
        zoom_to(&app, zoom).await;
        for (words, heading) in VIEWS {
            show(&app, words, heading).await;
            for (width, height) in [(1366, 768), (1280, 800), (1024, 600), (900, 600)] {
                app.resize(width, height).await;
                let place = format!("{heading} at {width}×{height}, {zoom} %");
                wrong.extend(faults(&app).await.into_iter().map(|fault| format!("{place}: {fault}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_zoom_is_kept_and_said() {
    let world = World::new();
    let app = world.app().await;
    app.press("Control+=").await;
    app.shows("Zoom 110%").await;
    app.press("Control+=").await;
    app.shows("Zoom 120%").await;
    app.press("Control+-").await;
    app.shows("Zoom 110%").await;
    app.close().await;

    let app = world.app().await;
    assert_eq!(zoom(&app).await, 110, "the next start has the zoom of the last");
    app.press("Control+0").await;
    app.shows("Zoom 100%").await;
}

#[tokio::test]
async fn the_things_are_a_drawer_where_the_window_is_narrow() {
    let world = World::new();
    let app = world.app().await;
    app.resize(900, 600).await;
    zoom_to(&app, 200).await;
    app.gone("button", "ListBankAccounts").await;
    // By the keyboard: WebDriver's own clicks miss under zoom.
    app.press("Control+b").await;
    app.find("button", "ListBankAccounts").await;
    app.screenshot("open").await;
    for _ in 0..5 {
        let script = "return document.activeElement.textContent.trim() === 'ListBankAccounts'";
        if app.run(script, vec![]).await == true {
            break;
        }
        app.press("ArrowDown").await;
    }
    app.press("Enter").await;
    app.find("heading", "ListBankAccounts").await;
    app.gone("button", "ListBankAccounts").await;
    app.press("Control+b").await;
    app.find("button", "ListBankAccounts").await;
    app.press("Escape").await;
    app.gone("button", "ListBankAccounts").await;
}

async fn rename(app: &App, label: &str) {
    app.press("F2").await;
    app.fill("Name of the session", label).await;
    app.press("Enter").await;
    app.find("heading", label).await;
}

async fn show(app: &App, words: &str, heading: &str) {
    app.press("Control+k").await;
    app.type_text(words).await;
    app.press("Enter").await;
    app.find("heading", &format!("{heading}*")).await;
}

/// Zooms by the keys, a step at a time.
async fn zoom_to(app: &App, percent: u64) {
    app.press("Control+0").await;
    let key = if percent < 100 { "Control+-" } else { "Control+=" };
    for _ in (0..percent.abs_diff(100)).step_by(10) {
        app.press(key).await;
    }
    let script = format!("return Math.abs(outerWidth / innerWidth * 100 - {percent}) < 2");
    app.until(&format!("a zoom of {percent} %"), &script).await;
}

async fn zoom(app: &App) -> u64 {
    app.run("return Math.round(outerWidth / innerWidth * 10) * 10", vec![]).await.as_u64().unwrap()
}

/// What leaves the view, which button is out of reach, which text ends without an ellipsis.
async fn faults(app: &App) -> Vec<String> {
    let found = app.run_async(include_str!("zoom.js"), vec![]).await;
    found.as_array().into_iter().flatten().map(|fault| fault.as_str().unwrap().to_owned()).collect()
}
