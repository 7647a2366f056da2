//! Who made it, for whom, about whom, and for which sign-in.

use serde_json::{Value, json};

use crate::draft::{CLIENT, ISSUER, NONCE, Row};

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    ("no iss", "id_token_iss_missing", "OIDC Core 2", |t| t.without("iss")),
    ("iss null", "id_token_iss_malformed", "OIDC Core 2", |t| t.claim("iss", Value::Null)),
    ("iss a number", "id_token_iss_malformed", "OIDC Core 2", |t| t.claim("iss", 1)),
    ("iss in a list", "id_token_iss_malformed", "OIDC Core 2", |t| t.claim("iss", json!([ISSUER]))),
    ("iss empty", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", "")),
    ("iss of another", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", "https://evil.example")),
    ("iss with a slash at the end", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", format!("{ISSUER}/"))),
    ("iss in capitals", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", ISSUER.to_uppercase())),
    ("iss over http", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", "http://login.example.com")),
    ("iss with its port", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", format!("{ISSUER}:443"))),
    ("iss with more at the end", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", format!("{ISSUER}.evil.example"))),
    ("iss with a space", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", format!("{ISSUER} "))),
    ("iss with a letter of another alphabet", "id_token_iss_mismatch", "OIDC Core 3.1.3.7 (2)", |t| t.claim("iss", "https://login.ex\u{430}mple.com")),

    ("no aud", "id_token_aud_missing", "OIDC Core 2", |t| t.without("aud")),
    ("aud null", "id_token_aud_malformed", "RFC 7519 4.1.3", |t| t.claim("aud", Value::Null)),
    ("aud a number", "id_token_aud_malformed", "RFC 7519 4.1.3", |t| t.claim("aud", 1)),
    ("aud an object", "id_token_aud_malformed", "RFC 7519 4.1.3", |t| t.claim("aud", json!({ CLIENT: true }))),
    ("aud a list with a number", "id_token_aud_malformed", "RFC 7519 4.1.3", |t| t.claim("aud", json!([CLIENT, 1]))),
    ("aud a list in a list", "id_token_aud_malformed", "RFC 7519 4.1.3", |t| t.claim("aud", json!([[CLIENT]]))),
    ("aud an empty list", "id_token_aud_empty", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", json!([]))),
    ("aud empty", "id_token_aud_mismatch", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", "")),
    ("aud of another client", "id_token_aud_mismatch", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", "test-other")),
    ("aud of another client in a list", "id_token_aud_mismatch", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", json!(["test-other"]))),
    ("aud in capitals", "id_token_aud_mismatch", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", CLIENT.to_uppercase())),
    ("aud that begins with ours", "id_token_aud_mismatch", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", format!("{CLIENT}-2"))),
    ("aud with ours among words", "id_token_aud_mismatch", "OIDC Core 3.1.3.7 (3)", |t| t.claim("aud", format!("other {CLIENT}"))),

    ("several aud, no azp", "id_token_azp_missing", "OIDC Core 3.1.3.7 (4)", |t| t.claim("aud", json!([CLIENT, "other"]))),
    ("several aud, azp of another", "id_token_azp_mismatch", "OIDC Core 3.1.3.7 (5)", |t| t.claim("aud", json!([CLIENT, "other"])).claim("azp", "other")),
    ("one aud, azp of another", "id_token_azp_mismatch", "OIDC Core 3.1.3.7 (5)", |t| t.claim("azp", "other")),
    ("azp empty", "id_token_azp_mismatch", "OIDC Core 3.1.3.7 (5)", |t| t.claim("azp", "")),
    ("azp null", "id_token_azp_malformed", "OIDC Core 2", |t| t.claim("azp", Value::Null)),
    ("azp in a list", "id_token_azp_malformed", "OIDC Core 2", |t| t.claim("azp", json!([CLIENT]))),

    ("no nonce", "id_token_nonce_missing", "OIDC Core 3.1.3.7 (11)", |t| t.without("nonce")),
    ("nonce null", "id_token_nonce_malformed", "OIDC Core 2", |t| t.claim("nonce", Value::Null)),
    ("nonce a number", "id_token_nonce_malformed", "OIDC Core 2", |t| t.claim("nonce", 1)),
    ("nonce in a list", "id_token_nonce_malformed", "OIDC Core 2", |t| t.claim("nonce", json!([NONCE]))),
    ("nonce empty", "id_token_nonce_mismatch", "OIDC Core 3.1.3.7 (11)", |t| t.claim("nonce", "")),
    ("nonce of another sign-in", "id_token_nonce_mismatch", "OIDC Core 3.1.3.7 (11)", |t| t.claim("nonce", "xyz")),
    ("nonce in lower case", "id_token_nonce_mismatch", "OIDC Core 3.1.3.7 (11)", |t| t.claim("nonce", NONCE.to_lowercase())),

    ("no sub", "id_token_sub_missing", "OIDC Core 2", |t| t.without("sub")),
    ("sub empty", "id_token_sub_empty", "OIDC Core 2", |t| t.claim("sub", "")),
    ("sub null", "id_token_sub_malformed", "OIDC Core 2", |t| t.claim("sub", Value::Null)),
    ("sub a number", "id_token_sub_malformed", "OIDC Core 2", |t| t.claim("sub", 7)),
    ("sub in a list", "id_token_sub_malformed", "OIDC Core 2", |t| t.claim("sub", json!(["thandi"]))),
];
