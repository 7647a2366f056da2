//! The authorization endpoint, the login and the consent page.

use crate::common::*;
use reqwest::{StatusCode, header};

/// The request must end on the sandbox's own page, with this error and without a redirect.
async fn is_refused(request: &Pairs<'_>, error: &str) {
    let (_sandbox, visitor) = sandbox().await;
    let response = visitor.authorize(request).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{request:?}");
    assert!(response.headers().get(header::LOCATION).is_none());
    let html = response.text().await.unwrap();
    assert!(html.contains(&format!("<code>{error}</code>")), "{error} is not in {html}");
}

#[tokio::test]
async fn a_sign_in_returns_code_scope_state_and_session_state() {
    let (_sandbox, visitor) = sandbox().await;
    let ticked: Vec<_> = SCOPES.split(' ').collect();
    let callback = visitor.sign_in(&request(), "Thandi Nkosi", &ticked).await;
    assert!(callback.starts_with("dev.bobbin.workbench:/oauth/callback?"), "{callback}");
    let answer = parameters(&callback);
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["code", "scope", "session_state", "state"]);
    assert_eq!(answer["state"], STATE);
    assert_eq!(answer["code"].len(), 43);
    assert_eq!(answer["scope"], "openid accounts balances transactions offline_access");
}

#[tokio::test]
async fn every_registered_redirect_uri_is_returned_to() {
    let (_sandbox, visitor) = sandbox().await;
    for uri in [
        REDIRECT,
        "https://localhost:9000/return",
        "http://127.0.0.1:8765/callback",
        "http://localhost:8765/callback",
    ] {
        let request = with(request(), "redirect_uri", Some(uri));
        let callback = visitor.sign_in(&request, "Ayesha Patel", &[]).await;
        assert!(callback.starts_with(&format!("{uri}?code=")), "{callback}");
    }
}

#[tokio::test]
async fn a_redirect_uri_must_match_in_every_character() {
    for uri in [
        "dev.bobbin.workbench:/oauth/callback/",
        "dev.bobbin.workbench:/oauth/Callback",
        "dev.bobbin.workbench:/oauth/callback?a=b",
        "dev.bobbin.workbench://oauth/callback",
        "https://localhost:9000/return#x",
        "https://localhost:9001/return",
        "http://localhost:9000/return",
        "http://127.0.0.1:8766/callback",
        "http://localhost:8766/callback",
        "https://evil.example/return",
    ] {
        is_refused(&with(request(), "redirect_uri", Some(uri)), "invalid_request").await;
    }
    is_refused(&with(request(), "redirect_uri", None), "invalid_request").await;
}

#[tokio::test]
async fn an_unknown_client_is_refused() {
    is_refused(&with(request(), "client_id", Some("live-1")), "unauthorized_client").await;
    is_refused(&with(request(), "client_id", None), "unauthorized_client").await;
}

#[tokio::test]
async fn a_wrong_scope_is_refused() {
    let long = format!("openid {}", "accounts ".repeat(40));
    for scope in ["openid unknown", "accounts balances", "openid client_refund", long.trim()] {
        is_refused(&with(request(), "scope", Some(scope)), "invalid_scope").await;
    }
    is_refused(&with(request(), "scope", None), "invalid_scope").await;
}

#[tokio::test]
async fn state_and_nonce_have_32_to_300_characters() {
    let (_sandbox, visitor) = sandbox().await;
    for name in ["state", "nonce"] {
        for length in [0, 31, 301] {
            is_refused(&with(request(), name, Some(&"a".repeat(length))), "invalid_request").await;
        }
        is_refused(&with(request(), name, None), "invalid_request").await;
        for length in [32, 300] {
            let response = visitor.authorize(&with(request(), name, Some(&"a".repeat(length)))).await;
            location(&response);
        }
    }
}

#[tokio::test]
async fn the_code_challenge_is_demanded_and_s256() {
    is_refused(&with(request(), "code_challenge", None), "invalid_request").await;
    is_refused(&with(request(), "code_challenge", Some("short")), "invalid_request").await;
    is_refused(&with(request(), "code_challenge_method", Some("plain")), "invalid_request").await;
    is_refused(&with(request(), "code_challenge_method", None), "invalid_request").await;
}

#[tokio::test]
async fn another_response_type_is_refused() {
    is_refused(&with(request(), "response_type", Some("token")), "unsupported_response_type").await;
    is_refused(&with(request(), "response_type", None), "unsupported_response_type").await;
}

#[tokio::test]
async fn a_parameter_twice_is_refused() {
    let mut twice = request();
    twice.push(("state", STATE.into()));
    is_refused(&twice, "invalid_request").await;
}

#[tokio::test]
async fn what_a_stranger_sends_is_shown_as_text() {
    let (_sandbox, visitor) = sandbox().await;
    let uri = "\"><script>alert('1')</script>&";
    let response = visitor.authorize(&with(request(), "redirect_uri", Some(uri))).await;
    let html = response.text().await.unwrap();
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"));
}

#[tokio::test]
async fn the_login_page_offers_persons_at_different_banks() {
    let (_sandbox, visitor) = sandbox().await;
    let login = visitor.login_page(&request()).await;
    assert_eq!(login.status, StatusCode::OK);
    for (person, bank) in [
        ("Thandi Nkosi", "FNB"),
        ("Pieter van der Merwe", "Standard Bank"),
        ("Ayesha Patel", "Absa"),
        ("Tariro Moyo", "Capitec"),
        ("Lerato Mokoena", "Nedbank"),
    ] {
        assert!(login.html.contains(&format!(">{person}</button>")), "{person} is a button");
        assert!(login.html.contains(&format!(">{bank}</span>")), "{bank} is beside it");
    }
    assert!(login.html.contains("This is a sandbox"));
}

#[tokio::test]
async fn the_pages_load_nothing_and_cannot_be_framed_or_kept() {
    let (_sandbox, visitor) = sandbox().await;
    let consent = visitor.consent_page(&request(), "Thandi Nkosi").await;
    assert!(!consent.html.contains("src=") && !consent.html.contains("href="), "no address is loaded");
    let header = |name: &str| consent.headers[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains("form-action 'self' dev.bobbin.workbench:;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn each_scope_asked_for_can_be_unticked_but_openid() {
    let (_sandbox, visitor) = sandbox().await;
    let html = visitor.consent_page(&request(), "Thandi Nkosi").await.html;
    assert!(html.contains(r#"value="openid" checked disabled>"#));
    for scope in ["accounts", "balances", "transactions", "offline_access"] {
        assert!(html.contains(&format!(r#"value="{scope}" checked>"#)), "{scope}");
    }
    assert!(!html.contains(r#"value="accountholders""#), "what was not asked for is not offered");
}

#[tokio::test]
async fn unticked_scopes_are_not_granted_and_others_cannot_be_slipped_in() {
    let (_sandbox, visitor) = sandbox().await;
    let callback = visitor.sign_in(&request(), "Thandi Nkosi", &["accounts", "pci_unsafe"]).await;
    assert_eq!(parameters(&callback)["scope"], "openid accounts");
}

#[tokio::test]
async fn cancel_returns_the_state_and_nothing_else() {
    let (_sandbox, visitor) = sandbox().await;
    let cancelled = format!("{REDIRECT}?state={STATE}");
    let consent = visitor.consent_page(&request(), "Thandi Nkosi").await;
    let form = [("transaction", consent.transaction()), ("decision", "cancel".into())];
    assert_eq!(location(&visitor.post("/consent", &form).await), cancelled);

    let login = visitor.login_page(&request()).await;
    let form = [("transaction", login.transaction()), ("decision", "cancel".into())];
    assert_eq!(location(&visitor.post("/account/login", &form).await), cancelled);
}

#[tokio::test]
async fn a_sign_in_is_decided_once() {
    let (_sandbox, visitor) = sandbox().await;
    let consent = visitor.consent_page(&request(), "Thandi Nkosi").await;
    let form = [("transaction", consent.transaction()), ("decision", "allow".into())];
    location(&visitor.post("/consent", &form).await);
    assert_eq!(visitor.post("/consent", &form).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_form_without_its_transaction_does_nothing() {
    let (_sandbox, visitor) = sandbox().await;
    let login = visitor.login_page(&request()).await;
    let person = login.person("Thandi Nkosi");
    for transaction in ["", "guessed"] {
        let form = [("transaction", transaction.into()), ("person", person.clone())];
        assert_eq!(visitor.post("/account/login", &form).await.status(), StatusCode::BAD_REQUEST);
        let form = [("transaction", transaction.into()), ("decision", "allow".to_owned())];
        assert_eq!(visitor.post("/consent", &form).await.status(), StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn consent_cannot_be_given_before_someone_signed_in() {
    let (_sandbox, visitor) = sandbox().await;
    let login = visitor.login_page(&request()).await;
    let form = [("transaction", login.transaction()), ("decision", "allow".into())];
    assert_eq!(visitor.post("/consent", &form).await.status(), StatusCode::BAD_REQUEST);
}
