//! Introspection (RFC 7662).

use bobbin_sandbox::{
    CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, PUBLIC_CLIENT_ID,
};
use jsonwebtoken::Algorithm;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    assertions::{claims, proof, rsa_key, sign},
    common::*,
};

fn secret() -> Pairs<'static> {
    vec![("client_id", CONFIDENTIAL_CLIENT_ID.into()), ("client_secret", CONFIDENTIAL_CLIENT_SECRET.into())]
}

async fn introspect(visitor: &Visitor, client: Pairs<'static>, token: &str) -> (StatusCode, Value) {
    let form = [client, vec![("token", token.to_owned())]].concat();
    let response = visitor.post("/connect/introspect", &form).await;
    (response.status(), response.json().await.unwrap())
}

/// A person's tokens for the confidential client.
async fn tokens(visitor: &Visitor) -> Value {
    let request = with(request(), "client_id", Some(CONFIDENTIAL_CLIENT_ID));
    let callback = visitor.sign_in(&request, "Thandi Nkosi", &["accounts", "offline_access"]).await;
    let exchange = with(Visitor::exchange(&parameters(&callback)["code"]), "client_id", None);
    visitor.token(&[exchange, secret()].concat()).await.1
}

#[tokio::test]
async fn an_access_token_is_described() {
    let (_sandbox, visitor) = sandbox().await;
    let (status, reply) =
        introspect(&visitor, secret(), &text(&tokens(&visitor).await["access_token"])).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(reply["active"], true);
    assert_eq!(reply["scope"], "openid accounts offline_access");
    assert_eq!(reply["client_id"], CONFIDENTIAL_CLIENT_ID);
    assert_eq!(
        reply["sub"],
        format!("user/{CONFIDENTIAL_CLIENT_ID}/fnb/97ccc5fd-cb95-465b-a4dc-76139633b07b")
    );
    assert_eq!(reply["token_type"], "Bearer");
    assert_eq!(reply["exp"].as_u64().unwrap() - reply["iat"].as_u64().unwrap(), 900);
    assert!(crate::assertions::now() - reply["iat"].as_u64().unwrap() < 60);
}

#[tokio::test]
async fn a_refresh_token_is_active_until_it_is_used() {
    let (_sandbox, visitor) = sandbox().await;
    let refresh = text(&tokens(&visitor).await["refresh_token"]);
    let (_, reply) = introspect(&visitor, secret(), &refresh).await;
    assert_eq!((&reply["active"], reply.get("token_type")), (&json!(true), None));
    assert_eq!(reply["exp"].as_u64().unwrap() - reply["iat"].as_u64().unwrap(), 365 * 24 * 60 * 60);
    let form = [with(Visitor::refresh(&refresh), "client_id", None), secret()].concat();
    assert_eq!(visitor.token(&form).await.0, StatusCode::OK);
    assert_eq!(introspect(&visitor, secret(), &refresh).await.1, json!({"active": false}));
}

#[tokio::test]
async fn a_client_token_has_no_subject() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.client_access("client_refund").await;
    let (_, reply) = introspect(&visitor, secret(), &token).await;
    assert_eq!((&reply["active"], &reply["scope"]), (&json!(true), &json!("client_refund")));
    assert!(reply.get("sub").is_none(), "{reply}");
}

#[tokio::test]
async fn what_is_unknown_revoked_or_another_clients_is_inactive_and_no_more_is_said() {
    let (_sandbox, visitor) = sandbox().await;
    let access = text(&tokens(&visitor).await["access_token"]);
    visitor.post("/connect/revocation", &[secret(), vec![("token", access.clone())]].concat()).await;
    let another = visitor.access(SCOPES).await;
    for token in ["unknown", &access, &another] {
        let answer = introspect(&visitor, secret(), token).await;
        assert_eq!(answer, (StatusCode::OK, json!({"active": false})), "{token}");
    }
}

#[tokio::test]
async fn only_a_client_that_proves_itself_may_ask() {
    let (_sandbox, visitor) = sandbox().await;
    let refused = (StatusCode::BAD_REQUEST, json!({"error": "invalid_client"}));
    let access = visitor.access(SCOPES).await;
    for client in [
        vec![],
        vec![("client_id", PUBLIC_CLIENT_ID.into())],
        vec![("client_id", CONFIDENTIAL_CLIENT_ID.into())],
        with(secret(), "client_secret", Some("wrong")),
    ] {
        assert_eq!(introspect(&visitor, client, &access).await, refused);
    }
    let key = rsa_key(&visitor).await;
    let assertion = sign(Algorithm::RS256, &key, &claims(&visitor, CERTIFICATE_CLIENT_ID));
    let answer = introspect(&visitor, proof(assertion), &access).await;
    assert_eq!(answer, (StatusCode::OK, json!({"active": false})), "a certificate is a proof");
}
