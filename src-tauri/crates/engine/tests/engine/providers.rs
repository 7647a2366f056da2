//! Connections that are not Stitch's: Vault, any OpenID provider, and tokens given by hand.

mod issuer;

use std::time::Duration;

use crate::server;
use crate::world::{self, Person, REDIRECT_URI, World, run};
use bobbin_engine::view::{
    CheckOutcome, CheckView, DiscoveryView, EndpointDraft, EndpointKind, EndpointSource, RefreshPolicy,
    SessionKind, SessionSecret, StartsWith,
};
use bobbin_sandbox::PUBLIC_CLIENT_ID;
use serde_json::json;

#[tokio::test]
async fn a_vault_session_begins_with_a_pasted_refresh_token() {
    let world = World::new();
    let (slug, token) = world.vault().await;
    assert_eq!(world.connection_of(&slug).await.starts_with, StartsWith::RefreshToken);
    let session = world.engine.session_from_refresh_token(&slug, format!(" {token}\n")).await.unwrap();
    let access = session.access.expect("the first refresh brings an access token");
    assert_eq!(access.expires_at.unwrap() - access.issued_at, 86_400_000, "24 hours");
    assert!(session.extra.iter().any(|member| member.name == "user_id"), "{:?}", session.extra);
    assert!(session.id_token.is_none());

    let exchange = world.engine.wire().into_iter().find(|it| it.target.contains("gettoken")).unwrap();
    let shown = serde_json::to_string(&world.engine.exchange(&exchange.id).unwrap()).unwrap();
    assert!(!shown.contains(&token), "the token is masked in the wire record");
    let again = world.engine.session_refresh(&session.id, 2, None).await.unwrap();
    assert_eq!(again.refresh.unwrap().generation, 3, "each refresh brings the next refresh token");
}

#[tokio::test]
async fn vaults_own_error_is_shown_with_its_message_and_trace_id_and_ends_the_refresh_token() {
    let world = World::new();
    let (slug, _) = world.vault().await;
    let error =
        world.engine.session_from_refresh_token(&slug, "never-given-out".to_owned()).await.unwrap_err();
    assert_eq!(error.code(), "token_invalid_grant");
    let connections = world.engine.overview().await.connections;
    assert!(connections.iter().all(|it| it.sessions.is_empty()), "no dead session is left behind");
    assert!(error.to_string().contains("The Token"), "{error}");
    assert!(error.view().detail.as_deref().unwrap().contains("traceId"), "{error:?}");
    let hint = error.view().hint.clone().unwrap();
    assert!(hint.contains("new one from Vault"), "nobody signs in at Vault: {hint}");
}

#[tokio::test]
async fn a_session_that_could_not_begin_stays_and_is_not_live() {
    let world = World::new();
    let (slug, token) = world.vault().await;
    let nobody = EndpointDraft { kind: EndpointKind::Token, url: "http://127.0.0.1:9/".to_owned() };
    world.save_connection_of(&slug, |draft| draft.endpoints = vec![nobody]).await;
    let error = world.engine.session_from_refresh_token(&slug, token).await.unwrap_err();
    assert_eq!(error.code(), "server_unreachable");
    let sessions = || async {
        let connections = world.engine.overview().await.connections;
        connections.into_iter().find(|it| it.slug == slug).unwrap().sessions
    };
    let kept = sessions().await.remove(0);
    assert!(
        kept.access_expires_at.is_some_and(|end| end <= world.now()),
        "a query would be sent without token"
    );
    assert!(world.engine.session(&kept.id).await.unwrap().access.is_none());
}

#[tokio::test]
async fn what_is_no_refresh_token_is_not_sent_as_one() {
    let world = World::new();
    let (slug, _) = world.vault().await;
    for (text, code) in [
        ("  ", "refresh_token_empty"),
        ("{\"refresh_token\":\"abc\"}", "refresh_token_is_json"),
        ("https://api.vault.ist/v2.0/reference/gettoken", "refresh_token_is_url"),
        ("Bearer abc", "refresh_token_malformed"),
    ] {
        let error = world.engine.session_from_refresh_token(&slug, text.to_owned()).await.unwrap_err();
        assert_eq!(error.code(), code, "{text}");
        assert!(error.view().hint.is_some(), "{text}: what to do is not said");
    }
    let wire = world.engine.wire();
    assert!(!wire.iter().any(|it| it.target.contains("gettoken")), "one of them was sent: {wire:?}");
}

#[tokio::test]
async fn refresh_when_needed_refreshes_before_a_query_and_ask_does_not() {
    for (policy, generation) in [(RefreshPolicy::WhenNeeded, 3), (RefreshPolicy::Ask, 2)] {
        let world = World::new();
        let (slug, token) = world.vault().await;
        world.save_connection_of(&slug, |draft| draft.refresh_policy = policy).await;
        let session = world.engine.session_from_refresh_token(&slug, token).await.unwrap().id;
        world.advance(Duration::from_hours(25));
        world.engine.query_run(run(&session, "{ user { __typename } }")).await.unwrap();
        let after = world.engine.session(&session).await.unwrap().refresh.unwrap().generation;
        assert_eq!(after, generation, "{policy:?}");
    }
}

#[tokio::test]
async fn a_pasted_token_reply_becomes_a_session_and_nothing_is_sent() {
    let world = World::new();
    let slug = world.engine.connection_create("tokens", "From a ticket").await.unwrap();
    // D1's id_token is long expired and its key is not public: it is read, and not called verified.
    let reply = json!({
        "access_token": "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4",
        "token_type": "bearer",
        "expires_in": 900,
        "scope": "openid accounts",
        "user_id": "u-1",
    });
    let session = world.engine.session_from_reply(&slug, format!("\n{reply}\n")).await.unwrap();
    assert_eq!(session.kind, SessionKind::Manual);
    assert_eq!(session.scopes_granted, ["openid", "accounts"]);
    assert_eq!(session.access.unwrap().expires_at, None, "when it was given is not known");
    assert!(session.extra.iter().any(|member| member.name == "user_id"));
    let secret = world.engine.session_secret(&session.id, SessionSecret::AccessToken).await.unwrap();
    assert_eq!(secret, "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4");
    assert!(world.engine.wire().is_empty(), "nothing was sent");

    let error = world.engine.session_from_reply(&slug, "eyJhbGciOi".to_owned()).await.unwrap_err();
    assert!(error.view().hint.as_deref().unwrap().contains("whole JSON object"), "{error:?}");
    let refusal = json!({ "error": "invalid_grant" }).to_string();
    let error = world.engine.session_from_reply(&slug, refusal).await.unwrap_err();
    assert!(error.view().hint.as_deref().unwrap().contains("holds no tokens"), "{error:?}");
}

#[tokio::test]
async fn a_pasted_id_token_is_read_without_being_called_verified() {
    let world = World::new();
    let session = world.session_id().await;
    let id_token = world.engine.session_secret(&session, SessionSecret::IdToken).await.unwrap();
    let slug = world.engine.connection_create("tokens", "From a ticket").await.unwrap();
    let reply = json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token });
    let pasted = world.engine.session_from_reply(&slug, reply.to_string()).await.unwrap();
    let read = pasted.id_token.unwrap();
    assert!(read.claims.iter().any(|claim| claim.name == "sub"));
    assert!(!read.verified);

    // The same token at a connection that knows the issuer is checked against its keys.
    let known = world.engine.session_from_reply("sandbox", reply.to_string()).await.unwrap();
    let checks = known.id_token.unwrap().checks;
    assert!(checks.iter().any(|check| check.title == "Signature" && check.code.is_none()), "{checks:?}");
}

#[tokio::test]
async fn a_pasted_id_token_is_put_to_every_check_that_needs_no_sign_in() {
    let world = World::new();
    let session = world.session_id().await;
    let base = world.engine.sandbox().await.unwrap();
    let secret = |which| world.engine.session_secret(&session, which);
    let (access_token, id_token) =
        (secret(SessionSecret::AccessToken).await.unwrap(), secret(SessionSecret::IdToken).await.unwrap());
    let reply = json!({ "access_token": access_token, "token_type": "Bearer", "id_token": id_token });
    let slug = world.engine.connection_create("tokens", "From a ticket").await.unwrap();
    let paste = || async {
        let pasted = world.engine.session_from_reply(&slug, reply.to_string()).await.unwrap();
        let read = pasted.id_token.unwrap();
        (read.verified, read.checks)
    };
    let outcome = |checks: &[CheckView], title: &str| {
        let check = checks.iter().find(|check| check.title == title);
        check.unwrap_or_else(|| panic!("no {title} in {checks:?}")).clone()
    };

    // Nothing is known of who gave it: what can be read of it is checked all the same.
    let (verified, checks) = paste().await;
    assert!(!verified);
    for title in ["Expiry", "Issued at", "Subject", "at_hash"] {
        assert_eq!(outcome(&checks, title).outcome, CheckOutcome::Passed, "{title}");
    }
    for title in ["Signature", "Issuer", "Audience"] {
        let check = outcome(&checks, title);
        assert_eq!(check.outcome, CheckOutcome::Skipped, "{title}");
        assert!(check.hint.is_some(), "{check:?}");
    }
    for (title, noun) in [("Nonce", "nonce"), ("s_hash", "state")] {
        let check = outcome(&checks, title);
        assert_eq!(check.outcome, CheckOutcome::Skipped);
        let why = format!("This was pasted, so there is no {noun} to compare with.");
        assert!(check.why.starts_with(&why), "{check:?}");
        assert_eq!(check.hint, None, "there is nothing to do about it");
    }

    // With the issuer, its keys and the client filled in, all the others are made.
    let endpoint = |kind, url: &str| EndpointDraft { kind, url: url.to_owned() };
    let jwks = format!("{base}/.well-known/openid-configuration/jwks");
    world
        .save_connection_of(&slug, |draft| {
            PUBLIC_CLIENT_ID.clone_into(&mut draft.client_id);
            draft.endpoints =
                vec![endpoint(EndpointKind::Issuer, &base), endpoint(EndpointKind::Jwks, &jwks)];
        })
        .await;
    let (verified, checks) = paste().await;
    assert!(verified, "{checks:?}");
    for title in ["Signature", "Issuer", "Audience"] {
        assert_eq!(outcome(&checks, title).outcome, CheckOutcome::Passed, "{title}");
    }

    // And each of them can fail.
    world
        .save_connection_of(&slug, |draft| {
            "another".clone_into(&mut draft.client_id);
            draft.endpoints = vec![endpoint(EndpointKind::Issuer, "https://login.example.com")];
        })
        .await;
    world.advance(Duration::from_hours(1));
    let (verified, checks) = paste().await;
    assert!(!verified);
    for (title, code) in [("Issuer", "iss_mismatch"), ("Audience", "aud_mismatch"), ("Expiry", "expired")] {
        assert_eq!(outcome(&checks, title).code, Some(format!("id_token_{code}")), "{title}");
    }
}

#[tokio::test]
async fn an_endpoint_that_no_token_may_go_to_is_a_problem_where_it_is_written() {
    let world = World::new();
    let slug = world.engine.connection_create("vault", "Vault").await.unwrap();
    for (url, wrong) in [
        ("http://api.example.com/token", Some("token_endpoint is not an https URL")),
        ("ftp://api.example.com/token", Some("token_endpoint is not an https URL")),
        ("api.example.com/token", Some("token_endpoint is not a URL.")),
        ("https://api.example.com/token", None),
        ("http://127.0.0.1:9/token", None),
        ("http://localhost:9/token", None),
    ] {
        let written = EndpointDraft { kind: EndpointKind::Token, url: url.to_owned() };
        world.save_connection_of(&slug, |draft| draft.endpoints = vec![written]).await;
        let problems = world.connection_of(&slug).await.problems;
        let found = problems.iter().find(|problem| problem.field == "token_endpoint");
        assert_eq!(found.is_some(), wrong.is_some(), "{url}: {found:?}");
        assert!(found.is_none_or(|it| it.message.starts_with(wrong.unwrap())), "{url}: {found:?}");
    }
}

#[tokio::test]
async fn scopes_can_be_narrowed_at_a_refresh_and_never_widened() {
    let world = World::new();
    let session = world.session_id().await;
    let wider = vec!["openid".to_owned(), "pci_unsafe".to_owned()];
    let error = world.engine.session_refresh(&session, 1, Some(wider)).await.unwrap_err();
    assert_eq!(error.code(), "refresh_scope_wider");
    let narrow = vec!["openid".to_owned(), "accounts".to_owned()];
    let after = world.engine.session_refresh(&session, 1, Some(narrow.clone())).await.unwrap();
    assert_eq!(after.scopes_granted, narrow);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_measured_said_and_does_not_end_a_sign_in() {
    let world = World::new();
    // This computer's clock is nine minutes ahead; the provider's `Date` headers say so.
    world.advance(Duration::from_mins(9));
    let session = world.session_id().await;
    let view = world.engine.session(&session).await.unwrap();
    let ahead = view.clock_ahead_ms.expect("the difference is told");
    assert!((-545_000..=-535_000).contains(&ahead), "{ahead} ms");
    let id_token = view.id_token.unwrap();
    assert!(id_token.verified);
    let left = id_token.expires_at.unwrap() - world.now();
    assert!((290_000..=301_000).contains(&left), "the countdown starts at 300 s, not {left} ms");
}

#[tokio::test]
async fn clocks_that_agree_are_not_mentioned() {
    let world = World::new();
    let session = world.session_id().await;
    assert_eq!(world.engine.session(&session).await.unwrap().clock_ahead_ms, None);
}

#[tokio::test]
async fn a_refresh_token_without_an_id_token_goes_to_no_other_provider_of_the_same_name() {
    let world = World::new();
    let (slug, token) = world.vault().await;
    let session = world.engine.session_from_refresh_token(&slug, token).await.unwrap().id;
    let sent = || world.engine.wire().len();
    let before = sent();
    world
        .save_connection_of(&slug, |draft| {
            draft.endpoints = vec![EndpointDraft {
                kind: EndpointKind::Token,
                url: "https://elsewhere.test/token".to_owned(),
            }];
        })
        .await;
    let error = world.engine.session_refresh(&session, 2, None).await.unwrap_err();
    assert_eq!(error.code(), "session_other_provider");
    assert!(error.view().detail.as_deref().unwrap().contains("gettoken"), "it says whom it was made with");
    assert_eq!(sent(), before, "nothing was sent");
}

#[tokio::test]
async fn a_refresh_that_leaves_no_scope_is_refused_before_the_token_is_spent() {
    let world = World::new();
    let session = world.session_id().await;
    let error = world.engine.session_refresh(&session, 1, Some(Vec::new())).await.unwrap_err();
    assert_eq!(error.code(), "refresh_scope_empty");
    assert_eq!(world.engine.session_refresh(&session, 1, None).await.unwrap().refresh.unwrap().generation, 2);
}

#[tokio::test]
async fn a_refresh_token_that_is_pasted_twice_makes_one_session() {
    let world = World::new();
    let (slug, token) = world.vault().await;
    let (one, two) = tokio::join!(
        world.engine.session_from_refresh_token(&slug, token.clone()),
        world.engine.session_from_refresh_token(&slug, token.clone())
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.id, two.id);
    assert_eq!(world.last_notice().as_deref(), Some("refresh_token_known"), "it is said");
    let again = world.engine.session_from_refresh_token(&slug, format!("\"{token}\"")).await.unwrap();
    assert_eq!(again.id, one.id, "also when its first refresh token is long spent");
    assert_eq!(again.refresh.unwrap().generation, 2, "and nothing more was spent");
}
