//! The list of sign-ins that were started here.

use crate::world::{Person, World};
use bobbin_engine::view::{RequestOutcome, SignInState};

fn parameter(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[tokio::test]
async fn each_sign_in_is_listed_with_what_became_of_it() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "customer 4711").await.unwrap();
    let opened = world.opened();
    let waiting = &world.engine.requests().await.unwrap()[0];
    assert_eq!(waiting.outcome, RequestOutcome::Waiting);
    assert_eq!(waiting.user_label, "customer 4711");
    assert_eq!(waiting.state, parameter(&opened, "state"));
    assert_eq!(waiting.code_challenge, parameter(&opened, "code_challenge"));

    let link = Person::allows(&opened).await;
    world.engine.app_link(&link).await;
    let session = world.engine.sign_in("sandbox").unwrap().session;
    let done = &world.engine.requests().await.unwrap()[0];
    assert_eq!(done.outcome, RequestOutcome::Succeeded);
    assert_eq!(done.session, session);
    assert!(done.ended_at.unwrap() >= done.started_at);

    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let cancelled = Person::cancels(&world.opened()).await;
    world.engine.app_link(&cancelled).await;
    let requests = world.engine.requests().await.unwrap();
    assert_eq!(requests.len(), 2, "newest first");
    assert_eq!(requests[0].outcome, RequestOutcome::Cancelled);
    assert!(requests[0].detail.is_some());
}

#[tokio::test]
async fn a_pasted_state_or_callback_finds_its_request_also_when_it_is_over() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "customer 4711").await.unwrap();
    let opened = world.opened();
    let link = Person::allows(&opened).await;
    world.engine.app_link(&link).await;
    let state = parameter(&opened, "state");
    let query = format!("code=x&state={state}");
    for text in [state.as_str(), &format!("  \"{state}\" "), &link, &opened, &query] {
        let found = world.engine.request_find(text).await.unwrap();
        assert_eq!(found.state, state, "{text}");
        assert_eq!(found.request.unwrap().user_label, "customer 4711");
    }
    let other = world.engine.request_find("another-state-of-somebody-else-0123456789").await.unwrap();
    assert!(other.request.is_none());
    assert!(other.message.contains("No sign-in that was started here"));
}

#[tokio::test]
async fn what_is_no_state_is_refused_with_what_to_paste() {
    let world = World::new();
    for text in ["", "two words", "https://localhost:9000/return?code=x", &"a".repeat(9000)] {
        let error = world.engine.request_find(text).await.unwrap_err();
        assert_eq!(error.code(), "request_search_unusable", "{text:.20}");
        assert!(error.view().hint.as_deref().unwrap().contains("Paste a state"));
    }
}

#[tokio::test]
async fn the_label_can_be_changed_and_ended_requests_cleared() {
    let world = World::new();
    world.session_id().await;
    let first = world.engine.requests().await.unwrap().remove(0);
    let renamed = world.engine.request_label(&first.id, " order 12 \n").await.unwrap();
    assert_eq!(renamed.user_label, "order 12");
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_eq!(world.engine.requests_clear().await.unwrap(), 1);
    let left = world.engine.requests().await.unwrap();
    assert_eq!(left.len(), 1, "one that waits is still needed");
    assert_eq!(left[0].id, waiting.id);
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Waiting);
}
