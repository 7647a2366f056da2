//! id_tokens of each algorithm that providers sign with.

use bobbin_engine::view::{CheckOutcome, SessionView};
use serde_json::json;

use crate::{
    person::Person,
    world::{Proof, World},
};

#[tokio::test]
async fn an_id_token_signed_with_rs256_is_verified() {
    verifies("RS256").await;
}

#[tokio::test]
async fn an_id_token_signed_with_ps256_is_verified() {
    verifies("PS256").await;
}

#[tokio::test]
async fn an_id_token_signed_with_es256_is_verified() {
    verifies("ES256").await;
}

#[tokio::test]
async fn an_id_token_signed_with_eddsa_is_verified() {
    verifies("EdDSA").await;
}

/// At the sign-in and again at a refresh.
async fn verifies(algorithm: &str) {
    let world = World::with(Proof::None, json!({ "id_token_signed_response_alg": algorithm })).await;
    let session = world.signed_in(&Person::new("ada")).await;
    assert_verified(&session, algorithm);
    assert_verified(&world.refreshed(&session).await.unwrap(), algorithm);
}

fn assert_verified(session: &SessionView, algorithm: &str) {
    let id_token = session.id_token.as_ref().unwrap();
    assert_eq!(id_token.alg, algorithm);
    let failed: Vec<_> =
        id_token.checks.iter().filter(|check| check.outcome == CheckOutcome::Failed).collect();
    assert!(id_token.verified && failed.is_empty(), "{failed:#?}");
    let signature = id_token.checks.iter().find(|check| check.title.contains("ignature")).unwrap();
    assert_eq!(signature.outcome, CheckOutcome::Passed, "{signature:?}");
}
