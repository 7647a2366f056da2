//! `at_hash`, `c_hash` and `s_hash`, where they are there.

use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::{
    draft::{ACCESS_TOKEN, CODE, Row, STATE},
    keys::{ed25519, encoded, p384},
};

/// The left half of SHA-256, as RS256 has it.
fn half(value: &str) -> String {
    encoded(&Sha256::digest(value)[..16])
}

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    ("at_hash of another token", "id_token_at_hash_mismatch", "OIDC Core 3.1.3.8", |t| t.claim("at_hash", half("another"))),
    ("at_hash of the code", "id_token_at_hash_mismatch", "OIDC Core 3.1.3.8", |t| t.claim("at_hash", half(CODE))),
    ("at_hash with a letter in another case", "id_token_at_hash_mismatch", "OIDC Core 3.1.3.8", |t| t.claim("at_hash", half(ACCESS_TOKEN).replacen('j', "J", 1))),
    ("at_hash with the right half", "id_token_at_hash_mismatch", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", encoded(&Sha256::digest(ACCESS_TOKEN)[16..]))),
    ("at_hash of the first half of SHA-512", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", encoded(&Sha512::digest(ACCESS_TOKEN)[..32]))),
    ("at_hash of 16 bytes of SHA-512", "id_token_at_hash_mismatch", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", encoded(&Sha512::digest(ACCESS_TOKEN)[..16]))),
    ("at_hash with all of the hash", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", encoded(Sha256::digest(ACCESS_TOKEN)))),
    ("at_hash with padding", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", format!("{}==", half(ACCESS_TOKEN)))),
    ("at_hash in hex", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", "8e9514a61c9491909b0acb10621b3ab9")),
    ("at_hash empty", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", "")),
    ("at_hash null", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", Value::Null)),
    ("at_hash a number", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.claim("at_hash", 1)),
    ("at_hash of SHA-256 under ES384", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.by("ES384", p384()).claim("at_hash", half(ACCESS_TOKEN))),
    ("at_hash of SHA-256 under EdDSA", "id_token_at_hash_malformed", "OIDC Core 3.1.3.6", |t| t.by("EdDSA", ed25519()).claim("at_hash", half(ACCESS_TOKEN))),
    ("c_hash of another code", "id_token_c_hash_mismatch", "OIDC Core 3.3.2.11", |t| t.claim("c_hash", half("another"))),
    ("c_hash of the access token", "id_token_c_hash_mismatch", "OIDC Core 3.3.2.11", |t| t.claim("c_hash", half(ACCESS_TOKEN))),
    ("c_hash with padding", "id_token_c_hash_malformed", "OIDC Core 3.3.2.11", |t| t.claim("c_hash", format!("{}==", half(CODE)))),
    ("c_hash in a list", "id_token_c_hash_malformed", "OIDC Core 3.3.2.11", |t| t.claim("c_hash", json!([half(CODE)]))),
    ("s_hash of another state", "id_token_s_hash_mismatch", "FAPI 1.0 Advanced 5.2.3.1", |t| t.claim("s_hash", half("abc"))),
    ("s_hash in lower case", "id_token_s_hash_mismatch", "FAPI 1.0 Advanced 5.2.3.1", |t| t.claim("s_hash", half(STATE).replacen('K', "k", 1))),
    ("s_hash with all of the hash", "id_token_s_hash_malformed", "FAPI 1.0 Advanced 5.2.3.1", |t| t.claim("s_hash", encoded(Sha256::digest(STATE)))),
    ("s_hash true", "id_token_s_hash_malformed", "FAPI 1.0 Advanced 5.2.3.1", |t| t.claim("s_hash", true)),
];
