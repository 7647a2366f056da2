//! A clock that jumps: after sleep, and where a person sets it.

use std::time::Duration;

use crate::world::{Person, World, eventually, run};
use bobbin_engine::view::{
    CheckOutcome, InspectRequest, InspectionView, RefreshPolicy, SessionSecret, SessionView, SignInState,
};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const MINUTE_MS: i64 = 60_000;
const DOCUMENT: &str = "{ user { __typename } }";

/// A session whose tokens may be refreshed without asking anyone.
async fn session(world: &World) -> String {
    let session = world.session_id().await;
    world.save_connection(|draft| draft.refresh_policy = RefreshPolicy::WhenNeeded).await;
    session
}

fn is_about(got: i64, expected: i64) -> bool {
    got.abs_diff(expected) < 20_000
}

/// What must hold of an access token that came a moment ago, whatever this computer's clock says.
fn has_fresh_access(world: &World, session: &SessionView) {
    let access = session.access.as_ref().unwrap();
    let left = access.expires_at.expect("its end is known") - world.now();
    assert!(is_about(left, 900_000), "15 minutes are left, not {left} ms");
}

/// What must hold of all tokens where the provider's clock is followed.
fn is_fresh(world: &World, session: &SessionView) {
    has_fresh_access(world, session);
    let id_token = session.id_token.as_ref().unwrap();
    assert!(id_token.verified, "{:?}", id_token.checks);
    let left = id_token.expires_at.unwrap() - world.now();
    assert!(is_about(left, 300_000), "300 seconds are left of the id_token, not {left} ms");
}

async fn inspected(world: &World, text: &str, connection: Option<&str>) -> InspectionView {
    let connection = connection.map(str::to_owned);
    let request = InspectRequest {
        text: text.to_owned(),
        connection,
        fetch_keys: false,
        keys: None,
        nonce: None,
        state: None,
        code: None,
        access_token: None,
    };
    world.engine.inspect(request).await.unwrap()
}

#[tokio::test]
async fn after_a_sleep_the_tokens_are_over_and_the_first_query_brings_new_ones() {
    let world = World::new();
    let id = session(&world).await;
    world.advance(8 * HOUR);
    let before = world.engine.session(&id).await.unwrap();
    assert!(before.access.unwrap().expires_at.unwrap() < world.now());

    let response = world.engine.query_run(run(&id, DOCUMENT)).await.unwrap();

    assert_eq!(response.status, 200, "{response:?}");
    let after = world.engine.session(&id).await.unwrap();
    assert_eq!(after.refresh.as_ref().unwrap().generation, 2, "refreshed once, by itself");
    // The provider has not slept, so that its id_token is of another time.
    has_fresh_access(&world, &after);
}

#[tokio::test]
async fn a_token_from_before_the_clock_was_set_back_has_no_known_end_and_is_not_counted_on() {
    let world = World::new();
    let id = session(&world).await;
    world.set_back(9 * MINUTE);

    let before = world.engine.session(&id).await.unwrap();
    assert_eq!(before.access.unwrap().expires_at, None, "nobody knows how much of the 15 minutes is left");
    let overview = world.engine.overview().await;
    assert_eq!(overview.connections[0].sessions[0].access_expires_at, None, "nor does the sidebar");
    let ahead = before.clock_ahead_ms.expect("the provider's clock is said to be ahead");
    assert!(is_about(ahead, 9 * MINUTE_MS), "{ahead} ms");
    let left = before.id_token.unwrap().expires_at.unwrap() - world.now();
    assert!(is_about(left, 300_000), "the id_token ends by the provider's clock, in {left} ms");

    world.engine.query_run(run(&id, DOCUMENT)).await.unwrap();
    let after = world.engine.session(&id).await.unwrap();
    assert_eq!(after.refresh.as_ref().unwrap().generation, 2, "refreshed once, by itself");
    is_fresh(&world, &after);
    world.engine.query_run(run(&id, "{ __typename }")).await.unwrap();
    let later = world.engine.session(&id).await.unwrap();
    assert_eq!(later.refresh.unwrap().generation, 2, "the new token is counted on");
}

#[tokio::test]
async fn a_clock_that_is_put_right_again_leaves_the_session_as_it_was() {
    let world = World::new();
    let id = session(&world).await;
    let end = world.engine.session(&id).await.unwrap().access.unwrap().expires_at;
    world.set_back(2 * HOUR);
    assert_eq!(world.engine.session(&id).await.unwrap().access.unwrap().expires_at, None);
    world.advance(2 * HOUR);
    assert_eq!(world.engine.session(&id).await.unwrap().access.unwrap().expires_at, end);
}

#[tokio::test]
async fn a_sign_in_verifies_by_the_providers_clock_up_to_ten_minutes_off() {
    for forward in [true, false] {
        let world = World::new();
        world.session_id().await;
        if forward {
            world.advance(9 * MINUTE);
        } else {
            world.set_back(9 * MINUTE);
        }
        let id = world.session_id().await;
        is_fresh(&world, &world.engine.session(&id).await.unwrap());
    }
}

#[tokio::test]
async fn a_clock_that_is_further_off_is_said_and_not_followed() {
    for forward in [true, false] {
        let world = World::new();
        let id = world.session_id().await;
        if forward {
            world.advance(2 * HOUR);
        } else {
            world.set_back(2 * HOUR);
        }
        world.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&world.opened()).await;
        world.engine.app_link(&link).await;
        let failure = world.engine.sign_in("sandbox").unwrap().failure.expect("its times are wrong here");
        let said = failure.detail.unwrap();
        assert!(said.contains("too far to be followed: check this computer's"), "{said}");
        let session = world.engine.session(&id).await.unwrap();
        assert_eq!(session.clock_ahead_ms, None);
        let off = session.clock_off_ms.unwrap();
        assert!(is_about(off.abs(), 120 * MINUTE_MS) && (off < 0) == forward, "{off} ms");
    }
}

#[tokio::test]
async fn a_sign_in_that_waits_over_a_sleep_is_given_up_soon_after_it() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.advance(8 * HOUR);
    eventually("the sign-in is given up", async || {
        world.engine.sign_in("sandbox").unwrap().state == SignInState::Expired
    })
    .await;
    world.engine.app_link(&link).await;
    assert_eq!(world.last_notice().as_deref(), Some("callback_too_late"), "and says so to a late callback");
}

#[tokio::test]
async fn a_sign_in_can_be_started_anew_after_the_clock_was_set_back() {
    let world = World::new();
    let first = world.engine.sign_in_start("sandbox", "").await.unwrap();
    world.set_back(9 * MINUTE);
    let second = world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_ne!(first.id, second.id, "a person asks again; no command was repeated");
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Done);
}

#[tokio::test]
async fn inspect_judges_by_the_clock_of_the_chosen_connections_provider_and_says_how_far_that_is() {
    let world = World::new();
    let id = world.session_id().await;
    let token = world.engine.session_secret(&id, SessionSecret::IdToken).await.unwrap();
    let expiry = |inspection: &InspectionView| {
        inspection.checks.iter().find(|check| check.title == "Expiry").unwrap().outcome
    };
    let now = inspected(&world, &token, Some("sandbox")).await;
    assert_eq!((expiry(&now), now.clock_ahead_ms), (CheckOutcome::Passed, None));

    world.set_back(9 * MINUTE);
    let theirs = inspected(&world, &token, Some("sandbox")).await;
    assert_eq!(expiry(&theirs), CheckOutcome::Passed);
    let failed: Vec<_> = theirs.checks.iter().filter(|it| it.outcome == CheckOutcome::Failed).collect();
    assert!(failed.is_empty(), "nothing is in the future by the provider's clock: {failed:?}");
    let ahead = theirs.clock_ahead_ms.expect("it is said");
    assert!(is_about(ahead, 9 * MINUTE_MS), "{ahead} ms");
    let ours = inspected(&world, &token, None).await;
    assert_eq!(ours.clock_ahead_ms, None, "without a connection nobody else's clock is known");
}
