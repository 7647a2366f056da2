//! Faults of userinfo and discovery.

use super::{Row, each_shows};
use crate::common::*;
use reqwest::{StatusCode, header};
use serde_json::Value;

pub(super) struct Seen {
    base: String,
    page: Page,
}

impl Seen {
    fn json(&self) -> Value {
        serde_json::from_str(&self.page.html).unwrap_or_default()
    }

    fn is_html(&self) -> bool {
        let content_type = self.page.headers.get(header::CONTENT_TYPE);
        content_type.is_some_and(|value| value.to_str().unwrap().starts_with("text/html"))
            && self.page.html.starts_with("<!doctype html>")
    }
}

async fn userinfo(visitor: &Visitor) -> Seen {
    let token = visitor.access(SCOPES).await;
    let request = visitor.http.get(format!("{}/connect/userinfo", visitor.base)).bearer_auth(token);
    Seen { base: visitor.base.clone(), page: page(request.send().await.unwrap()).await }
}

async fn discovery(visitor: &Visitor) -> Seen {
    Seen { base: visitor.base.clone(), page: visitor.get("/.well-known/openid-configuration").await }
}

pub(super) const USERINFO: &[Row<Seen>] = &[
    ("userinfo-sub-other", |seen| seen.json()["sub"] == "user/another" && seen.json()["name"].is_string()),
    ("userinfo-html", Seen::is_html),
    ("userinfo-401", |seen| {
        seen.page.status == StatusCode::UNAUTHORIZED
            && seen.page.headers[header::WWW_AUTHENTICATE] == "Bearer error=\"invalid_token\""
    }),
];

pub(super) const DISCOVERY: &[Row<Seen>] = &[
    ("discovery-issuer-mismatch", |seen| {
        seen.json()["issuer"] != seen.base.as_str() && seen.json()["jwks_uri"].is_string()
    }),
    ("discovery-html", Seen::is_html),
    ("discovery-http-endpoint", |seen| {
        text(&seen.json()["token_endpoint"]).starts_with("http://issuer.example/")
            && seen.json()["issuer"] == seen.base.as_str()
    }),
];

#[tokio::test]
async fn each_fault_of_userinfo_shows_and_ends() {
    each_shows(sandbox().await, USERINFO, |visitor| Box::pin(userinfo(visitor))).await;
}

#[tokio::test]
async fn each_fault_of_discovery_shows_and_ends() {
    each_shows(sandbox().await, DISCOVERY, |visitor| Box::pin(discovery(visitor))).await;
}
