//! How faults are chosen, and by whom.

use std::collections::HashSet;

use crate::common::*;
use bobbin_sandbox::faults;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

async fn choose(visitor: &Visitor, active: &[&str]) -> Response {
    let url = format!("{}/sandbox/faults", visitor.base);
    visitor.http.put(url).json(&json!({"active": active})).send().await.unwrap()
}

/// The ids that a listing calls active.
fn active(listing: &Value) -> Vec<&str> {
    let rows = listing["faults"].as_array().unwrap().iter();
    rows.filter(|row| row["active"] == true).map(|row| row["id"].as_str().unwrap()).collect()
}

#[test]
fn every_fault_has_a_name_of_its_own_and_says_what_one_should_see() {
    let ids: HashSet<_> = faults().iter().map(|fault| fault.id).collect();
    assert_eq!(ids.len(), faults().len(), "an id comes twice");
    for fault in faults() {
        assert!(
            fault.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
        assert!(fault.see.ends_with('.') && !fault.title.is_empty(), "{}", fault.id);
    }
}

#[tokio::test]
async fn a_new_sandbox_behaves_well() {
    let (sandbox, visitor) = sandbox().await;
    assert_eq!(sandbox.active_faults(), [""; 0]);
    let listing: Value = serde_json::from_str(&visitor.get("/sandbox/faults").await.html).unwrap();
    assert_eq!(active(&listing), [""; 0]);
    assert_eq!(listing["faults"].as_array().unwrap().len(), faults().len());
    let names: Vec<_> = listing["faults"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "group", "title", "see", "active"]);
}

#[tokio::test]
async fn faults_are_chosen_over_http_and_all_ended_by_an_empty_list() {
    let (sandbox, visitor) = sandbox().await;
    let reply = choose(&visitor, &["keys-slow", "id-token-iss-wrong"]).await;
    assert_eq!(reply.status(), StatusCode::OK);
    let listing: Value = reply.json().await.unwrap();
    assert_eq!(active(&listing), ["id-token-iss-wrong", "keys-slow"], "in the order of the menu");
    assert_eq!(sandbox.active_faults(), ["id-token-iss-wrong", "keys-slow"]);
    choose(&visitor, &[]).await;
    assert_eq!(sandbox.active_faults(), [""; 0]);
}

#[tokio::test]
async fn of_two_faults_that_spoil_the_same_the_later_one_stays() {
    let (sandbox, _) = sandbox().await;
    let conflicting =
        ["id-token-iss-wrong", "callback-iss-wrong", "id-token-nonce-wrong", "id-token-iss-missing"];
    sandbox.set_faults(&conflicting).unwrap();
    let left = ["id-token-iss-missing", "id-token-nonce-wrong", "callback-iss-wrong"];
    assert_eq!(sandbox.active_faults(), left, "the callback's iss is another one");
}

#[tokio::test]
async fn an_unknown_fault_is_refused_and_changes_nothing() {
    let (sandbox, visitor) = sandbox().await;
    sandbox.set_faults(&["alg-none"]).unwrap();
    let error = sandbox.set_faults(&["keys-html", "no-such-fault"]).unwrap_err();
    assert_eq!(error.0, "no-such-fault");
    let reply = choose(&visitor, &["no-such-fault"]).await;
    assert_eq!(reply.status(), StatusCode::BAD_REQUEST);
    assert_eq!(reply.json::<Value>().await.unwrap()["error"], "unknown_fault");
    assert_eq!(sandbox.active_faults(), ["alg-none"]);
}

#[tokio::test]
async fn a_page_from_elsewhere_can_neither_read_nor_choose() {
    let (sandbox, visitor) = sandbox().await;
    let url = format!("{}/sandbox/faults", visitor.base);
    let local = format!("http://localhost:{}", sandbox.address().port());
    for (origin, status) in [
        ("https://evil.example", StatusCode::FORBIDDEN),
        ("http://127.0.0.1:1", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
        (visitor.base.as_str(), StatusCode::OK),
        (local.as_str(), StatusCode::OK),
    ] {
        for method in [Method::GET, Method::PUT] {
            let request = visitor.http.request(method, &url).header(header::ORIGIN, origin);
            let reply = request.json(&json!({"active": []})).send().await.unwrap();
            assert_eq!(reply.status(), status, "{origin}");
        }
    }
    let rebound = visitor.http.get(&url).header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
    let form = visitor.http.put(&url).body("active=alg-none").send().await.unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "a form could be sent from anywhere");
}

#[tokio::test]
async fn the_index_page_has_a_check_box_for_each_fault_and_ticks_the_active_ones() {
    let (sandbox, visitor) = sandbox().await;
    sandbox.set_faults(&["keys-html"]).unwrap();
    let page = visitor.get("/").await.html;
    for fault in faults() {
        let tag = between(&page, &format!(r#"value="{}""#, fault.id), ">").expect(fault.id);
        assert_eq!(tag.contains("checked"), fault.id == "keys-html", "{}", fault.id);
        assert_eq!(between(&page, &format!(r#"<p id="see-{}">"#, fault.id), "</p>"), Some(fault.see));
    }
    assert!(page.contains(">Clear all</button>"));
}
