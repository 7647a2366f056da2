//! How the client proves itself at the sandbox, and its own tokens.

mod credentials;

mod client_tokens;

use std::{collections::HashSet, time::Duration};

use crate::server::{answers, json};
use crate::world::{self, Person, World, run};
use bobbin_engine::view::{
    Asked, AuthenticationMethod, ConnectionDraft, EndpointKind, ExchangePart, ExpirySource, ExtraRows,
    RedirectMethod, RefreshPolicy, SessionKind, SessionSecret, SignInState,
};
use bobbin_sandbox::{
    CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, EC_CLIENT_ID,
};
use serde_json::Value;

async fn fetched(world: &World, path: &str) -> String {
    let base = world.engine.sandbox().await.unwrap();
    reqwest::get(format!("{base}{path}")).await.unwrap().text().await.unwrap()
}

async fn with_certificate(algorithm: &'static str) -> World {
    let world = World::new();
    let pem =
        fetched(&world, if algorithm == "ES256" { "/sandbox/ec-client.pem" } else { "/sandbox/client.pem" })
            .await;
    world.engine.client_key_import("sandbox", pem, None).await.unwrap();
    world
        .save_connection(|draft| {
            let client_id = if algorithm == "ES256" { EC_CLIENT_ID } else { CERTIFICATE_CLIENT_ID };
            client_id.clone_into(&mut draft.client_id);
            draft.authentication_method = AuthenticationMethod::PrivateKeyJwt;
            algorithm.clone_into(&mut draft.algorithm);
        })
        .await;
    world
}

async fn with_secret(method: AuthenticationMethod, secret: &str) -> World {
    let world = World::new();
    world.engine.client_secret_set("sandbox", Some(secret.to_owned())).await.unwrap();
    world.save_connection(|draft| confidential(draft, method)).await;
    world
}

fn confidential(draft: &mut ConnectionDraft, method: AuthenticationMethod) {
    CONFIDENTIAL_CLIENT_ID.clone_into(&mut draft.client_id);
    draft.authentication_method = method;
}

/// Signs in, refreshes and revokes: every leg of a user's tokens.
async fn goes_all_the_way(world: &World) {
    let session = world.session_id().await;
    let refreshed = world.engine.session_refresh(&session, 1, None).await.unwrap();
    assert_eq!(refreshed.refresh.unwrap().generation, 2);
    world.engine.session_revoke(&session).await.unwrap();
}

/// The bodies of the requests that proved the client.
fn sent(world: &World, name: &str) -> Vec<String> {
    let exchanges = world.engine.wire();
    let posts = exchanges.iter().filter(|exchange| exchange.method == "POST");
    posts
        .filter_map(|exchange| {
            world.engine.exchange_reveal(&exchange.id, ExchangePart::RequestBody, Some(name)).ok()
        })
        .collect()
}

fn claims(assertion: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = assertion.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_secret_in_the_body_or_in_the_header_is_sent_on_every_leg() {
    for method in [AuthenticationMethod::ClientSecretPost, AuthenticationMethod::ClientSecretBasic] {
        let world = with_secret(method, CONFIDENTIAL_CLIENT_SECRET).await;
        goes_all_the_way(&world).await;
        let in_bodies = sent(&world, "client_secret").len();
        // Code exchange, refresh, and the revocation of two tokens.
        assert_eq!(in_bodies, if method == AuthenticationMethod::ClientSecretPost { 4 } else { 0 });
    }
}

#[tokio::test]
async fn a_certificate_proves_the_client_on_every_leg_with_a_fresh_assertion_each_time() {
    for algorithm in ["RS256", "PS256", "ES256"] {
        let world = with_certificate(algorithm).await;
        goes_all_the_way(&world).await;
        let assertions = sent(&world, "client_assertion");
        assert_eq!(assertions.len(), 4, "{algorithm}: exchange, refresh, two revocations");
        let ids: HashSet<String> =
            assertions.iter().map(|assertion| claims(assertion)["jti"].to_string()).collect();
        assert_eq!(ids.len(), 4, "no jti is sent twice");
        for assertion in &assertions {
            let claims = claims(assertion);
            assert_eq!(claims["iss"], claims["sub"]);
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
        }
    }
}

#[tokio::test]
async fn a_server_cannot_date_what_is_signed_for_it() {
    let world = with_certificate("RS256").await;
    for (ahead, dated) in [(40, 40), (-40, -40), (80, 0), (-500, 0), (400_000_000, 0)] {
        let time =
            std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(world.now() + ahead * 1000).unwrap());
        let date = httpdate::fmt_http_date(time);
        let reply = format!(
            "HTTP/1.1 400 Bad Request\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        world.redirect(EndpointKind::Token, &answers(&[reply.into_bytes()]).await).await;
        world.engine.client_token("sandbox", true).await.unwrap_err();

        let preview = world.engine.assertion_preview("sandbox").await.unwrap();
        let claims: Value = serde_json::from_str(&preview.claims_json).unwrap();
        let off = claims["iat"].as_i64().unwrap() - world.now() / 1000;
        assert!((off - dated).abs() <= 3, "{ahead} s ahead: dated {off} s from now");
    }
}

#[tokio::test]
async fn the_preview_shows_what_would_be_sent_and_never_the_key() {
    let world = with_certificate("RS256").await;
    let preview = world.engine.assertion_preview("sandbox").await.unwrap();
    let header: Value = serde_json::from_str(&preview.header_json).unwrap();
    let key = world.connection().await.authentication.key.unwrap();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header["kid"].as_str(), key.kid.as_deref());
    assert_eq!(
        key.kid,
        key.certificate.map(|certificate| certificate.sha1),
        "localKeyID is the certificate's SHA-1"
    );
    let claims: Value = serde_json::from_str(&preview.claims_json).unwrap();
    assert_eq!(claims["iss"], CERTIFICATE_CLIENT_ID);
    assert!(claims["aud"].as_str().unwrap().ends_with("/connect/token"));
    let shown = serde_json::to_string(&world.connection().await).unwrap();
    assert!(!shown.contains("PRIVATE"), "the key is never shown again");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_the_doctor_names_what_could_explain_it() {
    let world = with_secret(AuthenticationMethod::ClientSecretPost, "not-the-secret").await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Failed);
    assert_eq!(sign_in.failure.unwrap().code, "token_invalid_client");
    let findings =
        world.engine.client_doctor("sandbox", "token_invalid_client", Asked::SignIn).await.unwrap();
    assert!(!findings.is_empty());
    assert!(findings.iter().all(|finding| finding.field != "clientScopes"), "no client token was asked for");
    assert!(findings.iter().any(|finding| finding.field == "authentication"), "{findings:?}");
}

#[tokio::test]
async fn a_sign_in_without_its_secret_or_key_is_refused_before_anything_is_sent() {
    for (method, code) in
        [(AuthenticationMethod::ClientSecretBasic, "secret"), (AuthenticationMethod::PrivateKeyJwt, "key")]
    {
        let world = World::new();
        world.save_connection(|draft| confidential(draft, method)).await;
        let error = world.engine.sign_in_start("sandbox", "").await.unwrap_err();
        assert_eq!(error.code(), "connection_incomplete");
        assert!(error.to_string().contains(code), "{error}");
        assert!(world.outside.opened.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_no_usable_key_is_refused_with_a_sentence() {
    let world = World::new();
    let pem = fetched(&world, "/sandbox/client.pem").await;
    let begin = pem.find("-----BEGIN PRIVATE KEY-----").unwrap();
    let certificate_alone = pem[..begin].to_owned();
    let ec = fetched(&world, "/sandbox/ec-client.pem").await;
    let ec_key = ec[ec.find("-----BEGIN").unwrap()..].to_owned();
    let strangers = format!("{certificate_alone}\n{ec_key}");
    for (text, what) in [
        (certificate_alone.clone(), "certificate"),
        (strangers, "belong"),
        ("hello".to_owned(), "PEM"),
        (String::new(), "PEM"),
    ] {
        let error = world.engine.client_key_import("sandbox", text, None).await.unwrap_err();
        assert!(error.code().starts_with("key_"), "{error:?}");
        assert!(error.to_string().to_lowercase().contains(&what.to_lowercase()), "{error}");
        assert!(error.view().hint.is_some());
    }
    assert!(world.connection().await.authentication.key.is_none());
}

#[tokio::test]
async fn a_removed_key_comes_back_by_undo_and_a_deleted_connection_brings_its_secrets_back() {
    let world = with_certificate("RS256").await;
    let key = world.connection().await.authentication.key;
    world.engine.client_key_remove("sandbox").await.unwrap();
    assert!(world.connection().await.authentication.key.is_none());
    world.engine.client_key_restore("sandbox").await.unwrap();
    assert_eq!(world.connection().await.authentication.key, key);

    world.engine.client_secret_set("sandbox", Some("s3cret".to_owned())).await.unwrap();
    world.engine.connection_delete("sandbox").await.unwrap();
    world.engine.connection_restore("sandbox").await.unwrap();
    let authentication = world.connection().await.authentication;
    assert_eq!(authentication.key, key);
    assert!(authentication.secret_present);
}

#[tokio::test]
async fn introspection_says_whether_a_token_is_active() {
    let world = with_certificate("RS256").await;
    let session = world.session_id().await;
    let active = world.engine.session_introspect(&session, SessionSecret::AccessToken).await.unwrap();
    assert!(active.active);
    assert!(active.claims.iter().any(|claim| claim.name == "scope"));
    let userinfo = world.engine.session_userinfo(&session).await.unwrap();
    assert!(userinfo.claims.iter().any(|claim| claim.name == "sub"));
    world.engine.session_sign_out(&session).await.unwrap();
    assert!(world.opened().contains("/connect/endsession?"));
}

#[tokio::test]
async fn a_parameter_or_header_that_is_reserved_is_refused_with_its_reason() {
    let world = World::new();
    let view = world.connection().await;
    let reserved = |rows, name: &str| view.reserved.iter().any(|it| it.rows == rows && it.name == name);
    assert!(reserved(ExtraRows::Authorize, "state") && reserved(ExtraRows::Headers, "Authorization"));
    assert!(reserved(ExtraRows::Token, "audience") && !reserved(ExtraRows::Authorize, "audience"));
    for (name, code) in [("state", "parameter_reserved"), ("redirect_uri", "parameter_reserved")] {
        let mut draft = world::draft(world.connection().await);
        draft.parameters.authorize.push(named(name, "x"));
        assert_eq!(world.engine.connection_save("sandbox", draft).await.unwrap_err().code(), code);
    }
    let mut draft = world::draft(world.connection().await);
    draft.headers.push(named("Authorization", "Bearer x"));
    assert_eq!(world.engine.connection_save("sandbox", draft).await.unwrap_err().code(), "header_reserved");
    let mut draft = world::draft(world.connection().await);
    draft.headers.push(named("X-Api-Key", "k"));
    assert_eq!(world.engine.connection_save("sandbox", draft).await.unwrap_err().code(), "secret_in_file");

    world
        .save_connection(|draft| {
            draft.parameters.authorize = vec![named("prompt", "login"), named("ui_locales", "en-ZA")];
            draft.headers = vec![named("X-Merchant-ID", "0a1b")];
        })
        .await;
    world.session_id().await;
    assert!(world.opened().contains("prompt=login") && world.opened().contains("ui_locales=en-ZA"));
    let exchanged =
        world.engine.wire().into_iter().find(|it| it.target.ends_with("authorization_code")).unwrap();
    let exchanged = serde_json::to_string(&world.engine.exchange(&exchanged.id).unwrap()).unwrap();
    assert!(exchanged.contains("X-Merchant-ID"));
}

fn named(name: &str, value: &str) -> bobbin_engine::view::NamedValue {
    bobbin_engine::view::NamedValue { name: name.to_owned(), value: value.to_owned() }
}

#[tokio::test]
async fn an_assertion_tells_the_time_by_the_providers_clock() {
    let world = with_certificate("RS256").await;
    // A minute is all that an assertion lasts, and as far as a provider's clock is followed for it.
    world.advance(Duration::from_secs(55));
    goes_all_the_way(&world).await;
}

#[tokio::test]
async fn a_refusal_says_how_far_the_clocks_are_apart() {
    let world = with_secret(AuthenticationMethod::ClientSecretPost, "not-the-secret").await;
    world.advance(Duration::from_mins(30));
    let error = world.engine.client_token("sandbox", false).await.unwrap_err();
    assert_eq!(error.code(), "token_invalid_client");
    assert!(error.view().detail.as_deref().unwrap().contains("s behind this computer's"), "{error:?}");
}

#[tokio::test]
async fn a_header_that_is_named_like_a_secret_is_masked_in_the_record_of_each_request() {
    let world = World::new();
    // The form refuses it; a person with a text editor may not know.
    let file = world.folder.path().join("connections/sandbox.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n[headers]\nX-Api-Key = \"hush-0001\"\n")).unwrap();
    let session = world.session_id().await;
    world.engine.query_run(world::run(&session, "{ user { __typename } }")).await.unwrap();
    let exchanges = world.engine.wire();
    let shown: String = exchanges
        .iter()
        .map(|exchange| serde_json::to_string(&world.engine.exchange(&exchange.id).unwrap()).unwrap())
        .collect();
    assert!(shown.contains("X-Api-Key"));
    assert!(!shown.contains("hush-0001"), "{shown}");
}

#[tokio::test]
async fn a_replaced_key_comes_back_by_undo_and_a_fitting_algorithm_stays() {
    let world = with_certificate("PS256").await;
    let before = world.connection().await.authentication;
    let ec = fetched(&world, "/sandbox/ec-client.pem").await;
    world.engine.client_key_import("sandbox", ec, None).await.unwrap();
    assert_eq!(world.connection().await.authentication.algorithm, "ES256", "PS256 does not fit it");
    world.engine.client_key_restore("sandbox").await.unwrap();
    assert_eq!(world.connection().await.authentication.key, before.key);

    let world = with_certificate("PS256").await;
    let same = fetched(&world, "/sandbox/client.pem").await;
    world.engine.client_key_import("sandbox", same, None).await.unwrap();
    assert_eq!(world.connection().await.authentication.algorithm, "PS256", "a renewal keeps the choice");
}
