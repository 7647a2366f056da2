use bobbin_tests::{App, Browser, World};

use crate::{
    pasted,
    steps::{PERSON, begin_sign_in, exchanges, pictures, sign_in_is},
};
use serde_json::json;

/// The group of the menu and the fault, how the sign-in ends, what is said, and the check that failed.
const REFUSED: [(&str, &str, &[&str], Option<&str>); 6] = [
    ("id_token", "expired five minutes ago", &["it expired at 20"], Some("Expiry")),
    ("id_token", "nonce of another request", &["its nonce is wrong"], Some("Nonce")),
    ("id_token", "kid is not in the key set", &["its key is not among the keys"], Some("Signature")),
    ("id_token", "alg is none", &["nobody has signed it"], Some("Signature")),
    ("Token endpoint", "HTML instead of JSON", &["HTML page instead of JSON"], None),
    ("Callback", "an error beside the code", &["The sandbox fails on purpose."], None),
];

#[tokio::test]
async fn a_refused_sign_in_says_which_check_failed_and_makes_no_session() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "Simulate provider faults*").await;
    pictures(&app, "menu").await;
    let mut browser = None;
    for (index, (group, fault, says, check)) in REFUSED.into_iter().enumerate() {
        if index > 0 {
            behave(&app).await;
        }
        choose(&app, group, fault).await;
        if index == 0 {
            pictures(&app, "chosen").await;
        }
        sign_in_in_browser(&world, &app, &mut browser).await;
        sign_in_is(&app, "failed").await;
        let card = app.shows_at("[aria-label='Sign-in'] [role=alert]").await;
        for words in says {
            assert!(card.contains(words), "{fault}: “{words}” is not said: {card}");
        }
        if let Some(check) = check {
            app.click("button", &format!("{check}, failed*")).await;
            let said = app.shows_at("[aria-label='Sign-in'] [data-outcome=failed] dl").await;
            for name in ["Expected", "Got", "Why", "To do", "Section", "Code"] {
                assert!(said.contains(name), "{fault}: the check does not say “{name}”: {said}");
            }
        }
        pictures(&app, &fault.replace(' ', "-")).await;
        assert!(!app.has("button", PERSON).await, "{fault}: a session was made");
    }
    behave(&app).await;
    sign_in_in_browser(&world, &app, &mut browser).await;
    app.find("heading", PERSON).await;
    assert_eq!(app.count("[aria-label=Checks] [data-outcome=failed]").await, 0, "no check fails");
}

#[tokio::test]
async fn a_429_is_waited_for_and_a_cancelled_sign_in_is_called_so() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "Simulate provider faults*").await;
    let mut browser = None;
    for fault in ["cancelled: only the state comes back", "cancelled: access_denied, and #_=_ at the end"] {
        choose(&app, "Callback", fault).await;
        sign_in_in_browser(&world, &app, &mut browser).await;
        sign_in_is(&app, "cancelled").await;
        app.shows("Nothing was saved").await;
        assert!(!app.has("button", PERSON).await, "{fault}: a session was made");
    }
    app.screenshot("cancelled").await;

    choose(&app, "Callback", "cancelled: access_denied, and #_=_ at the end").await;
    choose(&app, "Token endpoint", "429 with Retry-After: 2, once").await;
    sign_in_in_browser(&world, &app, &mut browser).await;
    app.find("heading", PERSON).await;
    assert_eq!(exchanges(&app, "authorization_code").await.len(), 2, "it was tried again, once");
}

#[tokio::test]
async fn the_token_of_a_refused_sign_in_goes_from_wire_to_inspect() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "Simulate provider faults*").await;
    choose(&app, "id_token", "expired five minutes ago").await;
    let mut browser = None;
    sign_in_in_browser(&world, &app, &mut browser).await;
    sign_in_is(&app, "failed").await;
    app.press("Control+j").await;
    app.click("button", "*/connect/token authorization_code*").await;
    app.click("button", "Copy id_token").await;
    app.press("Control+i").await;
    app.find("heading", "Inspect").await;
    app.press("Control+v").await;
    app.find("combobox", "Connection").await.select_by_value("sandbox").await.expect("the list has it");
    let [exchange] = &exchanges(&app, "authorization_code").await[..] else {
        panic!("one code was exchanged")
    };
    let part = json!({ "id": exchange, "part": "response_body", "name": "id_token" });
    let token = app.invoke("exchange_reveal", part).await;
    let sentence = pasted::inspect(&app, token.as_str().unwrap()).await;
    assert!(sentence.starts_with("Wrong: An id_token of http://127.0.0.1"), "{sentence}");
    assert!(sentence.contains("it expired at 20"), "{sentence}");
    assert!(
        !sentence.contains("signature"),
        "its signature is right, and nothing is said about it: {sentence}"
    );
    pictures(&app, "inspected").await;
}

/// Ticks a fault of the menu, or unticks it; its group is opened where it is not.
async fn choose(app: &App, group: &str, fault: &str) {
    if !app.has("checkbox", fault).await {
        app.click("button", &format!("{group}*")).await;
    }
    app.click("checkbox", fault).await;
}

/// Unticks every fault.
async fn behave(app: &App) {
    app.click_at("[aria-labelledby=faults-heading] .intro button").await;
    app.until("no fault", "return document.querySelectorAll('input:checked').length === 0").await;
}

/// Signs in with Chromium, which is started the first time and stays open, as it has to hand the link over.
async fn sign_in_in_browser(world: &World, app: &App, browser: &mut Option<Browser>) {
    let page = begin_sign_in(world, app).await;
    sign_in_is(app, "waiting").await;
    match browser {
        Some(browser) => browser.visit(&page).await,
        None => *browser = Some(world.browser(&page).await),
    }
    let browser = browser.as_ref().expect("it was started");
    browser.sign_in_as(PERSON).await;
    browser.click("button", "Allow").await;
}
