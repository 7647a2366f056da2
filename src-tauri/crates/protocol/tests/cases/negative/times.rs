//! `exp`, `iat` and `nbf`, to the second.

use serde_json::{Value, json};

use crate::draft::{NOW, Row};

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    ("no exp", "id_token_exp_missing", "OIDC Core 2", |t| t.without("exp")),
    ("exp 60 s ago", "id_token_expired", "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", NOW - 60)),
    ("exp 61 s ago", "id_token_expired", "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", NOW - 61)),
    ("exp a year ago", "id_token_expired", "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", NOW - 31_536_000)),
    ("exp zero", "id_token_expired", "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", 0)),
    ("exp negative", "id_token_expired", "OIDC Core 3.1.3.7 (9)", |t| t.claim("exp", -1)),
    ("exp null", "id_token_exp_malformed", "RFC 7519 4.1.4", |t| t.claim("exp", Value::Null)),
    ("exp a text of digits", "id_token_exp_malformed", "RFC 7519 4.1.4", |t| t.claim("exp", (NOW + 300).to_string())),
    ("exp a date", "id_token_exp_malformed", "RFC 7519 4.1.4", |t| t.claim("exp", "2026-11-21T04:00:00Z")),
    ("exp in a list", "id_token_exp_malformed", "RFC 7519 4.1.4", |t| t.claim("exp", json!([NOW + 300]))),
    ("exp true", "id_token_exp_malformed", "RFC 7519 4.1.4", |t| t.claim("exp", true)),
    ("exp in milliseconds", "id_token_exp_malformed", "RFC 7519 2", |t| t.claim("exp", (NOW + 300) * 1000)),
    ("exp the largest i64", "id_token_exp_malformed", "RFC 7519 2", |t| t.claim("exp", i64::MAX)),
    ("exp beyond every integer", "id_token_exp_malformed", "RFC 7519 2", |t| t.claim_as("exp", "99999999999999999999999999")),
    ("exp 1e300", "id_token_exp_malformed", "RFC 7519 2", |t| t.claim_as("exp", "1e300")),

    ("no iat", "id_token_iat_missing", "OIDC Core 2", |t| t.without("iat")),
    ("iat 601 s ago", "id_token_iat_too_old", "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", NOW - 601)),
    ("iat a day ago", "id_token_iat_too_old", "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", NOW - 86_400)),
    ("iat zero", "id_token_iat_too_old", "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", 0)),
    ("iat in 61 s", "id_token_iat_in_future", "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", NOW + 61)),
    ("iat in an hour", "id_token_iat_in_future", "OIDC Core 3.1.3.7 (10)", |t| t.claim("iat", NOW + 3600)),
    ("iat null", "id_token_iat_malformed", "RFC 7519 4.1.6", |t| t.claim("iat", Value::Null)),
    ("iat a text of digits", "id_token_iat_malformed", "RFC 7519 4.1.6", |t| t.claim("iat", NOW.to_string())),
    ("iat an object", "id_token_iat_malformed", "RFC 7519 4.1.6", |t| t.claim("iat", json!({}))),
    ("iat in milliseconds", "id_token_iat_malformed", "RFC 7519 2", |t| t.claim("iat", NOW * 1000)),
    ("iat the smallest i64", "id_token_iat_malformed", "RFC 7519 2", |t| t.claim("iat", i64::MIN)),

    ("nbf in 61 s", "id_token_not_yet_valid", "RFC 7519 4.1.5", |t| t.claim("nbf", NOW + 61)),
    ("nbf in an hour", "id_token_not_yet_valid", "RFC 7519 4.1.5", |t| t.claim("nbf", NOW + 3600)),
    ("nbf null", "id_token_nbf_malformed", "RFC 7519 4.1.5", |t| t.claim("nbf", Value::Null)),
    ("nbf a text of digits", "id_token_nbf_malformed", "RFC 7519 4.1.5", |t| t.claim("nbf", NOW.to_string())),
    ("nbf true", "id_token_nbf_malformed", "RFC 7519 4.1.5", |t| t.claim("nbf", true)),
    ("nbf beyond every integer", "id_token_nbf_malformed", "RFC 7519 2", |t| t.claim_as("nbf", "-99999999999999999999999999")),
];
