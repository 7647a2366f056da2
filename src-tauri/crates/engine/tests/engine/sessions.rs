//! Sessions: refreshed without loss, revoked, deleted and brought back.

mod replies;

use std::{sync::Arc, time::Duration};

use crate::server::{self, answers, forwarded, json, server, slow};
use crate::world::{World, eventually, run};
use bobbin_engine::view::{EndpointKind, ExchangeOutcome, RefreshPolicy, RefreshState, SessionSecret};
use tokio::sync::Notify;

async fn refresh_when_needed(world: &World) {
    world.save_connection(|draft| draft.refresh_policy = RefreshPolicy::WhenNeeded).await;
}

/// Lets the token endpoint wait with each request until it may go.
async fn slow_token_endpoint(world: &World) -> (Arc<Notify>, Arc<Notify>) {
    let (slow, arrived, go) = slow(&world.url_of(EndpointKind::Token).await).await;
    world.redirect(EndpointKind::Token, &slow).await;
    (arrived, go)
}

#[tokio::test]
async fn a_refresh_replaces_the_pair_and_keeps_the_session() {
    let world = World::new();
    let id = world.session_id().await;
    let before = world.engine.session_secret(&id, SessionSecret::RefreshToken).await.unwrap();
    let after = world.engine.session_refresh(&id, 1, None).await.unwrap();
    let refresh = after.refresh.unwrap();
    assert_eq!((refresh.generation, refresh.state), (2, RefreshState::Ready));
    assert_ne!(world.engine.session_secret(&id, SessionSecret::RefreshToken).await.unwrap(), before);
    assert!(after.id_token.unwrap().verified, "the refreshed id_token was checked too");
    assert_eq!(after.history.len(), 1);
    assert!(after.history[0].ok);
}

#[tokio::test]
async fn two_refreshes_at_once_spend_one_token() {
    let world = World::new();
    let id = world.session_id().await;
    let (first, second) =
        tokio::join!(world.engine.session_refresh(&id, 1, None), world.engine.session_refresh(&id, 1, None));
    assert_eq!(first.unwrap().refresh.unwrap().generation, 2);
    assert_eq!(second.unwrap().refresh.unwrap().generation, 2, "who waited adopts the winner's tokens");
    let sent = world.engine.wire().into_iter().filter(|row| row.target.contains("refresh_token")).count();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_leaves_the_refresh_token_as_it_was() {
    let world = World::new();
    let id = world.session_id().await;
    world.redirect(EndpointKind::Token, "http://127.0.0.1:9/connect/token").await;
    let error = world.engine.session_refresh(&id, 1, None).await.unwrap_err();
    assert_eq!(error.code(), "server_unreachable");
    assert_eq!(world.engine.session(&id).await.unwrap().refresh.unwrap().state, RefreshState::Ready);
    world.redirect(EndpointKind::Token, "").await;
    assert_eq!(world.engine.session_refresh(&id, 1, None).await.unwrap().refresh.unwrap().generation, 2);
}

#[tokio::test]
async fn a_lost_reply_leaves_the_refresh_token_possibly_consumed_and_one_more_try() {
    let world = World::new();
    let id = world.session_id().await;
    // A server that takes the request and hangs up.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    world.redirect(EndpointKind::Token, &format!("http://{address}/connect/token")).await;
    let hang_up = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        socket.readable().await.unwrap();
        drop(socket);
    });
    let error = world.engine.session_refresh(&id, 1, None).await.unwrap_err();
    hang_up.await.unwrap();
    assert_eq!(error.code(), "connection_lost");
    let session = world.engine.session(&id).await.unwrap();
    assert_eq!(session.refresh.unwrap().state, RefreshState::PossiblyConsumed);
    assert!(!session.history[0].ok);
    world.redirect(EndpointKind::Token, "").await;
    let again = world.engine.session_refresh(&id, 1, None).await.unwrap();
    assert_eq!(again.refresh.unwrap().generation, 2, "the sandbox had not seen it, so the second try works");
}

#[tokio::test]
async fn a_refused_refresh_token_says_to_sign_in_again() {
    let world = World::new();
    let id = world.session_id().await;
    // Spent behind the session's back, as by another program with a copy of it.
    let token = world.engine.session_secret(&id, SessionSecret::RefreshToken).await.unwrap();
    let connection = world.connection().await;
    let endpoint = connection.endpoints.iter().find(|endpoint| endpoint.kind == EndpointKind::Token).unwrap();
    let form =
        [("grant_type", "refresh_token"), ("client_id", &connection.client_id), ("refresh_token", &token)];
    reqwest::Client::new().post(endpoint.url.clone().unwrap()).form(&form).send().await.unwrap();

    let error = world.engine.session_refresh(&id, 1, None).await.unwrap_err();
    assert!(error.view().hint.is_some(), "{error:?}");
    assert_eq!(world.engine.session(&id).await.unwrap().refresh.unwrap().state, RefreshState::Rejected);
    assert_eq!(
        world.engine.session_refresh(&id, 1, None).await.unwrap_err().code(),
        "refresh_rejected",
        "it is not sent again"
    );
}

#[tokio::test]
async fn a_revoked_session_is_gone_here_and_there() {
    let world = World::new();
    let id = world.session_id().await;
    let token = world.engine.session_secret(&id, SessionSecret::AccessToken).await.unwrap();
    world.engine.session_revoke(&id).await.unwrap();
    assert_eq!(world.engine.session(&id).await.unwrap_err().code(), "session_unknown");
    let connection = world.connection().await;
    let graphql =
        connection.endpoints.iter().find(|endpoint| endpoint.kind == EndpointKind::Graphql).unwrap();
    let reply = reqwest::Client::new()
        .post(graphql.url.clone().unwrap())
        .bearer_auth(token)
        .json(&serde_json::json!({ "query": "{ user { __typename } }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 401);
}

#[tokio::test]
async fn a_deleted_session_can_be_brought_back() {
    let world = World::new();
    let id = world.session_id().await;
    let label = world.engine.session_rename(&id, "Mine").await.unwrap().label;
    world.engine.session_delete(&id).await.unwrap();
    assert!(world.engine.overview().await.connections[0].sessions.is_empty());
    assert_eq!(world.engine.session_restore(&id).await.unwrap().label, label);
    let response = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap();
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn a_session_is_renamed_and_an_empty_name_is_refused() {
    let world = World::new();
    let id = world.session_id().await;
    assert_eq!(world.engine.session_rename(&id, "  Demo user ").await.unwrap().label, "Demo user");
    assert_eq!(world.engine.session_rename(&id, "   ").await.unwrap_err().code(), "label_empty");
    assert_eq!(world.engine.session(&id).await.unwrap().label, "Demo user");
}

#[tokio::test]
async fn no_view_holds_a_token() {
    let world = World::new();
    let id = world.session_id().await;
    let mut views = vec![
        serde_json::to_string(&world.engine.overview().await).unwrap(),
        serde_json::to_string(&world.engine.session(&id).await.unwrap()).unwrap(),
        serde_json::to_string(&world.engine.sign_in("sandbox")).unwrap(),
        serde_json::to_string(&world.engine.wire()).unwrap(),
    ];
    for row in world.engine.wire() {
        views.push(serde_json::to_string(&world.engine.exchange(&row.id).unwrap()).unwrap());
    }
    for secret in [SessionSecret::AccessToken, SessionSecret::IdToken, SessionSecret::RefreshToken] {
        let token = world.engine.session_secret(&id, secret).await.unwrap();
        for view in &views {
            assert!(!view.contains(&token), "{secret:?} stands in {view:.200}");
        }
    }
}

#[tokio::test]
async fn a_session_deleted_during_a_refresh_comes_back_with_the_new_pair_and_its_history() {
    let world = World::new();
    let id = world.session_id().await;
    let (arrived, go) = slow_token_endpoint(&world).await;
    let refreshing = tokio::spawn({
        let (engine, id) = (world.engine.clone(), id.clone());
        async move { engine.session_refresh(&id, 1, None).await }
    });
    arrived.notified().await;
    let deleting = tokio::spawn({
        let (engine, id) = (world.engine.clone(), id.clone());
        async move { engine.session_delete(&id).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!deleting.is_finished(), "it waits for the refresh");
    go.notify_one();
    // The session may be gone again before the refresh shows it.
    let _ = refreshing.await.unwrap();
    deleting.await.unwrap().unwrap();

    let restored = world.engine.session_restore(&id).await.unwrap();

    assert_eq!(restored.refresh.unwrap().generation, 2);
    assert_eq!(restored.history.len(), 1);
    world.redirect(EndpointKind::Token, "").await;
    assert_eq!(world.engine.session_refresh(&id, 2, None).await.unwrap().refresh.unwrap().generation, 3);
}

#[tokio::test]
async fn a_refresh_goes_on_when_nobody_waits_for_it_any_more() {
    let world = World::new();
    let id = world.session_id().await;
    let (arrived, go) = slow_token_endpoint(&world).await;
    let refreshing = tokio::spawn({
        let (engine, id) = (world.engine.clone(), id.clone());
        async move { engine.session_refresh(&id, 1, None).await }
    });
    arrived.notified().await;
    refreshing.abort();
    go.notify_one();
    eventually("the new pair", async || {
        world.engine.session(&id).await.unwrap().refresh.unwrap().generation == 2
    })
    .await;
}

#[tokio::test]
async fn a_refreshed_id_token_that_fails_a_check_is_shown_as_failed_and_the_next_good_one_as_verified() {
    let world = World::new();
    let id = world.session_id().await;
    let issuer = world.url_of(EndpointKind::Issuer).await;
    world.redirect(EndpointKind::Issuer, "https://elsewhere.test").await;
    world.advance(Duration::from_secs(20));

    let error = world.engine.session_refresh(&id, 1, None).await.unwrap_err();

    assert!(error.code().starts_with("id_token_"), "{error:?}");
    let session = world.engine.session(&id).await.unwrap();
    let id_token = session.id_token.unwrap();
    assert!(!id_token.verified);
    assert!(id_token.checks.iter().any(|check| check.code.as_deref() == Some(error.code())));
    assert!(id_token.checked_at >= session.created_at + 20_000, "the time of this check");
    assert_eq!(session.refresh.unwrap().generation, 2, "the new pair is kept all the same");
    assert!(!session.history[0].ok && !session.history[0].detail.is_empty(), "{:?}", session.history);

    world.redirect(EndpointKind::Issuer, &issuer).await;
    let session = world.engine.session_refresh(&id, 2, None).await.unwrap();
    assert!(session.id_token.unwrap().verified);
    assert_eq!(session.history.iter().map(|refresh| refresh.ok).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn a_session_whose_refresh_token_was_revoked_is_gone_whatever_becomes_of_the_access_token() {
    let world = World::new();
    let id = world.session_id().await;
    let refused = json(400, r#"{"error":"unsupported_token_type"}"#);
    world.redirect(EndpointKind::Revocation, &answers(std::slice::from_ref(&refused)).await).await;
    assert_eq!(world.engine.session_revoke(&id).await.unwrap_err().code(), "revocation_refused");
    assert!(world.engine.session(&id).await.is_ok(), "nothing was revoked");

    world.redirect(EndpointKind::Revocation, &answers(&[json(200, ""), refused]).await).await;
    world.engine.session_revoke(&id).await.unwrap();

    assert_eq!(world.engine.session(&id).await.unwrap_err().code(), "session_unknown");
    assert_eq!(world.last_notice().as_deref(), Some("access_token_not_revoked"));
}

#[tokio::test]
async fn a_name_that_comes_late_does_not_overwrite_the_one_a_person_chose() {
    let world = World::new();
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    // The subject is in the claims only after the sign-in.
    let subject = Arc::new(std::sync::Mutex::new(String::new()));
    let userinfo = server({
        let (arrived, go, subject) = (arrived.clone(), go.clone(), subject.clone());
        move |_| {
            let (arrived, go, subject) = (arrived.clone(), go.clone(), subject.clone());
            async move {
                arrived.notify_one();
                go.notified().await;
                let subject = subject.lock().unwrap().clone();
                json(200, &format!(r#"{{"sub":"{subject}","name":"Somebody"}}"#))
            }
        }
    })
    .await;
    world.redirect(EndpointKind::Userinfo, &userinfo).await;
    let id = world.session_id().await;
    let claims = world.engine.session(&id).await.unwrap().id_token.unwrap().claims;
    let sub = claims.into_iter().find(|claim| claim.name == "sub").unwrap().value;
    subject.lock().unwrap().clone_from(&sub);
    arrived.notified().await;
    world.engine.session_rename(&id, "Mine").await.unwrap();
    go.notify_one();
    eventually("the reply", async || {
        let userinfo = world.engine.wire().into_iter().find(|row| row.target.contains("userinfo"));
        userinfo.is_some_and(|row| row.outcome == ExchangeOutcome::Ok)
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(world.engine.session(&id).await.unwrap().label, "Mine");
}

#[tokio::test]
async fn userinfo_about_somebody_else_is_told_and_not_used() {
    let world = World::new();
    let other = answers(&[json(200, r#"{"sub":"somebody-else","name":"Somebody Else"}"#)]).await;
    world.redirect(EndpointKind::Userinfo, &other).await;
    let id = world.session_id().await;
    eventually("the warning", async || world.last_notice().as_deref() == Some("userinfo_sub_mismatch")).await;
    assert_ne!(world.engine.session(&id).await.unwrap().label, "Somebody Else");
}

#[tokio::test]
async fn a_deleted_connection_takes_its_sessions_along_and_undo_brings_both_back() {
    let world = World::new();
    let id = world.session_id().await;
    world.engine.connection_delete("sandbox").await.unwrap();
    assert!(world.engine.overview().await.connections.is_empty(), "nothing is left of it in the sidebar");
    world.engine.connection_restore("sandbox").await.unwrap();
    let overview = world.engine.overview().await;
    assert_eq!(overview.connections[0].sessions[0].id, id);
    assert_eq!(world.engine.connection_restore("sandbox").await.unwrap_err().code(), "undo_gone");
}

#[tokio::test]
async fn a_session_is_not_used_through_another_client_of_the_same_name() {
    let world = World::new();
    let id = world.session_id().await;
    world.save_connection(|draft| draft.client_id = "test-another-client".to_owned()).await;
    let error = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(error.code(), "session_other_provider");
}

#[tokio::test]
async fn a_429_is_waited_for_and_tried_once_more() {
    let world = World::new();
    let id = world.session_id().await;
    let real = world.url_of(EndpointKind::Token).await;
    let mut turn = 0;
    let busy = server::server(move |request| {
        turn += 1;
        let (turn, real) = (turn, real.clone());
        async move {
            if turn % 2 == 1 {
                let headers = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0";
                format!("{headers}\r\nConnection: close\r\n\r\n").into_bytes()
            } else {
                forwarded(&real, &request).await
            }
        }
    })
    .await;
    world.redirect(EndpointKind::Token, &busy).await;
    let before = world.now();
    let refreshed = world.engine.session_refresh(&id, 1, None).await.unwrap();
    assert_eq!(refreshed.refresh.unwrap().generation, 2);
    assert!(world.now() - before >= 1000, "it waited as long as it was asked to");
    assert_eq!(
        refreshed.history.iter().filter(|refresh| !refresh.ok).count(),
        1,
        "the refusal is in the history"
    );
}

#[tokio::test]
async fn a_server_that_asks_for_more_than_a_minute_is_not_waited_for() {
    let world = World::new();
    let id = world.session_id().await;
    let headers = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 61\r\nContent-Length: 0";
    let busy = format!("{headers}\r\nConnection: close\r\n\r\n").into_bytes();
    world.redirect(EndpointKind::Token, &answers(&[busy]).await).await;
    let error = world.engine.session_refresh(&id, 1, None).await.unwrap_err();
    assert_eq!(error.code(), "token_too_many_requests");
    assert!(error.view().hint.as_deref().unwrap().contains("1 min"), "{error:?}");
    assert_eq!(world.engine.session(&id).await.unwrap().refresh.unwrap().state, RefreshState::Ready);
}
