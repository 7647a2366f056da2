//! What a provider says about a session, and how a session ends.

use bobbin_engine::view::{ClaimView, SessionSecret};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    person::Person,
    provider::Provider,
    world::{Proof, World, eventually},
};

#[tokio::test]
async fn userinfo_tells_who_signed_in() {
    let world = World::new(Proof::None).await;
    let session = world.signed_in(&Person::new("ada")).await;
    let userinfo = world.engine.session_userinfo(&session.id).await.unwrap();
    assert_eq!(value(&userinfo.claims, "sub"), "ada");
    assert_eq!(value(&userinfo.claims, "email"), "ada@example.com");
}

#[tokio::test]
async fn a_session_is_called_by_the_name_that_userinfo_tells() {
    let world = World::new(Proof::None).await;
    let session = world.signed_in(&Person::new("ada")).await;
    // The name comes after the sign-in, which does not wait for it.
    eventually("the session bears the name", async || {
        world.engine.session(&session.id).await.unwrap().label == "ada Example"
    })
    .await;
}

#[tokio::test]
async fn introspection_tells_an_active_token_from_one_that_was_revoked() {
    let world = World::new(Proof::SecretBasic).await;
    let session = world.signed_in(&Person::new("ada")).await;
    for which in [SessionSecret::AccessToken, SessionSecret::RefreshToken] {
        let told = world.engine.session_introspect(&session.id, which).await.unwrap();
        assert!(told.active, "{which:?}");
        assert_eq!(value(&told.claims, "client_id"), world.client.id);
    }

    revoke_elsewhere(&world, &session.id).await;

    for which in [SessionSecret::AccessToken, SessionSecret::RefreshToken] {
        let told = world.engine.session_introspect(&session.id, which).await.unwrap();
        assert!(!told.active, "{which:?}");
    }
}

#[tokio::test]
async fn a_revoked_session_is_gone_here_and_at_the_provider() {
    let world = World::new(Proof::None).await;
    let session = world.signed_in(&Person::new("ada")).await;
    let access_token = world.engine.session_secret(&session.id, SessionSecret::AccessToken).await.unwrap();
    assert_eq!(userinfo_status(&access_token).await, StatusCode::OK);

    world.engine.session_revoke(&session.id).await.unwrap();

    assert_eq!(userinfo_status(&access_token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(world.engine.session(&session.id).await.unwrap_err().code(), "session_unknown");
}

#[tokio::test]
async fn signing_out_opens_the_providers_page_for_it() {
    let world = World::with(Proof::None, json!({ "post_logout_redirect_uris": [] })).await;
    let ada = Person::new("ada");
    let session = world.signed_in(&ada).await;
    world.engine.session_sign_out(&session.id).await.unwrap();
    let page = ada.reads(&world.opened()).await;
    assert!(page.contains("sign-out"), "{page}");
}

fn value<'a>(claims: &'a [ClaimView], name: &str) -> &'a str {
    let claim = claims.iter().find(|claim| claim.name == name);
    &claim.unwrap_or_else(|| panic!("no {name} among {claims:?}")).value
}

/// As its owner at the provider, or a colleague with the same client, would.
async fn revoke_elsewhere(world: &World, session: &str) {
    let token = world.engine.session_secret(session, SessionSecret::RefreshToken).await.unwrap();
    let secret = world.client.secret.as_deref().unwrap_or_default();
    let form = [("token", token.as_str()), ("client_id", &world.client.id), ("client_secret", secret)];
    let request = reqwest::Client::new().post(Provider::get().at("/token/revocation")).form(&form);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

async fn userinfo_status(access_token: &str) -> StatusCode {
    let request = reqwest::Client::new().get(Provider::get().at("/me")).bearer_auth(access_token);
    request.send().await.unwrap().status()
}
