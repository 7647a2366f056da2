//! Tokens of the client itself (RFC 6749 section 4.4).

use bobbin_engine::view::SessionKind;
use serde_json::json;

use crate::world::{Proof, World, words};

#[tokio::test]
async fn a_secret_in_the_header_gets_a_client_token() {
    gets_a_client_token(Proof::SecretBasic).await;
}

#[tokio::test]
async fn a_secret_in_the_body_gets_a_client_token() {
    gets_a_client_token(Proof::SecretPost).await;
}

#[tokio::test]
async fn a_signed_assertion_gets_a_client_token() {
    gets_a_client_token(Proof::PrivateKeyJwt("ES256")).await;
}

async fn gets_a_client_token(proof: Proof) {
    let world = client(proof).await;
    let session = world.engine.client_token(&world.slug, false).await.unwrap();
    assert_eq!(session.kind, SessionKind::Client);
    assert_eq!(session.scopes_granted, words("payments:read payments:write"));
    assert!(session.access.is_some_and(|access| access.expires_at.is_some()));
    assert!(session.refresh.is_none() && session.id_token.is_none());
    let seen = world.seen().await;
    assert_eq!(seen[0]["authentication"], proof.name());
    assert_eq!(seen[0]["grant_type"], "client_credentials");
}

#[tokio::test]
async fn a_client_token_is_used_again_until_a_fresh_one_is_asked_for() {
    let world = client(Proof::SecretBasic).await;
    let first = world.engine.client_token(&world.slug, false).await.unwrap();
    let again = world.engine.client_token(&world.slug, false).await.unwrap();
    let masked = |session: &bobbin_engine::view::SessionView| session.access.as_ref().unwrap().masked.clone();
    assert_eq!(masked(&again), masked(&first));
    assert_eq!(world.seen().await.len(), 1, "one token, one request");

    let fresh = world.engine.client_token(&world.slug, true).await.unwrap();

    assert_ne!(masked(&fresh), masked(&first));
    assert_eq!(fresh.id, first.id, "it takes the place of the old one");
    assert_eq!(world.seen().await.len(), 2);
}

#[tokio::test]
async fn a_client_that_was_not_given_the_grant_is_told_in_the_providers_words() {
    let world = World::new(Proof::SecretBasic).await;
    let refused = world.engine.client_token(&world.slug, false).await.unwrap_err();
    // RFC 6749 5.2 has unauthorized_client for this; providers differ.
    assert_eq!(refused.code(), "token_invalid_request");
    assert!(refused.to_string().contains("requested grant type is not allowed for this client"), "{refused}");
}

async fn client(proof: Proof) -> World {
    let world =
        World::with(proof, json!({ "grant_types": ["client_credentials", "authorization_code"] })).await;
    world.save(|draft| draft.client_scopes = words("payments:read payments:write")).await;
    world
}
