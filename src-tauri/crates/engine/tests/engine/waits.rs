//! A server that asks to wait: the wait is told, and a person can give it up without losing anything.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::server::server;
use crate::world::{Person, World, eventually, run};
use bobbin_engine::view::{
    AuthenticationMethod, EndpointDraft, EndpointKind, RefreshPolicy, RefreshState, SignInState, WaitView,
};
use bobbin_sandbox::{CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET};

/// A token endpoint that always asks for half a minute, and how many requests reached it.
async fn busy() -> (String, Arc<AtomicUsize>) {
    asks_to_wait("429 Too Many Requests", "Retry-After: 30").await
}

async fn asks_to_wait(status: &'static str, headers: &'static str) -> (String, Arc<AtomicUsize>) {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = reached.clone();
    let url = server(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            format!("HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .into_bytes()
        }
    })
    .await;
    (url, reached)
}

async fn told(world: &World) -> WaitView {
    eventually("the wait", async || !world.engine.awaited_retries().is_empty()).await;
    let wait = world.engine.awaited_retries().remove(0);
    let asked = wait.asked.as_ref().expect("the server asked for it");
    let left = asked.until - world.now();
    assert_eq!(asked.seconds, 30);
    assert!((20_000..=30_000).contains(&left), "it says when it is tried again: in {left} ms");
    wait
}

/// What was under way ends at once, and not after the half minute.
async fn ends<T>(work: tokio::task::JoinHandle<T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), work).await.expect("it ends at once").unwrap()
}

#[tokio::test]
async fn a_refresh_that_waits_can_be_given_up_and_its_token_is_unused() {
    let world = World::new();
    let id = world.session_id().await;
    let (url, reached) = busy().await;
    world.redirect(EndpointKind::Token, &url).await;
    let refreshing = tokio::spawn({
        let (engine, id) = (world.engine.clone(), id.clone());
        async move { engine.session_refresh(&id, 1, None).await }
    });
    let wait = told(&world).await;
    assert_eq!((wait.about.as_str(), wait.connection.as_str()), (id.as_str(), "sandbox"));

    world.engine.wait_cancel(&wait.about);

    let error = ends(refreshing).await.unwrap_err();
    assert_eq!(error.code(), "wait_cancelled");
    assert!(world.engine.awaited_retries().is_empty());
    assert_eq!(reached.load(Ordering::SeqCst), 1, "it was not sent again");
    assert_eq!(world.engine.session(&id).await.unwrap().refresh.unwrap().state, RefreshState::Ready);
    world.redirect(EndpointKind::Token, "").await;
    assert_eq!(world.engine.session_refresh(&id, 1, None).await.unwrap().refresh.unwrap().generation, 2);
}

#[tokio::test]
async fn a_refresh_waits_for_a_503_that_names_a_date() {
    let world = World::new();
    let id = world.session_id().await;
    let dates = "Date: Sun, 06 Nov 1994 08:49:07 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT";
    let (url, reached) = asks_to_wait("503 Service Unavailable", dates).await;
    world.redirect(EndpointKind::Token, &url).await;
    let refreshing = tokio::spawn({
        let (engine, id) = (world.engine.clone(), id.clone());
        async move { engine.session_refresh(&id, 1, None).await }
    });
    let wait = told(&world).await;
    world.engine.wait_cancel(&wait.about);
    assert_eq!(ends(refreshing).await.unwrap_err().code(), "wait_cancelled");
    assert_eq!(reached.load(Ordering::SeqCst), 1);
    assert_eq!(world.engine.session(&id).await.unwrap().refresh.unwrap().state, RefreshState::Ready);
}

#[tokio::test]
async fn a_sign_in_whose_code_waits_can_be_cancelled() {
    let world = World::new();
    let (url, reached) = busy().await;
    world.engine.sandbox().await.unwrap();
    world.redirect(EndpointKind::Token, &url).await;
    let sign_in = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let returning = tokio::spawn({
        let engine = world.engine.clone();
        async move { engine.app_link(&link).await }
    });
    let wait = told(&world).await;
    assert_eq!(wait.about, sign_in.id);

    world.engine.sign_in_cancel(&sign_in.id).await.unwrap();

    ends(returning).await;
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Cancelled);
    assert_eq!(reached.load(Ordering::SeqCst), 1, "the code was not sent again");
}

#[tokio::test]
async fn a_client_token_that_is_waited_for_can_be_given_up() {
    let world = World::new();
    world.engine.client_secret_set("sandbox", Some(CONFIDENTIAL_CLIENT_SECRET.to_owned())).await.unwrap();
    let (url, reached) = busy().await;
    world
        .save_connection(|draft| {
            CONFIDENTIAL_CLIENT_ID.clone_into(&mut draft.client_id);
            draft.authentication_method = AuthenticationMethod::ClientSecretPost;
            draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Token, url }];
        })
        .await;
    let asking = tokio::spawn({
        let engine = world.engine.clone();
        async move { engine.client_token("sandbox", false).await }
    });
    let wait = told(&world).await;
    assert_eq!(wait.about, "sandbox");
    world.engine.wait_cancel("sandbox");
    assert_eq!(ends(asking).await.unwrap_err().code(), "wait_cancelled");
    assert_eq!(reached.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_cancelled_run_gives_up_the_refresh_that_it_waits_for() {
    let world = World::new();
    let (slug, token) = world.vault().await;
    world.save_connection_of(&slug, |draft| draft.refresh_policy = RefreshPolicy::WhenNeeded).await;
    let id = world.engine.session_from_refresh_token(&slug, token).await.unwrap().id;
    let (url, reached) = busy().await;
    // A save would make it another provider; a file that was changed from outside moves the session along.
    let file = world.folder.path().join(format!("connections/{slug}.toml"));
    let text = std::fs::read_to_string(&file).unwrap();
    let old = text.lines().find(|line| line.starts_with("token_endpoint")).unwrap();
    std::fs::write(&file, text.replace(old, &format!("token_endpoint = \"{url}\""))).unwrap();
    let question = world.engine.session_refresh(&id, 2, None).await.unwrap_err();
    world.engine.connection_trust(&slug, question.view().question.as_deref().unwrap()).await.unwrap();

    world.advance(Duration::from_hours(25));
    let request = run(&id, "{ user { __typename } }");
    let running = tokio::spawn({
        let (engine, request) = (world.engine.clone(), request.clone());
        async move { engine.query_run(request).await }
    });
    told(&world).await;
    world.engine.query_cancel(&request.id);
    assert_eq!(ends(running).await.unwrap_err().code(), "run_cancelled");
    eventually("the end of the wait", async || world.engine.awaited_retries().is_empty()).await;
    assert_eq!(reached.load(Ordering::SeqCst), 1);
    let refresh = world.engine.session(&id).await.unwrap().refresh.unwrap();
    assert_eq!((refresh.generation, refresh.state), (2, RefreshState::Ready));
}

#[tokio::test]
async fn a_session_that_is_deleted_waits_for_nothing() {
    let world = World::new();
    let id = world.session_id().await;
    world.redirect(EndpointKind::Token, &busy().await.0).await;
    let refreshing = tokio::spawn({
        let (engine, id) = (world.engine.clone(), id.clone());
        async move { engine.session_refresh(&id, 1, None).await }
    });
    told(&world).await;
    tokio::time::timeout(Duration::from_secs(5), world.engine.session_delete(&id)).await.unwrap().unwrap();
    assert_eq!(ends(refreshing).await.unwrap_err().code(), "wait_cancelled");
}
