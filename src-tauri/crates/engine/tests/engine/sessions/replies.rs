//! What is known of a refresh token after each kind of reply.

use super::*;

#[tokio::test]
async fn what_the_server_answers_decides_what_is_known_of_the_refresh_token() {
    let world = World::new();
    let id = world.session_id().await;
    let replies = [
        (json(429, "{}"), RefreshState::Ready),
        (json(400, r#"{"error":"invalid_client"}"#), RefreshState::Ready),
        (json(503, r#"{"error":"temporarily_unavailable"}"#), RefreshState::Ready),
        (json(500, "{}"), RefreshState::PossiblyConsumed),
        (json(400, r#"{"error":"invalid_request"}"#), RefreshState::PossiblyConsumed),
        (json(200, "<html>"), RefreshState::PossiblyConsumed),
    ];
    for (number, (reply, state)) in replies.iter().enumerate() {
        world.redirect(EndpointKind::Token, &answers(std::slice::from_ref(reply)).await).await;
        world.engine.session_refresh(&id, 1, None).await.unwrap_err();
        let session = world.engine.session(&id).await.unwrap();
        assert_eq!(session.refresh.unwrap().state, *state, "reply {number}");
        assert_eq!(session.history.len(), number + 1);
    }
}

#[tokio::test]
async fn a_refresh_token_whose_reply_was_lost_twice_is_sent_again_only_when_a_person_asks() {
    let world = World::new();
    let id = world.session_id().await;
    world.redirect(EndpointKind::Token, &answers(&[Vec::new()]).await).await;
    for _ in 0..2 {
        assert_eq!(world.engine.session_refresh(&id, 1, None).await.unwrap_err().code(), "connection_lost");
    }
    refresh_when_needed(&world).await;
    world.advance(Duration::from_hours(1));
    let error = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(error.code(), "refresh_possibly_consumed", "an expired token is not sent instead");
    let sent = || {
        let wire = world.engine.wire().into_iter();
        wire.filter(|row| row.target.contains("refresh_token") || row.target.contains("graphql")).count()
    };
    assert_eq!(sent(), 2);

    // The provider's clock did not go on with this one.
    world.set_back(Duration::from_hours(1));
    world.redirect(EndpointKind::Token, "").await;
    let refreshed = world.engine.session_refresh(&id, 1, None).await.unwrap();
    assert_eq!(refreshed.refresh.unwrap().state, RefreshState::Ready);
    assert_eq!(sent(), 3);
}

#[tokio::test]
async fn a_refresh_token_that_had_an_unusable_reply_is_sent_again_only_when_a_person_asks() {
    let cut =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"acc".to_vec();
    for reply in [json(200, "<html>"), json(500, "{}"), cut] {
        let world = World::new();
        let id = world.session_id().await;
        let world = &world;
        let url = world.url_of(EndpointKind::Token).await;
        world.redirect(EndpointKind::Token, &answers(std::slice::from_ref(&reply)).await).await;
        refresh_when_needed(world).await;
        world.advance(Duration::from_hours(1));
        world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();
        let error = world.engine.query_run(run(&id, "{ __typename }")).await.unwrap_err();
        assert_eq!(error.code(), "refresh_possibly_consumed");
        let sent =
            || world.engine.wire().into_iter().filter(|row| row.target.contains("refresh_token")).count();
        assert_eq!(sent(), 1);
        world.set_back(Duration::from_hours(1));
        world.redirect(EndpointKind::Token, &url).await;
        assert!(world.engine.session_refresh(&id, 1, None).await.is_ok());
        assert_eq!(sent(), 2);
    }
}

#[tokio::test]
async fn a_refresh_token_of_another_type_leaves_the_old_one_in_doubt_and_its_tokens_in_use() {
    let world = World::new();
    let id = world.session_id().await;
    let odd = r#"{"access_token":"next","token_type":"Bearer","expires_in":900,"refresh_token":7}"#;
    world.redirect(EndpointKind::Token, &answers(&[json(200, odd)]).await).await;
    let session = world.engine.session_refresh(&id, 1, None).await.unwrap();
    assert_eq!(session.refresh.unwrap().state, RefreshState::PossiblyConsumed);
    assert_eq!(world.engine.session_secret(&id, SessionSecret::AccessToken).await.unwrap(), "next");

    refresh_when_needed(&world).await;
    world.advance(Duration::from_hours(1));
    let error = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(error.code(), "refresh_possibly_consumed");
}

#[tokio::test]
async fn a_query_whose_refresh_brought_no_access_token_is_not_sent_with_the_expired_one() {
    let world = World::new();
    let id = world.session_id().await;
    let odd = r#"{"token_type":"Bearer","refresh_token":"next"}"#;
    world.redirect(EndpointKind::Token, &answers(&[json(200, odd)]).await).await;
    refresh_when_needed(&world).await;
    world.advance(Duration::from_hours(1));
    let error = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(error.code(), "refresh_reply_salvaged");
    assert!(world.engine.wire().iter().all(|row| !row.target.contains("graphql")));
    assert_eq!(world.engine.session_secret(&id, SessionSecret::RefreshToken).await.unwrap(), "next");
}

#[tokio::test]
async fn a_refresh_whose_reply_was_cut_off_shows_what_came_of_it_without_its_secrets() {
    let world = World::new();
    let id = world.session_id().await;
    let cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"hint\":\"half\",\"refresh_token\":\"successor\",\"acc";
    world.redirect(EndpointKind::Token, &answers(&[cut.to_vec()]).await).await;
    let error = world.engine.session_refresh(&id, 1, None).await.unwrap_err();
    assert_eq!(error.code(), "refresh_reply_salvaged");
    let row = world.engine.wire().into_iter().rfind(|row| row.target.contains("refresh_token")).unwrap();
    assert_eq!((row.status, row.outcome), (Some(200), ExchangeOutcome::NoReply));
    let shown = format!("{:?}", world.engine.exchange(&row.id).unwrap());
    assert!(shown.contains("half") && !shown.contains("successor"), "{shown}");
}

#[tokio::test]
async fn an_outage_leaves_the_session_as_it_was() {
    let world = World::new();
    let id = world.session_id().await;
    let busy = json(503, r#"{"error":"temporarily_unavailable"}"#);
    world.redirect(EndpointKind::Token, &answers(&[busy]).await).await;
    for _ in 0..4 {
        assert_eq!(world.engine.session_refresh(&id, 1, None).await.unwrap_err().code(), "token_oauth_error");
    }
    world.redirect(EndpointKind::Token, "http://127.0.0.1:1/token").await;
    for _ in 0..4 {
        assert_eq!(
            world.engine.session_refresh(&id, 1, None).await.unwrap_err().code(),
            "server_unreachable"
        );
    }
    world.redirect(EndpointKind::Token, "").await;
    refresh_when_needed(&world).await;
    world.advance(Duration::from_hours(1));
    world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap();
    assert_eq!(world.engine.session(&id).await.unwrap().refresh.unwrap().generation, 2);
}

#[tokio::test]
async fn the_refresh_token_of_a_reply_that_is_wrong_in_any_way_is_kept() {
    let gzip = b"content-encoding: gzip\r\n";
    let whole = br#"{"refresh_token":"successor","access_token":"a","token_type":"Bearer","expires_in":900}"#;
    let with = |header: &[u8], body: &[u8]| {
        let length = format!("content-length: {}\r\n", body.len());
        [b"HTTP/1.1 200 OK\r\nconnection: close\r\n", header, length.as_bytes(), b"\r\n", body].concat()
    };
    let cut = |bytes: usize| {
        let mut reply = with(b"", whole);
        reply.truncate(reply.len() - bytes);
        reply
    };
    let replies = [
        with(b"", br#"{"refresh_token":"successor"}"#),
        with(b"", br#"{"refresh_token":"successor","access_token":7}"#),
        with(b"", br#"{"refresh_token":"successor","access_token":"a","access_token":"b"}"#),
        with(b"", br#"{"error":"server_error","refresh_token":"successor"}"#),
        with(b"", br#"{"refresh_token":"successor","access_token":"a" and nonsense"#),
        with(b"", &[&b"\xef\xbb\xbf"[..], whole].concat()),
        with(gzip, whole),
        with(b"content-encoding: br\r\n", whole),
        with(b"content-type: text/html\r\n", whole),
        cut(0),
        cut(1),
        cut(20),
        cut(whole.len() - br#"{"refresh_token":"successor""#.len()),
    ];
    for (number, reply) in replies.iter().enumerate() {
        let world = World::new();
        let id = world.session_id().await;
        world.redirect(EndpointKind::Token, &answers(std::slice::from_ref(reply)).await).await;
        let _ = world.engine.session_refresh(&id, 1, None).await;
        let session = world.engine.session(&id).await.unwrap();
        let refresh = session.refresh.unwrap();
        assert_eq!((refresh.generation, refresh.state), (2, RefreshState::Ready), "reply {number}");
        let token = world.engine.session_secret(&id, SessionSecret::RefreshToken).await.unwrap();
        assert_eq!(token, "successor", "reply {number}");
    }
}
