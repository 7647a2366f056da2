//! Faults in an id_token's claims.

use serde_json::{Value, json};

use super::{Active, ELSEWHERE};
use crate::{clock, secret};

/// Longer than any two clocks differ, and shorter than an id_token lives, in seconds.
const PAST: u64 = 5 * 60;
/// In seconds.
const FUTURE: u64 = 60 * 60;
/// A client that is not registered.
const OTHER_CLIENT: &str = "test-00000000-0000-4000-8000-000000000000";

/// Spoils the claims before they are signed; `refreshed` says that no sign-in gave them.
pub(crate) fn spoil(claims: &mut Value, active: &Active, refreshed: bool) {
    let now = clock::now();
    for id in active.ids() {
        match id {
            "id-token-iss-wrong" => claims["iss"] = ELSEWHERE.into(),
            "id-token-iss-missing" => remove(claims, "iss"),
            "id-token-sub-missing" => remove(claims, "sub"),
            "id-token-aud-wrong" => claims["aud"] = OTHER_CLIENT.into(),
            "id-token-aud-missing" => remove(claims, "aud"),
            "id-token-aud-several" => claims["aud"] = json!([claims["aud"], OTHER_CLIENT]),
            "id-token-aud-secondary" => {
                claims["aud"] = json!([claims["aud"], OTHER_CLIENT]);
                claims["azp"] = OTHER_CLIENT.into();
            }
            "id-token-aud-array" => claims["aud"] = json!([claims["aud"]]),
            "id-token-iat-missing" => remove(claims, "iat"),
            "id-token-iat-future" => claims["iat"] = (now + FUTURE).into(),
            // What ties a token to a request is absent from a refreshed one, and stays so.
            "id-token-nonce-wrong" if !refreshed => claims["nonce"] = secret::handle().into(),
            "id-token-nonce-missing" => remove(claims, "nonce"),
            "id-token-at-hash-wrong" => claims["at_hash"] = secret::left_half("another token").into(),
            "id-token-at-hash-missing" => remove(claims, "at_hash"),
            "id-token-s-hash-wrong" if !refreshed => {
                claims["s_hash"] = secret::left_half("another state").into();
            }
            "id-token-s-hash-missing" => remove(claims, "s_hash"),
            "id-token-expired" => claims["exp"] = (now - PAST).into(),
            "id-token-not-yet-valid" => claims["nbf"] = (now + FUTURE).into(),
            "refresh-sub-other" if refreshed => claims["sub"] = "user/another".into(),
            "refresh-iss-other" if refreshed => claims["iss"] = ELSEWHERE.into(),
            "refresh-auth-time-other" if refreshed => claims["auth_time"] = (now - FUTURE).into(),
            _ => {}
        }
    }
}

fn remove(claims: &mut Value, name: &str) {
    if let Some(claims) = claims.as_object_mut() {
        claims.shift_remove(name);
    }
}
