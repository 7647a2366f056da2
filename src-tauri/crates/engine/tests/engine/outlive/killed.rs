//! Replies that no process lived to read, or that another version wrote.

use super::*;

/// A Bobbin was killed; its reply is kept in a form of another version.
async fn with_a_reply_of_another_version(scene: &Scene, variable: &str, value: &str, id: &str) {
    kill(scene.bobbin(variable, value).await);
    scene.go.notify_one();
    scene.sender_has_ended().await;
    let random: bobbin_store::Random = Arc::new(|bytes: &mut [u8]| SystemEntropy.fill(bytes));
    let opened = bobbin_store::Store::open_with_key(scene.folder.path(), KEY, &random);
    assert!(opened.store.put_reply(id, &serde_json::json!({ "version": 2 })).unwrap());
}

#[tokio::test]
async fn a_reply_of_another_version_to_a_refresh_stays_and_nothing_is_sent_again_by_itself() {
    let scene = Scene::new().await;
    scene.first.save_connection(|draft| draft.refresh_policy = RefreshPolicy::WhenNeeded).await;
    with_a_reply_of_another_version(&scene, REFRESH, &scene.session, &scene.session).await;

    let next = scene.next_after(Duration::from_hours(1)).await;

    eventually("what is known", async || scene.state(&next).await == (1, RefreshState::PossiblyConsumed))
        .await;
    let notices =
        || next.outside.notices.lock().unwrap().iter().map(|it| it.code.clone()).collect::<Vec<_>>();
    assert_eq!(notices(), ["reply_unreadable"]);
    let refused = next.engine.query_run(run(&scene.session, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(refused.code(), "refresh_possibly_consumed");
    assert_eq!((scene.rows("SELECT count(*) FROM replies"), scene.requests()), (1, 1));
}

#[tokio::test]
async fn a_reply_of_another_version_to_a_code_stays() {
    let scene = Scene::new().await;
    let started = scene.first.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&scene.first.opened()).await;
    with_a_reply_of_another_version(&scene, LINK, &link, &started.id).await;

    let next = scene.next().await;

    eventually("the end", async || next.engine.sign_in("sandbox").unwrap().state == SignInState::Failed)
        .await;
    assert_eq!(next.engine.sign_in("sandbox").unwrap().failure.unwrap().code, "reply_unreadable");
    assert_eq!(scene.rows("SELECT (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM replies)"), 2);
}

#[tokio::test]
async fn a_sign_in_whose_processes_were_both_killed_says_so() {
    let scene = Scene::new().await;
    scene.first.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&scene.first.opened()).await;
    let bobbin = scene.bobbin(LINK, &link).await;
    kill(bobbin);
    signal("-KILL", scene.sending().unwrap());
    scene.sender_has_ended().await;

    let next = scene.next().await;

    eventually("the end", async || next.engine.sign_in("sandbox").unwrap().state == SignInState::Failed)
        .await;
    assert_eq!(next.engine.sign_in("sandbox").unwrap().failure.unwrap().code, "sign_in_interrupted");
    assert_eq!(next.engine.requests().await.unwrap()[0].outcome, RequestOutcome::Failed);
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_sender_that_is_killed_leaves_the_token_possibly_consumed_and_nothing_is_sent_again() {
    let scene = Scene::new().await;
    let (engine, session) = (scene.first.engine.clone(), scene.session.clone());
    let refresh = tokio::spawn(async move { engine.session_refresh(&session, 1, None).await });
    scene.arrived.notified().await;
    signal("-KILL", scene.sending().unwrap());

    let error = refresh.await.unwrap().unwrap_err();
    assert_eq!(error.code(), "sender_lost", "nothing was wrong with the connection: {error}");
    assert_eq!(scene.state(&scene.first).await, (1, RefreshState::PossiblyConsumed));
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_refresh_whose_processes_were_both_killed_is_possibly_consumed_at_once() {
    let scene = Scene::new().await;
    let bobbin = scene.bobbin(REFRESH, &scene.session).await;
    kill(bobbin);
    signal("-KILL", scene.sending().unwrap());
    scene.sender_has_ended().await;

    assert_eq!(scene.state(&scene.next().await).await, (1, RefreshState::PossiblyConsumed));
    assert_eq!(scene.requests(), 1);
}
