//! What a provider's credentials JSON brings.

use super::*;

#[tokio::test]
async fn a_credentials_file_fills_the_connection_and_says_what_it_used() {
    let world = World::new();
    let file = fetched(&world, "/sandbox/credentials.json").await;
    let import = world.engine.credentials_import("sandbox", file).await.unwrap();
    assert!(!import.used.is_empty());
    let connection = world.connection().await;
    assert_eq!(connection.client_id, CERTIFICATE_CLIENT_ID);
    assert!(
        connection
            .client_tokens
            .unwrap()
            .scopes
            .iter()
            .all(|scope| scope.starts_with("client_") || scope.starts_with("transaction_"))
    );
    let error = world.engine.credentials_import("sandbox", "not json".to_owned()).await.unwrap_err();
    assert!(error.view().hint.is_some());
}

#[tokio::test]
async fn lifetimes_of_a_credentials_file_are_shown_with_their_source() {
    let world = World::new();
    let session = world.session_id().await;
    let shown = async || world.engine.session(&session).await.unwrap();
    assert_eq!(shown().await.refresh.unwrap().expiry_source, ExpirySource::Preset);

    let file = r#"{"accessTokenLifetime":600,"slidingRefreshTokenLifetime":2592000}"#;
    world.engine.credentials_import("sandbox", file.to_owned()).await.unwrap();
    // Its form knows nothing of them, and keeps them.
    world.save_connection(|draft| draft.name = "Renamed".to_owned()).await;

    let before = shown().await;
    let refresh = before.refresh.unwrap();
    assert_eq!((refresh.expiry_source, refresh.sliding_days), (ExpirySource::Credentials, Some(30)));
    assert_eq!(refresh.expires_at, Some(refresh.issued_at + 2_592_000_000));
    assert_eq!(before.access.unwrap().expiry_source, ExpirySource::Reply, "the reply's own word counts");

    let silent = json(200, r#"{"access_token":"a","token_type":"Bearer","refresh_token":"next"}"#);
    world.redirect(EndpointKind::Token, &answers(&[silent]).await).await;
    let _ = world.engine.session_refresh(&session, 1, None).await;
    let access = shown().await.access.unwrap();
    assert_eq!(access.expiry_source, ExpirySource::Credentials);
    assert_eq!(access.expires_at, Some(access.issued_at + 600_000));

    let fixed = r#"{"absoluteRefreshTokenLifetime":86400,"refreshTokenExpiration":"Absolute"}"#;
    world.engine.credentials_import("sandbox", fixed.to_owned()).await.unwrap();
    let after = shown().await;
    let refresh = after.refresh.unwrap();
    assert_eq!((refresh.expires_at, refresh.sliding_days), (Some(after.created_at + 86_400_000), None));
}

#[tokio::test]
async fn a_lifetime_of_a_credentials_file_counts_in_every_view_and_for_queries() {
    let world = World::new();
    let id = world.session_id().await;
    let file = r#"{"accessTokenLifetime":600}"#;
    world.engine.credentials_import("sandbox", file.to_owned()).await.unwrap();
    world.save_connection(|draft| draft.refresh_policy = RefreshPolicy::WhenNeeded).await;
    let silent = json(200, r#"{"access_token":"a","token_type":"Bearer","refresh_token":"next"}"#);
    world.redirect(EndpointKind::Token, &answers(&[silent]).await).await;
    world.engine.session_refresh(&id, 1, None).await.unwrap();

    let access = world.engine.session(&id).await.unwrap().access.unwrap();
    let listed = world.engine.overview().await.connections[0].sessions[0].access_expires_at;
    assert_eq!((access.expires_at, listed), (Some(access.issued_at + 600_000), access.expires_at));
    world.advance(Duration::from_mins(11));
    let _ = world.engine.query_run(run(&id, "{ user { __typename } }")).await;
    assert_eq!(
        world.engine.session(&id).await.unwrap().refresh.unwrap().generation,
        3,
        "it was refreshed first"
    );
}

#[tokio::test]
async fn a_credentials_file_is_taken_over_whole_or_not_at_all_and_keeps_the_chosen_way_back() {
    let world = World::new();
    let uri = "http://127.0.0.1:8765/callback";
    world
        .save_connection(|draft| {
            draft.redirect_method = RedirectMethod::Paste;
            uri.clone_into(&mut draft.redirect_uri);
        })
        .await;
    let file = |secret: &str| {
        serde_json::json!({ "id": "test-imported", "secret": secret, "redirectUrls": [uri] }).to_string()
    };
    let pem = "-----BEGIN PRIVATE KEY-----";
    let error = world.engine.credentials_import("sandbox", file(pem)).await.unwrap_err();
    assert_eq!(error.code(), "client_secret_is_pem");
    assert_ne!(world.connection().await.client_id, "test-imported", "nothing was taken over");

    world.engine.credentials_import("sandbox", file("s3cret")).await.unwrap();
    let connection = world.connection().await;
    assert_eq!(connection.client_id, "test-imported");
    assert!(connection.authentication.secret_present);
    assert_eq!(connection.redirect_method, RedirectMethod::Paste);
}
