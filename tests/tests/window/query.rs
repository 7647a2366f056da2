use bobbin_tests::{Page, World};

use crate::steps::sign_in;

const DOCUMENT: &str = "GraphQL document";

#[tokio::test]
async fn list_bank_accounts_returns_data_with_control_enter() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "ListBankAccounts").await;
    app.click("textbox", DOCUMENT).await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    let body = response(&app).await;
    assert!(body.contains("bankAccounts"), "{body}");
    assert!(body.contains("\"name\": \"FNB"), "the accounts have names: {body}");
    assert!(!body.contains("errors"), "{body}");
    for theme in ["light", "dark"] {
        app.use_theme(theme).await;
        app.screenshot(theme).await;
    }
}

#[tokio::test]
async fn the_keyboard_alone_finds_and_runs_a_query() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.press("Control+k").await;
    app.type_text("list bank").await;
    app.find("option", "*ListBankAccounts*").await;
    app.screenshot("palette").await;
    app.press("Enter").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    assert!(response(&app).await.contains("bankAccounts"));

    app.press("Control+j").await;
    app.find("region", "Wire").await;
    app.press("Control+j").await;
    app.gone("region", "Wire").await;
}

#[tokio::test]
async fn a_query_is_made_saved_renamed_deleted_and_taken_back() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "New query").await;
    app.fill("Name", "WhoAmI").await;
    app.click("button", "Create").await;
    app.find("heading", "WhoAmI").await;

    let text = "query WhoAmI { user { __typename } }";
    app.fill(DOCUMENT, text).await;
    app.find("img", "Not saved").await;
    app.press("Control+s").await;
    app.gone("img", "Not saved").await;
    let saved = || world.files().into_iter().find(|(path, _)| path.ends_with("queries/who-am-i.graphql"));
    assert_eq!(String::from_utf8_lossy(&saved().expect("the query is a file").1).trim(), text);

    app.click("button", "More actions").await;
    app.click("menuitem", "Rename or move…").await;
    app.fill("Name", "Who is it").await;
    app.click("button", "Rename").await;
    app.find("heading", "Who is it").await;
    app.find("button", "Who is it").await;
    app.gone("button", "WhoAmI").await;
    assert!(saved().is_none(), "the file has the new name");

    app.click("button", "More actions").await;
    app.click("menuitem", "Delete the query").await;
    app.gone("button", "Who is it").await;
    app.click("button", "Undo").await;
    app.find("heading", "Who is it").await;
    app.find("button", "Who is it").await;
    assert!(document(&app).await.contains(text), "the text is as it was");
}

#[tokio::test]
async fn what_was_typed_survives_a_crash() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "ListBankAccounts").await;
    app.click("textbox", DOCUMENT).await;
    app.press("Control+Home").await;
    app.type_text("# unsaved words ").await;
    app.find("img", "Not saved").await;
    // Drafts are kept a moment after the last key.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    app.kill().await;

    let app = world.app().await;
    app.find("heading", "ListBankAccounts").await;
    assert!(document(&app).await.contains("# unsaved words"), "nothing typed is lost");
    app.find("img", "Not saved").await;
}

#[tokio::test]
async fn a_query_without_a_session_offers_the_sign_in_and_comes_back() {
    let world = World::new();
    let app = world.app().await;
    app.click("button", "ListBankAccounts").await;
    app.click("button", "Sign in with browser").await;
    let callback = world.opened().await.decide(bobbin_tests::Decision::Allow).await;
    world.open_link(&callback);
    app.find("heading", "ListBankAccounts").await;
    app.click("button", "Run").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
}

#[tokio::test]
async fn a_query_with_a_mistake_shows_the_error_as_a_card() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "ListBankAccounts").await;
    app.fill(DOCUMENT, "{ nobody }").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response] [role=alert]").await;
    app.shows("nobody").await;
    app.screenshot("error").await;
}

async fn document(page: &Page) -> String {
    page.shows_at(&format!("[aria-label='{DOCUMENT}']")).await
}

async fn response(page: &Page) -> String {
    let script = "return document.querySelector('[aria-label=\"Response body\"]')?.innerText";
    page.until("a response", script).await.as_str().unwrap_or_default().to_owned()
}
