//! The browser comes back to an address of this computer.

use std::time::Duration;

use crate::world::{Person, World, eventually};
use bobbin_engine::view::{CheckOutcome, LinkRegistration, RedirectMethod, SignInState, StepStatus};
use tokio::sync::{Mutex, MutexGuard};

/// The sandbox compares whole URIs, so that every test wants the one port that is registered.
static PORT: Mutex<()> = Mutex::const_new(());
const URI: &str = "http://127.0.0.1:8765/callback";

async fn on_loopback() -> (World, MutexGuard<'static, ()>) {
    let turn = PORT.lock().await;
    let world = World::new();
    world
        .save_connection(|draft| {
            draft.redirect_method = RedirectMethod::Loopback;
            URI.clone_into(&mut draft.redirect_uri);
        })
        .await;
    (world, turn)
}

/// As a browser that is sent there.
async fn get(url: &str) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    let reply = http.get(url).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

async fn is_closed() -> bool {
    tokio::net::TcpStream::connect("127.0.0.1:8765").await.is_err()
}

#[tokio::test]
async fn the_browser_is_thanked_and_the_listener_closes_itself() {
    let (world, _turn) = on_loopback().await;
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_eq!(waiting.redirect_uri, URI);
    assert_eq!(waiting.redirect_methods, [RedirectMethod::Loopback, RedirectMethod::Paste]);
    let link = Person::allows(&world.opened()).await;
    let (status, page) = get(&link).await;
    assert_eq!(status, 200);
    assert!(page.contains("You can close this window"), "{page}");
    assert!(!page.contains("code="), "the page does not repeat the code");
    eventually("the sign-in is done", async || {
        world.engine.sign_in("sandbox").unwrap().state == SignInState::Done
    })
    .await;
    eventually("the port is free again", is_closed).await;
}

#[tokio::test]
async fn only_the_one_exact_path_is_answered_and_nothing_else_ends_the_wait() {
    let (world, _turn) = on_loopback().await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let query = link.split_once('?').unwrap().1;
    for path in ["/", "/favicon.ico", "/callback/", "/Callback", "/x/../callback2", "/%63allback"] {
        let (status, _) = get(&format!("http://127.0.0.1:8765{path}?{query}")).await;
        assert_eq!(status, 404, "{path}");
    }
    let (status, page) = get(&format!("{URI}?code=stolen&state=made-up")).await;
    assert_eq!(status, 400);
    assert!(page.contains("goes on waiting"), "{page}");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let rebound = http.get(&link).header("host", "evil.test:8765").send().await.unwrap();
    assert_eq!(rebound.status(), 400, "another name for this computer is not ours");
    let posted = http.post(&link).send().await.unwrap();
    assert_eq!(posted.status(), 405);
    assert_eq!(world.engine.sign_in("sandbox").unwrap().state, SignInState::Waiting);

    assert_eq!(get(&link).await.0, 200);
    eventually("the sign-in is done", async || {
        world.engine.sign_in("sandbox").unwrap().state == SignInState::Done
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_sign_in_gives_its_port_back() {
    let (world, _turn) = on_loopback().await;
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert!(!is_closed().await);
    world.engine.sign_in_cancel(&waiting.id).await.unwrap();
    eventually("the port is free again", is_closed).await;
}

#[tokio::test]
async fn a_waiting_sign_in_can_be_switched_to_paste_and_back() {
    let (world, _turn) = on_loopback().await;
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let switched = world.engine.sign_in_switch(&waiting.id, RedirectMethod::Paste).await.unwrap();
    assert_eq!(switched.redirect_method, RedirectMethod::Paste);
    eventually("the port is free again", is_closed).await;
    world.engine.sign_in_switch(&waiting.id, RedirectMethod::Loopback).await.unwrap();
    assert!(!is_closed().await);
    let refused = world.engine.sign_in_switch(&waiting.id, RedirectMethod::AppLink).await.unwrap_err();
    assert_eq!(refused.code(), "redirect_method_unfit");
    world.engine.sign_in_switch(&waiting.id, RedirectMethod::Paste).await.unwrap();

    let link = Person::allows(&world.opened()).await;
    let done = world.engine.callback_paste(&waiting.id, &link).await.unwrap();
    assert_eq!(done.state, SignInState::Done);
}

#[tokio::test]
async fn a_taken_port_is_said_before_the_browser_opens() {
    let (world, _turn) = on_loopback().await;
    let holder = tokio::net::TcpListener::bind("127.0.0.1:8765").await.unwrap();
    let error = world.engine.sign_in_start("sandbox", "").await.unwrap_err();
    assert_eq!(error.code(), "loopback_taken");
    assert!(error.to_string().contains("8765"));
    assert!(world.outside.opened.lock().unwrap().is_empty());
    let checks = world.engine.redirect_doctor("sandbox", |_| LinkRegistration::Unknown).await.unwrap();
    assert_eq!(checks[0].outcome, CheckOutcome::Failed);
    drop(holder);
    let checks = world.engine.redirect_doctor("sandbox", |_| LinkRegistration::Unknown).await.unwrap();
    assert_eq!(checks[0].outcome, CheckOutcome::Passed);
    assert!(checks.iter().any(|check| check.message.contains(URI)), "it says what to register");
}

#[tokio::test]
async fn a_repair_is_offered_only_where_it_helps() {
    let world = World::new();
    let not_registered = |repairable| LinkRegistration::NotRegistered {
        detail: "Another program opens these links.".to_owned(),
        hint: "What to do.".to_owned(),
        repairable,
    };
    for (registration, outcome, repairable) in [
        (LinkRegistration::Registered, CheckOutcome::Passed, false),
        (not_registered(true), CheckOutcome::Failed, true),
        (not_registered(false), CheckOutcome::Failed, false),
        (LinkRegistration::OtherProfile, CheckOutcome::Failed, false),
        (LinkRegistration::Unknown, CheckOutcome::Skipped, false),
    ] {
        let checks = world.engine.redirect_doctor("sandbox", |_| registration.clone()).await.unwrap();
        assert_eq!((checks[0].outcome, checks[0].repairable), (outcome, repairable), "{registration:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_redirect_uri_is_not_to_be_registered() {
    let world = World::new();
    for (uri, said) in [
        ("", "missing"),
        ("not a url", "not a URL"),
        ("http://192.168.1.5:3000/cb", "cannot listen there"),
        ("http://127.0.0.1:3000/cb#x", "fragment"),
    ] {
        world
            .save_connection(|draft| {
                draft.redirect_method = RedirectMethod::Loopback;
                uri.clone_into(&mut draft.redirect_uri);
            })
            .await;
        let checks = world.engine.redirect_doctor("sandbox", |_| LinkRegistration::Unknown).await.unwrap();
        let [check] = &checks[..] else { panic!("{uri:?} is tried or to be registered: {checks:?}") };
        assert_eq!(check.outcome, CheckOutcome::Failed);
        assert!(check.message.contains(said), "{uri:?}: {}", check.message);
    }
}

#[tokio::test]
async fn without_a_port_a_free_one_is_taken_and_sent() {
    let world = World::new();
    world
        .save_connection(|draft| {
            draft.redirect_method = RedirectMethod::Loopback;
            "http://127.0.0.1/callback".clone_into(&mut draft.redirect_uri);
        })
        .await;
    let waiting = world.engine.sign_in_start("sandbox", "").await.unwrap();
    let port: u16 = waiting
        .redirect_uri
        .strip_prefix("http://127.0.0.1:")
        .unwrap()
        .strip_suffix("/callback")
        .unwrap()
        .parse()
        .unwrap();
    assert_ne!(port, 0);
    assert!(world.opened().contains(&format!("127.0.0.1%3A{port}")));
    let (status, _) = get(&format!("http://127.0.0.1:{port}/other")).await;
    assert_eq!(status, 404, "it listens there");
    let consent = &waiting.steps[1];
    assert_eq!(consent.status, StepStatus::Active);
}

#[tokio::test]
async fn two_sign_ins_share_one_port_and_the_last_closes_it() {
    let (world, _turn) = on_loopback().await;
    let second = world.engine.connection_create("sandbox", "Second").await.unwrap();
    world
        .save_connection_of(&second, |draft| {
            draft.redirect_method = RedirectMethod::Loopback;
            URI.clone_into(&mut draft.redirect_uri);
        })
        .await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let waiting = world.engine.sign_in_start(&second, "").await.unwrap();
    assert_eq!(waiting.redirect_uri, URI);
    let checks = world.engine.redirect_doctor(&second, |_| LinkRegistration::Unknown).await.unwrap();
    assert_eq!(checks[0].outcome, CheckOutcome::Passed, "the port is Bobbin's own");

    assert_eq!(get(&link).await.0, 200);
    eventually("the first sign-in is done", async || {
        world.engine.sign_in("sandbox").unwrap().state == SignInState::Done
    })
    .await;
    let other = Person::allows(&world.opened()).await;
    assert_eq!(get(&other).await.0, 200, "it is still listened for the second");
    eventually("the second sign-in is done", async || {
        world.engine.sign_in(&second).unwrap().state == SignInState::Done
    })
    .await;
    eventually("the port is free again", is_closed).await;
}
