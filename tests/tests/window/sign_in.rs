use bobbin_tests::World;

use crate::steps::{NOTICES, PERSON, begin_sign_in, sign_in_is};

#[tokio::test]
async fn the_browser_signs_in_and_the_app_link_brings_the_session_back() {
    let world = World::new();
    let app = world.app().await;
    let page = begin_sign_in(&world, &app).await;
    sign_in_is(&app, "waiting").await;
    app.shows_at("[data-step=consent][data-status=active]").await;
    app.screenshot("waiting").await;

    let browser = world.browser(&page).await;
    browser.find("button", PERSON).await;
    browser.screenshot("login").await;
    browser.sign_in_as(PERSON).await;
    browser.screenshot("consent").await;
    browser.click("button", "Allow").await;

    app.find("heading", PERSON).await;
    app.is_current(PERSON).await;
    let claims = app.shows_at("table[aria-label='ID token claims'] tbody").await;
    for claim in ["sub", "iss", "aud", "exp", "iat", "nonce", "at_hash", "s_hash", "amr"] {
        assert!(claims.contains(claim), "the claims lack {claim}: {claims}");
    }
    app.find("region", "Checks").await;
    assert_eq!(app.count("[aria-label=Checks] [data-outcome=failed]").await, 0, "no check fails");
    assert!(app.count("[aria-label=Checks] [data-outcome=passed]").await >= 7, "the checks were made");
    for token in ["Access token", "ID token", "Refresh token"] {
        app.shows_at(&format!("[role=group][aria-label='{token}'] [role=timer][data-countdown]")).await;
    }
    app.screenshot("session").await;

    app.click("button", "Sandbox").await;
    sign_in_is(&app, "done").await;
    assert_eq!(
        app.count("[data-step][data-status=done]").await,
        5,
        "the steps stay as the record of the sign-in"
    );
    app.screenshot("done").await;
}

#[tokio::test]
async fn cancelling_at_the_consent_page_ends_the_sign_in_with_words() {
    let world = World::new();
    let app = world.app().await;
    let page = begin_sign_in(&world, &app).await;
    let browser = world.browser(&page).await;
    browser.sign_in_as(PERSON).await;
    browser.click("button", "Cancel").await;

    sign_in_is(&app, "cancelled").await;
    app.shows("Cancelled in the browser").await;
    app.shows("Nothing was saved").await;
    app.screenshot("cancelled").await;
    assert!(!app.has("button", PERSON).await, "a cancelled sign-in makes no session");
    app.find("button", "Sign in with browser").await;
}

#[tokio::test]
async fn a_scope_that_was_unticked_is_named_as_not_granted() {
    let world = World::new();
    let app = world.app().await;
    let page = begin_sign_in(&world, &app).await;
    let browser = world.browser(&page).await;
    browser.sign_in_as(PERSON).await;
    browser.click("checkbox", "*balances").await;
    browser.click("button", "Allow").await;

    app.find("heading", PERSON).await;
    app.shows("balances not granted").await;
}

#[tokio::test]
async fn cancel_in_the_window_ends_the_sign_in_and_its_link_comes_too_late() {
    let world = World::new();
    let app = world.app().await;
    let page = begin_sign_in(&world, &app).await;
    app.click("button", "Cancel").await;
    sign_in_is(&app, "cancelled").await;

    world.open_link(&page.decide(bobbin_tests::Decision::Allow).await);
    app.shows_at(&format!("{NOTICES}[data-code]")).await;
    sign_in_is(&app, "cancelled").await;
    assert!(!app.has("button", PERSON).await, "the link must not revive the sign-in");
}
