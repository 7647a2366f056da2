//! Faults of the token endpoint.

use std::time::Duration;

use super::{Row, each_shows, id_token};
use crate::common::*;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

/// A reply of the token endpoint as it came.
pub(super) struct Seen {
    status: StatusCode,
    headers: header::HeaderMap,
    /// `None` when the connection ended before it was whole.
    body: Option<String>,
}

async fn send(visitor: &Visitor, form: &Pairs<'_>) -> Seen {
    let response = visitor.post("/connect/token", form).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Seen { status, headers, body: response.text().await.ok() }
}

async fn exchange(visitor: &Visitor) -> Seen {
    send(visitor, &Visitor::exchange(&visitor.code().await)).await
}

impl Seen {
    fn is_ok(&self) -> bool {
        self.status == StatusCode::OK
    }

    fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        self.json().get(name).is_some()
    }

    fn content_type(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(super) const TABLE: &[Row<Seen>] = &[
    ("token-html", |seen| {
        seen.is_ok() && seen.content_type().starts_with("text/html") && !seen.has("access_token")
    }),
    ("token-empty", |seen| seen.is_ok() && seen.body.as_deref() == Some("")),
    ("token-cut-off", |seen| seen.is_ok() && seen.body.is_none()),
    ("token-redirect", |seen| {
        let location = seen.headers.get(header::LOCATION).map(|value| value.to_str().unwrap());
        seen.status == StatusCode::TEMPORARY_REDIRECT
            && location.is_some_and(|location| location.starts_with("http://localhost:"))
    }),
    ("token-500", |seen| seen.status == StatusCode::INTERNAL_SERVER_ERROR),
    ("token-503", |seen| seen.status == StatusCode::SERVICE_UNAVAILABLE),
    ("token-invalid-client", |seen| {
        seen.status == StatusCode::BAD_REQUEST && seen.json() == json!({"error": "invalid_client"})
    }),
    ("token-content-type", |seen| seen.content_type().starts_with("text/html") && seen.has("access_token")),
    ("token-type-missing", |seen| seen.has("access_token") && !seen.has("token_type")),
    ("token-type-mac", |seen| seen.json()["token_type"] == "mac"),
    ("token-type-case", |seen| seen.json()["token_type"] == "bEaReR"),
    ("token-expires-in-missing", |seen| seen.has("access_token") && !seen.has("expires_in")),
    ("token-expires-in-string", |seen| seen.json()["expires_in"] == "900"),
    ("token-expires-in-negative", |seen| seen.json()["expires_in"] == -1),
    ("token-expires-in-huge", |seen| seen.json()["expires_in"] == 1_000_000_000_000_000_u64),
    ("token-duplicate-member", |seen| seen.body().matches("\"access_token\":").count() == 2),
];

#[tokio::test]
async fn each_fault_of_an_exchange_shows_and_ends() {
    each_shows(sandbox().await, TABLE, |visitor| Box::pin(exchange(visitor))).await;
}

/// A sign-in's reply, and that of the refresh that follows.
pub(super) struct Refreshed {
    before: Value,
    status: StatusCode,
    after: Value,
}

async fn refresh(visitor: &Visitor) -> Refreshed {
    let before = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let (status, after) = visitor.token(&Visitor::refresh(&text(&before["refresh_token"]))).await;
    Refreshed { before, status, after }
}

impl Refreshed {
    /// Whether this claim of the id_token changed, and these others did not.
    fn changed(&self, name: &str, others: [&str; 2]) -> bool {
        let [before, after] = [&self.before, &self.after].map(|reply| {
            let token = text(&reply["id_token"]);
            let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            serde_json::from_slice::<Value>(&claims).unwrap()
        });
        before[name] != after[name] && others.iter().all(|other| before[other] == after[other])
    }
}

pub(super) const REFRESH: &[Row<Refreshed>] = &[
    ("refresh-without-new-token", |seen| {
        seen.status == StatusCode::OK && seen.after.get("refresh_token").is_none()
    }),
    ("refresh-sub-other", |seen| seen.changed("sub", ["iss", "auth_time"])),
    ("refresh-iss-other", |seen| seen.changed("iss", ["sub", "auth_time"])),
    ("refresh-auth-time-other", |seen| seen.changed("auth_time", ["sub", "iss"])),
    ("refresh-invalid-grant", |seen| {
        seen.status == StatusCode::BAD_REQUEST && seen.after == json!({"error": "invalid_grant"})
    }),
];

#[tokio::test]
async fn each_fault_of_a_refresh_shows_and_ends() {
    each_shows(sandbox().await, REFRESH, |visitor| Box::pin(refresh(visitor))).await;
}

/// They need more than one look.
pub(super) const ELSEWHERE: &[&str] = &["token-slow", "token-late", "token-429"];

#[tokio::test]
async fn a_slow_reply_is_still_under_way_when_it_should_be_there() {
    let (sandbox, visitor) = sandbox().await;
    let soon = Duration::from_millis(700);
    id_token::sign_in(&visitor).await;
    for fault in ["token-slow", "token-late"] {
        sandbox.set_faults(&[fault]).unwrap();
        let form = Visitor::exchange(&visitor.code().await);
        assert!(tokio::time::timeout(soon, visitor.post("/connect/token", &form)).await.is_err());
        sandbox.set_faults(&[]).unwrap();
        let again = tokio::time::timeout(soon, send(&visitor, &form)).await.unwrap();
        assert_eq!(
            again.json(),
            json!({"error": "invalid_grant"}),
            "the code was used before the reply was held"
        );
    }
}

#[tokio::test]
async fn too_many_requests_is_said_once_and_uses_nothing_up() {
    let (sandbox, visitor) = sandbox().await;
    for _ in 0..2 {
        sandbox.set_faults(&["token-429"]).unwrap();
        let form = Visitor::exchange(&visitor.code().await);
        let refused = send(&visitor, &form).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers[header::RETRY_AFTER], "2");
        assert!(send(&visitor, &form).await.is_ok(), "the second try");
        assert!(exchange(&visitor).await.is_ok(), "it stays so, until the fault is chosen again");
    }
}

#[tokio::test]
async fn a_refusal_uses_neither_code_nor_refresh_token_up() {
    let (sandbox, visitor) = sandbox().await;
    let held = text(&visitor.tokens("Thandi Nkosi", SCOPES).await["refresh_token"]);
    for id in ["token-500", "token-503", "token-invalid-client", "refresh-invalid-grant"] {
        sandbox.set_faults(&[id]).unwrap();
        assert!(!send(&visitor, &Visitor::refresh(&held)).await.is_ok());
    }
    sandbox.set_faults(&[]).unwrap();
    assert!(send(&visitor, &Visitor::refresh(&held)).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_that_is_not_replaced_works_again() {
    let (sandbox, visitor) = sandbox().await;
    let held = text(&visitor.tokens("Thandi Nkosi", SCOPES).await["refresh_token"]);
    sandbox.set_faults(&["refresh-without-new-token"]).unwrap();
    for _ in 0..2 {
        assert!(send(&visitor, &Visitor::refresh(&held)).await.is_ok());
    }
    sandbox.set_faults(&[]).unwrap();
    assert!(send(&visitor, &Visitor::refresh(&held)).await.has("refresh_token"));
    assert!(!send(&visitor, &Visitor::refresh(&held)).await.is_ok(), "used once and replaced");
}
