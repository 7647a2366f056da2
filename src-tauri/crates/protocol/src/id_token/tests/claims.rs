use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha384, Sha512};

use super::*;
use crate::{jwt, samples};

fn map(value: &Value) -> Claims {
    value.as_object().unwrap().clone()
}

/// What the provider's sample says about itself; its public key is not published, so only the signature fails.
fn sample_verdict(token: &str, access_token: &str, state: &str) -> Verdict {
    let expected = Expected {
        issuer: "http://localhost:5001",
        client_id: "f5cc94ee-e951-40d3-a31e-794659806230",
        nonce: None,
        state: Some(state),
        access_token: Some(access_token),
        code: None,
        now: 1_576_138_900,
        previous: None,
    };
    verify(token, &Jwks::default(), &expected)
}

fn outcome_of(verdict: &Verdict, name: &str) -> Outcome {
    verdict.checks.iter().find(|check| check.name == name).unwrap().outcome
}

#[test]
fn the_at_hash_of_both_of_stitchs_samples_is_right() {
    let sign_in = sample_verdict(samples::SIGN_IN_ID_TOKEN, samples::SIGN_IN_ACCESS_TOKEN, "abc");
    assert_eq!(outcome_of(&sign_in, "at_hash"), Outcome::Passed);
    assert_eq!(failures(&sign_in), ["id_token_unknown_kid"], "all else is as it should be");
    let refreshed = sample_verdict(samples::REFRESHED_ID_TOKEN, samples::REFRESHED_ACCESS_TOKEN, "abc");
    assert_eq!(outcome_of(&refreshed, "at_hash"), Outcome::Passed);
    assert_eq!(outcome_of(&refreshed, "s_hash"), Outcome::Skipped, "a refreshed token has none");
    let swapped = sample_verdict(samples::SIGN_IN_ID_TOKEN, samples::REFRESHED_ACCESS_TOKEN, "abc");
    assert_eq!(outcome_of(&swapped, "at_hash"), Outcome::Failed);
}

#[test]
fn the_s_hash_of_stitchs_sample_is_that_of_abc_and_not_that_of_its_url() {
    let verdict = |state| sample_verdict(samples::SIGN_IN_ID_TOKEN, samples::SIGN_IN_ACCESS_TOKEN, state);
    assert_eq!(outcome_of(&verdict("abc"), "s_hash"), Outcome::Passed);
    let of_url = verdict(STATE);
    let check = of_url.checks.iter().find(|check| check.name == "s_hash").unwrap();
    assert_eq!(check.code.as_deref(), Some("id_token_s_hash_mismatch"));
    assert_eq!(check.expected, "mKjtqM_6MktQ59yc8WKM3Q, left half of SHA-256 of the state");
    assert_eq!(check.got, "ungWv48Bz-pBQUDeXa4iIw");
}

#[test]
fn invalid_iss() {
    for wrong in ["http://127.0.0.1:5001/", "HTTP://127.0.0.1:5001", "https://127.0.0.1:5001", ""] {
        assert_eq!(failures_with("iss", wrong), ["id_token_iss_mismatch"], "{wrong}");
    }
    assert_eq!(failures_with("iss", Value::Null), ["id_token_iss_missing"]);
    assert_eq!(failures_with("iss", json!([ISSUER])), ["id_token_iss_malformed"]);
}

#[test]
fn missing_aud_and_invalid_aud() {
    assert_eq!(failures_with("aud", Value::Null), ["id_token_aud_missing"]);
    assert_eq!(failures_with("aud", json!([])), ["id_token_aud_empty"]);
    assert_eq!(failures_with("aud", "other"), ["id_token_aud_mismatch"]);
    assert_eq!(failures_with("aud", json!(["other"])), ["id_token_aud_mismatch"]);
    assert_eq!(failures_with("aud", 1), ["id_token_aud_malformed"]);
    assert_eq!(failures_with("aud", json!([CLIENT, 1])), ["id_token_aud_malformed"]);
}

#[test]
fn aud_as_a_one_element_array() {
    assert!(failures_with("aud", json!([CLIENT])).is_empty());
}

#[test]
fn secondary_aud() {
    assert_eq!(failures_with("aud", json!([CLIENT, "other"])), ["id_token_azp_missing"]);
    let with_azp = |azp: &str| {
        let changes = [("aud", json!([CLIENT, "other"])), ("azp", azp.into())];
        verdict_of(&changes, &expected())
    };
    assert!(with_azp(CLIENT).accepted());
    assert_eq!(failures(&with_azp("other")), ["id_token_azp_mismatch"]);
}

#[test]
fn azp_is_right_wherever_it_stands() {
    assert!(failures_with("azp", CLIENT).is_empty());
    assert_eq!(failures_with("azp", "other"), ["id_token_azp_mismatch"]);
    assert_eq!(failures_with("azp", 1), ["id_token_azp_malformed"]);
}

#[test]
fn nonce_invalid() {
    assert_eq!(failures_with("nonce", "xyz"), ["id_token_nonce_mismatch"]);
    assert_eq!(failures_with("nonce", Value::Null), ["id_token_nonce_missing"]);
    assert_eq!(failures_with("nonce", ""), ["id_token_nonce_mismatch"]);
    assert_eq!(failures_with("nonce", json!([NONCE])), ["id_token_nonce_malformed"]);
}

#[test]
fn missing_sub() {
    assert_eq!(failures_with("sub", Value::Null), ["id_token_sub_missing"]);
    assert_eq!(failures_with("sub", ""), ["id_token_sub_empty"]);
    assert_eq!(failures_with("sub", 7), ["id_token_sub_malformed"]);
}

#[test]
fn missing_iat() {
    assert_eq!(failures_with("iat", Value::Null), ["id_token_iat_missing"]);
}

#[test]
fn iat_is_within_10_minutes_of_now() {
    for (iat, code) in [
        (NOW - 601, Some("id_token_iat_too_old")),
        (NOW - 600, None),
        (NOW + 60, None),
        (NOW + 61, Some("id_token_iat_in_future")),
    ] {
        assert_eq!(failures_with("iat", iat), Vec::from_iter(code), "{iat}");
    }
}

#[test]
fn expired_exp_with_60_seconds_of_clock_difference() {
    assert_eq!(failures_with("exp", NOW - 60), ["id_token_expired"]);
    assert!(failures_with("exp", NOW - 59).is_empty());
    assert_eq!(failures_with("exp", Value::Null), ["id_token_exp_missing"]);
}

#[test]
fn nbf_with_60_seconds_of_clock_difference() {
    assert_eq!(failures_with("nbf", NOW + 61), ["id_token_not_yet_valid"]);
    assert!(failures_with("nbf", NOW + 60).is_empty());
    assert!(failures_with("nbf", Value::Null).is_empty());
}

#[test]
fn times_are_numbers_only() {
    for name in ["exp", "iat", "nbf"] {
        let huge: Value = serde_json::from_str("99999999999999999999999999").unwrap();
        for wrong in [
            json!(NOW.to_string()),
            json!(true),
            json!([NOW]),
            json!({}),
            json!(i64::MAX),
            json!(i64::MIN),
            huge,
        ] {
            assert_eq!(failures_with(name, wrong), [format!("id_token_{name}_malformed")]);
        }
    }
    let fraction: Value = serde_json::from_str(&format!("{}.75", NOW - 3)).unwrap();
    assert!(failures_with("iat", fraction).is_empty(), "a fraction is a number");
}

#[test]
fn wrong_hashes_are_refused_and_absent_ones_are_fine() {
    for name in ["at_hash", "c_hash", "s_hash"] {
        assert_eq!(failures_with(name, "ungWv48Bz-pBQUDeXa4iIw"), [format!("id_token_{name}_mismatch")]);
        assert_eq!(failures_with(name, 1), [format!("id_token_{name}_malformed")]);
        assert!(failures_with(name, Value::Null).is_empty());
    }
}

#[test]
fn hashes_follow_the_algorithm_of_the_signature() {
    let half = |hash: &[u8]| Value::from(URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]));
    let long = half(&Sha512::digest(ACCESS_TOKEN));
    for (alg, hash) in [
        ("RS384", half(&Sha384::digest(ACCESS_TOKEN))),
        ("PS384", half(&Sha384::digest(ACCESS_TOKEN))),
        ("RS512", long.clone()),
        ("PS512", long),
    ] {
        let mut header = header();
        signing::set(&mut header, "alg", alg.into());
        let payload = payload_with(&[("at_hash", hash), ("s_hash", Value::Null)]);
        let verdict = verify(&signed(alg, &header, &payload), &keys(), &expected());
        assert!(verdict.accepted(), "{alg}: {:?}", failures(&verdict));
    }
}

fn refreshed(previous: &Claims) -> Expected<'_> {
    Expected { nonce: None, state: None, code: None, previous: Some(previous), ..expected() }
}

#[test]
fn refresh_token() {
    let previous = map(&payload());
    let changes = [("nonce", Value::Null), ("s_hash", Value::Null), ("iat", NOW.into())];
    let verdict = verdict_of(&changes, &refreshed(&previous));
    assert!(verdict.accepted(), "{:?}", failures(&verdict));
    assert_eq!(outcome_of(&verdict, "nonce"), Outcome::Skipped);
    assert_eq!(outcome_of(&verdict, "auth_time"), Outcome::Passed);
}

#[test]
fn refresh_token_invalid_issuer() {
    let previous = map(&payload_with(&[("iss", "https://before.example".into())]));
    let verdict = verdict_of(&[], &refreshed(&previous));
    assert_eq!(failures(&verdict), ["id_token_iss_changed"]);
    let verdict = verdict_of(&[("iss", "https://evil.example".into())], &refreshed(&map(&payload())));
    assert_eq!(failures(&verdict), ["id_token_iss_mismatch"]);
}

#[test]
fn refresh_token_invalid_sub() {
    let previous = map(&payload());
    let verdict = verdict_of(&[("sub", "user/f5cc94ee/fnb/someone-else".into())], &refreshed(&previous));
    assert_eq!(failures(&verdict), ["id_token_sub_changed"]);
    assert_eq!(verdict.first_failure().unwrap().section, "OIDC Core 12.2");
}

#[test]
fn a_refresh_keeps_the_sign_in_time_and_the_nonce() {
    let previous = map(&payload());
    for (name, value, codes) in [
        ("auth_time", json!(NOW), vec!["id_token_auth_time_changed"]),
        ("auth_time", json!("then"), vec!["id_token_auth_time_malformed"]),
        ("auth_time", Value::Null, vec![]),
        ("nonce", json!(NONCE), vec![]),
        ("nonce", json!("other"), vec!["id_token_nonce_mismatch"]),
        ("aud", json!("other"), vec!["id_token_aud_mismatch"]),
    ] {
        let verdict = verdict_of(&[(name, value.clone())], &refreshed(&previous));
        assert_eq!(failures(&verdict), codes, "{name} {value}");
    }
    let bare = map(&payload_with(&[("auth_time", Value::Null), ("nonce", Value::Null)]));
    assert!(verdict_of(&[], &refreshed(&bare)).accepted(), "nothing to compare with");
}

#[test]
fn what_came_is_shown_on_one_safe_line() {
    let verdict = verdict_of(&[("iss", "a\n\u{202e}b".into())], &expected());
    assert_eq!(verdict.checks[1].got, "a b");
    let decoded = jwt::decode(&signed("RS256", &header(), &payload())).unwrap();
    assert_eq!(Value::Object(decoded.payload), payload());
}
