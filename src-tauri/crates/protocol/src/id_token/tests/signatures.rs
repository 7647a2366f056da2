use super::*;
use crate::signing::{ED25519, OTHER_RSA, P256, P384, ec_jwk, ed_jwk, encoded, key_set};

fn all_keys() -> Jwks {
    key_set(&[
        rsa_jwk(&RSA, "rsa"),
        ec_jwk(&P256, "P-256", "p256"),
        ec_jwk(&P384, "P-384", "p384"),
        ed_jwk(&ED25519, "ed"),
    ])
}

/// The failures of a token whose header says `alg` and `kid`, signed as `signed_as`.
fn failures_of(alg: &str, kid: &str, signed_as: &str, keys: &Jwks) -> Vec<String> {
    let mut header = json!({ "alg": alg });
    if !kid.is_empty() {
        signing::set(&mut header, "kid", kid.into());
    }
    // Hashes belong to the algorithm, and have their own tests.
    let payload = payload_with(&[("at_hash", Value::Null), ("s_hash", Value::Null)]);
    let verdict = verify(&signed(signed_as, &header, &payload), keys, &expected());
    failures(&verdict).into_iter().map(str::to_owned).collect()
}

#[test]
fn idtoken_sig_rs256_and_every_other_allowed_algorithm() {
    for (alg, kid) in [
        ("RS256", "rsa"),
        ("RS384", "rsa"),
        ("RS512", "rsa"),
        ("PS256", "rsa"),
        ("PS384", "rsa"),
        ("PS512", "rsa"),
        ("ES256", "p256"),
        ("ES384", "p384"),
        ("EdDSA", "ed"),
    ] {
        assert!(failures_of(alg, kid, alg, &all_keys()).is_empty(), "{alg}");
    }
}

#[test]
fn idtoken_sig_none_in_any_case() {
    for alg in ["none", "None", "NONE", "nOnE"] {
        assert_eq!(failures_of(alg, "rsa", "RS256", &all_keys()), ["id_token_alg_none"]);
    }
    let unsigned = format!("{}.{}.", encoded(r#"{"alg":"none"}"#), encoded(payload().to_string()));
    let verdict = verify(&unsigned, &keys(), &expected());
    assert_eq!(verdict.first_failure().unwrap().code.as_deref(), Some("id_token_alg_none"));
}

#[test]
fn null_alg_and_alternate_alg() {
    for (alg, code) in [
        (Value::Null, "id_token_alg_missing"),
        (json!(1), "id_token_alg_malformed"),
        (json!("RS1"), "id_token_alg_unsupported"),
        (json!("rs256"), "id_token_alg_unsupported"),
        (json!("ES256K"), "id_token_alg_unsupported"),
        (json!("ES512"), "id_token_alg_unsupported"),
    ] {
        let mut header = header();
        signing::set(&mut header, "alg", alg);
        let verdict = verify(&signed("RS256", &header, &payload()), &keys(), &expected());
        assert_eq!(failures(&verdict), [code]);
        assert_eq!(verdict.checks[8].outcome, Outcome::Skipped, "no hash is known for it");
    }
}

#[test]
fn hmac_with_the_rsa_public_key_is_refused() {
    for alg in ["HS256", "HS384", "HS512"] {
        assert_eq!(
            failures_of(alg, "rsa", "HS256 with the public key", &all_keys()),
            ["id_token_alg_symmetric"]
        );
    }
}

#[test]
fn an_algorithm_that_does_not_fit_the_key_is_refused() {
    for (alg, kid) in [
        ("ES256", "rsa"),
        ("RS256", "p256"),
        ("ES384", "p256"),
        ("ES256", "p384"),
        ("EdDSA", "rsa"),
        ("RS256", "ed"),
    ] {
        assert_eq!(failures_of(alg, kid, alg, &all_keys()), ["id_token_alg_key_mismatch"], "{alg} {kid}");
    }
    let mut only_ps = rsa_jwk(&RSA, "rsa");
    signing::set(&mut only_ps, "alg", "PS256".into());
    let keys = key_set(&[only_ps]);
    assert_eq!(failures_of("RS256", "rsa", "RS256", &keys), ["id_token_alg_key_mismatch"]);
    assert!(failures_of("PS256", "rsa", "PS256", &keys).is_empty());
}

#[test]
fn invalid_sig_rs256() {
    for signed_as in ["RS256 by another key", "PS256", "RS384"] {
        assert_eq!(
            failures_of("RS256", "rsa", signed_as, &all_keys()),
            ["id_token_signature_invalid"],
            "{signed_as}"
        );
    }
    assert_eq!(failures_of("PS256", "rsa", "RS256", &all_keys()), ["id_token_signature_invalid"]);
}

#[test]
fn invalid_sig_es256_also_in_der_form() {
    for (signed_as, code) in [
        ("ES256 as DER", "id_token_signature_malformed"),
        ("ES384", "id_token_signature_malformed"),
        ("EdDSA", "id_token_signature_invalid"),
    ] {
        assert_eq!(failures_of("ES256", "p256", signed_as, &all_keys()), [code], "{signed_as}");
    }
    let token = signed("ES256 as DER", &json!({ "alg": "ES256", "kid": "p256" }), &payload());
    let verdict = verify(&token, &all_keys(), &expected());
    assert!(verdict.checks[0].got.contains("DER form"), "{}", verdict.checks[0].got);
}

#[test]
fn a_point_off_the_curve_verifies_nothing() {
    let mut off = ec_jwk(&P256, "P-256", "p256");
    signing::set(&mut off, "y", encoded([1; 32]).into());
    let keys = key_set(&[off]);
    assert_eq!(failures_of("ES256", "p256", "ES256", &keys), ["id_token_key_unusable"]);
}

#[test]
fn a_senseless_exponent_verifies_nothing() {
    for exponent in [&[][..], &[0], &[1], &[2], &[0xff; 300]] {
        let mut odd = rsa_jwk(&RSA, "rsa");
        signing::set(&mut odd, "e", encoded(exponent).into());
        assert_eq!(failures_of("RS256", "rsa", "RS256", &key_set(&[odd])), ["id_token_key_unusable"]);
    }
}

#[test]
fn a_changed_payload_breaks_the_signature() {
    let token = signed("RS256", &header(), &payload());
    let parts: Vec<&str> = token.split('.').collect();
    let other = payload_with(&[("admin", true.into())]);
    let forged = format!("{}.{}.{}", parts[0], encoded(other.to_string()), parts[2]);
    let verdict = verify(&forged, &keys(), &expected());
    assert_eq!(failures(&verdict), ["id_token_signature_invalid"]);
    let cut = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(failures(&verify(&cut, &keys(), &expected())), ["id_token_signature_missing"]);
}

#[test]
fn signing_key_rotation() {
    let old = key_set(&[rsa_jwk(&OTHER_RSA, "old")]);
    let token = signed("RS256", &header(), &payload());
    let verdict = verify(&token, &old, &expected());
    assert_eq!(failures(&verdict), ["id_token_unknown_kid"]);
    assert!(verdict.unknown_kid(), "the engine fetches the key set once more");
    assert!(verify(&token, &keys(), &expected()).accepted());
}

#[test]
fn a_key_that_may_not_be_used_is_not_called_unknown() {
    let weak = json!({ "kty": "RSA", "kid": "rsa", "n": encoded([0xff; 128]), "e": "AQAB" });
    let keys = key_set(&[weak]);
    assert_eq!(failures_of("RS256", "rsa", "RS256", &keys), ["id_token_key_unusable"]);
}

#[test]
fn kid_absent_single_jwks() {
    assert!(failures_of("RS256", "", "RS256", &all_keys()).is_empty(), "one key fits RS256");
}

#[test]
fn kid_absent_multiple_jwks() {
    let keys = key_set(&[rsa_jwk(&OTHER_RSA, "a"), rsa_jwk(&RSA, "b")]);
    assert_eq!(failures_of("RS256", "", "RS256", &keys), ["id_token_key_ambiguous"]);
}

#[test]
fn kid_absent_and_no_key_that_fits_asks_for_the_keys_again() {
    let keys = key_set(&[ec_jwk(&P256, "P-256", "p256")]);
    let token = signed("RS256", &json!({ "alg": "RS256" }), &payload());
    let verdict = verify(&token, &keys, &expected());
    assert_eq!(failures(&verdict), ["id_token_no_fitting_key"]);
    assert!(verdict.unknown_kid());
}

#[test]
fn a_kid_that_is_no_string_is_refused() {
    let token = signed("RS256", &json!({ "alg": "RS256", "kid": 1 }), &payload());
    assert_eq!(failures(&verify(&token, &keys(), &expected())), ["id_token_kid_malformed"]);
}

#[test]
fn keys_in_the_header_are_never_used() {
    let mine = rsa_jwk(&OTHER_RSA, "mine");
    for (name, value) in [
        ("jwk", mine.clone()),
        ("jku", "https://evil.example/jwks".into()),
        ("x5u", "https://evil.example/x".into()),
        ("x5c", json!(["MIIB"])),
    ] {
        let mut header = json!({ "alg": "RS256", "kid": "mine" });
        signing::set(&mut header, name, value.clone());
        let token = signed("RS256 by another key", &header, &payload());
        assert_eq!(failures(&verify(&token, &keys(), &expected())), ["id_token_unknown_kid"], "{name}");

        let mut header = super::header();
        signing::set(&mut header, name, value);
        let verdict = verify(&signed("RS256", &header, &payload()), &keys(), &expected());
        assert!(verdict.accepted(), "{name} changes nothing either");
    }
}
