use bobbin_tests::{App, World};

use crate::steps::{pictures, sign_in};

#[tokio::test]
async fn each_exchange_of_a_sign_in_shows_its_parts() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.press("Control+j").await;

    app.click("button", "*/connect/authorize*").await;
    parts(&app, &["Query parameters"], &["code_challenge", "nonce", "state", "S256"]).await;
    app.shows("opened in the browser").await;
    pictures(&app, "authorize").await;

    app.click("button", "*LINK*").await;
    parts(&app, &["Query parameters"], &["code", "state", "matches the original"]).await;
    app.find("button", "Show code").await;
    pictures(&app, "callback").await;

    app.click("button", "*/connect/token authorization_code*").await;
    let sections = ["Request headers", "Form", "Response headers", "Response body"];
    let fields = ["grant_type", "redirect_uri", "code_verifier", "access_token", "token_type"];
    parts(&app, &sections, &fields).await;
    app.shows("BASE64URL(SHA-256(code_verifier)) = code_challenge").await;
    app.shows("the reply after").await;
    pictures(&app, "token").await;
    for secret in ["code", "code_verifier", "access_token", "id_token", "refresh_token"] {
        app.find("button", &format!("Show {secret}")).await;
    }
    assert_eq!(app.count("[aria-label=Wire] [data-masked=false]").await, 0, "every secret is masked");
    app.click("button", "Show code_verifier").await;
    app.shows_at("[aria-label=Wire] [data-masked=false]").await;
    app.screenshot("shown").await;
    app.click("button", "Show code_verifier").await;
    app.until("the mask", "return document.querySelectorAll('[data-masked=false]').length === 0").await;
}

#[tokio::test]
async fn wire_is_read_with_the_keyboard_alone() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.press("Control+j").await;
    app.find("region", "Wire").await;
    for _ in 0..20 {
        let script = "return document.activeElement.textContent.includes('/connect/token')";
        if app.run(script, vec![]).await == true {
            break;
        }
        app.press("ArrowUp").await;
    }
    app.press("Enter").await;
    app.find("region", "Form").await;
    for _ in 0..20 {
        let script = "return document.activeElement.getAttribute('aria-label') === 'Show code'";
        if app.run(script, vec![]).await == true {
            break;
        }
        app.press("Tab").await;
    }
    app.press("Enter").await;
    app.shows_at("[aria-label=Wire] [data-masked=false]").await;
    app.press("Escape").await;
    app.gone("region", "Wire").await;
}

/// The open exchange has these sections, and these words are in them.
async fn parts(app: &App, sections: &[&str], words: &[&str]) {
    for section in sections {
        app.find("region", section).await;
    }
    let text = app.shows_at("[aria-label=Wire] .detail").await;
    for word in words {
        assert!(text.contains(word), "“{word}” is not shown: {text}");
    }
}
