use std::fs;

use bobbin_tests::World;

use crate::steps::{PERSON, sign_in, tokens};

#[tokio::test]
async fn no_token_is_in_any_file() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    let tokens = tokens(&app).await;
    app.close().await;

    let files = world.files();
    let log = fs::read_to_string(world.log()).expect("there is a log");
    for event in ["started", "signed in sign_in=", "run ended status=200"] {
        assert!(log.contains(event), "the log does not tell of “{event}”:\n{log}");
    }
    for private in [PERSON, "ListBankAccounts", "oauth/callback", "http://", "dev.bobbin.workbench:", "?"] {
        assert!(!log.contains(private), "the log holds “{private}”:\n{log}");
    }
    let holds =
        |content: &[u8], text: &str| content.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(
        files.iter().any(|(_, content)| holds(content, "ListBankAccounts")),
        "the search finds what is there"
    );
    for (path, content) in &files {
        for token in &tokens {
            assert!(!holds(content, token), "{} holds a token", path.display());
            // The id_token's payload would tell who signed in, also without its signature.
            let payload = token.split('.').nth(1).unwrap_or(token);
            assert!(!holds(content, payload), "{} holds a part of a token", path.display());
        }
    }
}

#[tokio::test]
async fn the_wire_shows_the_token_exchange_with_its_secrets_masked() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "Wire · *").await;
    app.click("button", "*/connect/token authorization_code*").await;
    app.shows("code_verifier").await;
    app.shows("access_token").await;
    assert!(
        app.count("[aria-label=Wire] [data-masked=true]").await >= 3,
        "code, code_verifier and the reply are masked"
    );
    app.screenshot("wire").await;
    let source = app.source().await;
    for token in tokens(&app).await {
        assert!(!source.contains(&token), "a token is in the page, though nobody asked to see it");
    }
}

#[tokio::test]
async fn a_token_is_shown_when_its_eye_is_pressed_and_hidden_again() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let [access_token, ..] = &tokens(&app).await[..] else { panic!("there are tokens") };
    assert!(!app.source().await.contains(access_token));
    app.click("button", "Show Access token").await;
    app.shows(access_token).await;
    app.click("button", "Show Access token").await;
    app.until("the mask", "return document.querySelectorAll('[data-masked=false]').length === 0").await;
    assert!(!app.source().await.contains(access_token));
}
