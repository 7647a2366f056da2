//! The token endpoint, userinfo, revocation, and what is left in the state file.

use crate::common::*;
use bobbin_sandbox::{CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, Config, PUBLIC_CLIENT_ID};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

/// The claims, after the signature was checked with the published keys.
async fn claims(visitor: &Visitor, id_token: &str) -> Value {
    let url = format!("{}/.well-known/openid-configuration/jwks", visitor.base);
    let keys: JwkSet = visitor.http.get(url).send().await.unwrap().json().await.unwrap();
    let header = jsonwebtoken::decode_header(id_token).unwrap();
    let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[PUBLIC_CLIENT_ID]);
    validation.set_issuer(&[&visitor.base]);
    jsonwebtoken::decode::<Value>(id_token, &key, &validation).unwrap().claims
}

async fn is_refused(visitor: &Visitor, form: &Pairs<'_>, error: &str) {
    assert_eq!(visitor.token(form).await, (StatusCode::BAD_REQUEST, json!({"error": error})), "{form:?}");
}

#[tokio::test]
async fn a_code_and_its_verifier_give_tokens() {
    let (_sandbox, visitor) = sandbox().await;
    let (status, reply) = visitor.token(&Visitor::exchange(&visitor.code().await)).await;
    assert_eq!(status, StatusCode::OK);
    let names: Vec<_> = reply.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id_token", "access_token", "expires_in", "token_type", "refresh_token", "scope"]);
    assert_eq!(text(&reply["access_token"]).len(), 43);
    assert_eq!(text(&reply["refresh_token"]).len(), 43);
    assert_eq!(reply["expires_in"], 900);
    assert_eq!(reply["token_type"], "Bearer");
    assert_eq!(reply["scope"], "openid accounts balances transactions offline_access");
}

#[tokio::test]
async fn the_id_token_says_who_signed_in_and_for_which_request() {
    let (_sandbox, visitor) = sandbox().await;
    let reply = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let claims = claims(&visitor, &text(&reply["id_token"])).await;
    assert_eq!(claims["sub"], format!("user/{PUBLIC_CLIENT_ID}/fnb/97ccc5fd-cb95-465b-a4dc-76139633b07b"));
    assert_eq!(claims["nonce"], NONCE);
    assert_eq!(claims["at_hash"], left_half(&text(&reply["access_token"])));
    assert_eq!(claims["s_hash"], left_half(STATE));
    assert_eq!((&claims["idp"], &claims["amr"]), (&json!("local"), &json!(["pwd"])));
    let seconds = |name: &str| claims[name].as_u64().unwrap();
    assert_eq!(seconds("exp") - seconds("iat"), 300);
    assert_eq!(seconds("nbf"), seconds("iat"));
    assert!(seconds("auth_time") <= seconds("iat"));
    assert_eq!(text(&claims["sid"]).len(), 22);
}

#[tokio::test]
async fn a_code_is_redeemed_once() {
    let (_sandbox, visitor) = sandbox().await;
    let form = Visitor::exchange(&visitor.code().await);
    assert_eq!(visitor.token(&form).await.0, StatusCode::OK);
    is_refused(&visitor, &form, "invalid_grant").await;
}

#[tokio::test]
async fn a_wrong_or_missing_verifier_is_refused_and_uses_the_code_up() {
    let (_sandbox, visitor) = sandbox().await;
    let other = "a".repeat(43);
    for verifier in [None, Some("short"), Some(other.as_str())] {
        let form = Visitor::exchange(&visitor.code().await);
        is_refused(&visitor, &with(form.clone(), "code_verifier", verifier), "invalid_grant").await;
        is_refused(&visitor, &form, "invalid_grant").await;
    }
}

#[tokio::test]
async fn the_redirect_uri_must_be_that_of_the_request() {
    let (_sandbox, visitor) = sandbox().await;
    let form = Visitor::exchange(&visitor.code().await);
    let other = with(form, "redirect_uri", Some("https://localhost:9000/return"));
    is_refused(&visitor, &other, "invalid_grant").await;
}

#[tokio::test]
async fn an_unregistered_redirect_uri_is_refused_in_a_shape_of_its_own() {
    let (_sandbox, visitor) = sandbox().await;
    let form = with(Visitor::exchange("code"), "redirect_uri", Some("https://evil.example/"));
    let (status, reply) = visitor.token(&form).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(reply["redirect_uri"][0], "Invalid redirect_uri. Please ensure the URI has been whitelisted.");
}

#[tokio::test]
async fn a_json_body_is_refused() {
    let (_sandbox, visitor) = sandbox().await;
    let url = format!("{}/connect/token", visitor.base);
    let response = visitor.http.post(url).json(&json!({"grant_type": "refresh_token"})).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"error": "invalid_request"}));
}

#[tokio::test]
async fn malformed_token_requests_are_refused_with_their_reason() {
    let (_sandbox, visitor) = sandbox().await;
    let form = Visitor::exchange("unknown");
    is_refused(&visitor, &form, "invalid_grant").await;
    is_refused(&visitor, &with(form.clone(), "code", None), "invalid_request").await;
    is_refused(&visitor, &with(form.clone(), "redirect_uri", None), "invalid_request").await;
    is_refused(&visitor, &with(form.clone(), "grant_type", None), "invalid_request").await;
    is_refused(&visitor, &with(form.clone(), "grant_type", Some("password")), "unsupported_grant_type").await;
    is_refused(
        &visitor,
        &with(form.clone(), "grant_type", Some("client_credentials")),
        "unauthorized_client",
    )
    .await;
    is_refused(&visitor, &with(form.clone(), "client_id", Some("live-1")), "invalid_client").await;
    is_refused(&visitor, &with(form.clone(), "client_id", None), "invalid_client").await;
    let twice = [form.clone(), vec![("code", "another".into())]].concat();
    is_refused(&visitor, &twice, "invalid_request").await;
}

#[tokio::test]
async fn a_refresh_token_rotates_and_keeps_the_sign_in() {
    let (_sandbox, visitor) = sandbox().await;
    let first = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let (status, second) = visitor.token(&Visitor::refresh(&text(&first["refresh_token"]))).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(second["scope"], first["scope"]);
    let before = claims(&visitor, &text(&first["id_token"])).await;
    let after = claims(&visitor, &text(&second["id_token"])).await;
    for claim in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(before[claim], after[claim], "{claim} stays");
    }
    for claim in ["nonce", "s_hash", "sid"] {
        assert!(after.get(claim).is_none(), "{claim} belongs to the first request");
    }
    assert_eq!(after["at_hash"], left_half(&text(&second["access_token"])));
}

#[tokio::test]
async fn a_refresh_token_is_used_once() {
    let (_sandbox, visitor) = sandbox().await;
    let reply = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let form = Visitor::refresh(&text(&reply["refresh_token"]));
    assert_eq!(visitor.token(&form).await.0, StatusCode::OK);
    is_refused(&visitor, &form, "invalid_grant").await;
}

fn scopes_of(refresh: &Value, scope: &str) -> Pairs<'static> {
    with(Visitor::refresh(&text(&refresh["refresh_token"])), "scope", Some(scope))
}

#[tokio::test]
async fn a_refresh_narrows_the_access_token_and_the_next_one_can_have_all_scopes_again() {
    let (_sandbox, visitor) = sandbox().await;
    let first = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let (status, second) = visitor.token(&scopes_of(&first, "openid accounts")).await;
    assert_eq!((status, &second["scope"]), (StatusCode::OK, &json!("openid accounts")));
    let balances = json!({"id": FIRST_ACCOUNT});
    let document = "query($id: ID!) { node(id: $id) { ... on BankAccount { name currentBalance } } }";
    let (_, body) = visitor.query(Some(&text(&second["access_token"])), document, balances.clone()).await;
    assert_eq!(body["errors"][0]["extensions"]["missingScopes"], json!(["balances"]));
    let (_, third) = visitor.token(&Visitor::refresh(&text(&second["refresh_token"]))).await;
    assert_eq!(third["scope"], first["scope"], "the refresh token keeps what was granted");
    let (_, body) = visitor.query(Some(&text(&third["access_token"])), document, balances).await;
    assert!(body.get("errors").is_none(), "{body}");
}

#[tokio::test]
async fn a_refresh_without_openid_gives_neither_an_id_token_nor_userinfo() {
    let (_sandbox, visitor) = sandbox().await;
    let first = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let (_, second) = visitor.token(&scopes_of(&first, "accounts")).await;
    assert!(second.get("id_token").is_none());
    let response = userinfo(&visitor, &text(&second["access_token"])).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer error=\"insufficient_scope\"");
}

#[tokio::test]
async fn a_refresh_cannot_ask_for_more_than_was_granted_and_then_keeps_its_token() {
    let (_sandbox, visitor) = sandbox().await;
    let first = visitor.tokens("Thandi Nkosi", "openid accounts offline_access").await;
    for scope in ["openid balances", "openid client_refund", "nonsense"] {
        is_refused(&visitor, &scopes_of(&first, scope), "invalid_scope").await;
    }
    assert_eq!(visitor.token(&scopes_of(&first, "openid accounts")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn of_two_uses_at_once_one_wins() {
    let (_sandbox, visitor) = sandbox().await;
    let reply = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let form = Visitor::refresh(&text(&reply["refresh_token"]));
    let (left, right) = tokio::join!(visitor.token(&form), visitor.token(&form));
    let won = [left.0, right.0].iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let (_sandbox, visitor) = sandbox().await;
    let callback = visitor.sign_in(&request(), "Thandi Nkosi", &["accounts"]).await;
    let (_, reply) = visitor.token(&Visitor::exchange(&parameters(&callback)["code"])).await;
    assert!(reply.get("refresh_token").is_none());
    assert_eq!(reply["scope"], "openid accounts");
}

#[tokio::test]
async fn a_confidential_client_gets_a_client_token() {
    let (_sandbox, visitor) = sandbox().await;
    let form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", CONFIDENTIAL_CLIENT_ID.into()),
        ("client_secret", CONFIDENTIAL_CLIENT_SECRET.into()),
        ("scope", "client_paymentrequest client_refund".into()),
    ];
    let (status, reply) = visitor.token(&form).await;
    assert_eq!(status, StatusCode::OK);
    let names: Vec<_> = reply.as_object().unwrap().keys().collect();
    assert_eq!(names, ["access_token", "expires_in", "token_type", "scope"]);
    assert_eq!(reply["expires_in"], 3600);
    for scope in ["openid", "client_refund offline_access", "client_refund accounts", "nonsense"] {
        is_refused(&visitor, &with(form.clone(), "scope", Some(scope)), "invalid_scope").await;
    }
    is_refused(&visitor, &with(form.clone(), "client_secret", Some("wrong")), "invalid_client").await;
    is_refused(&visitor, &with(form, "client_secret", None), "invalid_client").await;
}

#[tokio::test]
async fn a_client_can_authenticate_with_a_basic_header() {
    let (_sandbox, visitor) = sandbox().await;
    let request = visitor
        .http
        .post(format!("{}/connect/token", visitor.base))
        .basic_auth(CONFIDENTIAL_CLIENT_ID, Some(CONFIDENTIAL_CLIENT_SECRET))
        .form(&[("grant_type", "client_credentials")]);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

async fn userinfo(visitor: &Visitor, token: &str) -> reqwest::Response {
    visitor.http.get(format!("{}/connect/userinfo", visitor.base)).bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn userinfo_has_the_subject_of_the_id_token_and_a_name() {
    let (_sandbox, visitor) = sandbox().await;
    let reply = visitor.tokens("Pieter van der Merwe", SCOPES).await;
    let info: Value = userinfo(&visitor, &text(&reply["access_token"])).await.json().await.unwrap();
    assert_eq!(info["sub"], claims(&visitor, &text(&reply["id_token"])).await["sub"]);
    assert_eq!(info["name"], "Pieter van der Merwe");
}

#[tokio::test]
async fn userinfo_refuses_unknown_and_client_tokens() {
    let (_sandbox, visitor) = sandbox().await;
    let response = userinfo(&visitor, "unknown").await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
    let client = visitor.client_access("client_refund").await;
    assert_eq!(userinfo(&visitor, &client).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn revocation_of_an_unknown_token_answers_200_and_nothing() {
    let (_sandbox, visitor) = sandbox().await;
    let form = [("token", "unknown".to_owned()), ("client_id", PUBLIC_CLIENT_ID.into())];
    let response = visitor.post("/connect/revocation", &form).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.text().await.unwrap(), "");
}

#[tokio::test]
async fn revocation_needs_a_client_and_a_token() {
    let (_sandbox, visitor) = sandbox().await;
    for (form, error) in [
        (vec![("token", "unknown".to_owned())], "invalid_client"),
        (vec![("client_id", PUBLIC_CLIENT_ID.to_owned())], "invalid_request"),
    ] {
        let response = visitor.post("/connect/revocation", &form).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"error": error}));
    }
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_session_with_it() {
    let (_sandbox, visitor) = sandbox().await;
    let (reply, other) = (visitor.tokens("Thandi Nkosi", SCOPES).await, visitor.access(SCOPES).await);
    let refresh = text(&reply["refresh_token"]);
    visitor.post("/connect/revocation", &[("token", refresh.clone())]).await;
    let access = text(&reply["access_token"]);
    assert_eq!(userinfo(&visitor, &access).await.status(), StatusCode::OK, "no client, no effect");
    let form = [("token", refresh.clone()), ("client_id", PUBLIC_CLIENT_ID.into())];
    visitor.post("/connect/revocation", &form).await;
    is_refused(&visitor, &Visitor::refresh(&refresh), "invalid_grant").await;
    assert_eq!(userinfo(&visitor, &access).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(userinfo(&visitor, &other).await.status(), StatusCode::OK, "another session stays");
}

#[tokio::test]
async fn a_restart_keeps_sessions_through_the_state_file_and_no_token_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let state_file = folder.path().join("sandbox.json");
    let config = || Config { state_file: Some(state_file.clone()), ..Config::default() };
    let (running, visitor) = sandbox_with(config()).await;
    let used = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let (_, reply) = visitor.token(&Visitor::refresh(&text(&used["refresh_token"]))).await;
    running.shutdown().await;

    let written = std::fs::read_to_string(&state_file).unwrap();
    for reply in [&used, &reply] {
        for token in ["access_token", "refresh_token", "id_token"] {
            assert!(!written.contains(&text(&reply[token])), "the {token} itself is in the file");
        }
    }
    let (_sandbox, visitor) = sandbox_with(config()).await;
    assert_eq!(userinfo(&visitor, &text(&reply["access_token"])).await.status(), StatusCode::OK);
    is_refused(&visitor, &Visitor::refresh(&text(&used["refresh_token"])), "invalid_grant").await;
    assert_eq!(visitor.token(&Visitor::refresh(&text(&reply["refresh_token"]))).await.0, StatusCode::OK);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_state_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let state_file = folder.path().join("sandbox.json");
    let (_sandbox, visitor) =
        sandbox_with(Config { state_file: Some(state_file.clone()), ..Config::default() }).await;
    visitor.tokens("Thandi Nkosi", SCOPES).await;
    assert_eq!(std::fs::metadata(&state_file).unwrap().permissions().mode() & 0o777, 0o600);
}
