use bobbin_sandbox::CERTIFICATE_CLIENT_ID;
use bobbin_tests::{Decision, World};

use crate::steps::{PERSON, begin_sign_in, pictures, sign_in, start_sandbox};

#[tokio::test]
async fn a_state_or_a_callback_url_leads_to_its_request() {
    let world = World::new();
    let app = world.app().await;
    start_sandbox(&world, &app).await;
    app.fill("For end user (your own name)", "Customer 4711").await;
    let page = begin_sign_in(&world, &app).await;
    let state = page.parameter("state");
    let callback = page.decide(Decision::Allow).await;
    world.open_link(&callback);
    app.find("heading", PERSON).await;

    app.click("button", "Authorization requests").await;
    app.find("table", "Authorization requests").await;
    assert_eq!(app.count("tr[data-outcome=succeeded]").await, 1, "the sign-in that went well");
    assert_eq!(app.count("tr[data-outcome=cancelled]").await, 1, "the one that was cancelled");
    pictures(&app, "list").await;

    for pasted in [&state, &callback] {
        app.fill("Find a request", pasted).await;
        app.until("the one request", "return document.querySelectorAll('tr[data-outcome]').length === 1")
            .await;
        app.shows(&state).await;
        let name = "return document.querySelector('tr[data-outcome] input').value";
        assert_eq!(app.run(name, vec![]).await, "Customer 4711");
    }
    pictures(&app, "found").await;
    app.click("button", "Show session").await;
    app.find("heading", PERSON).await;
}

#[tokio::test]
async fn a_state_of_someone_else_is_said_to_be_unknown() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "Authorization requests").await;
    app.find("heading", "No request yet").await;
    pictures(&app, "empty").await;
    app.click("button", "Sandbox").await;
    sign_in(&world, &app).await;
    app.click("button", "Authorization requests").await;
    app.fill("Find a request", "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA").await;
    app.until("an answer", "return document.querySelector('main [role=status] .warn')").await;
    app.screenshot("unknown").await;
    assert_eq!(app.count("tr[data-outcome]").await, 0, "no other request is offered instead");
}

#[tokio::test]
async fn ended_requests_are_forgotten_when_a_person_says_so() {
    let world = World::new();
    let app = world.app().await;
    start_sandbox(&world, &app).await;
    app.click("button", "Authorization requests").await;
    app.click("button", "Clear ended…").await;
    app.screenshot("asked").await;
    app.click("button", "Clear").await;
    app.find("heading", "No request yet").await;
}

#[tokio::test]
async fn the_provider_is_asked_about_a_session_and_told_of_its_end() {
    let world = World::new();
    let app = world.app().await;
    crate::clients::use_certificate(&world, &app).await;
    sign_in(&world, &app).await;
    app.click("button", "User info").await;
    let claims = app.shows_at("table[aria-label='User info'] tbody").await;
    assert!(claims.contains("sub"), "{claims}");
    pictures(&app, "userinfo").await;

    app.click("button", "Introspect").await;
    app.shows_at("[aria-label=Introspection] [role=status] .ok").await;
    let claims = app.shows_at("table[aria-label=Introspection] tbody").await;
    assert!(claims.contains(CERTIFICATE_CLIENT_ID), "{claims}");
    let top = "return document.querySelector('[aria-label=Introspection]').getBoundingClientRect().top >= 0";
    assert_eq!(app.run(top, vec![]).await, true, "the answer is in sight, though its button is far below it");
    pictures(&app, "introspection").await;
    app.click("button", "Close").await;
    app.gone("region", "Introspection").await;

    app.click("button", "Sign out at provider").await;
    let page = world.opened().await;
    assert_eq!(page.path(), "/connect/endsession");
    let browser = world.browser(&page).await;
    browser.shows("Signed out").await;
    app.find("heading", PERSON).await;
}
