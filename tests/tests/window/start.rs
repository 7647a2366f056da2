use bobbin_tests::{KeyStore, World};
use serde_json::json;

use crate::steps::{PERSON, sign_in};

#[tokio::test]
async fn the_first_start_opens_on_the_sandbox_with_one_big_button() {
    let world = World::new();
    let app = world.app().await;
    app.find("heading", "Sandbox").await;
    app.find("button", "Sign in with browser").await;
    for (role, name) in [("navigation", "Things"), ("main", ""), ("banner", ""), ("contentinfo", "")] {
        app.find(role, name).await;
    }
    app.is_current("Sandbox").await;
    assert!(app.count("nav [data-thing]").await >= 5, "the sandbox comes with four saved queries");
    app.shows("Keyring ready").await;
    app.find("button", "Redirect check passed").await;
    assert_eq!(app.count(".doctor [aria-expanded=true]").await, 0, "nothing failed that would open it");
    for theme in ["light", "dark"] {
        app.use_theme(theme).await;
        app.screenshot(theme).await;
    }
}

#[tokio::test]
async fn without_a_key_store_it_says_so_and_keeps_sessions_in_memory_only() {
    let world = World::with(KeyStore::Absent);
    let app = world.app().await;
    app.shows_at("footer [data-key-store=absent]").await;
    app.shows("sessions won't be saved").await;

    sign_in(&world, &app).await;
    app.shows("Kept in memory only").await;
    app.screenshot("session").await;
    app.close().await;

    let app = world.app().await;
    app.find("button", "Sandbox").await;
    assert!(!app.has("button", PERSON).await, "a session that could not be sealed must not be on disk");
}

#[tokio::test]
async fn no_view_breaks_its_content_security_policy() {
    let world = World::new();
    let app = world.app().await;
    let listen = "window.broken = [];
        addEventListener('securitypolicyviolation', (e) => broken.push(`${e.violatedDirective}: ${e.blockedURI} ${e.sample}`))";
    app.run(listen, vec![]).await;
    sign_in(&world, &app).await;
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    app.click("button", "Wire · *").await;
    app.find("button", "*/connect/token authorization_code*").await;
    assert_eq!(app.run("return broken", vec![]).await, json!([]), "the policy forbids what a view needs");
    // The policy is there: what it forbids is refused and reported.
    app.run(
        "document.head.append(Object.assign(document.createElement('style'), { textContent: 'a {}' }))",
        vec![],
    )
    .await;
    app.until("a report of the policy", "return broken.length === 1").await;
}

#[tokio::test]
async fn the_window_is_enlarged_by_keys_for_a_projector() {
    let world = World::new();
    let app = world.app().await;
    let width = async || app.run("return innerWidth", vec![]).await.as_f64().unwrap();
    let before = width().await;
    app.press("Control+=").await;
    app.until("larger type, and so less room", &format!("return innerWidth < {before}")).await;
    app.press("Control+-").await;
    app.until("the usual size", &format!("return innerWidth === {before}")).await;
}
