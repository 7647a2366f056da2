//! What cannot be read, or could be read in two ways, and tokens of another kind.

use serde_json::{Value, json};

use crate::{draft::Row, keys::encoded};

/// The token with one part written anew: 0 the header, 1 the claims, 2 the signature.
fn part(token: &str, index: usize, change: fn(&str) -> String) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[index] = change(&parts[index]);
    parts.join(".")
}

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    // Extensions that must be understood (RFC 7515 4.1.11).
    ("an unknown crit", "id_token_crit_unknown", "RFC 7515 4.1.11", |t| t.header("crit", json!(["exp"])).header("exp", 1)),
    ("crit b64 with b64 false", "id_token_crit_unknown", "RFC 7797 6", |t| t.header("crit", json!(["b64"])).header("b64", false)),
    ("an empty crit", "id_token_crit_malformed", "RFC 7515 4.1.11", |t| t.header("crit", json!([]))),
    ("crit null", "id_token_crit_malformed", "RFC 7515 4.1.11", |t| t.header("crit", Value::Null)),
    ("crit a text", "id_token_crit_malformed", "RFC 7515 4.1.11", |t| t.header("crit", "b64")),
    ("crit with a number", "id_token_crit_malformed", "RFC 7515 4.1.11", |t| t.header("crit", json!([1]))),

    // Not supported, and said so.
    ("a nested token", "jwt_nested_unsupported", "RFC 7519 5.2", |t| t.header("cty", "JWT").raw_claims("e30.e30.x")),
    ("a nested token with the whole media type", "jwt_nested_unsupported", "RFC 7519 5.2", |t| t.header("cty", "application/jwt").raw_claims("e30.e30.x")),
    ("an encrypted token", "jwt_encrypted_unsupported", "RFC 7516 3.1", |t| t.then(|_| format!("{}.a.b.c.d", encoded(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)))),
    ("a compressed token", "jwt_compressed_unsupported", "RFC 7516 4.1.3", |t| t.header("zip", "DEF")),

    // Another number of parts.
    ("nothing", "jwt_empty", "RFC 7519 7.2", |t| t.then(|_| String::new())),
    ("an opaque token", "jwt_opaque", "RFC 7519 7.2", |t| t.then(|_| "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4".to_owned())),
    ("two parts", "jwt_parts", "RFC 7519 7.2", |t| t.then(|t| t.rsplit_once('.').unwrap().0.to_owned())),
    ("four parts", "jwt_parts", "RFC 7519 7.2", |t| t.then(|t| format!("{t}.x"))),
    ("six parts", "jwt_parts", "RFC 7519 7.2", |t| t.then(|t| format!("{t}.{t}"))),
    ("three parts with nothing in them", "jwt_not_json", "RFC 7519 7.2", |t| t.then(|_| "..".to_owned())),
    ("over 64 KiB", "jwt_too_long", "Bobbin", |t| t.claim("filler", "x".repeat(64 * 1024))),

    // base64url, strictly (RFC 7515 2).
    ("padding at the header", "jwt_padding", "RFC 7515 2", |t| t.then(|t| part(&t, 0, |p| format!("{p}==")))),
    ("padding at the claims", "jwt_padding", "RFC 7515 2", |t| t.then(|t| part(&t, 1, |p| format!("{p}=")))),
    ("padding at the signature", "jwt_padding", "RFC 7515 2", |t| t.then(|t| format!("{t}=="))),
    ("the standard alphabet", "jwt_base64", "RFC 7515 2", |t| t.claim("a", "??>>??>>??>>").then(|t| part(&t, 1, |p| p.replace('-', "+").replace('_', "/")))),
    ("stray bits at the end", "jwt_base64", "RFC 4648 3.5", |t| t.then(|t| part(&t, 2, |p| format!("{}B", &p[..p.len() - 1])))),
    ("a percent sign", "jwt_base64", "RFC 7515 2", |t| t.then(|t| t.replacen('e', "%65", 1))),
    ("a space before", "jwt_white_space", "RFC 7515 2", |t| t.then(|t| format!(" {t}"))),
    ("a line break after", "jwt_white_space", "RFC 7515 2", |t| t.then(|t| format!("{t}\n"))),
    ("a line break inside", "jwt_white_space", "RFC 7515 2", |t| t.then(|t| t.replacen('.', ".\r\n", 1))),
    ("Bearer before it", "jwt_white_space", "RFC 7515 2", |t| t.then(|t| format!("Bearer {t}"))),

    // JSON that every reader reads in one way.
    ("a header that is not UTF-8", "jwt_not_utf8", "RFC 7515 5.2", |t| t.raw_header(b"{\"alg\":\"RS256\",\"kid\":\"\xff\"}")),
    ("claims that are not UTF-8", "jwt_not_utf8", "RFC 7519 7.2", |t| t.raw_claims(b"{\"sub\":\"\xc3\x28\"}")),
    ("a byte order mark", "jwt_not_json", "RFC 8259 8.1", |t| t.raw_claims("\u{feff}{}")),
    ("alg twice", "jwt_duplicate_member", "RFC 7515 4", |t| t.raw_header(r#"{"alg":"none","alg":"RS256","kid":"rsa"}"#)),
    ("sub twice", "jwt_duplicate_member", "RFC 7519 4", |t| t.claims_and(r#","sub":"somebody else""#)),
    ("sub twice, once with an escape", "jwt_duplicate_member", "RFC 7519 4", |t| t.claims_and(r#","s\u0075b":"somebody else""#)),
    ("a member twice further in", "jwt_duplicate_member", "RFC 8725 2.4", |t| t.claims_and(r#","act":[{"sub":"a","sub":"b"}]"#)),
    ("claims in a list", "jwt_not_an_object", "RFC 7519 7.2", |t| t.raw_claims("[]")),
    ("claims null", "jwt_not_an_object", "RFC 7519 7.2", |t| t.raw_claims("null")),
    ("claims that are a text", "jwt_not_an_object", "RFC 7519 7.2", |t| t.raw_claims(r#""sub""#)),
    ("a header that is a list", "jwt_not_an_object", "RFC 7515 5.2", |t| t.raw_header(r#"["RS256"]"#)),
    ("claims that are no JSON", "jwt_not_json", "RFC 7519 7.2", |t| t.raw_claims("sub=thandi")),
    ("something after the claims", "jwt_not_json", "RFC 7519 7.2", |t| t.claims_and("} {")),
    ("a comma too many", "jwt_not_json", "RFC 8259 4", |t| t.claims_and(",")),
    ("a number that is NaN", "jwt_not_json", "RFC 8259 6", |t| t.claims_and(r#","x":NaN"#)),
    ("nesting without end", "jwt_not_json", "Bobbin", |t| t.claims_and(&format!(r#","x":{}{}"#, "[".repeat(2000), "]".repeat(2000)))),

    // Another kind of token by the same keys (RFC 8725 2.8, 3.11).
    ("an access token", "id_token_is_access_token", "RFC 9068 4", |t| t.header("typ", "at+jwt")),
    ("an access token in capitals", "id_token_is_access_token", "RFC 9068 4", |t| t.header("typ", "AT+JWT")),
    ("an access token with the whole media type", "id_token_is_access_token", "RFC 9068 4", |t| t.header("typ", "application/at+jwt")),
    ("a logout token", "id_token_is_logout_token", "OIDC Back-Channel Logout 2.4", |t| t.header("typ", "logout+jwt")),
    ("a logout token without a typ", "id_token_is_logout_token", "OIDC Back-Channel Logout 2.4", |t| t.claim("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }))),
    ("a client assertion", "id_token_is_other_token", "RFC 8725 3.11", |t| t.header("typ", "client-authentication+jwt")),
    ("a DPoP proof", "id_token_is_other_token", "RFC 9449 4.2", |t| t.header("typ", "dpop+jwt")),
    ("a typ that is a number", "id_token_typ_malformed", "RFC 7515 4.1.9", |t| t.header("typ", 1)),
];
