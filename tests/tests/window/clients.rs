use std::collections::HashSet;

use bobbin_sandbox::{CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET};
use bobbin_tests::{App, World};

use crate::steps::{PERSON, begin_sign_in, exchanges, pictures, sent, sign_in, start_sandbox};

/// Its passphrase is "correct horse".
const ENCRYPTED_KEY: &str =
    include_str!("../../../src-tauri/crates/protocol/src/private_key/samples/ec-encrypted.pem");

#[tokio::test]
async fn a_client_signs_in_with_its_secret_in_the_body() {
    let world = World::new();
    let app = world.app().await;
    use_secret(&app, "Body").await;
    pictures(&app, "connection").await;
    sign_in(&world, &app).await;
    app.click("button", "Wire · *").await;
    app.click("button", "*/connect/token authorization_code*").await;
    app.find("button", "Show client_secret").await;
    let [exchange] = &exchanges(&app, "authorization_code").await[..] else {
        panic!("one code was exchanged")
    };
    assert_eq!(sent(&app, exchange, "client_secret").await, CONFIDENTIAL_CLIENT_SECRET);
    assert!(!app.source().await.contains(CONFIDENTIAL_CLIENT_SECRET), "the secret is not in the page");
}

#[tokio::test]
async fn a_client_signs_in_with_its_secret_in_the_header() {
    let world = World::new();
    let app = world.app().await;
    use_secret(&app, "Header (Basic)").await;
    sign_in(&world, &app).await;
    app.click("button", "Wire · *").await;
    app.click("button", "*/connect/token authorization_code*").await;
    app.find("button", "Show Authorization").await;
    assert!(!app.has("button", "Show client_secret").await, "it is sent in one place only");
    app.screenshot("wire").await;
}

#[tokio::test]
async fn a_certificate_proves_the_client_on_every_leg() {
    let world = World::new();
    let app = world.app().await;
    use_certificate(&world, &app).await;
    app.shows("RSA 2048").await;
    app.click("button", "Preview assertion").await;
    for claim in ["\"iss\"", "\"sub\"", "\"aud\"", "\"jti\"", "\"exp\"", "\"kid\"", "\"RS256\""] {
        app.shows(claim).await;
    }
    assert!(!app.source().await.contains("PRIVATE KEY"), "the key is never shown again");
    pictures(&app, "assertion").await;

    sign_in(&world, &app).await;
    app.click("button", "Refresh…").await;
    app.click("button", "Refresh now").await;
    app.shows("generation 2").await;
    app.click("button", "More actions").await;
    app.click("menuitem", "Revoke tokens…*").await;
    app.click("button", "Revoke").await;
    app.gone("button", PERSON).await;

    let mut assertions = HashSet::new();
    for leg in ["authorization_code", "refresh_token", "revoke"] {
        let requests = exchanges(&app, leg).await;
        assert!(!requests.is_empty(), "nothing was sent for {leg}");
        for request in requests {
            let new = assertions.insert(sent(&app, &request, "client_assertion").await);
            assert!(new, "an assertion was sent twice");
        }
    }
}

#[tokio::test]
async fn a_client_token_is_used_again_until_a_fresh_one_is_asked_for() {
    let world = World::new();
    let app = world.app().await;
    use_certificate(&world, &app).await;
    app.click("button", "Get client token").await;
    app.shows("Client token").await;
    app.shows("client_paymentrequest").await;
    assert_eq!(app.count("[role=group][aria-label='Refresh token']").await, 0, "there is none to refresh");
    pictures(&app, "session").await;

    app.click("button", "Sandbox").await;
    app.click("button", "Get client token").await;
    app.find("heading", "No ID token").await;
    assert_eq!(exchanges(&app, "client_credentials").await.len(), 1, "the kept token is used again");
    app.click("button", "Get a fresh one").await;
    app.find("button", "Get a fresh one").await;
    assert_eq!(exchanges(&app, "client_credentials").await.len(), 2, "a fresh one is fetched");
    assert_eq!(app.count("nav [data-thing] .label").await, 1, "a fresh token takes the old one's place");
}

#[tokio::test]
async fn a_client_token_by_secret_is_called_deprecated_and_works() {
    let world = World::new();
    let app = world.app().await;
    use_secret(&app, "Body").await;
    app.shows("client secrets deprecated").await;
    app.click("button", "Client tokens *").await;
    app.click("button", "client_paymentauthorizationrequest").await;
    pictures(&app, "deprecated").await;
    app.click("button", "Get client token").await;
    app.shows("Client token").await;
    app.shows("client_paymentauthorizationrequest").await;
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_refused_with_what_to_do() {
    let world = World::new();
    let app = world.app().await;
    let sandbox = start_sandbox(&world, &app).await;
    let pem = reqwest::get(format!("{sandbox}/sandbox/client.pem")).await.unwrap().text().await.unwrap();
    let key = pem.find("-----BEGIN PRIVATE KEY").expect("the file holds a key behind the certificate");
    app.click("radio", "Private key").await;
    import(&app, &pem[..key]).await;
    let refusal = app.shows_at("[aria-labelledby=client-heading] [role=alert]").await;
    assert!(refusal.contains("certificate"), "{refusal}");
    app.screenshot("refused").await;
    import(&app, &pem).await;
    app.find("textbox", "Key ID").await;
    assert_eq!(app.count("[aria-labelledby=client-heading] [role=alert]").await, 0, "the refusal is gone");
}

#[tokio::test]
async fn an_encrypted_key_is_opened_with_its_passphrase() {
    let world = World::new();
    let app = world.app().await;
    app.click("radio", "Private key").await;
    import(&app, ENCRYPTED_KEY).await;
    app.fill("This key is encrypted. Passphrase:", "Correct horse").await;
    pictures(&app, "passphrase").await;
    app.click("button", "Open the key").await;
    app.shows("This passphrase does not open the key").await;
    app.fill("This key is encrypted. Passphrase:", "correct horse").await;
    app.click("button", "Open the key").await;
    app.shows("EC P-256").await;
    app.find("textbox", "Key ID").await;
    assert!(!app.source().await.contains("correct horse"), "the passphrase is not kept in the page");
}

#[tokio::test]
async fn a_refresh_narrows_the_scopes() {
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "Refresh…").await;
    app.click("checkbox", "transactions").await;
    app.shows("narrows to 4 of 5").await;
    pictures(&app, "narrowing").await;
    app.click("button", "Refresh now").await;
    app.shows("generation 2").await;
    app.shows("transactions not granted").await;
}

#[tokio::test]
async fn a_refused_client_is_told_what_could_explain_it() {
    let world = World::new();
    let app = world.app().await;
    use_secret(&app, "Body").await;
    app.click("button", "Replace…").await;
    app.fill("Client secret", "not the one").await;
    app.click("button", "Save").await;
    app.shows("Saved, encrypted").await;
    let page = begin_sign_in(&world, &app).await;
    world.open_link(&page.decide(bobbin_tests::Decision::Allow).await);
    app.shows_at("[aria-label='Sign-in'] [role=alert][data-code=token_invalid_client]").await;
    app.find("region", "What could explain it").await;
    pictures(&app, "explained").await;
}

/// Makes the sandbox connection its client with a secret.
pub(crate) async fn use_secret(app: &App, sent_in: &str) {
    app.fill("Client ID", CONFIDENTIAL_CLIENT_ID).await;
    app.click("radio", "Secret").await;
    app.click("radio", sent_in).await;
    app.fill("Client secret", CONFIDENTIAL_CLIENT_SECRET).await;
    app.click("button", "Save").await;
    app.shows("Saved, encrypted").await;
}

/// Makes the sandbox connection its client with a certificate.
pub(crate) async fn use_certificate(world: &World, app: &App) {
    let sandbox = start_sandbox(world, app).await;
    let pem = reqwest::get(format!("{sandbox}/sandbox/client.pem")).await.unwrap().text().await.unwrap();
    app.fill("Client ID", CERTIFICATE_CLIENT_ID).await;
    app.click("radio", "Private key").await;
    import(app, &pem).await;
    app.find("textbox", "Key ID").await;
}

async fn import(app: &App, pem: &str) {
    app.click("button", "Paste…").await;
    app.paste("Private key as PEM", pem).await;
    app.click("button", "Import key").await;
}
