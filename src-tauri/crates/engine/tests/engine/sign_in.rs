//! The main job: from "Sign in with browser" to a verified session.

use std::{sync::atomic::Ordering, time::Duration};

use crate::server;
use crate::world::{self, Person, World, eventually};
use bobbin_engine::view::{
    CheckOutcome, EndpointKind, NoticeLevel, RequestOutcome, SignInState, Step, StepStatus,
};

#[tokio::test]
async fn a_sign_in_ends_in_a_session_whose_id_token_was_verified() {
    let world = World::new();
    let sign_in = world.signed_in().await;
    assert!(sign_in.steps.iter().all(|step| step.status == StepStatus::Done), "{:?}", sign_in.steps);
    let session = world.engine.session(&sign_in.session.unwrap()).await.unwrap();
    let id_token = session.id_token.expect("openid was asked for");
    assert!(id_token.verified);
    for title in ["Signature", "Issuer", "Audience", "Expiry", "Nonce", "at_hash", "s_hash"] {
        let check = id_token.checks.iter().find(|check| check.title == title);
        let check = check.unwrap_or_else(|| panic!("{title} is among the checks"));
        assert_eq!(check.outcome, CheckOutcome::Passed, "{check:?}");
    }
    let access = session.access.unwrap();
    assert_eq!(access.expires_at.unwrap() - access.issued_at, 900_000, "15 minutes");
    assert_eq!(id_token.expires_at.unwrap() - id_token.issued_at.unwrap(), 300_000, "300 seconds");
    assert_eq!(session.refresh.unwrap().generation, 1);
}

#[tokio::test]
async fn a_session_is_named_after_the_end_user() {
    let world = World::new();
    let session = world.session_id().await;
    let label = async |session: &str| world.engine.session(session).await.unwrap().label;
    eventually("the name of the first test person", async || label(&session).await == "Thandi Nkosi").await;
    let second = world.session_id().await;
    eventually("a name that tells two sessions apart", async || label(&second).await == "Thandi Nkosi 2")
        .await;
}

#[tokio::test]
async fn each_sign_in_has_values_of_its_own() {
    let world = World::new();
    let first = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let first_url = world.opened();
    world.advance(Duration::from_secs(5));
    let second = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let second_url = world.opened();
    for parameter in ["state", "nonce", "code_challenge"] {
        let of = |url: &str| {
            url.split(&format!("{parameter}=")).nth(1).unwrap().split('&').next().unwrap().to_owned()
        };
        assert_ne!(of(&first_url), of(&second_url), "{parameter} is used once");
        assert_eq!(of(&first_url).len(), 43, "{parameter} has 32 bytes, base64url");
    }
    let link = Person::allows(&first_url).await;
    world.engine.app_link(&link).await;
    let latest = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(
        (latest.id.as_str(), latest.state),
        (second.id.as_str(), SignInState::Waiting),
        "the second waits on"
    );
    assert_ne!(first.id, second.id);
    assert_eq!(
        world.engine.overview().await.connections[0].sessions.len(),
        1,
        "the first has made its session"
    );
}

#[tokio::test]
async fn the_same_link_twice_is_inert() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    world.engine.app_link(&link).await;
    assert_eq!(world.last_notice().as_deref(), Some("callback_repeated"));
    assert_eq!(world.engine.overview().await.connections[0].sessions.len(), 1);
    let exchanges = world.engine.wire().into_iter().filter(|row| row.target.contains("/connect/token"));
    assert_eq!(exchanges.count(), 1, "the code was sent once");
}

#[tokio::test]
async fn a_strange_link_sends_nothing_and_ends_nothing() {
    let world = World::new();
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let before = world.engine.wire().len();
    let long = format!("{}?code=x&state={}", world::REDIRECT_URI, "s".repeat(9000));
    for (link, code) in [
        ("dev.bobbin.workbench:/oauth/callback?code=x&state=unknown", "callback_unknown_state"),
        ("dev.bobbin.workbench:/oauth/callback?code=x", "callback_without_state"),
        ("dev.bobbin.workbench:/oauth/callback?code=x&code=y&state=s", "callback_repeated_parameter"),
        (long.as_str(), "callback_too_long"),
    ] {
        world.engine.app_link(link).await;
        assert_eq!(world.last_notice().as_deref(), Some(code), "{link:.80}");
    }
    let token_calls = world.engine.wire().iter().filter(|row| row.target.contains("token")).count();
    assert_eq!(token_calls, 0);
    assert!(world.engine.wire().len() <= before + 1, "only the signing keys may have been fetched meanwhile");
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let done = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(
        (done.id, done.state),
        (waiting.id, SignInState::Done),
        "the waiting sign-in was not disturbed"
    );
}

#[tokio::test]
async fn a_link_to_another_address_leaves_its_sign_in_waiting() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let elsewhere = link.replace("dev.bobbin.workbench:/oauth/callback", "dev.bobbin.workbench:/elsewhere");
    world.engine.app_link(&elsewhere).await;
    assert_eq!(world.last_notice().as_deref(), Some("callback_other_redirect_uri"));
    world.engine.app_link(&link).await;
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Done);
}

#[tokio::test]
async fn cancelling_in_the_browser_ends_the_sign_in_in_words() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::cancels(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Cancelled);
    let callback = &sign_in.steps[Step::Callback as usize];
    assert_eq!(callback.status, StepStatus::Failed);
    assert!(callback.detail.contains("Cancelled"), "{}", callback.detail);
}

#[tokio::test]
async fn cancelling_here_makes_a_later_link_inert() {
    let world = World::new();
    let sign_in = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let cancelled = world.engine.sign_in_cancel(&sign_in.id).await.unwrap();
    assert_eq!(cancelled.state, SignInState::Cancelled);
    world.engine.app_link(&link).await;
    assert_eq!(world.last_notice().as_deref(), Some("callback_repeated"));
    assert!(world.engine.overview().await.connections[0].sessions.is_empty());
}

#[tokio::test]
async fn a_link_after_ten_minutes_is_too_late() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.advance(Duration::from_secs(601));
    world.engine.app_link(&link).await;
    let codes: Vec<_> =
        world.outside.notices.lock().unwrap().iter().map(|notice| notice.code.clone()).collect();
    assert!(codes.contains(&"callback_too_late".to_owned()), "{codes:?}");
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Expired);
    assert!(world.engine.overview().await.connections[0].sessions.is_empty());
}

#[tokio::test]
async fn a_callback_can_be_pasted_whole_or_as_its_query() {
    let world = World::new();
    for whole in [true, false] {
        world.advance(Duration::from_secs(5));
        let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&world.opened()).await;
        let text = if whole { format!("  \"{link}\"\n") } else { link.split_once('?').unwrap().1.to_owned() };
        let done = world.engine.callback_paste(&waiting.id, &text).await.unwrap();
        assert_eq!(done.state, SignInState::Done, "{:?}", done.failure);
    }
}

#[tokio::test]
async fn what_is_pasted_wrongly_is_refused_with_a_reason_and_can_be_pasted_again() {
    let world = World::new();
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    for (text, code) in [
        ("0123456789abcdef0123456789abcdef", "callback_bare_code"),
        ("dev.bobbin.workbench:/oauth/callback?code=x&state=another", "callback_other_sign_in"),
    ] {
        let error = world.engine.callback_paste(&waiting.id, text).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.view().hint.is_some(), "{code} says what to do");
    }
    let link = Person::allows(&world.opened()).await;
    let done = world.engine.callback_paste(&waiting.id, &link).await.unwrap();
    assert_eq!(done.state, SignInState::Done);
}

#[tokio::test]
async fn a_browser_that_does_not_open_leaves_a_link_to_copy() {
    let world = World::new();
    *world.outside.browser_fails.lock().unwrap() = Some("no browser is installed".to_owned());
    let sign_in = world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_eq!(sign_in.state, SignInState::Waiting);
    assert_eq!(sign_in.failure.unwrap().code, "browser_failed");
    let link = Person::allows(&world.engine.sign_in_link(&sign_in.id).unwrap()).await;
    world.engine.app_link(&link).await;
    let done = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(done.state, SignInState::Done);
    assert!(done.failure.is_none(), "the card goes when the sign-in has succeeded");
}

#[tokio::test]
async fn scopes_that_were_unticked_are_named() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows_only(&world.opened(), &["accounts", "balances"]).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.scopes_missing, ["transactions", "offline_access"]);
    let session = world.engine.session(&sign_in.session.unwrap()).await.unwrap();
    assert_eq!(session.scopes_granted, ["openid", "accounts", "balances"]);
    assert!(session.refresh.is_none(), "offline_access was not granted");
}

// The discard port: nothing listens there.
const NOBODY: &str = "http://127.0.0.1:9/connect/token";

#[tokio::test]
async fn an_unreachable_token_endpoint_ends_the_sign_in_with_a_card() {
    let world = World::new();
    world.redirect(EndpointKind::Token, NOBODY).await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Failed);
    let failure = sign_in.failure.unwrap();
    assert_eq!(failure.code, "server_unreachable");
    assert!(failure.hint.is_some());
    assert_eq!(sign_in.steps[Step::Exchange as usize].status, StepStatus::Failed);
}

#[tokio::test]
async fn a_connection_that_was_edited_meanwhile_does_not_get_the_code() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.redirect(EndpointKind::Token, NOBODY).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.failure.unwrap().code, "connection_changed");
    let sent =
        world.engine.wire().into_iter().filter(|row| row.target.contains("authorization_code")).count();
    assert_eq!(sent, 0);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_leave_the_code_unspent() {
    let world = World::new();
    world.redirect(EndpointKind::Jwks, "http://127.0.0.1:9/jwks").await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Failed);
    let sent =
        world.engine.wire().into_iter().filter(|row| row.target.contains("authorization_code")).count();
    assert_eq!(sent, 0, "no tokens were fetched that nobody could accept");
}

#[tokio::test]
async fn an_id_token_of_another_issuer_makes_no_session() {
    let world = World::new();
    world.redirect(EndpointKind::Issuer, "https://elsewhere.example").await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Failed);
    let issuer = sign_in.checks.iter().find(|check| check.title == "Issuer").unwrap();
    assert_eq!(issuer.outcome, CheckOutcome::Failed);
    assert!(issuer.hint.is_some() && issuer.code.is_some(), "{issuer:?}");
    assert!(world.engine.overview().await.connections[0].sessions.is_empty());
}

#[tokio::test]
async fn a_plain_http_token_endpoint_is_refused_before_anyone_signs_in() {
    let world = World::new();
    world.redirect(EndpointKind::Token, "http://example.com/connect/token").await;
    let error = world.engine.sign_in_start("sandbox", "").await.unwrap_err();
    assert_eq!(error.code(), "endpoint_not_https");
    assert!(world.outside.opened.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_command_that_a_reloaded_page_repeats_opens_no_second_browser() {
    let world = World::new();
    let first = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let second = world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(world.outside.opened.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn only_a_link_that_belongs_here_brings_the_window_to_the_front() {
    let world = World::new();
    world.engine.app_link("dev.bobbin.workbench:/oauth/callback?code=x&state=unknown").await;
    assert_eq!(world.outside.returned.load(Ordering::SeqCst), 0, "a forged link must not take the focus");
    world.signed_in().await;
    assert_eq!(world.outside.returned.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_pasted_code_is_masked_in_the_record_however_it_was_quoted() {
    let world = World::new();
    for dress in
        [|link: &str| format!("\"{link}\""), |link: &str| format!(" <{link}> "), |link: &str| link.to_owned()]
    {
        world.advance(Duration::from_secs(5));
        let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&world.opened()).await;
        world.engine.callback_paste(&waiting.id, &dress(&link)).await.unwrap();
        let code = link.split("code=").nth(1).unwrap().split('&').next().unwrap();
        for row in world.engine.wire() {
            let view = serde_json::to_string(&world.engine.exchange(&row.id).unwrap()).unwrap();
            assert!(!view.contains(code), "the code stands in {} {}", row.method, row.target);
        }
    }
}

#[tokio::test]
async fn a_connection_that_cannot_work_is_refused_before_the_browser_opens() {
    let world = World::new();
    world.save_connection(|draft| draft.client_id.clear()).await;
    let error = world.engine.sign_in_start("sandbox", "").await.unwrap_err();
    assert_eq!(error.code(), "connection_incomplete");
    assert!(world.outside.opened.lock().unwrap().is_empty());
}

#[tokio::test]
async fn notices_about_links_are_quiet() {
    let world = World::new();
    world.engine.app_link("dev.bobbin.workbench:/oauth/callback?code=secret-code&state=unknown").await;
    let notices = world.outside.notices.lock().unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].level, NoticeLevel::Warning);
    let text = format!("{:?}", notices[0]);
    assert!(!text.contains("secret-code"), "the code is not repeated: {text}");
}

#[tokio::test]
async fn a_command_that_comes_again_while_the_first_is_at_work_opens_no_second_browser() {
    let world = World::new();
    // The first one starts the sandbox.
    let (one, two) =
        tokio::join!(world.engine.sign_in_start("sandbox", ""), world.engine.sign_in_start("sandbox", ""));
    assert_eq!(one.unwrap().id, two.unwrap().id);
    assert_eq!(world.outside.opened.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_provider_that_moves_its_keys_while_a_sign_in_waits_does_not_end_it() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let keys = reqwest::get(world.url_of(EndpointKind::Jwks).await).await.unwrap().text().await.unwrap();
    world.redirect(EndpointKind::Jwks, &server::answers(&[server::json(200, &keys)]).await).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Done, "{:?}", sign_in.failure);
}

#[tokio::test]
async fn a_redirect_uri_that_changes_while_a_sign_in_waits_ends_it() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.save_connection(|draft| draft.redirect_uri = "dev.bobbin.workbench:/elsewhere".to_owned()).await;
    world.engine.app_link(&link).await;
    assert_eq!(world.engine.sign_in("sandbox").unwrap().failure.unwrap().code, "connection_changed");
}

#[tokio::test]
async fn a_deleted_connection_takes_its_waiting_sign_in_along() {
    let world = World::new();
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.connection_delete("sandbox").await.unwrap();
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Cancelled);
    let request = world.engine.requests().await.unwrap().remove(0);
    assert_eq!((request.id, request.outcome), (waiting.id, RequestOutcome::Cancelled));
    let before = world.engine.wire().len();
    world.engine.app_link(&link).await;
    assert_eq!(world.last_notice().as_deref(), Some("callback_repeated"));
    assert_eq!(world.engine.wire().len(), before, "nothing was sent");

    world.engine.connection_restore("sandbox").await.unwrap();
    world.session_id().await;
}
