use aws_lc_rs::{rsa::KeySize, signature::RsaKeyPair};
use serde_json::{Value, json};

use super::*;
use crate::signing::{
    ED25519, OTHER_RSA, P256, P384, RSA, ec_jwk, ed_jwk, encoded, key_set, key_set_reply, rsa_jwk, set,
};

fn rsa_with(name: &str, value: Value) -> Value {
    let mut key = rsa_jwk(&RSA, "k");
    set(&mut key, name, value);
    key
}

fn error_code(status: u16, body: &str) -> &'static str {
    let reply = HttpReply { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
    process_jwks(&reply).unwrap_err().code()
}

#[test]
fn each_kind_of_key_is_read() {
    let jwks = key_set(&[
        rsa_jwk(&RSA, "a"),
        ec_jwk(&P256, "P-256", "b"),
        ec_jwk(&P384, "P-384", "c"),
        ed_jwk(&ED25519, "d"),
    ]);
    assert_eq!(jwks.kids(), ["a", "b", "c", "d"]);
    assert!(jwks.warnings().is_empty());
}

#[test]
fn keys_for_encryption_and_unknown_kinds_are_skipped_alone_and_silently() {
    let jwks = key_set(&[
        rsa_with("use", "enc".into()),
        rsa_with("key_ops", json!(["encrypt"])),
        rsa_with("key_ops", json!("verify")),
        json!({ "kty": "AKP", "kid": "pq", "pub": "x" }),
        json!({ "kty": "OKP", "crv": "X25519", "kid": "x", "x": "x" }),
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "y", "x": "x", "y": "y" }),
        json!("not even an object"),
        rsa_jwk(&RSA, "good"),
    ]);
    assert_eq!(jwks.kids(), ["good"]);
    assert!(jwks.warnings().is_empty(), "{:?}", jwks.warnings());
}

#[test]
fn key_ops_with_verify_and_no_use_at_all_are_fine() {
    let mut plain = rsa_jwk(&RSA, "plain");
    set(&mut plain, "use", Value::Null);
    let jwks = key_set(&[rsa_with("key_ops", json!(["verify"])), plain]);
    assert_eq!(jwks.kids(), ["k", "plain"]);
}

#[test]
fn private_members_are_a_loud_warning() {
    let jwks = key_set(&[rsa_with("d", "AQAB".into())]);
    assert_eq!(
        jwks.warnings(),
        [
            "The provider publishes the private part of key k. Anyone can sign with it: tell the provider at once."
        ]
    );
}

#[test]
fn shared_secrets_are_never_keys() {
    let jwks = key_set(&[json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0" })]);
    assert!(jwks.kids().is_empty());
    assert_eq!(jwks.warnings().len(), 2, "published, and never used");
    assert_eq!(
        jwks.select(Some("s"), Algorithm::RS256).unwrap_err(),
        SelectError::Ignored("it is a shared secret, which a public key set must not hold".to_owned())
    );
}

#[test]
fn rsa_keys_below_2048_bits_are_never_used() {
    let large = RsaKeyPair::generate(KeySize::Rsa3072).unwrap();
    assert_eq!(key_set(&[rsa_jwk(&large, "large")]).kids(), ["large"]);
    for bytes in [vec![0xff; 128], [vec![0x7f], vec![0xff; 255]].concat(), vec![0; 256]] {
        let jwks = key_set(&[rsa_with("n", encoded(bytes).into())]);
        assert!(jwks.kids().is_empty());
        assert!(jwks.warnings()[0].contains("outside 2048 to 8192"), "{:?}", jwks.warnings());
    }
}

#[test]
fn malformed_keys_are_left_out_with_a_warning() {
    for (name, value) in [
        ("n", Value::Null),
        ("n", "a+b/".into()),
        ("n", 1.into()),
        ("e", Value::Null),
        ("kty", Value::Null),
        ("kid", 1.into()),
    ] {
        let jwks = key_set(&[rsa_with(name, value.clone()), rsa_jwk(&OTHER_RSA, "good")]);
        assert_eq!(jwks.kids(), ["good"], "{name} {value}");
        assert_eq!(jwks.warnings().len(), 1);
    }
    let mut short = ec_jwk(&P256, "P-256", "short");
    set(&mut short, "x", encoded([1; 31]).into());
    assert!(key_set(&[short]).kids().is_empty());
}

#[test]
fn a_repeated_kid_is_narrowed_by_kind_and_algorithm() {
    let mut named = rsa_jwk(&OTHER_RSA, "same");
    set(&mut named, "alg", "PS256".into());
    let jwks = key_set(&[rsa_jwk(&RSA, "same"), ec_jwk(&P256, "P-256", "same"), named]);
    assert!(jwks.select(Some("same"), Algorithm::ES256).is_ok());
    assert!(jwks.select(Some("same"), Algorithm::RS256).is_ok(), "the other RSA key is for PS256");
    assert_eq!(jwks.select(Some("same"), Algorithm::PS256).unwrap_err(), SelectError::Several(2));
}

#[test]
fn pages_redirects_and_large_sets_are_errors() {
    assert_eq!(error_code(302, ""), "jwks_redirect");
    assert_eq!(error_code(404, "<html>"), "jwks_status");
    assert_eq!(error_code(200, "<html>"), "jwks_not_json");
    assert_eq!(error_code(200, "[]"), "jwks_without_keys");
    assert_eq!(error_code(200, r#"{"keys":{}}"#), "jwks_without_keys");
    assert_eq!(error_code(200, r#"{"keys":[],"keys":[]}"#), "jwks_duplicate_member");
    assert_eq!(error_code(200, r#"{"keys":[{"kty":"RSA","kty":"EC"}]}"#), "jwks_duplicate_member");
    assert_eq!(error_code(200, &" ".repeat(MAX_LENGTH + 1)), "jwks_too_large");
    assert!(process_jwks(&key_set_reply(&[])).is_ok(), "an empty set is a set");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", number in "[-0-9.eE]{1,6}") {
        let reply = |body: String| HttpReply { status: 200, headers: Vec::new(), body: body.into_bytes() };
        let _ = process_jwks(&reply(text.clone()));
        let _ = read_pasted(&text);
        let text = Value::from(text);
        for (name, value) in [("n", &text), ("e", &text), ("x", &text), ("kty", &text), ("kid", &text)] {
            for key in [rsa_jwk(&RSA, "k"), ec_jwk(&P256, "P-256", "k"), ed_jwk(&ED25519, "k")] {
                let mut key = key;
                set(&mut key, name, value.clone());
                let _ = process_jwks(&key_set_reply(&[key]));
            }
        }
        let _ = process_jwks(&reply(format!(r#"{{"keys":[{{"kty":"RSA","n":{number}}}]}}"#)));
    }
}

#[test]
fn a_set_full_of_bad_keys_tells_of_the_first_and_counts_the_others() {
    let mut keys = vec![json!({ "kty": "oct", "k": "x" }); 500];
    keys.push(rsa_jwk(&RSA, "good"));
    let jwks = key_set(&keys);
    assert_eq!(jwks.kids(), ["good"], "however many others there are");
    // Each of them is private and unusable.
    assert_eq!(jwks.warnings().len(), 21);
    assert_eq!(jwks.warnings()[20], "There are 980 more such warnings about its keys.");
}
