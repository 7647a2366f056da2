//! Replies to authorization codes.

use super::*;

#[tokio::test]
async fn a_sign_in_outlives_a_bobbin_that_is_killed() {
    let scene = Scene::new().await;
    let started = scene.first.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&scene.first.opened()).await;
    let bobbin = scene.bobbin(LINK, &link).await;
    assert_eq!(
        scene.rows("SELECT max(length(code_verifier)) FROM sign_ins"),
        0,
        "the verifier was erased first"
    );
    kill(bobbin);

    let next = scene.next().await;
    assert_eq!(next.engine.sign_in("sandbox").unwrap().state, SignInState::Exchanging);
    scene.go.notify_one();

    eventually("the session", async || next.engine.sign_in("sandbox").unwrap().state == SignInState::Done)
        .await;
    let session = next.engine.sign_in("sandbox").unwrap().session.unwrap();
    assert_ne!(session, scene.session);
    assert!(next.engine.session(&session).await.unwrap().id_token.unwrap().verified);
    let requests = next.engine.requests().await.unwrap();
    let request = requests.iter().find(|request| request.id == started.id).unwrap();
    assert_eq!((request.outcome, request.session.as_ref()), (RequestOutcome::Succeeded, Some(&session)));
    assert_eq!(scene.rows("SELECT (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM replies)"), 0);
    next.engine.app_link(&link).await;
    assert_eq!(scene.requests(), 1, "the link is worth nothing any more");
}

#[tokio::test]
async fn a_reply_to_a_code_that_nobody_read_is_read_at_the_next_start() {
    let scene = Scene::with_a_reply_to_a_code().await;

    let next = scene.next().await;

    eventually("the session", async || next.engine.overview().await.connections[0].sessions.len() == 2).await;
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_reply_to_a_code_is_judged_by_when_it_came_however_late_it_is_read() {
    let scene = Scene::with_a_reply_to_a_code().await;

    let next = scene.next_after(Duration::from_hours(1)).await;

    eventually("the end", async || next.engine.sign_in("sandbox").unwrap().state != SignInState::Exchanging)
        .await;
    let sign_in = next.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Done, "{:?}", sign_in.failure);
    let session = next.engine.session(&sign_in.session.unwrap()).await.unwrap();
    assert!(session.id_token.unwrap().verified);
    assert!(session.access.unwrap().expires_at.unwrap() < next.now(), "the access token has ended since");
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_reply_to_a_code_outlives_a_change_of_its_connection() {
    let scene = Scene::with_a_reply_to_a_code().await;
    scene
        .first
        .save_connection(|draft| draft.redirect_uri = "dev.bobbin.workbench:/elsewhere".to_owned())
        .await;

    let next = scene.next().await;

    eventually("the end", async || next.engine.sign_in("sandbox").unwrap().state != SignInState::Exchanging)
        .await;
    let sign_in = next.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Done, "{:?}", sign_in.failure);
}

#[tokio::test]
async fn a_reply_to_a_code_goes_when_its_connection_is_deleted() {
    let scene = Scene::with_a_reply_to_a_code().await;

    scene.first.engine.connection_delete("sandbox").await.unwrap();

    assert_eq!(scene.rows("SELECT (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM replies)"), 0);
    assert_eq!(scene.first.engine.requests().await.unwrap()[0].outcome, RequestOutcome::Cancelled);
}

#[tokio::test]
async fn a_reply_to_a_code_waits_while_its_connection_is_absent_or_cannot_be_read() {
    let scene = Scene::with_a_reply_to_a_code().await;
    let file = scene.folder.path().join("connections").join("sandbox.toml");
    let text = fs::read(&file).unwrap();
    for (content, code) in [(Some("name = ["), "file_malformed"), (None, "connection_not_found")] {
        match content {
            Some(content) => fs::write(&file, content).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let next = scene.next().await;
        eventually("the end", async || next.engine.sign_in("sandbox").unwrap().state == SignInState::Failed)
            .await;
        assert_eq!(next.engine.sign_in("sandbox").unwrap().failure.unwrap().code, code);
    }

    fs::write(&file, text).unwrap();
    let last = scene.next().await;
    eventually("the session", async || last.engine.overview().await.connections[0].sessions.len() == 2).await;
    assert_eq!(scene.requests(), 1);
}

#[tokio::test]
async fn a_reply_to_a_code_is_kept_unverified_where_the_connection_has_the_keys_of_another_provider() {
    let scene = Scene::with_a_reply_to_a_code().await;
    let keys = answers(&[json(200, "{\"keys\":[]}")]).await;
    scene
        .first
        .save_connection(|draft| {
            draft.client_id = "another-client".to_owned();
            draft.endpoints.retain(|endpoint| endpoint.kind != EndpointKind::Jwks);
            draft.endpoints.push(EndpointDraft { kind: EndpointKind::Jwks, url: keys });
        })
        .await;

    let next = scene.next().await;

    eventually("the end", async || next.engine.sign_in("sandbox").unwrap().state == SignInState::Failed)
        .await;
    assert_eq!(next.engine.sign_in("sandbox").unwrap().failure.unwrap().code, "id_token_unknown_kid");
    let sessions = next.engine.overview().await.connections.remove(0).sessions;
    assert_eq!(sessions.len(), 2, "its refresh token is not lost");
    let kept = sessions.iter().find(|session| session.id != scene.session).unwrap();
    let refused = next.engine.query_run(run(&kept.id, "{ user { __typename } }")).await.unwrap_err();
    assert_eq!(refused.code(), "session_other_provider");
}
