//! Tokens of the client itself (RFC 6749 section 4.4).

use super::*;

#[tokio::test]
async fn a_client_token_is_asked_for_once_and_used_until_it_expires() {
    for certificate in [true, false] {
        let world = if certificate {
            with_certificate("RS256").await
        } else {
            with_secret(AuthenticationMethod::ClientSecretPost, CONFIDENTIAL_CLIENT_SECRET).await
        };
        let first = world.engine.client_token("sandbox", false).await.unwrap();
        assert_eq!(first.kind, SessionKind::Client);
        assert!(first.refresh.is_none(), "a client token comes without a refresh token");
        let (one, two) = tokio::join!(
            world.engine.client_token("sandbox", false),
            world.engine.client_token("sandbox", false)
        );
        assert_eq!((one.unwrap().id, two.unwrap().id), (first.id.clone(), first.id.clone()));
        assert_eq!(sent(&world, "grant_type").len(), 1, "one request for three uses");
        assert!(sent(&world, "audience")[0].ends_with("/connect/token"));

        let token = || world.engine.session_secret(&first.id, SessionSecret::AccessToken);
        let before = token().await.unwrap();
        let again = if certificate {
            // The sandbox's own clock would not take an assertion from the next hour.
            before
        } else {
            world.advance(Duration::from_hours(1));
            world.engine.client_token("sandbox", false).await.unwrap();
            assert_ne!(token().await.unwrap(), before, "an expired one is replaced where it stands");
            token().await.unwrap()
        };
        world.engine.client_token("sandbox", true).await.unwrap();
        assert_ne!(token().await.unwrap(), again, "and so is one that a person wants afresh");
    }
}

#[tokio::test]
async fn the_sandboxs_audience_is_known_when_it_runs_and_is_never_written() {
    let world = World::new();
    let shown = || async {
        let tokens = world.connection().await.client_tokens.unwrap();
        (tokens.audience, tokens.default_audience)
    };
    assert_eq!(shown().await, (None, None), "a placeholder of the preset is nothing to show");
    world.save_connection(|draft| draft.client_scopes.push("client_refund".to_owned())).await;
    let base = world.engine.sandbox().await.unwrap();
    let usual = Some(format!("{base}/connect/token"));
    assert_eq!(shown().await, (usual.clone(), usual.clone()));
    world.save_connection(|draft| draft.client_audience = Some(String::new())).await;
    assert_eq!(shown().await, (Some(String::new()), usual.clone()), "empty sends none");
    world.save_connection(|draft| draft.client_audience = None).await;
    assert_eq!(shown().await, (usual.clone(), usual));
}

#[tokio::test]
async fn a_token_for_one_audience_is_not_handed_out_for_another() {
    let world = with_secret(AuthenticationMethod::ClientSecretPost, CONFIDENTIAL_CLIENT_SECRET).await;
    let usual = world.connection().await.client_tokens.unwrap().audience;
    let first = world.engine.client_token("sandbox", false).await.unwrap().id;

    world.save_connection(|draft| draft.client_audience = Some("https://elsewhere.test".to_owned())).await;

    assert_eq!(
        world.connection().await.client_tokens.unwrap().session,
        None,
        "none is offered for use again"
    );
    let _ = world.engine.client_token("sandbox", false).await;
    let audiences = sent(&world, "audience");
    assert_eq!(audiences.len(), 2, "the other audience was asked for: {audiences:?}");
    assert!(audiences.contains(&"https://elsewhere.test".to_owned()));

    world.save_connection(|draft| draft.client_audience = usual).await;
    assert_eq!(world.engine.client_token("sandbox", false).await.unwrap().id, first);
    assert_eq!(sent(&world, "audience").len(), 2, "the first was kept for its own audience");
}

#[tokio::test]
async fn an_expired_client_session_is_renewed_with_the_scopes_it_was_got_with() {
    let world = with_secret(AuthenticationMethod::ClientSecretPost, CONFIDENTIAL_CLIENT_SECRET).await;
    let first = world.engine.client_token("sandbox", false).await.unwrap();
    let of_today = vec!["client_refund".to_owned()];
    world.save_connection(|draft| draft.client_scopes = of_today.clone()).await;
    world.advance(Duration::from_hours(1));

    world.engine.query_run(world::run(&first.id, "{ client { __typename } }")).await.unwrap();

    let renewed = world.engine.session(&first.id).await.unwrap();
    assert_eq!(renewed.scopes_requested, first.scopes_requested, "not with those of the connection today");
    assert!(renewed.access.unwrap().issued_at > first.access.unwrap().issued_at, "it was renewed");
    let sessions = world.engine.overview().await.connections.remove(0).sessions;
    assert_eq!(sessions.len(), 1, "and nothing else was made");

    let fresh = world.engine.client_token("sandbox", true).await.unwrap();
    assert_eq!(fresh.scopes_requested, of_today, "a fresh one is asked for with what the connection says");
    assert_ne!(fresh.id, first.id);
}

#[tokio::test]
async fn a_public_client_is_told_why_it_gets_no_client_token() {
    let world = World::new();
    let error = world.engine.client_token("sandbox", false).await.unwrap_err();
    assert_eq!(error.code(), "client_token_public_client");
    assert!(world.engine.wire().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_client_token_goes_to_the_client_and_provider_that_it_is_of_alone() {
    let world = with_secret(AuthenticationMethod::ClientSecretPost, CONFIDENTIAL_CLIENT_SECRET).await;
    let first = world.engine.client_token("sandbox", false).await.unwrap();
    assert_eq!(world.connection().await.client_tokens.unwrap().session, Some(first.id.clone()));

    world.save_connection(|draft| draft.client_id = "test-another-client".to_owned()).await;

    assert_eq!(
        world.connection().await.client_tokens.unwrap().session,
        None,
        "it is not offered for use again"
    );
    let refused =
        world.engine.query_run(world::run(&first.id, "{ client { __typename } }")).await.unwrap_err();
    assert_eq!(refused.code(), "session_other_provider");
    let error = world.engine.client_token("sandbox", false).await.unwrap_err();
    assert_eq!(error.code(), "token_invalid_client", "the other client asks for its own");
}
