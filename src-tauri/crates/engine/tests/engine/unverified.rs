//! A sign-in whose tokens cannot be judged keeps them, and nobody uses them before they are verified.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::server::{answers, forwarded, json, server};
use crate::world::{Person, World, run};
use bobbin_engine::view::{EndpointKind, RequestOutcome, SessionSecret, SignInState};

const DOCUMENT: &str = "{ user { __typename } }";

async fn faults(world: &World, faults: &[&str]) {
    let ids: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
    world.engine.sandbox_faults_set(&ids).await.unwrap();
}

/// A sign-in that fails with this code and leaves one session, whose id this is.
async fn unverified(world: &World, code: &str) -> String {
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    let failure = sign_in.failure.unwrap();
    assert_eq!((sign_in.state, &*failure.code), (SignInState::Failed, code));
    let mut sessions = world.engine.overview().await.connections.remove(0).sessions;
    assert_eq!(sessions.len(), 1, "{code}");
    let session = sessions.remove(0);
    assert_eq!(session.access_expires_at, Some(session.access_issued_at), "no query picks it by itself");
    let session = session.id;
    assert_eq!(sign_in.session.as_ref(), Some(&session), "the failed sign-in leads to it");
    let request = world.engine.requests().await.unwrap().remove(0);
    assert_eq!((request.outcome, request.session.as_ref()), (RequestOutcome::Failed, Some(&session)));
    says_so(world, &session).await;
    session
}

async fn says_so(world: &World, session: &str) {
    let view = world.engine.session(session).await.unwrap();
    assert!(view.unverified);
    assert!(view.warnings[0].starts_with("Nobody has verified who signed in."), "{:?}", view.warnings);
}

async fn no_query_uses(world: &World, session: &str) {
    let mut request = run(session, DOCUMENT);
    // A run of its own each time.
    request.id = format!("refused after {} requests", world.engine.wire().len());
    let refused = world.engine.query_run(request).await.unwrap_err();
    assert_eq!(refused.code(), "session_unverified");
    assert!(world.engine.wire().iter().all(|row| !row.target.starts_with("/graphql")));
}

#[tokio::test]
async fn tokens_whose_keys_cannot_be_fetched_are_kept_and_a_refresh_verifies_them() {
    let world = World::new();
    world.engine.sandbox().await.unwrap();
    // With a set that was read before, the code is sent.
    let other = world.session_id().await;
    world.engine.session_delete(&other).await.unwrap();
    faults(&world, &["keys-html", "kid-unknown"]).await;
    let session = unverified(&world, "jwks_not_json").await;
    no_query_uses(&world, &session).await;

    faults(&world, &[]).await;
    let refreshed = world.engine.session_refresh(&session, 1, None).await.unwrap();

    assert!(refreshed.id_token.unwrap().verified);
    assert_eq!(world.engine.query_run(run(&session, DOCUMENT)).await.unwrap().status, 200);
}

#[tokio::test]
async fn tokens_without_the_id_token_that_was_asked_for_are_kept_and_not_used() {
    let world = World::new();
    world.engine.sandbox().await.unwrap();
    faults(&world, &["id-token-missing"]).await;
    let session = unverified(&world, "token_id_token_missing").await;
    no_query_uses(&world, &session).await;
    world.engine.session_refresh(&session, 1, None).await.unwrap();
    no_query_uses(&world, &session).await;
    says_so(&world, &session).await;
}

#[tokio::test]
async fn the_refresh_token_of_a_reply_to_a_code_that_is_wrong_in_any_way_is_kept() {
    let whole = r#"{"refresh_token":"successor","access_token":"a","token_type":"Bearer","expires_in":900}"#;
    let cut = |bytes: usize| {
        let mut reply = json(200, whole);
        reply.truncate(reply.len() - bytes);
        reply
    };
    let replies = [
        (json(200, r#"{"refresh_token":"successor"}"#), "token_access_token_missing"),
        (json(200, r#"{"refresh_token":"successor","access_token":7}"#), "token_reply_wrong_type"),
        (
            json(200, r#"{"refresh_token":"successor","access_token":"a","access_token":"b"}"#),
            "token_reply_duplicate_member",
        ),
        (
            json(200, r#"{"refresh_token":"successor","access_token":"a" and nonsense"#),
            "token_reply_not_json",
        ),
        (json(200, whole), "token_id_token_missing"),
        (cut(1), "connection_lost"),
        (cut(whole.len() - r#"{"refresh_token":"successor""#.len()), "connection_lost"),
    ];
    for (reply, code) in replies {
        let world = World::new();
        world.redirect(EndpointKind::Token, &answers(&[reply]).await).await;
        let session = unverified(&world, code).await;
        let token = world.engine.session_secret(&session, SessionSecret::RefreshToken).await.unwrap();
        assert_eq!(token, "successor", "{code}");
        no_query_uses(&world, &session).await;
    }
}

#[tokio::test]
async fn a_refresh_token_out_of_a_reply_that_is_cut_off_works() {
    let world = World::new();
    let token_endpoint = world.url_of_running_token_endpoint().await;
    let cutting = server({
        let token_endpoint = token_endpoint.clone();
        move |request| {
            let token_endpoint = token_endpoint.clone();
            async move {
                let mut reply = forwarded(&token_endpoint, &request).await;
                reply.pop();
                reply
            }
        }
    })
    .await;
    world.redirect(EndpointKind::Token, &cutting).await;
    let session = unverified(&world, "connection_lost").await;
    let failure = world.engine.sign_in("sandbox").unwrap().failure.unwrap();
    assert!(failure.hint.unwrap().starts_with("The server received the request."));

    world.redirect(EndpointKind::Token, &token_endpoint).await;
    let refreshed = world.engine.session_refresh(&session, 1, None).await.unwrap();

    assert!(refreshed.id_token.unwrap().verified);
    assert_eq!(world.engine.query_run(run(&session, DOCUMENT)).await.unwrap().status, 200);
}

/// Like the sandbox's keys until the flag is set; then every connection is cut off.
async fn keys_until(world: &World) -> (String, Arc<AtomicBool>) {
    let keys = reqwest::get(world.url_of(EndpointKind::Jwks).await).await.unwrap().text().await.unwrap();
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = gone.clone();
    let url = server(move |_| {
        let reply = if is_gone.load(Ordering::SeqCst) { Vec::new() } else { json(200, &keys) };
        async move { reply }
    });
    (url.await, gone)
}

#[tokio::test]
async fn a_person_need_not_wait_for_keys_that_cannot_be_reached_and_keeps_the_tokens() {
    let world = World::new();
    world.engine.sandbox().await.unwrap();
    let (keys, gone) = keys_until(&world).await;
    world.redirect(EndpointKind::Jwks, &keys).await;
    let known_keys = world.session_id().await;
    world.engine.session_delete(&known_keys).await.unwrap();
    faults(&world, &["kid-unknown"]).await;
    gone.store(true, Ordering::SeqCst);
    let sign_in = world.engine.sign_in_start("sandbox", "").await.unwrap().id;
    let link = Person::allows(&world.opened()).await;
    let returning = tokio::spawn({
        let engine = world.engine.clone();
        async move { engine.app_link(&link).await }
    });
    let waits = async {
        while world.engine.awaited_retries().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waits).await.expect("it waits for the keys");
    let wait = world.engine.awaited_retries().remove(0);
    assert_eq!((&wait.about, wait.asked), (&sign_in, None), "nobody asked for it");
    let run = world.engine.sign_in("sandbox").unwrap();
    assert_eq!((run.state, &*run.failure.unwrap().code), (SignInState::Exchanging, "connection_lost"));

    world.engine.wait_cancel(&sign_in);

    tokio::time::timeout(Duration::from_secs(20), returning).await.expect("it ends").unwrap();
    assert!(world.engine.awaited_retries().is_empty());
    let run = world.engine.sign_in("sandbox").unwrap();
    assert_eq!((run.state, &*run.failure.unwrap().code), (SignInState::Failed, "connection_lost"));
    let session = run.session.expect("its tokens are kept");
    says_so(&world, &session).await;
    no_query_uses(&world, &session).await;
}
