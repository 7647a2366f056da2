use bobbin_tests::{App, World};
use serde_json::json;

use crate::{
    pasted::{self, OLD_ID_TOKEN, OPAQUE, Pasted, clear, inspect, sentence, tampered},
    steps::{exchanges, pictures, sign_in, start_sandbox, tokens},
};

#[tokio::test]
async fn every_kind_of_token_is_told_in_one_sentence() {
    let world = World::new();
    let app = world.app().await;
    app.press("Control+i").await;
    app.find("heading", "Inspect").await;
    pictures(&app, "empty").await;
    are_told(&app, pasted::tokens()).await;
}

#[tokio::test]
async fn every_kind_of_address_and_document_is_told_in_one_sentence() {
    let world = World::new();
    let app = world.app().await;
    let sandbox = start_sandbox(&world, &app).await;
    app.press("Control+i").await;
    are_told(&app, pasted::others()).await;

    let fetch =
        async |path: &str| reqwest::get(format!("{sandbox}{path}")).await.unwrap().text().await.unwrap();
    let pem = fetch("/sandbox/client.pem").await;
    let key = pem.find("-----BEGIN PRIVATE KEY").expect("a certificate comes before the key");
    let rows = [
        (
            "discovery",
            fetch("/.well-known/openid-configuration").await,
            "Recognized",
            &["discovery document of"],
        ),
        (
            "jwks",
            fetch("/.well-known/openid-configuration/jwks").await,
            "Recognized",
            &["key set (JWKS) with"],
        ),
        ("certificate", pem[..key].to_owned(), "Recognized", &["certificate of"]),
        ("private-key", pem, "Wrong", &["PRIVATE KEY"]),
    ];
    are_told(&app, rows.map(|(name, text, mark, says)| Pasted { name, text, mark, says })).await;
}

#[tokio::test]
async fn a_token_of_a_session_is_verified_with_its_connection() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let [access_token, id_token, _] = &tokens(&app).await[..] else { panic!("there are three") };
    app.press("Control+i").await;
    let alone = inspect(&app, id_token).await;
    assert!(alone.contains("its signature was not checked"), "no keys were given: {alone}");
    pictures(&app, "alone").await;
    choose_connection(&app, "sandbox").await;
    let verified = says(&app, "its signature is right").await;
    assert!(verified.starts_with("Right: An id_token of http://127.0.0.1"), "{verified}");
    pictures(&app, "verified").await;

    app.click("button", "Check against…*").await;
    app.fill("access_token*", access_token).await;
    app.find("button", "at_hash, passed*").await;
    app.fill("access_token*", OPAQUE).await;
    let other = says(&app, "at_hash").await;
    assert!(other.starts_with("Wrong: "), "{other}");
    pictures(&app, "another-access-token").await;
}

#[tokio::test]
async fn a_tampered_token_is_refused_by_the_check_that_the_sentence_names() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let [_, id_token, _] = &tokens(&app).await[..] else { panic!("there are three") };
    app.press("Control+i").await;
    choose_connection(&app, "sandbox").await;
    let changed = inspect(&app, &tampered(id_token)).await;
    assert!(changed.starts_with("Wrong: An id_token of"), "{changed}");
    assert!(changed.contains("its signature does not fit"), "{changed}");
    app.click("button", "Signature, failed*").await;
    for (outcome, title) in [("failed", "Signature"), ("passed", "Issuer"), ("skipped", "Nonce")] {
        if outcome != "failed" {
            app.click("button", &format!("{title}, {outcome}*")).await;
        }
        let said = app.shows_at(&format!("[data-outcome={outcome}] dl")).await;
        let wanted: &[&str] = match outcome {
            "failed" => &["Expected", "Got", "Why", "To do", "Section", "Code"],
            "passed" => &["Expected", "Got", "Why", "Section"],
            _ => &["Skipped", "To do", "Section"],
        };
        for name in wanted {
            assert!(said.contains(name), "{title} does not say “{name}”: {said}");
        }
    }
    pictures(&app, "checks").await;
}

#[tokio::test]
async fn keys_are_fetched_when_a_person_asks_for_them_and_nothing_else_is_sent() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let [_, id_token, _] = &tokens(&app).await[..] else { panic!("there are three") };
    app.close().await;

    let app = world.app().await;
    app.press("Control+i").await;
    choose_connection(&app, "sandbox").await;
    let before = exchanges(&app, "").await.len();
    let unverified = inspect(&app, id_token).await;
    assert!(unverified.contains("its signature was not checked"), "{unverified}");
    assert_eq!(exchanges(&app, "").await.len(), before, "nothing is sent by pasting");
    pictures(&app, "keys-wanted").await;
    app.click("button", "Fetch its keys").await;
    // A sandbox makes new keys at each start, so that these cannot have signed a token of the last one.
    let checked = says(&app, "its key is not among the keys").await;
    assert!(checked.starts_with("Wrong: "), "{checked}");
    app.find("button", "Issuer, passed*").await;
    let sent = exchanges(&app, "").await;
    assert!(sent.len() > before, "the keys were asked for");
    for id in &sent[before..] {
        let exchange = app.invoke("exchange", json!({ "id": id })).await;
        assert_eq!(exchange["summary"]["method"], "GET", "{exchange}");
        assert!(!exchange.to_string().contains(id_token), "the token went along");
    }
}

#[tokio::test]
async fn what_is_pasted_is_in_no_file_and_gone_after_a_restart() {
    let world = World::new();
    let app = world.app().await;
    app.press("Control+i").await;
    let before = exchanges(&app, "").await.len();
    inspect(&app, OLD_ID_TOKEN).await;
    app.click("button", "Check against…*").await;
    app.fill("access_token*", OPAQUE).await;
    app.find("button", "at_hash, passed*").await;
    assert_eq!(exchanges(&app, "").await.len(), before, "nothing was sent");
    // Another view and back, as one compares with a session.
    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+i").await;
    assert!(sentence(&app).await.contains("it expired"), "it is still there while the window is open");
    app.close().await;

    let [_, payload, signature] = &OLD_ID_TOKEN.split('.').collect::<Vec<_>>()[..] else { panic!("a JWT") };
    let files = world.files();
    let holds =
        |content: &[u8], text: &str| content.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(
        files.iter().any(|(_, content)| holds(content, "ListBankAccounts")),
        "the search finds what is there"
    );
    for (path, content) in &files {
        for text in [payload, signature, &OPAQUE] {
            assert!(!holds(content, text), "{} holds what was pasted", path.display());
        }
    }

    let app = world.app().await;
    app.press("Control+i").await;
    app.find("heading", "Paste anything from a sign-in").await;
}

#[tokio::test]
async fn the_palette_leads_to_inspect_and_a_dropped_file_is_read() {
    let world = World::new();
    let app = world.app().await;
    app.press("Control+k").await;
    app.type_text("inspect").await;
    app.find("option", "Inspect a token or URL…*").await;
    app.press("Enter").await;
    app.find("heading", "Inspect").await;
    has_focus(&app, "What to inspect").await;
    let script = "const transfer = new DataTransfer();
        transfer.items.add(new File([arguments[0]], 'ticket.txt', { type: 'text/plain' }));
        const at = document.querySelector('main section');
        for (const type of ['dragover', 'drop'])
            at.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));";
    app.run(script, vec![json!(OLD_ID_TOKEN)]).await;
    assert!(sentence(&app).await.contains("it expired at 2019-12-12"));
}

#[tokio::test]
async fn inspect_is_used_with_the_keyboard_alone() {
    let world = World::new();
    let app = world.app().await;
    app.press("Control+i").await;
    has_focus(&app, "What to inspect").await;
    app.invoke("copy", json!({ "text": OLD_ID_TOKEN })).await;
    app.press("Control+v").await;
    assert!(sentence(&app).await.contains("it expired"));

    tab_to(&app, "Check against…*").await;
    app.press("Enter").await;
    app.press("Tab").await;
    tab_to(&app, "nonce*").await;
    app.type_text("xyz").await;
    app.find("button", "Nonce, passed*").await;
    tab_to(&app, "Expiry, failed*").await;
    app.press("Enter").await;
    app.shows_at("[data-outcome=failed] dl").await;
    app.screenshot("a-check").await;

    app.press("Control+Shift+c").await;
    app.shows("Copied as text").await;
    clear(&app).await;
    has_focus(&app, "What to inspect").await;
    app.press("Control+v").await;
    let report = app.run("return document.activeElement.value", vec![]).await;
    let report = report.as_str().unwrap();
    assert!(report.contains("it expired at 2019-12-12"), "{report}");
    assert!(report.contains("expected:"), "{report}");
    assert!(!report.contains(OLD_ID_TOKEN), "a report is for a ticket, and has no token in it");
}

/// Pastes one after the other, with a picture of each; tells of all that are not as they should be.
async fn are_told(app: &App, rows: impl IntoIterator<Item = Pasted>) {
    let mut wrong = Vec::new();
    for Pasted { name, text, mark, says } in rows {
        let sentence = inspect(app, &text).await;
        app.screenshot(name).await;
        let is_right =
            sentence.starts_with(&format!("{mark}: ")) && says.iter().all(|it| sentence.contains(it));
        if !is_right {
            wrong.push(format!("{name}: not “{mark}” with {says:?}, but “{sentence}”"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn choose_connection(app: &App, slug: &str) {
    app.find("combobox", "Connection").await.select_by_value(slug).await.expect("the list has it");
}

/// Waits for the sentence to hold these words.
async fn says(app: &App, words: &str) -> String {
    let script = format!(
        "return document.querySelector('main [role=status] h2')?.textContent.includes({})",
        json!(words)
    );
    app.until(&format!("the sentence to say “{words}”"), &script).await;
    sentence(app).await
}

async fn has_focus(app: &App, name: &str) {
    app.find("textbox", name).await;
    let script = format!("return document.activeElement.getAttribute('aria-label') === {}", json!(name));
    app.until(&format!("the focus to be in {name}"), &script).await;
}

/// Presses Tab until that has the focus, as somebody does without a mouse; a `*` at the end stands for anything.
async fn tab_to(app: &App, name: &str) {
    let script = "const e = document.activeElement;
        return (e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent).replace(/\\s+/g, ' ').trim()";
    let mut met = Vec::new();
    for _ in 0..60 {
        let focused = app.run(script, vec![]).await.as_str().unwrap_or_default().to_owned();
        if focused.starts_with(name.trim_end_matches('*')) {
            return;
        }
        met.push(focused);
        app.press("Tab").await;
    }
    panic!("Tab does not reach {name}, only {met:?}");
}
