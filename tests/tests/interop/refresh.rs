//! Refresh tokens that rotate: each is used once, and a second use ends the grant.

use bobbin_engine::{
    Error,
    view::{RefreshState, SessionSecret, SessionView},
};
use reqwest::StatusCode;

use crate::{
    person::Person,
    provider::Provider,
    world::{Proof, World, words},
};

#[tokio::test]
async fn a_refresh_brings_a_new_pair_and_a_verified_id_token() {
    let world = World::new(Proof::None).await;
    let before = world.signed_in(&Person::new("ada")).await;
    let old = tokens(&world, &before).await;

    let after = world.refreshed(&before).await.unwrap();

    let new = tokens(&world, &after).await;
    assert_ne!(new.0, old.0, "the access token is a new one");
    assert_ne!(new.1, old.1, "the refresh token is a new one");
    assert_eq!(after.scopes_granted, before.scopes_granted);
    assert!(after.id_token.is_some_and(|id_token| id_token.verified));
    let refresh = after.refresh.unwrap();
    assert_eq!((refresh.generation, refresh.state), (2, RefreshState::Ready));
}

#[tokio::test]
async fn a_rotated_refresh_token_refreshes_again() {
    let world = World::new(Proof::None).await;
    let session = world.signed_in(&Person::new("ada")).await;
    let session = world.refreshed(&session).await.unwrap();
    let session = world.refreshed(&session).await.unwrap();
    assert_eq!(session.refresh.unwrap().generation, 3);
}

#[tokio::test]
async fn a_refresh_decided_upon_twice_is_sent_once() {
    let world = World::new(Proof::None).await;
    let before = world.signed_in(&Person::new("ada")).await;
    let (first, second) = tokio::join!(world.refreshed(&before), world.refreshed(&before));
    assert_eq!(first.unwrap().refresh.unwrap().generation, 2);
    assert_eq!(second.unwrap().refresh.unwrap().generation, 2);
    let refreshes = world.seen().await.iter().filter(|it| it["grant_type"] == "refresh_token").count();
    assert_eq!(refreshes, 1, "a second use would have ended the grant");
}

#[tokio::test]
async fn a_refresh_token_that_somebody_used_before_ends_its_session_and_no_other() {
    let world = World::new(Proof::None).await;
    let mine = world.signed_in(&Person::new("ada")).await;
    let other = world.signed_in(&Person::new("grace")).await;
    // A thief with a copy of the token is faster.
    let (_, stolen) = tokens(&world, &mine).await;
    assert_eq!(spend(&world, &stolen).await, StatusCode::OK);

    let refused = world.refreshed(&mine).await.unwrap_err();

    assert_ended(&world, &mine, &refused).await;
    assert!(world.refreshed(&other).await.is_ok(), "the other session goes on");
}

#[tokio::test]
async fn an_old_refresh_token_used_elsewhere_ends_the_session_and_no_other() {
    let world = World::new(Proof::None).await;
    let mine = world.signed_in(&Person::new("ada")).await;
    let other = world.signed_in(&Person::new("grace")).await;
    let (_, old) = tokens(&world, &mine).await;
    let mine = world.refreshed(&mine).await.unwrap();
    // Reuse detection: the provider takes the whole grant back.
    assert_eq!(spend(&world, &old).await, StatusCode::BAD_REQUEST);

    let refused = world.refreshed(&mine).await.unwrap_err();

    assert_ended(&world, &mine, &refused).await;
    assert!(world.refreshed(&other).await.is_ok(), "the other session goes on");
}

#[tokio::test]
async fn a_refused_refresh_token_is_not_sent_again() {
    let world = World::new(Proof::None).await;
    let session = world.signed_in(&Person::new("ada")).await;
    let (_, stolen) = tokens(&world, &session).await;
    spend(&world, &stolen).await;
    world.refreshed(&session).await.unwrap_err();
    let sent = world.seen().await.len();

    let refused = world.refreshed(&session).await.unwrap_err();

    assert_eq!(refused.code(), "refresh_rejected");
    assert_eq!(world.seen().await.len(), sent, "nothing was sent");
}

#[tokio::test]
async fn a_refresh_narrows_the_scopes_to_those_that_were_chosen() {
    let world = World::new(Proof::None).await;
    let session = world.signed_in(&Person::new("ada")).await;
    let generation = session.refresh.as_ref().unwrap().generation;
    let fewer = words("openid offline_access");

    let narrowed = world.engine.session_refresh(&session.id, generation, Some(fewer.clone())).await.unwrap();

    assert_eq!(narrowed.scopes_granted, fewer);
    assert_eq!(world.seen().await[1]["scope"], "openid offline_access");
    let (access_token, _) = tokens(&world, &narrowed).await;
    let claims = userinfo(&access_token).await;
    assert!(
        claims.contains("\"sub\"") && !claims.contains("email"),
        "the provider narrowed it, too: {claims}"
    );
}

/// The person is told what happened, and what was there stays to be looked at.
async fn assert_ended(world: &World, before: &SessionView, refused: &Error) {
    assert_eq!(refused.code(), "token_invalid_grant", "{refused}");
    let view = refused.view();
    let words = format!("{} {}", view.message, view.hint.as_deref().unwrap_or_default()).to_lowercase();
    assert!(words.contains("refresh token"), "it is said which grant: {words}");
    assert!(words.contains("sign in again"), "it is said what helps: {words}");
    let after = world.engine.session(&before.id).await.unwrap();
    assert_eq!(after.refresh.unwrap().state, RefreshState::Rejected);
    assert!(after.id_token.is_some_and(|id_token| id_token.verified));
    assert!(after.history.last().is_some_and(|last| !last.ok));
}

async fn tokens(world: &World, session: &SessionView) -> (String, String) {
    let access = world.engine.session_secret(&session.id, SessionSecret::AccessToken).await.unwrap();
    let refresh = world.engine.session_secret(&session.id, SessionSecret::RefreshToken).await.unwrap();
    (access, refresh)
}

/// Uses a refresh token behind Bobbin's back.
async fn spend(world: &World, refresh_token: &str) -> StatusCode {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("client_id", world.client.id.as_str()),
    ];
    let request = reqwest::Client::new().post(Provider::get().at("/token")).form(&form);
    request.send().await.unwrap().status()
}

async fn userinfo(access_token: &str) -> String {
    let request = reqwest::Client::new().get(Provider::get().at("/me")).bearer_auth(access_token);
    request.send().await.unwrap().text().await.unwrap()
}
