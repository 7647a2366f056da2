use bobbin_tests::{Decision, World};

use crate::steps::{NOTICES, PERSON, begin_sign_in, notice, sign_in_is};

#[tokio::test]
async fn a_forged_link_does_nothing_and_the_sign_in_goes_on_waiting() {
    let world = World::new();
    let app = world.app().await;
    let page = begin_sign_in(&world, &app).await;
    let forged =
        "dev.bobbin.workbench:/oauth/callback?code=stolen&state=J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA";
    world.open_link(forged);
    notice(&app, "callback_unknown_state").await;
    assert_eq!(app.count("[role=alert]").await, 0, "a stranger's link is not worth more than a quiet line");
    sign_in_is(&app, "waiting").await;
    app.screenshot("forged").await;

    world.open_link(&page.decide(Decision::Allow).await);
    app.find("heading", PERSON).await;
}

#[tokio::test]
async fn the_same_callback_twice_makes_one_session() {
    let world = World::new();
    let app = world.app().await;
    let callback = begin_sign_in(&world, &app).await.decide(Decision::Allow).await;
    world.open_link(&callback);
    app.find("heading", PERSON).await;

    world.open_link(&callback);
    notice(&app, "callback_repeated").await;
    app.find("button", PERSON).await;
    app.click("button", "Wire · *").await;
    app.find("button", "*/connect/token authorization_code*").await;
}

#[tokio::test]
async fn a_pasted_callback_completes_the_sign_in() {
    let world = World::new();
    let app = world.app().await;
    let callback = begin_sign_in(&world, &app).await.decide(Decision::Allow).await;
    app.click("button", "Paste callback…").await;
    app.fill("Callback URL", "only-a-code").await;
    app.click("button", "Continue").await;
    app.shows_at("[aria-label='Sign-in'] [role=alert][data-code]").await;
    app.screenshot("refused").await;
    sign_in_is(&app, "waiting").await;

    app.fill("Callback URL", &callback).await;
    app.click("button", "Continue").await;
    app.find("heading", PERSON).await;
}

#[tokio::test]
async fn a_sign_in_that_waits_survives_a_crash_of_the_application() {
    let world = World::new();
    let app = world.app().await;
    let state = begin_sign_in(&world, &app).await.parameter("state");
    sign_in_is(&app, "waiting").await;
    app.kill().await;

    let app = world.app().await;
    sign_in_is(&app, "waiting").await;
    app.click("button", "Open the browser again").await;
    let page = world.opened().await;
    assert_eq!(page.parameter("state"), state, "it is the same sign-in that goes on");
    world.open_link(&page.decide(Decision::Allow).await);
    app.find("heading", PERSON).await;
    assert_eq!(
        app.count("[aria-label=Checks] [data-outcome=failed]").await,
        0,
        "its nonce and state were kept as well"
    );
}

#[tokio::test]
async fn a_sign_in_that_waits_survives_closing_the_window_and_a_reload_replays_nothing() {
    let world = World::new();
    let app = world.app().await;
    begin_sign_in(&world, &app).await;
    app.close().await;

    let app = world.app().await;
    app.click("button", "Open the browser again").await;
    let callback = world.opened().await.decide(Decision::Allow).await;
    world.open_link(&callback);
    app.find("heading", PERSON).await;

    app.reload().await;
    app.find("table", "ID token claims").await;
    assert_eq!(
        app.count(&format!("{NOTICES}[data-code]")).await,
        0,
        "the link that came in is not handled again"
    );
}
