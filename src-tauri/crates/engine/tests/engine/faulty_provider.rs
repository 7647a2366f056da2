//! What Bobbin does about each fault of the sandbox's menu, as the menu says it.

use std::{collections::BTreeSet, time::Instant};

use crate::server::{answers, json};
use crate::world::{Person, World, eventually, run};
use bobbin_engine::view::{EndpointDraft, EndpointKind, FaultView, RefreshState, RunRequest, SignInState};

/// How a sign-in ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    /// With a session.
    Done,
    /// With this reason code, and no session.
    Failed(&'static str),
    /// With this reason code, and a session that no query may use.
    Unverified(&'static str),
    Cancelled,
    /// Not at all: the callback is refused with this notice.
    Waits(&'static str),
}
use Ends::{Cancelled, Done, Failed, Unverified, Waits};

/// The fault, how the sign-in ends, and how often the code was sent.
const SIGN_INS: &[(&str, Ends, usize)] = &[
    ("token-html", Failed("token_reply_html"), 1),
    ("token-empty", Failed("token_reply_empty"), 1),
    ("token-cut-off", Failed("connection_lost"), 1),
    ("token-redirect", Failed("token_redirect"), 1),
    ("token-429", Done, 2),
    ("token-500", Failed("token_server_error"), 1),
    ("token-503", Failed("token_server_error"), 1),
    ("token-invalid-client", Failed("token_invalid_client"), 1),
    ("token-content-type", Done, 1),
    ("token-type-missing", Done, 1),
    ("token-type-mac", Done, 1),
    ("token-type-case", Done, 1),
    ("token-expires-in-missing", Done, 1),
    ("token-expires-in-string", Done, 1),
    ("token-expires-in-negative", Done, 1),
    ("token-expires-in-huge", Done, 1),
    ("token-duplicate-member", Unverified("token_reply_duplicate_member"), 1),
    ("callback-state-missing", Waits("callback_without_state"), 0),
    ("callback-state-wrong", Waits("callback_unknown_state"), 0),
    ("callback-code-missing", Cancelled, 0),
    ("callback-code-twice", Waits("callback_repeated_parameter"), 0),
    ("callback-error-with-code", Failed("authorization_declined"), 0),
    ("callback-iss-wrong", Waits("callback_issuer_mismatch"), 0),
    ("callback-id-token", Waits("callback_other_flow"), 0),
    ("cancel-state-only", Cancelled, 0),
    ("cancel-access-denied", Cancelled, 0),
    ("id-token-iss-wrong", Failed("id_token_iss_mismatch"), 1),
    ("id-token-iss-missing", Failed("id_token_iss_missing"), 1),
    ("id-token-sub-missing", Failed("id_token_sub_missing"), 1),
    ("id-token-aud-wrong", Failed("id_token_aud_mismatch"), 1),
    ("id-token-aud-missing", Failed("id_token_aud_missing"), 1),
    ("id-token-aud-several", Failed("id_token_azp_missing"), 1),
    ("id-token-aud-secondary", Failed("id_token_azp_mismatch"), 1),
    ("id-token-aud-array", Done, 1),
    ("id-token-iat-missing", Failed("id_token_iat_missing"), 1),
    ("id-token-iat-future", Failed("id_token_iat_in_future"), 1),
    ("id-token-nonce-wrong", Failed("id_token_nonce_mismatch"), 1),
    ("id-token-nonce-missing", Failed("id_token_nonce_missing"), 1),
    ("id-token-at-hash-wrong", Failed("id_token_at_hash_mismatch"), 1),
    ("id-token-at-hash-missing", Done, 1),
    ("id-token-s-hash-wrong", Failed("id_token_s_hash_mismatch"), 1),
    ("id-token-s-hash-missing", Done, 1),
    ("id-token-expired", Failed("id_token_expired"), 1),
    ("id-token-not-yet-valid", Failed("id_token_not_yet_valid"), 1),
    ("id-token-typ-at-jwt", Failed("id_token_is_access_token"), 1),
    ("id-token-missing", Unverified("token_id_token_missing"), 1),
    ("token-late", Done, 1),
    ("alg-none", Failed("id_token_alg_none"), 1),
    ("alg-hs256", Failed("id_token_alg_symmetric"), 1),
    ("alternate-alg", Failed("id_token_alg_key_mismatch"), 1),
    ("invalid-sig-rs256", Failed("id_token_signature_invalid"), 1),
    ("invalid-sig-es256", Failed("id_token_signature_invalid"), 1),
    ("kid-unknown", Failed("id_token_unknown_kid"), 1),
    ("kid-missing", Done, 1),
    ("keys-rotated", Done, 1),
    ("keys-rotated-before-signing", Done, 1),
    ("keys-several-without-kid", Failed("id_token_key_ambiguous"), 1),
    ("keys-one-without-kid", Done, 1),
    // Without keys the tokens could not be accepted, so that the code stays unspent.
    ("keys-html", Failed("jwks_not_json"), 0),
    ("keys-private-members", Done, 1),
];

/// The fault from a session's first refresh on, the reason code of a failure, and what becomes of the refresh token.
const REFRESHES: &[(&str, Option<&str>, RefreshState)] = &[
    ("token-html", Some("token_reply_html"), RefreshState::PossiblyConsumed),
    ("token-redirect", Some("token_redirect"), RefreshState::Ready),
    ("token-cut-off", Some("connection_lost"), RefreshState::PossiblyConsumed),
    ("token-500", Some("token_server_error"), RefreshState::PossiblyConsumed),
    ("token-invalid-client", Some("token_invalid_client"), RefreshState::Ready),
    ("token-late", None, RefreshState::Ready),
    ("refresh-without-new-token", None, RefreshState::Ready),
    ("refresh-invalid-grant", Some("token_invalid_grant"), RefreshState::Rejected),
    ("refresh-sub-other", Some("id_token_sub_changed"), RefreshState::Ready),
    ("refresh-iss-other", Some("id_token_iss_mismatch"), RefreshState::Ready),
    ("refresh-auth-time-other", Some("id_token_auth_time_changed"), RefreshState::Ready),
];

/// Half a minute each, further down.
const SLOW: &[&str] = &["token-slow", "keys-slow"];

/// What metadata with the fault end in.
const DISCOVERIES: &[(&str, &str)] = &[
    ("discovery-issuer-mismatch", "discovery_issuer_mismatch"),
    ("discovery-html", "discovery_not_json"),
    ("discovery-http-endpoint", "discovery_endpoint_invalid"),
];

/// What asking about the person ends in.
const USERINFOS: &[(&str, &str)] = &[
    ("userinfo-sub-other", "userinfo_sub_mismatch"),
    ("userinfo-html", "userinfo_not_json"),
    ("userinfo-401", "userinfo_refused"),
];

/// The tests of the certification modules have it, with metadata that promise an `iss`.
const ELSEWHERE: &[&str] = &["callback-iss-removed", "graphql-late"];

async fn set(world: &World, faults: &[&str]) -> Vec<FaultView> {
    let ids: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
    world.engine.sandbox_faults_set(&ids).await.unwrap()
}

async fn comes_back(world: &World) -> Ends {
    world.outside.notices.lock().unwrap().clear();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    match sign_in.state {
        SignInState::Done => Done,
        SignInState::Cancelled => Cancelled,
        SignInState::Waiting => Waits(known(&world.last_notice().expect("it is said"))),
        _ => Failed(known(&sign_in.failure.expect("it is said").code)),
    }
}

/// The code as the table has it, so that the two can be compared.
fn known(code: &str) -> &'static str {
    let of_row = SIGN_INS.iter().find_map(|(_, ends, _)| match ends {
        Failed(known) | Unverified(known) | Waits(known) if *known == code => Some(*known),
        _ => None,
    });
    let other = ["server_timed_out", "reply_too_large"].into_iter().find(|known| *known == code);
    of_row.or(other).unwrap_or_else(|| panic!("no row expects {code}"))
}

const JWKS: &str = "openid-configuration/jwks";

/// How many requests of that name have been answered.
fn sent(world: &World, what: &str) -> usize {
    let wire = world.engine.wire();
    wire.iter().filter(|row| row.target.contains(what) && row.duration_ms.is_some()).count()
}

async fn sessions(world: &World) -> usize {
    world.engine.overview().await.connections[0].sessions.len()
}

#[tokio::test]
async fn every_fault_ends_a_sign_in_as_the_menu_says_and_no_code_is_sent_twice() {
    let mut wrong = Vec::new();
    for (fault, ends, codes) in SIGN_INS {
        let world = World::new();
        world.engine.sandbox().await.unwrap();
        set(&world, &[fault]).await;
        world.engine.sign_in_start("sandbox", "").await.unwrap();
        let wanted = match *ends {
            Unverified(code) => (Failed(code), *codes, 1),
            ends => (ends, *codes, usize::from(ends == Done)),
        };
        let got = (comes_back(&world).await, sent(&world, "authorization_code"), sessions(&world).await);
        if got != wanted {
            wrong.push(format!("{fault}: {wanted:?} was expected, it came to {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_fault_of_a_refresh_leaves_the_session_as_the_menu_says() {
    let mut wrong = Vec::new();
    for (fault, code, state) in REFRESHES {
        let world = World::new();
        let id = world.session_id().await;
        set(&world, &[fault]).await;
        let error = world.engine.session_refresh(&id, 1, None).await.err();
        let refresh =
            world.engine.session(&id).await.unwrap().refresh.expect("it is kept, whatever became of it");
        let got = (error.as_ref().map(bobbin_engine::Error::code), refresh.state);
        if got != (*code, *state) {
            wrong.push(format!("{fault}: {:?} was expected, it came to {got:?}", (code, state)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is accepted and unusual, the notice's code, and what it says.
const TOLD: &[(&str, &str, &str)] = &[
    ("token-content-type", "token_reply_unusual", "its Content-Type is text/html"),
    ("token-expires-in-missing", "token_reply_unusual", "lifetime is unknown"),
    ("token-expires-in-string", "token_reply_unusual", "expires_in is a string"),
    ("token-expires-in-huge", "token_reply_unusual", "counted as 100 years"),
    ("keys-private-members", "jwks_private_key", "Anyone can sign with it"),
];

#[tokio::test]
async fn what_is_accepted_and_unusual_is_told_at_a_sign_in_and_at_a_refresh() {
    // The keys are fetched beside the sign-in.
    let says = async |world: &World, (fault, code, words): &(&str, &str, &str)| {
        eventually(&format!("{fault} to be told"), async || {
            let notices = world.outside.notices.lock().unwrap();
            notices.iter().any(|notice| notice.code == *code && notice.message.contains(words))
        })
        .await;
    };
    for row in TOLD {
        let world = World::new();
        world.engine.sandbox().await.unwrap();
        let id = world.session_id().await;
        assert_eq!(world.last_notice(), None, "{}: nothing is unusual yet", row.0);
        set(&world, &[row.0]).await;
        if row.1 == "token_reply_unusual" {
            world.engine.session_refresh(&id, 1, None).await.unwrap();
            says(&world, row).await;
        }
        world.outside.notices.lock().unwrap().clear();
        world.session_id().await;
        says(&world, row).await;
        let problems = world.connection().await.problems;
        let stands =
            problems.iter().any(|it| it.field == "jwks_uri" && it.warning && it.message.contains(row.2));
        assert_eq!(stands, row.1 == "jwks_private_key", "{}: {problems:?}", row.0);
    }
}

#[tokio::test]
async fn every_fault_of_the_metadata_and_of_userinfo_is_told_by_its_code() {
    let mut wrong = Vec::new();
    for (fault, code) in DISCOVERIES {
        let world = World::new();
        let url = world.engine.sandbox().await.unwrap();
        set(&world, &[fault]).await;
        let slug = world.engine.connection_create("openid", "Provider").await.unwrap();
        world
            .save_connection_of(&slug, |draft| {
                draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url }];
            })
            .await;
        let got = world.engine.discover(&slug).await.err().map(|error| error.code().to_owned());
        if got.as_deref() != Some(*code) {
            wrong.push(format!("{fault}: {code} was expected, it came to {got:?}"));
        }
    }
    for (fault, code) in USERINFOS {
        let world = World::new();
        let id = world.session_id().await;
        set(&world, &[fault]).await;
        let got = world.engine.session_userinfo(&id).await.err().map(|error| error.code().to_owned());
        let stays = world.engine.session(&id).await.unwrap().refresh.unwrap().state == RefreshState::Ready;
        if got.as_deref() != Some(*code) || !stays {
            wrong.push(format!("{fault}: {code} was expected, it came to {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn no_fault_of_the_menu_is_without_a_row() {
    let world = World::new();
    world.engine.sandbox().await.unwrap();
    let menu: BTreeSet<String> = set(&world, &[]).await.into_iter().map(|fault| fault.id).collect();
    let rows = SIGN_INS.iter().map(|row| row.0).chain(REFRESHES.iter().map(|row| row.0));
    let rows = rows.chain(DISCOVERIES.iter().chain(USERINFOS).map(|row| row.0));
    let rows: BTreeSet<String> =
        rows.chain(SLOW.iter().chain(ELSEWHERE).copied()).map(str::to_owned).collect();
    assert_eq!(menu, rows);
}

#[tokio::test]
async fn keys_that_are_replaced_while_a_sign_in_waits_are_fetched_once_more_and_no_more_than_once() {
    for (fault, ends) in [("keys-rotated", Done), ("kid-unknown", Failed("id_token_unknown_kid"))] {
        let world = World::new();
        world.engine.sign_in_start("sandbox", "").await.unwrap();
        eventually("the keys are there", async || sent(&world, JWKS) == 1).await;
        set(&world, &[fault]).await;
        assert_eq!(comes_back(&world).await, ends, "{fault}");
        assert_eq!(sent(&world, JWKS), 2, "{fault}");
    }
}

#[tokio::test]
async fn keys_that_were_read_before_stay_in_use_when_their_address_answers_with_a_page() {
    let world = World::new();
    world.session_id().await;
    set(&world, &["keys-html"]).await;
    world.session_id().await;
    set(&world, &["keys-html", "kid-unknown"]).await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_eq!(comes_back(&world).await, Failed("jwks_not_json"), "the kept set has no such key");
    set(&world, &["keys-html"]).await;
    world.session_id().await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_given_up_after_30_s_and_no_code_is_sent_again() {
    let slow = async |fault: &str| {
        let world = World::new();
        world.engine.sandbox().await.unwrap();
        set(&world, &[fault]).await;
        world.engine.sign_in_start("sandbox", "").await.unwrap();
        let begun = Instant::now();
        let ends = comes_back(&world).await;
        (ends, begun.elapsed().as_secs(), sent(&world, "authorization_code"))
    };
    let (tokens, keys) = tokio::join!(slow("token-slow"), slow("keys-slow"));
    assert_eq!((tokens.0, tokens.2), (Failed("server_timed_out"), 1));
    assert_eq!((keys.0, keys.2), (Failed("server_timed_out"), 0), "the code waits for the keys");
    for seconds in [tokens.1, keys.1] {
        assert!((29..35).contains(&seconds), "{seconds} s");
    }
}

#[tokio::test]
async fn a_reply_of_tokens_over_1_mib_is_cut_off_and_no_code_is_sent_again() {
    let world = World::new();
    let huge = format!("{{\"access_token\":\"{}\"}}", "a".repeat(1024 * 1024));
    let server = answers(&[json(200, &huge)]).await;
    world.redirect(EndpointKind::Token, &server).await;
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    assert_eq!(comes_back(&world).await, Failed("reply_too_large"));
    assert_eq!(sent(&world, "authorization_code"), 1);
}

#[tokio::test]
async fn a_late_answer_of_the_api_is_waited_for_and_the_run_can_be_cancelled_meanwhile() {
    let world = World::new();
    let session = world.session_id().await;
    set(&world, &["graphql-late"]).await;
    let waited = run(&session, "query Waited { user { __typename } }");
    let cancelled = run(&session, "query Cancelled { user { __typename } }");
    let start = |request: &RunRequest| {
        let (engine, request) = (world.engine.clone(), request.clone());
        tokio::spawn(async move { engine.query_run(request).await })
    };
    let (waited, ended) = (start(&waited), start(&cancelled));
    eventually("both to be sent", async || {
        world.engine.wire().iter().filter(|row| row.target.starts_with("/graphql")).count() == 2
    })
    .await;
    world.engine.query_cancel(&cancelled.id);
    assert_eq!(ended.await.unwrap().unwrap_err().code(), "run_cancelled");
    assert_eq!(waited.await.unwrap().unwrap().status, 200);
}
