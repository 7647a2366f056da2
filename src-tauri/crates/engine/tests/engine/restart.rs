//! What outlives the process, and what two processes do to one folder.

mod damage;

use std::{sync::Arc, time::Duration};

use crate::server::{self, answers, server};
use crate::world::{KEY, Person, World, bobbin, eventually, folder, next_bobbin, process, run, sql};
use bobbin_engine::{
    AtStake, Entropy as _, Keeping,
    view::{
        EndpointDraft, EndpointKind, KeyStoreState, RedirectMethod, RefreshState, RequestOutcome,
        SignInState, Step, StepStatus,
    },
};
use tokio::sync::Notify;

const NO_ROOM_FOR_PAIRS: &str =
    "CREATE TRIGGER full BEFORE UPDATE OF generation ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END";

async fn state_of(world: &World, id: &str) -> RefreshState {
    world.engine.session(id).await.unwrap().refresh.unwrap().state
}

#[test]
fn a_session_a_waiting_sign_in_and_the_wire_record_are_there_after_a_restart() {
    let folder = folder();
    let (session, waiting, wire) = process(async {
        let world = bobbin(&folder).await;
        let session = world.session_id().await;
        world.advance(Duration::from_secs(2));
        let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
        // The record is written behind the caller's back.
        tokio::time::sleep(Duration::from_millis(500)).await;
        (session, waiting, world.engine.wire())
    });
    process(async {
        let world = next_bobbin(&folder).await;
        let kept = world.engine.session(&session).await.unwrap();
        assert!(kept.persisted && kept.id_token.unwrap().verified);
        let sign_in = world.engine.sign_in("sandbox").unwrap();
        assert_eq!((sign_in.id, sign_in.state), (waiting.id, SignInState::Waiting));
        let now: Vec<String> = world.engine.wire().into_iter().map(|row| row.id).collect();
        assert!(wire.iter().all(|row| now.contains(&row.id)), "every exchange is still there");
        let refreshed = world.engine.session_refresh(&session, 1, None).await.unwrap();
        assert_eq!(refreshed.refresh.unwrap().generation, 2);
    });
}

#[test]
fn a_refresh_whose_process_died_is_possibly_consumed_at_once() {
    let folder = folder();
    let session = process(async {
        let world = bobbin(&folder).await;
        let session = world.session_id().await;
        let arrived = Arc::new(Notify::new());
        let silent = server({
            let arrived = arrived.clone();
            move |_| {
                arrived.notify_one();
                std::future::pending()
            }
        })
        .await;
        world.redirect(EndpointKind::Token, &silent).await;
        let (engine, id) = (world.engine.clone(), session.clone());
        tokio::spawn(async move { engine.session_refresh(&id, 1, None).await });
        arrived.notified().await;
        session
    });
    process(async {
        let world = next_bobbin(&folder).await;
        world.redirect(EndpointKind::Token, "").await;
        assert_eq!(state_of(&world, &session).await, RefreshState::PossiblyConsumed, "nobody waits for it");
        let again = world.engine.session_refresh(&session, 1, None).await.unwrap();
        assert_eq!(again.refresh.unwrap().generation, 2);
        assert_eq!(again.history.iter().map(|refresh| refresh.ok).collect::<Vec<_>>(), [false, true]);
    });
}

#[test]
fn a_sign_in_whose_process_died_before_the_code_was_sent_still_waits() {
    let folder = folder();
    process(async {
        let world = bobbin(&folder).await;
        let silent = server(|_| std::future::pending()).await;
        world.redirect(EndpointKind::Jwks, &silent).await;
        world.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&world.opened()).await;
        let engine = world.engine.clone();
        tokio::spawn(async move { engine.app_link(&link).await });
        eventually("the browser's return", async || {
            world.engine.sign_in("sandbox").unwrap().state == SignInState::Exchanging
        })
        .await;
    });
    process(async {
        let world = next_bobbin(&folder).await;
        assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Waiting);
    });
}

#[tokio::test]
async fn a_sign_in_that_is_cancelled_while_its_keys_are_fetched_sends_no_code() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let go = Arc::new(Notify::new());
    let slow = server({
        let go = go.clone();
        move |_| {
            let go = go.clone();
            async move {
                go.notified().await;
                server::json(200, "{\"keys\":[]}")
            }
        }
    })
    .await;
    world.redirect(EndpointKind::Jwks, &slow).await;
    let started = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let engine = world.engine.clone();
    let returned = tokio::spawn(async move { engine.app_link(&link).await });
    eventually("the browser's return", async || {
        world.engine.sign_in("sandbox").unwrap().state == SignInState::Exchanging
    })
    .await;

    world.engine.sign_in_cancel(&started.id).await.unwrap();
    eventually("the end", async || {
        go.notify_one();
        returned.is_finished()
    })
    .await;

    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Cancelled);
    assert!(world.engine.wire().iter().all(|row| !row.target.contains("authorization_code")));
}

#[tokio::test]
async fn two_bobbins_on_one_folder_refresh_once_and_both_have_the_new_tokens() {
    let folder = folder();
    let one = bobbin(&folder).await;
    let session = one.session_id().await;
    // Both talk to the sandbox of the first.
    let endpoints = one.connection().await.endpoints;
    one.save_connection(|draft| {
        draft.endpoints = endpoints
            .into_iter()
            .filter_map(|endpoint| Some(EndpointDraft { kind: endpoint.kind, url: endpoint.url? }))
            .collect();
    })
    .await;
    let two = next_bobbin(&folder).await;

    let (first, second) = tokio::join!(
        one.engine.session_refresh(&session, 1, None),
        two.engine.session_refresh(&session, 1, None)
    );

    assert_eq!(first.unwrap().refresh.unwrap().generation, 2);
    assert_eq!(second.unwrap().refresh.unwrap().generation, 2);
    let sent = |world: &World| {
        world.engine.wire().into_iter().filter(|row| row.target.contains("refresh_token")).count()
    };
    assert_eq!(sent(&one) + sent(&two), 1);
    assert_eq!(two.engine.session(&session).await.unwrap().history.len(), 1);
}

#[tokio::test]
async fn a_second_bobbin_that_starts_leaves_a_refresh_that_is_under_way_alone() {
    let folder = folder();
    let one = bobbin(&folder).await;
    let session = one.session_id().await;
    let arrived = Arc::new(Notify::new());
    let silent = server({
        let arrived = arrived.clone();
        move |_| {
            arrived.notify_one();
            std::future::pending()
        }
    })
    .await;
    one.redirect(EndpointKind::Token, &silent).await;
    let (engine, id) = (one.engine.clone(), session.clone());
    tokio::spawn(async move { engine.session_refresh(&id, 1, None).await });
    arrived.notified().await;

    let two = next_bobbin(&folder).await;

    assert_eq!(state_of(&two, &session).await, RefreshState::InFlight);
    assert_eq!(state_of(&one, &session).await, RefreshState::InFlight);
}

#[tokio::test]
async fn a_new_pair_that_cannot_be_written_is_held_and_not_used_until_it_can() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    sql(&folder, NO_ROOM_FOR_PAIRS);

    let error = world.engine.session_refresh(&session, 1, None).await.unwrap_err();

    assert_eq!(error.code(), "session_unsaved");
    assert!(error.view().hint.is_some());
    let refused = world.engine.query_run(run(&session, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(refused.code(), "session_unsaved", "its access token is not used yet");
    assert_eq!(world.engine.session_refresh(&session, 1, None).await.unwrap_err().code(), "session_unsaved");

    sql(&folder, "DROP TRIGGER full");
    let kept = world.engine.session(&session).await.unwrap();
    assert_eq!(kept.refresh.unwrap().generation, 2);
    assert!(kept.history[0].ok);
    let mut request = run(&session, "{ user { __typename } }");
    request.id = "again".to_owned();
    assert_eq!(world.engine.query_run(request).await.unwrap().status, 200);
    assert_eq!(world.engine.session_refresh(&session, 2, None).await.unwrap().refresh.unwrap().generation, 3);
}

#[test]
fn a_new_pair_that_was_never_written_is_read_from_its_reply_at_the_next_start() {
    let folder = folder();
    let session = process(async {
        let world = bobbin(&folder).await;
        let session = world.session_id().await;
        sql(&folder, NO_ROOM_FOR_PAIRS);
        let error = world.engine.session_refresh(&session, 1, None).await.unwrap_err();
        assert_eq!(error.code(), "session_unsaved");
        assert_eq!(world.engine.at_stake().await, AtStake::Nothing, "the reply is safe");
        session
    });
    sql(&folder, "DROP TRIGGER full");
    process(async {
        let world = next_bobbin(&folder).await;
        eventually("the new pair", async || state_of(&world, &session).await == RefreshState::Ready).await;
        let kept = world.engine.session(&session).await.unwrap();
        assert_eq!((kept.refresh.unwrap().generation, kept.history.len()), (2, 1));
        assert_eq!(
            world.engine.session_refresh(&session, 2, None).await.unwrap().refresh.unwrap().generation,
            3
        );
    });
}

#[tokio::test]
async fn tokens_that_are_in_memory_alone_are_at_stake() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    sql(&folder, NO_ROOM_FOR_PAIRS);
    sql(&folder, "CREATE TRIGGER none BEFORE INSERT ON replies BEGIN SELECT RAISE(ABORT, 'no room'); END");
    world.engine.session_refresh(&session, 1, None).await.unwrap_err();
    assert_eq!(world.engine.at_stake().await, AtStake::Tokens);

    sql(&folder, "DROP TRIGGER full");
    world.engine.finish().await;

    assert_eq!(world.engine.session(&session).await.unwrap().refresh.unwrap().generation, 2);
}

#[tokio::test]
async fn a_new_session_that_cannot_be_written_appears_when_it_can() {
    let folder = folder();
    let world = bobbin(&folder).await;
    sql(&folder, "CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END");
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let failure = world.engine.sign_in("sandbox").unwrap().failure.unwrap();
    assert_eq!(failure.code, "session_unsaved");

    sql(&folder, "DROP TRIGGER full");

    eventually("the session", async || !world.engine.overview().await.connections[0].sessions.is_empty())
        .await;
    eventually("the end", async || world.engine.sign_in("sandbox").unwrap().state == SignInState::Done).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert!(sign_in.failure.is_none(), "{:?}", sign_in.failure);
    assert_eq!(sign_in.steps[Step::Verify as usize].status, StepStatus::Done);
    assert!(world.engine.session(&sign_in.session.unwrap()).await.is_ok());
}

#[tokio::test]
async fn what_was_kept_in_memory_moves_into_the_database_that_can_be_opened_at_last() {
    let folder = folder();
    let database = folder.path().join("bobbin.sqlite3");
    // Of a newer Bobbin.
    sql(&folder, "PRAGMA user_version = 99");
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    assert!(!world.engine.session(&session).await.unwrap().persisted);
    world.engine.session_refresh(&session, 1, None).await.unwrap();
    world.engine.key_store_retry().await.unwrap();
    assert!(!world.engine.session(&session).await.unwrap().persisted, "nothing has changed");
    std::fs::remove_file(&database).unwrap();

    world.engine.key_store_retry().await.unwrap();

    assert!(world.engine.session(&session).await.unwrap().persisted);
    let next = next_bobbin(&folder).await;
    let kept = next.engine.session(&session).await.unwrap();
    assert_eq!((kept.refresh.unwrap().generation, kept.history.len()), (2, 1));
}

#[tokio::test]
async fn sessions_are_shown_and_used_while_the_key_store_is_asked_again() {
    let folder = folder();
    let database = folder.path().join("bobbin.sqlite3");
    // Of a newer Bobbin.
    sql(&folder, "PRAGMA user_version = 99");
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    std::fs::remove_file(&database).unwrap();
    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let retrying = tokio::spawn({
        let engine = world.engine.clone();
        async move { engine.key_store_retry().await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;

    assert_eq!(world.engine.overview().await.connections[0].sessions.len(), 1);
    assert_eq!(world.engine.session_refresh(&session, 1, None).await.unwrap().refresh.unwrap().generation, 2);
    assert!(!retrying.is_finished());

    other.execute_batch("ROLLBACK").unwrap();
    retrying.await.unwrap().unwrap();
    let kept = world.engine.session(&session).await.unwrap();
    assert!(kept.persisted, "what was refreshed meanwhile moved along");
    assert_eq!(kept.refresh.unwrap().generation, 2);
}

#[tokio::test]
async fn a_lost_reply_is_remembered_over_a_restart() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    world.redirect(EndpointKind::Token, &answers(&[Vec::new()]).await).await;
    world.engine.session_refresh(&session, 1, None).await.unwrap_err();

    let next = next_bobbin(&folder).await;
    let kept = next.engine.session(&session).await.unwrap();
    assert_eq!(kept.refresh.unwrap().state, RefreshState::PossiblyConsumed);
    assert_eq!(kept.history.len(), 1);
}

#[tokio::test]
async fn a_time_that_is_up_here_does_not_end_the_request_that_another_bobbin_is_finishing() {
    let folder = folder();
    let one = bobbin(&folder).await;
    let waiting = one.engine.sign_in_start("sandbox", "").await.unwrap();
    let two = World::at(&folder, Keeping::Key(KEY));
    two.outside.fill(&mut vec![0; 1 << 20]);
    two.advance(Duration::from_secs(598));
    two.engine.settle().await.unwrap();
    // The first takes it and is about to send the code when the time of the second is up.
    sql(&folder, "DELETE FROM sign_ins");
    eventually("the end of the wait", async || {
        two.engine.sign_in("sandbox").unwrap().state == SignInState::Expired
    })
    .await;
    let request = two.engine.requests().await.unwrap().remove(0);
    assert_eq!(request.id, waiting.id);
    assert_eq!(request.outcome, RequestOutcome::Waiting, "the first says how it ends");
}

#[tokio::test]
async fn a_request_that_a_bobbin_left_half_way_does_not_wait_for_ever() {
    let folder = folder();
    let world = bobbin(&folder).await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    // Taken by a Bobbin that ended before it had the tokens.
    sql(&folder, "DELETE FROM sign_ins");
    world.advance(Duration::from_mins(20));
    let outcome = async || world.engine.requests().await.unwrap().remove(0).outcome;
    assert_eq!(outcome().await, RequestOutcome::Waiting, "another process may still be finishing it");
    world.advance(Duration::from_mins(41));
    assert_eq!(outcome().await, RequestOutcome::Failed);
}

#[test]
fn a_way_back_that_was_switched_stays_switched_over_a_restart() {
    let folder = folder();
    process(async {
        let world = bobbin(&folder).await;
        let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
        world.engine.sign_in_switch(&waiting.id, RedirectMethod::Paste).await.unwrap();
    });
    process(async {
        let world = next_bobbin(&folder).await;
        let waiting = world.engine.sign_in("sandbox").unwrap();
        assert_eq!(waiting.redirect_method, RedirectMethod::Paste);
        assert_eq!(waiting.state, SignInState::Waiting, "and the sign-in still waits");
    });
}
