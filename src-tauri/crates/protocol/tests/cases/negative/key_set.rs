//! Which keys of a set may verify, and how one is found.

use serde_json::{Value, json};

use crate::{
    draft::Row,
    keys::{encoded, other_rsa, p256, p384, rsa, with},
};

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    // Which key (RFC 7515 4.1.4).
    ("an unknown kid", "id_token_unknown_kid", "OIDC Core 10.1", |t| t.kid("gone")),
    ("a kid in another case", "id_token_unknown_kid", "RFC 7515 4.1.4", |t| t.kid("RSA")),
    ("a kid with a space", "id_token_unknown_kid", "RFC 7515 4.1.4", |t| t.kid("rsa ")),
    ("an empty kid", "id_token_unknown_kid", "RFC 7515 4.1.4", |t| t.kid("")),
    ("a kid that is a path", "id_token_unknown_kid", "RFC 8725 3.10", |t| t.kid("../../dev/null")),
    ("a kid of a set without keys", "id_token_unknown_kid", "OIDC Core 10.1", |t| t.keys(vec![])),
    ("a kid that is a number", "id_token_kid_malformed", "RFC 7515 4.1.4", |t| t.kid(1)),
    ("a kid that is null", "id_token_kid_malformed", "RFC 7515 4.1.4", |t| t.kid(Value::Null)),
    ("no kid, and two keys that fit", "id_token_key_ambiguous", "OIDC Core 10.1", |t| t.header_without("kid").keys(vec![rsa(), other_rsa()])),
    ("no kid, and keys without a kid", "id_token_key_ambiguous", "OIDC Core 10.1", |t| t.header_without("kid").keys(vec![rsa(), with(other_rsa(), &[("kid", Value::Null)])])),
    ("no kid, and no key that fits", "id_token_no_fitting_key", "OIDC Core 10.1", |t| t.header_without("kid").keys(vec![p256(), p384()])),
    ("no kid, and no key at all", "id_token_no_fitting_key", "OIDC Core 10.1", |t| t.header_without("kid").keys(vec![])),
    ("a kid twice", "id_token_key_ambiguous", "RFC 7517 4.5", |t| t.keys(vec![with(other_rsa(), &[("kid", "rsa".into())]), rsa()])),
    ("a kid twice, both for its alg", "id_token_key_ambiguous", "RFC 7517 4.5", |t| t.keys(vec![with(other_rsa(), &[("kid", "rsa".into()), ("alg", "RS256".into())]), with(rsa(), &[("alg", "RS256".into())])])),

    // Keys that are for something else.
    ("a key with use enc", "id_token_key_unusable", "RFC 7517 4.2", |t| t.key_with("use", "enc")),
    ("a key with a use that is no text", "id_token_key_unusable", "RFC 7517 4.2", |t| t.key_with("use", 1)),
    ("a key whose key_ops only sign", "id_token_key_unusable", "RFC 7517 4.3", |t| t.key_with("key_ops", json!(["sign"]))),
    ("a key whose key_ops are empty", "id_token_key_unusable", "RFC 7517 4.3", |t| t.key_with("key_ops", json!([]))),
    ("a key whose key_ops are no list", "id_token_key_unusable", "RFC 7517 4.3", |t| t.key_with("key_ops", "verify")),
    ("no kid, and the one key is for encryption", "id_token_no_fitting_key", "RFC 7517 4.2", |t| t.header_without("kid").key_with("use", "enc")),

    // Keys that are none.
    ("a shared secret", "id_token_key_unusable", "RFC 8725 3.5", |t| t.keys(vec![json!({ "kty": "oct", "kid": "rsa", "k": "c2VjcmV0" })])),
    ("an RSA key of 1024 bits", "id_token_key_unusable", "RFC 7518 3.3", |t| t.key_with("n", encoded([0xff; 128]))),
    ("an RSA key of 2047 bits", "id_token_key_unusable", "RFC 7518 3.3", |t| t.key_with("n", encoded([&[0x7f][..], &[0xff; 255]].concat()))),
    ("an RSA key with the exponent 1", "id_token_key_unusable", "RFC 8017 3.1", |t| t.key_with("e", "AQ")),
    ("an RSA key with an even exponent", "id_token_key_unusable", "RFC 8017 3.1", |t| t.key_with("e", "AQAC")),
    ("an RSA key without an exponent", "id_token_key_unusable", "RFC 7518 6.3.1", |t| t.key_with("e", Value::Null)),
    ("an RSA key without a modulus", "id_token_key_unusable", "RFC 7518 6.3.1", |t| t.key_with("n", Value::Null)),
    ("an RSA key with padding", "id_token_key_unusable", "RFC 7518 6.3.1", |t| t.key_with("e", "AQAB==")),
    ("a key without a kty", "id_token_key_unusable", "RFC 7517 4.1", |t| t.key_with("kty", Value::Null)),
    ("a key of an unknown kty", "id_token_key_unusable", "RFC 7517 4.1", |t| t.key_with("kty", "AKP")),
    ("a kty in lower case", "id_token_key_unusable", "RFC 7517 4.1", |t| t.key_with("kty", "rsa")),
    ("a key whose alg is a number", "id_token_key_unusable", "RFC 7517 4.4", |t| t.key_with("alg", 256)),
    ("a point off the curve", "id_token_key_unusable", "RFC 7518 6.2.1", |t| t.by("ES256", p256()).key_with("y", encoded([1; 32]))),
    ("a point at zero", "id_token_key_unusable", "RFC 7518 6.2.1", |t| t.by("ES256", p256()).key_with("x", encoded([0; 32])).key_with("y", encoded([0; 32]))),
    ("a P-384 point off the curve", "id_token_key_unusable", "RFC 7518 6.2.1", |t| t.by("ES384", p384()).key_with("y", encoded([1; 48]))),
    ("a point with a byte less", "id_token_key_unusable", "RFC 7518 6.2.1", |t| t.by("ES256", p256()).key_with("x", encoded([1; 31]))),
    ("a point without y", "id_token_key_unusable", "RFC 7518 6.2.1", |t| t.by("ES256", p256()).key_with("y", Value::Null)),
    ("a point that says P-384", "id_token_key_unusable", "RFC 7518 6.2.1", |t| t.by("ES256", p256()).key_with("crv", "P-384")),
    ("a point on secp256k1", "id_token_key_unusable", "RFC 8725 3.1", |t| t.by("ES256", p256()).key_with("crv", "secp256k1")),
];
