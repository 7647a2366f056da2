//! The `id_token` of a refresh, beside the one before (OIDC Core 12.2).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    draft::{CLIENT, NOW, Row},
    keys::encoded,
};

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    ("refreshed: another sub", "id_token_sub_changed", "OIDC Core 12.2", |t| t.refreshed().claim("sub", "user/f5cc94ee/fnb/another")),
    ("refreshed: sub in capitals", "id_token_sub_changed", "OIDC Core 12.2", |t| t.refreshed().claim("sub", "USER/F5CC94EE/FNB/97CCC5FD")),
    ("refreshed: no sub", "id_token_sub_missing", "OIDC Core 12.2", |t| t.refreshed().without("sub")),
    ("refreshed: another iss than the configured", "id_token_iss_mismatch", "OIDC Core 12.2", |t| t.refreshed().claim("iss", "https://evil.example")),
    ("refreshed: another iss than before", "id_token_iss_changed", "OIDC Core 12.2", |t| t.refreshed().before("iss", "https://before.example")),
    ("refreshed: no iss", "id_token_iss_missing", "OIDC Core 12.2", |t| t.refreshed().without("iss")),
    ("refreshed: aud without the client", "id_token_aud_mismatch", "OIDC Core 12.2", |t| t.refreshed().claim("aud", "other")),
    ("refreshed: no aud", "id_token_aud_missing", "OIDC Core 12.2", |t| t.refreshed().without("aud")),
    ("refreshed: several aud, no azp", "id_token_azp_missing", "OIDC Core 12.2", |t| t.refreshed().claim("aud", json!([CLIENT, "other"]))),
    ("refreshed: azp of another", "id_token_azp_mismatch", "OIDC Core 12.2", |t| t.refreshed().claim("azp", "other")),
    ("refreshed: auth_time now", "id_token_auth_time_changed", "OIDC Core 12.2", |t| t.refreshed().claim("auth_time", NOW)),
    ("refreshed: auth_time a second earlier", "id_token_auth_time_changed", "OIDC Core 12.2", |t| t.refreshed().claim("auth_time", NOW - 43)),
    ("refreshed: auth_time null", "id_token_auth_time_malformed", "OIDC Core 12.2", |t| t.refreshed().claim("auth_time", Value::Null)),
    ("refreshed: auth_time a text", "id_token_auth_time_malformed", "OIDC Core 12.2", |t| t.refreshed().claim("auth_time", (NOW - 42).to_string())),
    ("refreshed: another nonce", "id_token_nonce_mismatch", "OIDC Core 12.2", |t| t.refreshed().claim("nonce", "another")),
    ("refreshed: nonce a number", "id_token_nonce_malformed", "OIDC Core 12.2", |t| t.refreshed().claim("nonce", 1)),
    ("refreshed: at_hash of the old access token", "id_token_at_hash_mismatch", "OIDC Core 3.1.3.8", |t| t.refreshed().claim("at_hash", encoded(&Sha256::digest("the old one")[..16]))),
    ("refreshed: the token before once more", "id_token_iat_too_old", "OIDC Core 12.2", |t| t.refreshed().claim("iat", NOW - 3628)),
    ("refreshed: iat in the future", "id_token_iat_in_future", "OIDC Core 12.2", |t| t.refreshed().claim("iat", NOW + 300)),
    ("refreshed: expired", "id_token_expired", "OIDC Core 12.2", |t| t.refreshed().claim("exp", NOW - 100)),
    ("refreshed: alg none", "id_token_alg_none", "OIDC Core 12.2", |t| t.refreshed().alg("none").signed_by("nothing")),
    ("refreshed: an unknown kid", "id_token_unknown_kid", "OIDC Core 12.2", |t| t.refreshed().kid("gone")),
    ("refreshed: a signature by another key", "id_token_signature_invalid", "OIDC Core 12.2", |t| t.refreshed().signed_by("RS256 by another key")),
    ("refreshed: a logout token, which has no nonce either", "id_token_is_logout_token", "OIDC Back-Channel Logout 2.4", |t| t.refreshed().claim("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }))),
];
