//! Faults of the key set.

use super::{
    Row, each_shows,
    id_token::{Signed, sign_in},
};
use crate::common::*;
use reqwest::header;
use serde_json::Value;
use std::time::Duration;

const JWKS: &str = "/.well-known/openid-configuration/jwks";

/// The key set before and after a sign-in, and what the sign-in gave.
pub(super) struct Seen {
    before: Page,
    signed: Option<Signed>,
    after: Page,
}

impl Seen {
    fn keys(&self) -> Vec<Value> {
        let set: Value = serde_json::from_str(&self.after.html).unwrap_or_default();
        set["keys"].as_array().cloned().unwrap_or_default()
    }

    fn no_kid_anywhere(&self) -> bool {
        let signed = self.signed.as_ref().unwrap();
        signed.header.get("kid").is_none() && self.keys().iter().all(|key| key.get("kid").is_none())
    }
}

async fn see(visitor: &Visitor) -> Seen {
    let before = visitor.get(JWKS).await;
    // Only a key set can be read beside an id_token.
    let signed = if before.html.starts_with('{') { Some(sign_in(visitor).await) } else { None };
    Seen { before, signed, after: visitor.get(JWKS).await }
}

pub(super) const TABLE: &[Row<Seen>] = &[
    ("keys-rotated-before-signing", |seen| {
        seen.before.html != seen.after.html && seen.signed.as_ref().is_some_and(Signed::is_verified)
    }),
    ("keys-several-without-kid", |seen| seen.keys().len() == 2 && seen.no_kid_anywhere()),
    ("keys-one-without-kid", |seen| {
        seen.keys().len() == 1
            && seen.no_kid_anywhere()
            && seen.signed.as_ref().is_some_and(Signed::is_verified)
    }),
    ("keys-html", |seen| {
        seen.after.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html")
            && seen.after.html.starts_with("<!doctype html>")
    }),
    ("keys-private-members", |seen| seen.keys().iter().any(|key| key["d"].is_string())),
];

/// They need more than one look.
pub(super) const ELSEWHERE: &[&str] = &["keys-rotated", "keys-slow"];

#[tokio::test]
async fn each_fault_of_the_key_set_shows_and_ends() {
    each_shows(sandbox().await, TABLE, |visitor| Box::pin(see(visitor))).await;
}

#[tokio::test]
async fn a_rotated_key_signs_from_now_on_and_the_old_one_is_gone() {
    let (sandbox, visitor) = sandbox().await;
    let before = sign_in(&visitor).await;
    sandbox.set_faults(&["keys-rotated"]).unwrap();
    let after = sign_in(&visitor).await;
    assert_eq!(after.keys.keys.len(), 1);
    assert_ne!(after.keys, before.keys);
    assert!(before.is_verified() && after.is_verified());
    sandbox.set_faults(&[]).unwrap();
    assert_eq!(sign_in(&visitor).await.keys, before.keys);
}

#[tokio::test]
async fn a_key_that_is_replaced_at_each_signature_is_never_the_one_at_hand() {
    let (sandbox, visitor) = sandbox().await;
    sandbox.set_faults(&["keys-rotated-before-signing"]).unwrap();
    let first = sign_in(&visitor).await;
    let second = sign_in(&visitor).await;
    assert!(first.is_verified() && second.is_verified());
    assert!(first.keys.find(second.header["kid"].as_str().unwrap()).is_none());
}

#[tokio::test]
async fn a_slow_key_set_is_still_under_way_when_it_should_be_there() {
    let (sandbox, visitor) = sandbox().await;
    let soon = Duration::from_millis(700);
    visitor.get(JWKS).await;
    sandbox.set_faults(&["keys-slow"]).unwrap();
    assert!(tokio::time::timeout(soon, visitor.get(JWKS)).await.is_err());
    sandbox.set_faults(&[]).unwrap();
    assert!(tokio::time::timeout(soon, visitor.get(JWKS)).await.is_ok());
}
