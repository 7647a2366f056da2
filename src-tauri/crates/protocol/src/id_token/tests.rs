//! Named after the OpenID Foundation's client test modules where one applies.

mod claims;
mod signatures;

use serde_json::{Value, json};

use super::*;
use crate::signing::{self, RSA, rsa_jwk, signed};

const NOW: i64 = 1_795_230_040;
const ISSUER: &str = "http://127.0.0.1:5001";
const CLIENT: &str = "test-18fbd892-3b73-43c3-a854-c6f78c681349";
const NONCE: &str = "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4";
const STATE: &str = "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA";
const ACCESS_TOKEN: &str = "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4";

fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: Some(NONCE),
        state: Some(STATE),
        access_token: Some(ACCESS_TOKEN),
        code: Some("c0de"),
        now: NOW,
        previous: None,
    }
}

fn header() -> Value {
    json!({ "alg": "RS256", "kid": "oSmkvFhjUcbkB824kzN_ZA", "typ": "JWT" })
}

fn payload() -> Value {
    json!({
        "nbf": NOW - 28,
        "exp": NOW + 272,
        "iss": ISSUER,
        "aud": CLIENT,
        "nonce": NONCE,
        "iat": NOW - 28,
        "at_hash": "jpUUphyUkZCwbQsYhns6aw",
        "s_hash": "mKjtqM_6MktQ59yc8WKM3Q",
        "sub": "user/f5cc94ee/fnb/97ccc5fd-cb95-465b-a4dc-76139633b07b",
        "auth_time": NOW - 42,
        "amr": ["pwd"],
    })
}

fn keys() -> Jwks {
    signing::key_set(&[rsa_jwk(&RSA, "oSmkvFhjUcbkB824kzN_ZA")])
}

/// The payload with members set, or taken away where the value is null.
fn payload_with(changes: &[(&str, Value)]) -> Value {
    let mut payload = payload();
    for (name, value) in changes {
        signing::set(&mut payload, name, value.clone());
    }
    payload
}

fn verdict_of(changes: &[(&str, Value)], expected: &Expected) -> Verdict {
    verify(&signed("RS256", &header(), &payload_with(changes)), &keys(), expected)
}

fn outcomes(verdict: &Verdict) -> Vec<(&str, Outcome)> {
    let checks = verdict.checks.iter();
    checks.map(|check| (check.name.as_str(), check.outcome)).collect()
}

/// The codes of all failures.
fn failures(verdict: &Verdict) -> Vec<&str> {
    let codes = verdict.checks.iter().map(|check| check.code.as_deref());
    codes.flatten().collect()
}

fn failures_with(name: &str, value: impl Into<Value>) -> Vec<String> {
    let verdict = verdict_of(&[(name, value.into())], &expected());
    assert_eq!(verdict.accepted(), failures(&verdict).is_empty());
    failures(&verdict).into_iter().map(str::to_owned).collect()
}

fn text(verdict: &Verdict) -> String {
    let mut lines = Vec::new();
    for check in &verdict.checks {
        let code = check.code.as_deref().unwrap_or("-");
        lines.push(format!("{} | {:?} {code} | {}", check.title, check.outcome, check.section));
        lines.push(format!("  expected {}", check.expected));
        lines.push(format!("  got {}", check.got));
        lines.push(format!("  {}", check.why));
        lines.extend(check.hint.as_ref().map(|hint| format!("  -> {hint}")));
    }
    lines.join(
        "
",
    )
}

#[test]
fn happy_path() {
    let verdict = verdict_of(&[], &expected());
    assert!(verdict.accepted() && !verdict.unknown_kid());
    insta::assert_snapshot!(text(&verdict));
}

#[test]
fn a_token_with_everything_wrong_shows_every_failure() {
    let verdict = verdict_of(
        &[
            ("iss", "http://evil.example".into()),
            ("aud", json!(["a", "b"])),
            ("azp", "a".into()),
            ("exp", (NOW - 3600).into()),
            ("iat", (NOW - 7200).into()),
            ("nbf", (NOW + 86_400).into()),
            ("nonce", "xyz".into()),
            ("at_hash", "x".into()),
            ("c_hash", "x".into()),
            ("s_hash", "x".into()),
            ("sub", Value::Null),
        ],
        &Expected { issuer: "https://secure.stitch.money", ..expected() },
    );
    assert_eq!(verdict.first_failure().unwrap().name, "iss");
    insta::assert_snapshot!(text(&verdict));
}

#[test]
fn the_checks_come_in_one_order_and_all_of_them_always() {
    let order = [
        "signature",
        "iss",
        "aud",
        "azp",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "at_hash",
        "c_hash",
        "s_hash",
        "sub",
    ];
    for verdict in [
        verdict_of(&[], &expected()),
        verdict_of(&[("nonce", Value::Null), ("nbf", Value::Null)], &Expected { nonce: None, ..expected() }),
        verify(&signed("RS256", &json!({ "alg": "none" }), &json!({})), &keys(), &expected()),
    ] {
        let names: Vec<_> = outcomes(&verdict).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, order);
    }
}

#[test]
fn a_skipped_check_says_why() {
    let verdict = verdict_of(&[], &expected());
    for check in verdict.checks.iter().filter(|check| check.outcome == Outcome::Skipped) {
        assert!(check.why.ends_with('.'), "{}", check.name);
    }
    assert_eq!(outcomes(&verdict)[3], ("azp", Outcome::Skipped));
    assert_eq!(outcomes(&verdict)[9], ("c_hash", Outcome::Skipped));
}

#[test]
fn a_verdict_survives_being_kept() {
    let verdict = verdict_of(&[("balance", json!(1.5)), ("nonce", "x".into())], &expected());
    let kept = serde_json::to_value(&verdict).unwrap();
    assert_eq!(serde_json::from_value::<Verdict>(kept).unwrap(), verdict);
}

#[test]
fn an_unreadable_token_is_one_failed_check() {
    let good = signed("RS256", &header(), &payload());
    let twice = format!(
        "{}.{}.",
        signing::encoded(header().to_string()),
        signing::encoded(r#"{"sub":"a","sub":"b"}"#)
    );
    for (token, code) in [
        ("udfc_WxDqxwfs5IKNHYohqGDZ9vwmyENvQYN7_cjW6M", "jwt_opaque"),
        ("e30.e30.e30.e30.e30", "jwt_encrypted_unsupported"),
        (&format!("{good}="), "jwt_padding"),
        (&twice, "jwt_duplicate_member"),
        (&"a".repeat(70_000), "jwt_too_long"),
    ] {
        let verdict = verify(token, &keys(), &expected());
        assert_eq!(outcomes(&verdict), [("format", Outcome::Failed)]);
        assert_eq!(failures(&verdict), [code]);
        assert_eq!(verdict.claims, None);
    }
}

#[test]
fn critical_extensions_and_access_tokens_are_refused_before_all_else() {
    for (name, value, code) in [
        ("crit", json!(["exp"]), "id_token_crit_unknown"),
        ("crit", json!([]), "id_token_crit_malformed"),
        ("typ", json!("at+jwt"), "id_token_is_access_token"),
        ("typ", json!("application/AT+JWT"), "id_token_is_access_token"),
    ] {
        let mut header = header();
        signing::set(&mut header, name, value);
        let verdict = verify(&signed("RS256", &header, &payload()), &keys(), &expected());
        assert_eq!(failures(&verdict), [code]);
        assert!(verdict.claims.is_some(), "what was read is shown");
    }
}

fn pasted() -> Pasted<'static> {
    let Expected { issuer, client_id, access_token, now, .. } = expected();
    Pasted { issuer: Some(issuer), client_id: Some(client_id), access_token, now }
}

#[test]
fn a_pasted_token_skips_only_what_a_sign_in_would_know() {
    let token = signed("RS256", &header(), &payload());
    let verdict = verify_pasted(&token, Some(&keys()), &pasted());
    assert!(verdict.accepted(), "{verdict:?}");
    let skipped: Vec<_> =
        outcomes(&verdict).into_iter().filter(|(_, outcome)| *outcome == Outcome::Skipped).collect();
    let absent_or_unknown = ["azp", "nonce", "c_hash", "s_hash", "nbf"];
    assert!(skipped.iter().all(|(name, _)| absent_or_unknown.contains(name)), "{skipped:?}");
    let nonce = verdict.checks.iter().find(|check| check.name == "nonce").unwrap();
    assert!(nonce.why.starts_with("This was pasted, so there is no nonce to compare with."), "{nonce:?}");
}

#[test]
fn a_pasted_token_may_be_old_but_not_expired_nor_from_the_future() {
    let (iat, exp) = (NOW - 28, NOW + 86_400);
    let token = signed("RS256", &header(), &payload_with(&[("exp", exp.into())]));
    let code_at = |now| {
        let verdict = verify_pasted(&token, Some(&keys()), &Pasted { now, ..pasted() });
        verdict.first_failure().and_then(|check| check.code.clone())
    };
    assert_eq!(code_at(exp), None, "how long ago it was given nobody knows");
    assert_eq!(code_at(exp + 60).as_deref(), Some("id_token_expired"));
    assert_eq!(code_at(iat - 61).as_deref(), Some("id_token_iat_in_future"));
}
