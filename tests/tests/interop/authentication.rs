//! How a confidential client proves itself, on the exchange, the refresh and the revocation alike.

use std::collections::HashSet;

use bobbin_engine::view::{Asked, AssertionAudience, AuthenticationMethod, FindingView, SignInState};
use serde_json::{Value, json};

use crate::{
    person::Person,
    provider::Provider,
    world::{Proof, World},
};

#[tokio::test]
async fn a_secret_in_the_header_proves_the_client_on_every_leg() {
    proves_itself_on_every_leg(Proof::SecretBasic).await;
}

#[tokio::test]
async fn a_secret_in_the_body_proves_the_client_on_every_leg() {
    proves_itself_on_every_leg(Proof::SecretPost).await;
}

#[tokio::test]
async fn an_assertion_signed_with_rs256_proves_the_client_on_every_leg() {
    signs_each_leg_afresh("RS256").await;
}

#[tokio::test]
async fn an_assertion_signed_with_ps256_proves_the_client_on_every_leg() {
    signs_each_leg_afresh("PS256").await;
}

#[tokio::test]
async fn an_assertion_signed_with_es256_proves_the_client_on_every_leg() {
    signs_each_leg_afresh("ES256").await;
}

#[tokio::test]
async fn an_assertion_may_name_the_issuer_as_its_audience() {
    let world = World::new(Proof::PrivateKeyJwt("RS256")).await;
    world.save(|draft| draft.audience = AssertionAudience::Issuer).await;
    world.signed_in(&Person::new("ada")).await;
    let seen = world.seen().await;
    assert_eq!(seen[0]["assertion"]["claims"]["aud"], Provider::get().issuer.as_str());
}

/// Signs in, refreshes and revokes; gives what the provider saw.
async fn proves_itself_on_every_leg(proof: Proof) -> Vec<Value> {
    let world = World::new(proof).await;
    let session = world.signed_in(&Person::new("ada")).await;
    let session = world.refreshed(&session).await.unwrap();
    world.engine.session_revoke(&session.id).await.unwrap();

    let seen = world.seen().await;
    let legs: Vec<_> = seen.iter().map(|request| (&request["endpoint"], &request["grant_type"])).collect();
    let expected = [
        (&json!("token"), &json!("authorization_code")),
        (&json!("token"), &json!("refresh_token")),
        (&json!("revocation"), &Value::Null),
        (&json!("revocation"), &Value::Null),
    ];
    assert_eq!(legs, expected);
    for request in &seen {
        assert_eq!(request["authentication"], proof.name(), "{request}");
        assert_eq!(request["status"], 200, "{request}");
    }
    seen
}

async fn signs_each_leg_afresh(algorithm: &'static str) {
    let seen = proves_itself_on_every_leg(Proof::PrivateKeyJwt(algorithm)).await;
    let assertions: Vec<_> = seen.iter().map(|request| &request["assertion"]).collect();
    let ids: HashSet<_> = assertions.iter().map(|assertion| assertion["claims"]["jti"].as_str()).collect();
    assert_eq!(ids.len(), seen.len(), "an assertion is used once: {assertions:?}");
    for assertion in assertions {
        let (header, claims) = (&assertion["header"], &assertion["claims"]);
        assert_eq!(header["alg"], algorithm);
        assert_eq!(claims["aud"], Provider::get().at("/token"));
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(lifetime, 60, "in seconds");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_with_the_secret_first() {
    let world = World::new(Proof::SecretBasic).await;
    world.engine.client_secret_set(&world.slug, Some("not the secret".to_owned())).await.unwrap();
    let first = first_suspect(&world).await;
    assert!(first.message.contains("client secret"), "{first:?}");
}

#[tokio::test]
async fn a_key_that_the_client_did_not_register_is_told_with_the_key_first() {
    let world = World::new(Proof::PrivateKeyJwt("RS256")).await;
    // The other key of this test's provider.
    let other = Provider::get().client_key("p256");
    world.engine.client_key_import(&world.slug, other.pem, None).await.unwrap();
    world.save(|draft| draft.algorithm = "ES256".to_owned()).await;
    let first = first_suspect(&world).await;
    assert!(first.message.contains("private key"), "{first:?}");
}

#[tokio::test]
async fn a_client_that_is_not_public_after_all_is_told_to_prove_itself() {
    let world = World::new(Proof::SecretPost).await;
    world.save(|draft| draft.authentication_method = AuthenticationMethod::None).await;
    let first = first_suspect(&world).await;
    assert!(first.hint.as_ref().is_some_and(|hint| hint.contains("choose its method")), "{first:?}");
}

/// Signs in as far as the exchange, which fails; gives what the client doctor names first.
async fn first_suspect(world: &World) -> FindingView {
    let callback = Person::new("ada").allows(&world.starts().await).await;
    world.engine.app_link(callback.as_str()).await;
    let ended = world.ended().await;
    assert_eq!(ended.state, SignInState::Failed);
    let failure = ended.failure.unwrap();
    assert_eq!(failure.code, "token_invalid_client", "{failure:?}");
    let findings = world.engine.client_doctor(&world.slug, &failure.code, Asked::SignIn).await.unwrap();
    findings.into_iter().next().expect("a refused client has an explanation")
}
