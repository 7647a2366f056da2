use bobbin_tests::{App, Decision, World};
use tokio::sync::Mutex;

use crate::steps::{PERSON, pictures, sign_in_is};

const LOOPBACK: &str = "http://127.0.0.1:8765/callback";

/// The sandbox knows this one port, which two sign-ins at a time could not both listen on.
static PORT: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn the_browser_comes_back_through_loopback_and_is_told_so() {
    let _port = PORT.lock().await;
    let world = World::new();
    let app = world.app().await;
    use_loopback(&app).await;
    pictures(&app, "connection").await;
    app.click("button", "Sign in with browser").await;
    let page = world.opened().await;
    assert_eq!(page.parameter("redirect_uri"), LOOPBACK);

    let browser = world.browser(&page).await;
    browser.sign_in_as(PERSON).await;
    browser.click("button", "Allow").await;
    browser.shows("You can close this window").await;
    browser.screenshot("closing").await;
    app.find("heading", PERSON).await;
    assert!(
        reqwest::get(LOOPBACK).await.is_err_and(|error| error.is_connect()),
        "nobody listens any more once the sign-in is over"
    );
}

#[tokio::test]
async fn a_sign_in_that_waits_is_switched_to_pasting() {
    let _port = PORT.lock().await;
    let world = World::new();
    let app = world.app().await;
    use_loopback(&app).await;
    app.click("button", "Sign in with browser").await;
    let page = world.opened().await;
    sign_in_is(&app, "waiting").await;
    let callback = page.decide(Decision::Allow).await;

    app.click("button", "Switch to paste").await;
    app.find("textbox", "Callback URL").await;
    pictures(&app, "switched").await;
    app.fill("Callback URL", &callback).await;
    app.click("button", "Continue").await;
    app.find("heading", PERSON).await;
}

#[tokio::test]
async fn a_redirect_uri_that_nobody_listens_on_is_pasted() {
    let world = World::new();
    let app = world.app().await;
    app.click("radio", "Paste").await;
    app.shows("copy the address that the browser ends on").await;
    app.fill("Redirect URI", "https://localhost:9000/return").await;
    pictures(&app, "connection").await;
    app.click("button", "Sign in with browser").await;
    let page = world.opened().await;
    assert_eq!(page.parameter("redirect_uri"), "https://localhost:9000/return");
    app.fill("Callback URL", &page.decide(Decision::Allow).await).await;
    app.click("button", "Continue").await;
    app.find("heading", PERSON).await;
}

#[tokio::test]
async fn a_taken_port_is_named_before_the_browser_is_sent_off() {
    let _port = PORT.lock().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:8765").expect("the port is free");
    let world = World::new();
    let app = world.app().await;
    use_loopback(&app).await;
    app.shows("Redirect check: 1 problem").await;
    app.shows("8765").await;
    app.run("document.getElementById('redirect-heading').scrollIntoView()", vec![]).await;
    let height = app.run("return document.documentElement.scrollHeight - innerHeight", vec![]).await;
    assert_eq!(height, 0, "the view scrolls, and never the window as a whole");
    pictures(&app, "doctor").await;
    drop(taken);
}

async fn use_loopback(app: &App) {
    app.click("radio", "Loopback").await;
    app.fill("Redirect URI", LOOPBACK).await;
    app.press("Tab").await;
}
