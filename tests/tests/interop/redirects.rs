//! How the browser comes back: by app link, by loopback, and only from the issuer that was asked.

use std::net::TcpListener;

use bobbin_engine::view::SignInState;
use reqwest::StatusCode;
use serde_json::json;
use url::Url;

use crate::{
    person::Person,
    provider::APP_LINK,
    world::{Proof, World},
};

#[tokio::test]
async fn a_public_client_signs_in_with_pkce_through_the_app_link() {
    let world = World::new(Proof::None).await;
    let ada = Person::new("ada");
    let url = Url::parse(&world.starts().await).unwrap();
    let sent =
        |name: &str| url.query_pairs().find(|(sent, _)| sent == name).map(|(_, value)| value.into_owned());
    assert_eq!(sent("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(sent("redirect_uri").as_deref(), Some(APP_LINK));

    let callback = ada.allows(url.as_str()).await;
    world.engine.app_link(callback.as_str()).await;

    let session = world.session_of(&world.ended().await).await;
    assert!(session.id_token.is_some_and(|id_token| id_token.verified));
    assert_eq!(session.scopes_granted, session.scopes_requested);
    let seen = world.seen().await;
    assert_eq!(seen.len(), 1, "a code is exchanged once: {seen:?}");
    assert_eq!(seen[0]["authentication"], "none");
    assert_eq!(seen[0]["status"], 200);
}

#[tokio::test]
async fn a_listener_at_a_fixed_port_receives_the_callback() {
    let port = free_port();
    let uri = format!("http://127.0.0.1:{port}/callback");
    // A web client's redirect URI must match to the last character.
    let metadata = json!({ "application_type": "web", "redirect_uris": [uri] });
    let world = World::with(Proof::None, metadata).await;
    comes_back_to_a_listener(&world, &uri, &uri).await;
}

#[tokio::test]
async fn a_listener_at_any_free_port_receives_the_callback() {
    let uri = "http://127.0.0.1/callback";
    let world = World::with(Proof::None, json!({ "redirect_uris": [uri] })).await;
    comes_back_to_a_listener(&world, uri, "http://127.0.0.1:").await;
}

#[tokio::test]
async fn a_listener_at_localhost_receives_the_callback() {
    let uri = "http://localhost/callback";
    let world = World::with(Proof::None, json!({ "redirect_uris": [uri] })).await;
    comes_back_to_a_listener(&world, uri, "http://localhost:").await;
}

/// `begin` is how the address begins to which the browser is sent.
async fn comes_back_to_a_listener(world: &World, uri: &str, begin: &str) {
    world.listen_at(uri).await;
    let ada = Person::new("ada");
    let callback = ada.allows(&world.starts().await).await;
    assert!(callback.as_str().starts_with(begin), "{callback} does not begin with {begin}");

    let (status, page) = ada.returns(callback.clone()).await;

    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("You can close this window"), "{page}");
    world.session_of(&world.ended().await).await;
    let again = reqwest::get(callback).await;
    assert!(again.is_err(), "the listener closes with its sign-in, but answered {again:?}");
}

#[tokio::test]
async fn a_person_who_cancels_ends_the_sign_in_quietly() {
    let world = World::new(Proof::None).await;
    let callback = Person::new("ada").cancels(&world.starts().await).await;
    world.engine.app_link(callback.as_str()).await;
    let ended = world.ended().await;
    assert_eq!(ended.state, SignInState::Cancelled);
    assert!(ended.failure.is_none(), "{:?}", ended.failure);
}

#[tokio::test]
async fn a_callback_that_names_another_issuer_is_refused() {
    refuses_issuer(Some("https://attacker.example"), "callback_issuer_mismatch").await;
}

#[tokio::test]
async fn a_callback_without_the_issuer_that_was_promised_is_refused() {
    refuses_issuer(None, "callback_issuer_missing").await;
}

/// RFC 9207 section 2.4, with the provider's own callback as it was but for its `iss`.
async fn refuses_issuer(issuer: Option<&str>, code: &str) {
    let world = World::new(Proof::None).await;
    let genuine = Person::new("ada").allows(&world.starts().await).await;
    let mut callback = genuine.clone();
    let kept = genuine.query_pairs().filter(|(name, _)| name != "iss");
    let mut query = callback.query_pairs_mut();
    query.clear().extend_pairs(kept);
    query.extend_pairs(issuer.map(|issuer| ("iss", issuer)));
    drop(query);
    assert_ne!(callback, genuine, "the provider names itself in its callbacks");

    world.engine.app_link(callback.as_str()).await;

    let waiting = world.sign_in();
    assert_eq!(waiting.state, SignInState::Waiting, "the provider that was asked may still answer");
    assert_eq!(waiting.failure.unwrap().code, code);
    assert!(world.seen().await.is_empty(), "the code must not be sent");

    world.engine.app_link(genuine.as_str()).await;
    world.session_of(&world.ended().await).await;
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
