//! `id_token`s that are right, however unusual, and must not be refused.

use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::{
    draft::{ACCESS_TOKEN, CLIENT, CODE, Draft, NONCE, NOW, Row, STATE, distinct, failures, report},
    keys::{ed25519, encoded, other_rsa, p256, p384, rsa, rsa_3072, with},
};

fn half(hash: &[u8]) -> String {
    encoded(&hash[..hash.len() / 2])
}

#[rustfmt::skip]
const CASES: &[Row<()>] = &[
    // Each algorithm of the list.
    ("RS256", (), "RFC 7518 3.3", |t| t),
    ("RS384", (), "RFC 7518 3.3", |t| t.by("RS384", rsa())),
    ("RS512", (), "RFC 7518 3.3", |t| t.by("RS512", rsa())),
    ("PS256", (), "RFC 7518 3.5", |t| t.by("PS256", rsa())),
    ("PS384", (), "RFC 7518 3.5", |t| t.by("PS384", rsa())),
    ("PS512", (), "RFC 7518 3.5", |t| t.by("PS512", rsa())),
    ("ES256", (), "RFC 7518 3.4", |t| t.by("ES256", p256())),
    ("ES384", (), "RFC 7518 3.4", |t| t.by("ES384", p384())),
    ("EdDSA", (), "RFC 8037 3.1", |t| t.by("EdDSA", ed25519())),
    ("RS256 by an RSA key of 3072 bits", (), "RFC 7518 3.3", |t| t.by("RS256", rsa_3072()).signed_by("RS256 by a long key")),

    // How the key is found.
    ("no kid, one key", (), "OIDC Core 10.1", |t| t.header_without("kid")),
    ("no kid, one key that fits among others", (), "OIDC Core 10.1", |t| t.header_without("kid").keys(vec![p256(), ed25519(), rsa()])),
    ("no kid, the other key is for encryption", (), "RFC 7517 4.2", |t| t.header_without("kid").keys(vec![with(other_rsa(), &[("use", "enc".into())]), rsa()])),
    ("no kid, the other key is for another alg", (), "RFC 7517 4.4", |t| t.header_without("kid").keys(vec![with(other_rsa(), &[("alg", "PS256".into())]), rsa()])),
    ("no kid in the key either", (), "OIDC Core 10.1", |t| t.header_without("kid").key_with("kid", Value::Null)),
    ("a kid twice, narrowed by kty", (), "RFC 7517 4.5", |t| t.keys(vec![with(p256(), &[("kid", "rsa".into())]), rsa()])),
    ("a kid twice, narrowed by alg", (), "RFC 7517 4.5", |t| t.keys(vec![with(other_rsa(), &[("kid", "rsa".into()), ("alg", "RS512".into())]), rsa()])),
    ("a kid twice, once for encryption", (), "RFC 7517 4.5", |t| t.keys(vec![with(other_rsa(), &[("kid", "rsa".into()), ("use", "enc".into())]), rsa()])),
    ("an unknown kty beside it", (), "RFC 7517 5", |t| t.keys(vec![json!({ "kty": "AKP", "kid": "pq", "pub": "x" }), rsa()])),
    ("a broken key beside it", (), "RFC 7517 5", |t| t.keys(vec![json!({ "kty": "RSA", "kid": "x", "n": 1 }), json!("not a key"), rsa()])),
    ("a key without use", (), "RFC 7517 4.2", |t| t.key_with("use", Value::Null)),
    ("a key with its alg", (), "RFC 7517 4.4", |t| t.key_with("alg", "RS256")),
    ("a key whose key_ops verify", (), "RFC 7517 4.3", |t| t.key_with("key_ops", json!(["verify"]))),
    ("a key with its certificate", (), "RFC 7517 4.7", |t| t.key_with("x5c", json!(["MIIB"])).key_with("x5t", "x")),

    // What the header may say.
    ("no typ", (), "RFC 7519 5.1", |t| t.header_without("typ")),
    ("typ jwt in lower case", (), "RFC 7519 5.1", |t| t.header("typ", "jwt")),
    ("typ with the whole media type", (), "RFC 7515 4.1.9", |t| t.header("typ", "application/jwt")),
    ("unknown members in the header", (), "RFC 7515 4.2", |t| t.header("x", json!({ "y": [1] })).header("cty", "json")),
    ("the provider's own jwk in the header, which is not read", (), "RFC 7515 4.1.3", |t| t.header("jwk", other_rsa()).header("jku", "https://evil.example")),

    // For whom.
    ("aud in a list", (), "OIDC Core 2", |t| t.claim("aud", json!([CLIENT]))),
    ("aud in a list, azp the client", (), "OIDC Core 3.1.3.7 (5)", |t| t.claim("aud", json!([CLIENT])).claim("azp", CLIENT)),
    ("several aud, azp the client", (), "OIDC Core 3.1.3.7 (4, 5)", |t| t.claim("aud", json!(["other", CLIENT])).claim("azp", CLIENT)),
    ("one aud, azp the client", (), "OIDC Core 3.1.3.7 (5)", |t| t.claim("azp", CLIENT)),

    // Times, to the second.
    ("exp 59 s ago", (), "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", NOW - 59)),
    ("exp now", (), "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", NOW)),
    ("exp in the year 9999", (), "RFC 7519 2", |t| t.claim("exp", 253_402_300_799_i64)),
    ("iat 600 s ago", (), "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", NOW - 600)),
    ("iat in 60 s", (), "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", NOW + 60)),
    ("nbf in 60 s", (), "RFC 7519 4.1.5", |t| t.claim("nbf", NOW + 60)),
    ("nbf long ago", (), "RFC 7519 4.1.5", |t| t.claim("nbf", 0)),
    ("no nbf", (), "RFC 7519 4.1.5", |t| t.without("nbf")),
    ("times with fractions", (), "RFC 7519 2", |t| t.claim_as("iat", &format!("{}.75", NOW - 3)).claim_as("exp", &format!("{}.5", NOW + 300))),
    ("times with exponents", (), "RFC 7519 2", |t| t.claim_as("exp", "1.795230340e9").claim_as("nbf", "1e9")),

    // What binds it to its sign-in.
    ("at_hash of RS256", (), "OIDC Core 3.1.3.8", |t| t.claim("at_hash", half(&Sha256::digest(ACCESS_TOKEN)))),
    ("at_hash of RS384", (), "OIDC Core 3.1.3.8", |t| t.by("RS384", rsa()).claim("at_hash", half(&Sha384::digest(ACCESS_TOKEN)))),
    ("at_hash of PS512", (), "OIDC Core 3.1.3.8", |t| t.by("PS512", rsa()).claim("at_hash", half(&Sha512::digest(ACCESS_TOKEN)))),
    ("at_hash of ES384", (), "OIDC Core 3.1.3.8", |t| t.by("ES384", p384()).claim("at_hash", half(&Sha384::digest(ACCESS_TOKEN)))),
    ("at_hash of EdDSA", (), "OIDC Core 3.1.3.8", |t| t.by("EdDSA", ed25519()).claim("at_hash", half(&Sha512::digest(ACCESS_TOKEN)))),
    ("c_hash", (), "OIDC Core 3.3.2.11", |t| t.claim("c_hash", half(&Sha256::digest(CODE)))),
    ("s_hash", (), "FAPI 1.0 Advanced 5.2.3.1", |t| t.claim("s_hash", half(&Sha256::digest(STATE)))),

    // What else may be in it.
    ("claims that nobody knows", (), "OIDC Core 3.1.3.7", |t| t.claim("https://example.com/roles", json!([{ "a": null }])).claim("limit", 1.5)),
    ("events of another kind", (), "RFC 8417 2.2", |t| t.claim("events", json!({ "https://example.com/login": {} }))),
    ("a sub of 255 characters", (), "OIDC Core 2", |t| t.claim("sub", "s".repeat(255))),
    ("a sub with letters of all alphabets", (), "OIDC Core 2", |t| t.claim("sub", "тхаnди \u{1f511}")),
    ("nearly 64 KiB", (), "Bobbin", |t| t.claim("filler", "x".repeat(47_000))),
    ("white space in its JSON", (), "RFC 7519 3.1", |t| t.claims_and(" \r\n\t")),

    // Refreshed (OIDC Core 12.2).
    ("refreshed: without a nonce", (), "OIDC Core 12.2", |t| t.refreshed()),
    ("refreshed: with the nonce of before", (), "OIDC Core 12.2", |t| t.refreshed().claim("nonce", NONCE)),
    ("refreshed: without auth_time", (), "OIDC Core 12.2", |t| t.refreshed().without("auth_time")),
    ("refreshed: auth_time for the first time", (), "OIDC Core 12.2", |t| t.refreshed().before("auth_time", Value::Null)),
    ("refreshed: aud in a list", (), "OIDC Core 12.2", |t| t.refreshed().claim("aud", json!([CLIENT]))),
    ("refreshed: by another key and alg", (), "OIDC Core 12.2", |t| t.by("ES256", p256()).refreshed()),
    ("refreshed: at_hash of the new access token", (), "OIDC Core 12.2", |t| t.refreshed().claim("at_hash", half(&Sha256::digest(ACCESS_TOKEN)))),
    ("refreshed: another amr and sid", (), "OIDC Core 12.2", |t| t.refreshed().claim("amr", json!(["otp"])).claim("sid", "new")),
];

#[test]
fn no_right_id_token_is_refused() {
    distinct(CASES.iter().map(|case| case.0));
    let mut rejected = Vec::new();
    for (name, (), section, make) in CASES {
        let verdict = make(Draft::sign_in()).verdict();
        if !verdict.accepted() {
            rejected.push(format!("{name} ({section}): {:?}", failures(&verdict)));
        }
    }
    report("id_token valid", CASES.len(), 40, &rejected, "rejected");
}

#[test]
fn a_set_that_gives_away_its_private_key_still_verifies_and_warns_loudly() {
    let draft = Draft::sign_in().key_with("d", "AQAB");
    assert!(draft.verdict().accepted());
    assert!(draft.key_set().warnings().concat().contains("private part of key rsa"));
}
