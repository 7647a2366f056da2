use bobbin_sandbox::PUBLIC_CLIENT_ID;
use bobbin_tests::{App, World};
use serde_json::{Value, json};

use crate::steps::{PERSON, exchanges, new_connection, pictures, sign_in, start_sandbox};

#[tokio::test]
async fn vault_starts_with_a_pasted_refresh_token_and_lasts_a_day() {
    let world = World::new();
    let app = world.app().await;
    let token = vault(&world, &app).await;
    pictures(&app, "connection").await;
    app.fill("Refresh token", &token).await;
    app.click("button", "Start session").await;

    app.shows("user_id").await;
    app.shows("usr:").await;
    app.shows("accounts:create").await;
    let left = "[role=group][aria-label='Access token'] [role=timer]";
    app.shows_at(left).await;
    let script = format!("return Number(document.querySelector({left:?}).dataset.countdown)");
    let seconds = app.run(&script, vec![]).await.as_f64().unwrap();
    assert!((86_340.0..=86_400.0).contains(&seconds), "{seconds} s are not what is left of a day");
    pictures(&app, "session").await;
    assert!(!app.source().await.contains(&token), "the refresh token is nowhere in the page");

    app.click("button", "ListBankAccounts").await;
    app.find("heading", "ListBankAccounts").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    assert_eq!(app.count("[aria-label=Response] [role=alert]").await, 0, "the access token opens the API");

    app.click("button", "User tokens").await;
    app.click("button", "Refresh…").await;
    app.shows("24 hours").await;
    app.click("button", "Refresh now").await;
    app.shows("generation 3").await;
}

#[tokio::test]
async fn vaults_own_refusal_is_shown_with_its_message_and_trace_id() {
    let world = World::new();
    let app = world.app().await;
    vault(&world, &app).await;
    app.fill("Refresh token", "never-given-out").await;
    app.click("button", "Start session").await;
    let card = app.shows_at("[role=alert][data-code=token_invalid_grant]").await;
    assert!(card.contains("The Token has expired on"), "{card}");
    assert!(card.contains("traceId"), "{card}");
    app.click("button", "Details").await;
    pictures(&app, "refused").await;
    assert!(!app.has("button", "User tokens").await, "no session is left behind without a token");
}

#[tokio::test]
async fn any_openid_provider_is_known_by_its_issuer() {
    let world = World::new();
    let app = world.app().await;
    let sandbox = start_sandbox(&world, &app).await;
    new_connection(&app, "OpenID provider").await;
    app.fill("Issuer", "http://login.example.com").await;
    app.press("Enter").await;
    app.shows_at("[aria-labelledby=provider-heading] [role=alert]").await;
    app.screenshot("plain-http").await;

    app.fill("Issuer", &sandbox).await;
    app.click("button", "Fetch metadata").await;
    app.shows("Fetched").await;
    app.fill("Client ID", PUBLIC_CLIENT_ID).await;
    app.click("button", "profile").await;
    app.shows("Saved").await;
    app.fill("Another scope", "accounts").await;
    app.press("Enter").await;
    app.shows("2 of 5 user scopes").await;
    app.click("button", "Endpoints *").await;
    app.shows("from the issuer").await;
    pictures(&app, "connection").await;

    sign_in(&world, &app).await;
    app.find("region", "Checks").await;
    assert_eq!(app.count("[aria-label=Checks] [data-outcome=failed]").await, 0, "no check fails");
    app.shows_at("[aria-labelledby=granted-heading] .granted:nth-child(2)").await;
    pictures(&app, "session").await;
}

#[tokio::test]
async fn leaving_a_field_moves_nothing_while_the_button_is_held() {
    let world = World::new();
    let app = world.app().await;
    let sandbox = start_sandbox(&world, &app).await;
    new_connection(&app, "OpenID provider").await;
    app.fill("Issuer", &sandbox).await;
    app.click("button", "Fetch metadata").await;
    app.shows("Fetched").await;
    app.fill("Client ID", PUBLIC_CLIENT_ID).await;
    let watch = "const chips = document.querySelector('.chips');
        const tops = window.tops = new Set();
        const look = () => { tops.add(chips.getBoundingClientRect().top); requestAnimationFrame(look) };
        look()";
    app.run(watch, vec![]).await;
    app.press_and_release("button", "profile").await;
    app.shows("1 of 4 user scopes").await;
    app.shows("Saved").await;
    assert_eq!(app.run("return tops.size", vec![]).await, 1, "the scopes stood still");
}

#[tokio::test]
async fn what_the_issuer_says_can_be_overridden_by_hand() {
    let world = World::new();
    let app = world.app().await;
    let sandbox = start_sandbox(&world, &app).await;
    new_connection(&app, "OpenID provider").await;
    app.fill("Issuer", &sandbox).await;
    app.click("button", "Fetch metadata").await;
    app.shows("Fetched").await;
    app.click("button", "Endpoints *").await;
    let by_name = sandbox.replace("127.0.0.1", "localhost");
    app.fill("userinfo_endpoint", &format!("{by_name}/connect/userinfo")).await;
    app.press("Tab").await;
    app.shows("written by hand").await;
    app.click("button", "Reset").await;
    app.until("the issuer's word", &value_is("userinfo_endpoint", &format!("{sandbox}/connect/userinfo")))
        .await;
}

#[tokio::test]
async fn a_pasted_token_reply_is_a_session_for_inspecting() {
    let world = World::new();
    let app = world.app().await;
    new_connection(&app, "Inspecting only").await;
    app.press("Enter").await;
    pictures(&app, "connection").await;
    app.fill("Token reply", "eyJhbGciOi").await;
    app.click("button", "Start session").await;
    app.shows("Paste the whole JSON object").await;
    app.screenshot("refused").await;

    let reply = json!({
        "access_token": "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4",
        "token_type": "Bearer", "expires_in": 900, "scope": "openid accounts", "user_id": "u-1",
    });
    app.fill("Token reply", &reply.to_string()).await;
    app.click("button", "Start session").await;
    app.shows("Pasted").await;
    app.find("heading", "No ID token").await;
    app.shows("user_id").await;
    app.shows("u-1").await;
    pictures(&app, "session").await;
    assert!(exchanges(&app, "").await.is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_pasted_reply_with_an_id_token_shows_its_claims_unverified() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    let [access_token, id_token, _] = &crate::steps::tokens(&app).await[..] else {
        panic!("there are three")
    };
    new_connection(&app, "Inspecting only").await;
    let reply = json!({ "access_token": access_token, "token_type": "Bearer", "id_token": id_token });
    app.fill("Token reply", &reply.to_string()).await;
    app.click("button", "Start session").await;
    app.shows("Pasted").await;
    app.find("table", "ID token claims").await;
    app.shows("not verified").await;
    app.find("button", "Sandbox").await;
    pictures(&app, "session").await;
    assert!(app.count("nav [data-thing] .label").await == 2, "{PERSON}'s own session is another one");
}

/// A Vault connection that leads to the sandbox; gives its first refresh token.
async fn vault(world: &World, app: &App) -> String {
    let sandbox = start_sandbox(world, app).await;
    let first = reqwest::Client::new().post(format!("{sandbox}/sandbox/vault-refresh-token"));
    let reply: Value = serde_json::from_str(&first.send().await.unwrap().text().await.unwrap()).unwrap();
    new_connection(app, "Vault").await;
    app.press("Enter").await;
    app.click("button", "Endpoints *").await;
    app.fill("token_endpoint", &format!("{sandbox}/v2.0/reference/gettoken")).await;
    app.fill("graphql_endpoint", &format!("{sandbox}/graphql")).await;
    reply["refresh_token"].as_str().expect("the sandbox gives a refresh token").to_owned()
}

/// True as soon as the field of that id holds that text.
fn value_is(id: &str, text: &str) -> String {
    format!("return document.getElementById({id:?})?.value === {text:?}")
}
