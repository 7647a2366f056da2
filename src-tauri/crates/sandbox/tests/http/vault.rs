//! The token endpoint in the manner of Vault's.

use bobbin_sandbox::Config;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::common::*;

const PATH: &str = "/v2.0/reference/gettoken";
const ACCOUNTS: &str = "{ user { ... on User { bankAccounts { name currentBalance } } } }";

async fn first_refresh_token(visitor: &Visitor) -> String {
    let response = visitor.post("/sandbox/vault-refresh-token", &[]).await;
    text(&response.json::<Value>().await.unwrap()["refresh_token"])
}

async fn send(visitor: &Visitor, body: &Value) -> Response {
    visitor.http.post(format!("{}{PATH}", visitor.base)).json(body).send().await.unwrap()
}

async fn refresh(visitor: &Visitor, token: &str) -> (StatusCode, Value) {
    let response = send(visitor, &json!({"grant_type": "refresh_token", "refresh_token": token})).await;
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_refresh_token_from_the_index_page_gives_a_pair_that_opens_the_api() {
    let (_sandbox, visitor) = sandbox().await;
    let token = first_refresh_token(&visitor).await;
    let (status, reply) = refresh(&visitor, &token).await;
    assert_eq!(status, StatusCode::OK);
    let names: Vec<_> = reply.as_object().unwrap().keys().collect();
    assert_eq!(names, ["access_token", "token_type", "refresh_token", "scope", "expires_in", "user_id"]);
    assert_eq!((&reply["token_type"], &reply["expires_in"]), (&json!("Bearer"), &json!(86400)));
    assert_eq!(reply["scope"], "accounts:create accounts:read");
    assert_eq!(reply["user_id"], "usr:97ccc5fd-cb95-465b-a4dc-76139633b07b");
    assert_ne!(reply["refresh_token"], token);
    let (_, body) = visitor.query(Some(&text(&reply["access_token"])), ACCOUNTS, Value::Null).await;
    assert_eq!(body["data"]["user"]["bankAccounts"][0]["name"], "FNB Premier Cheque Account", "{body}");
    assert!(body.get("errors").is_none(), "{body}");
    assert_eq!(refresh(&visitor, &text(&reply["refresh_token"])).await.0, StatusCode::OK, "and goes on");
}

#[tokio::test]
async fn an_unknown_or_used_refresh_token_is_a_401_in_its_own_shape() {
    let (_sandbox, visitor) = sandbox().await;
    let used = first_refresh_token(&visitor).await;
    assert_eq!(refresh(&visitor, &used).await.0, StatusCode::OK);
    for token in ["unknown", &used] {
        let response = send(&visitor, &json!({"grant_type": "refresh_token", "refresh_token": token})).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: Value = response.json().await.unwrap();
        let names: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["status", "message", "traceId", "errors"]);
        assert_eq!((&body["status"], &body["errors"]), (&json!("UNAUTHORIZED"), &json!([])));
        assert_eq!(body["traceId"], request_id);
        let message = text(&body["message"]);
        let date = message.strip_prefix("The Token has expired on ").expect("it names the time");
        assert_eq!(date.len(), "2025-01-01T00:00:00.000Z".len(), "{date}");
        assert_eq!(date.split_once('.').unwrap().1, "000Z", "{date}");
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let (_sandbox, visitor) = sandbox().await;
    let token = first_refresh_token(&visitor).await;
    let body = json!({"grant_type": "refresh_token", "refresh_token": token});
    let (first, second) = (send(&visitor, &body).await, send(&visitor, &body).await);
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::UNAUTHORIZED));
    assert_ne!(first.headers()["x-request-id"], second.headers()["x-request-id"]);
}

#[tokio::test]
async fn a_form_is_refused() {
    let (_sandbox, visitor) = sandbox().await;
    let token = first_refresh_token(&visitor).await;
    let response =
        visitor.post(PATH, &[("grant_type", "refresh_token".into()), ("refresh_token", token.clone())]).await;
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(body["message"], "Content type must be application/json");
    assert_eq!(refresh(&visitor, &token).await.0, StatusCode::OK, "the token was not used up");
}

#[tokio::test]
async fn a_malformed_body_is_refused_with_its_reason() {
    let (_sandbox, visitor) = sandbox().await;
    for (body, message) in [
        (json!([]), "grant_type must be refresh_token"),
        (json!({"grant_type": "authorization_code", "code": "x"}), "grant_type must be refresh_token"),
        (json!({"grant_type": "refresh_token"}), "refresh_token is required"),
        (json!({"grant_type": "refresh_token", "refresh_token": ""}), "refresh_token is required"),
        (json!({"grant_type": "refresh_token", "refresh_token": 7}), "refresh_token is required"),
    ] {
        let response = send(&visitor, &body).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        let reply: Value = response.json().await.unwrap();
        assert_eq!((&reply["status"], &reply["message"]), (&json!("BAD_REQUEST"), &json!(message)), "{body}");
    }
    let request = visitor.http.post(format!("{}{PATH}", visitor.base));
    let response = request.header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap()["message"], "Malformed JSON");
}

#[tokio::test]
async fn its_refresh_tokens_and_the_providers_are_not_taken_for_each_other() {
    let (_sandbox, visitor) = sandbox().await;
    let own = text(&visitor.tokens("Thandi Nkosi", SCOPES).await["refresh_token"]);
    assert_eq!(refresh(&visitor, &own).await.0, StatusCode::UNAUTHORIZED);
    let vaults = first_refresh_token(&visitor).await;
    let (status, body) = visitor.token(&Visitor::refresh(&vaults)).await;
    assert_eq!((status, body), (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})));
    assert_eq!(refresh(&visitor, &vaults).await.0, StatusCode::OK, "neither was used up");
    assert_eq!(visitor.token(&Visitor::refresh(&own)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_page_elsewhere_cannot_have_refresh_tokens_made() {
    let (_sandbox, visitor) = sandbox().await;
    let url = format!("{}/sandbox/vault-refresh-token", visitor.base);
    for (site, status) in [
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-site", StatusCode::FORBIDDEN),
        ("same-origin", StatusCode::OK),
    ] {
        let response = visitor.http.post(&url).header("sec-fetch-site", site).send().await.unwrap();
        assert_eq!(response.status(), status, "{site}");
    }
}

#[tokio::test]
async fn a_restart_keeps_its_refresh_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { state_file: Some(folder.path().join("sandbox.json")), ..Config::default() };
    let (running, visitor) = sandbox_with(config()).await;
    let token = first_refresh_token(&visitor).await;
    running.shutdown().await;
    let (_sandbox, visitor) = sandbox_with(config()).await;
    assert_eq!(refresh(&visitor, &token).await.0, StatusCode::OK);
}
