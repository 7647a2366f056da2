use std::time::{Duration, Instant};

use bobbin_tests::World;

use crate::steps::{PERSON, sign_in, tokens};

#[tokio::test]
async fn the_countdowns_go_down() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let seconds =
        "return [...document.querySelectorAll('main [role=timer]')].map((t) => Number(t.dataset.countdown))";
    let before = app.run(seconds, vec![]).await;
    let limits = [900, 300, 365 * 86_400];
    for (left, limit) in before.as_array().unwrap().iter().zip(limits) {
        let left = left.as_f64().unwrap();
        assert!(
            left > f64::from(limit) - 60.0 && left <= f64::from(limit),
            "{left} s is not what is left of {limit} s"
        );
    }
    let claims = app.shows_at("table[aria-label='ID token claims'] tbody").await;
    assert!(!claims.contains("Issued in"), "a token was not issued in the future: {claims}");
    // A countdown never shows more than the lifetime, so its first second may be a long one.
    let first = before[0].as_f64().unwrap();
    let ticked = "return Number(document.querySelector('main [role=timer]').dataset.countdown)";
    app.until("the first second to end", &format!("{ticked} < {first}")).await;
    let before = app.run(seconds, vec![]).await;
    let since = Instant::now();
    // Half a second off, so that no timer's own delay counts as a second.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let after = app.run(seconds, vec![]).await;
    let passed = since.elapsed().as_secs_f64();
    for token in 0..3 {
        let gone = before[token].as_f64().unwrap() - after[token].as_f64().unwrap();
        assert!((gone - passed).abs() <= 1.0, "in {passed} s a countdown went down by {gone} s");
    }
}

#[tokio::test]
async fn a_restart_keeps_the_session() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let before = tokens(&app).await;
    app.close().await;

    let app = world.app().await;
    app.click("button", PERSON).await;
    app.find("table", "ID token claims").await;
    assert_eq!(tokens(&app).await, before, "the same tokens are there");
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    app.find("region", "Response").await;
    assert!(!app.has("alert", "*").await, "the sandbox still honours the access token");
}

#[tokio::test]
async fn a_refresh_says_what_it_causes_and_brings_new_tokens() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let before = tokens(&app).await;
    app.click("button", "Refresh…").await;
    app.shows("works once").await;
    app.screenshot("asked").await;
    app.click("button", "Refresh now").await;
    app.shows("generation 2").await;
    let after = tokens(&app).await;
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(old, new, "every token is a new one");
    }
    app.close().await;
    let app = world.app().await;
    assert_eq!(tokens(&app).await, after, "the new pair was kept, not the old one");
}

#[tokio::test]
async fn a_deleted_session_comes_back_with_undo() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "More actions").await;
    app.click("menuitem", "Delete session*").await;
    app.gone("button", PERSON).await;
    app.click("button", "Undo").await;
    app.find("button", PERSON).await;
    app.find("table", "ID token claims").await;
}
