//! Texts of a chosen length that are made to cost as much as they can.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

pub(crate) type Input = fn(usize) -> String;

const CERTIFICATE: &str = include_str!("../../src/private_key/samples/issuer-certificate.pem");
const KEY_AND_CERTIFICATE: &str = include_str!("../../src/private_key/samples/rsa-with-certificate.pem");
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

/// `before`, as many units as there is room for, `after`.
fn filled(length: usize, before: &str, unit: impl Fn(usize) -> String, after: &str) -> String {
    let mut text = before.to_owned();
    for number in 0.. {
        let unit = unit(number);
        if unit.is_empty() || text.len() + unit.len() + after.len() > length {
            break;
        }
        text.push_str(&unit);
    }
    text + after
}

fn repeated(length: usize, before: &str, unit: &str, after: &str) -> String {
    filled(length, before, |_| unit.to_owned(), after)
}

fn members(length: usize, before: &str, after: &str) -> String {
    filled(length, before, |number| format!(r#""m{number}":{number},"#), after)
}

/// A token of that length around a payload, with a header that has this in it.
fn token(length: usize, header: &str, payload: impl Fn(usize) -> String) -> String {
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","kid":"rsa"{header}}}"#));
    let signature = "A".repeat(342);
    let left = length.saturating_sub(header.len() + signature.len() + 2);
    format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(payload(left * 3 / 4)))
}

fn claims(length: usize, before: &str, after: &str) -> String {
    token(length, "", |left| members(left, before, after))
}

const CLAIMS: &str = r#"{"iss":"https://login.example.com","sub":"a","exp":1,"iat":1,"#;

#[rustfmt::skip]
pub(crate) const INPUTS: &[(&str, Input)] = &[
    ("dots", |n| ".".repeat(n)),
    ("short parts between dots", |n| repeated(n, "", "e30.", "")),
    ("white space", |n| " \n".repeat(n / 2)),
    ("one long word", |n| "A".repeat(n)),
    ("long base64url", |n| repeated(n, "eyJ", "A0b_-", "")),
    ("words", |n| repeated(n, "", "word ", "")),
    ("control characters", |n| "\0\u{1b}".repeat(n / 2)),
    ("letters of two bytes", |n| "é".repeat(n / 2)),
    ("letters of four bytes", |n| "𝕏".repeat(n / 4)),
    ("marks of direction", |n| "\u{202e}".repeat(n / 3)),
    ("invisible characters", |n| "\u{200b}".repeat(n / 3)),
    ("quotes", |n| "\"".repeat(n)),
    ("escaped quotes", |n| repeated(n, "\"", "\\\"", "\"")),
    ("quotes around quotes", |n| "'\"".repeat(n / 2)),
    ("names before a token", |n| "id_token: ".repeat(n / 10)),
    ("Bearer again and again", |n| "Bearer ".repeat(n / 7)),
    // JSON.
    ("open brackets", |n| "[".repeat(n)),
    ("open objects", |n| repeated(n, "", r#"{"a":"#, "")),
    ("brackets as deep as they may be", |n| format!("{}{}", "[".repeat(n / 2), "]".repeat(n / 2))),
    ("many deep arrays", |n| repeated(n, "[", &format!("{}{},", "[".repeat(30), "]".repeat(30)), "0]")),
    ("a deep object of arrays", |n| repeated(n, &"{\"a\":".repeat(31), "", "") + &format!("[{}0]", "0,".repeat(n / 2 - 100)) + &"}".repeat(31)),
    ("a flat array", |n| repeated(n, "[", "1,", "1]")),
    ("empty objects", |n| repeated(n, "[", "{},", "{}]")),
    ("thousands of members", |n| members(n, "{", r#""x":0}"#)),
    ("thousands of members, cut off", |n| members(n, "{", r#""x":0,"y"#)),
    ("the last member twice", |n| members(n, "{", r#""m0":0}"#)),
    ("escapes", |n| repeated(n, r#"{"a":""#, r"\u0041", r#""}"#)),
    ("long numbers", |n| repeated(n, r#"{"exp":"#, "9", "}")),
    ("strings", |n| repeated(n, r#"{"a":["#, r#""x","#, r#""x"]}"#)),
    // Addresses and forms.
    ("percent signs", |n| "%".repeat(n)),
    ("encoded letters", |n| "%41".repeat(n / 3)),
    ("encoded again and again", |n| repeated(n, "%", "25", "41")),
    ("encoded JSON", |n| repeated(n, "%7B%22a%22%3A%5B", "%7B%7D%2C", "0%5D%7D")),
    ("ampersands", |n| "&".repeat(n)),
    ("equals signs", |n| "=".repeat(n)),
    ("thousands of parameters", |n| filled(n, "dev.example:/cb?code=c&state=s", |i| format!("&p{i}"), "")),
    ("thousands of parameters with values", |n| filled(n, "code=c&state=s", |i| format!("&p{i}=%20"), "")),
    ("as many as a callback may have", |n| filled(n.min(8 * 1024), "dev.example:/cb?state=s", |i| format!("&{i:x}"), "")),
    ("thousands of parameters after #", |n| filled(n, "https://a.example/cb#id_token=e30.e30.x", |i| format!("&p{i}=1"), "")),
    ("an authorization URL with a long scope", |n| filled(n, "https://a.example/authorize?response_type=code&client_id=c&scope=openid", |i| format!("+s{i}"), "")),
    ("a token request with a long verifier", |n| repeated(n, "grant_type=authorization_code&code_verifier=", "%C3%A9", "")),
    ("tokens in an address in an address", |n| format!("https://a.example/cb?id_token={}", repeated(n - 40, "", "id_token%3De30.", ""))),
    // curl.
    ("curl with quotes", |n| repeated(n, "curl ", "'\"", "")),
    ("curl with escapes", |n| repeated(n, "curl ", "\\\\", "")),
    ("curl with headers", |n| filled(n, "curl https://a.example", |i| format!(" -H 'h{i}: v'"), "")),
    ("curl with authorization headers", |n| repeated(n, "curl https://a.example", " -H 'Authorization: Bearer e30.e30.x'", "")),
    ("curl with data", |n| filled(n, "curl https://a.example", |i| format!(" -d p{i}=1"), "")),
    ("curl with words", |n| repeated(n, "curl ", "a ", "")),
    // Tokens.
    ("a token with thousands of claims", |n| claims(n, CLAIMS, r#""nonce":"n","aud":"a"}"#)),
    ("a token with thousands of header members", |n| {
        let half = members(n * 3 / 4 - 600, ",", r#""x":0"#);
        token(n, &half, |_| "{}".to_owned())
    }),
    ("a token for thousands of audiences", |n| token(n, "", |left| filled(left, &format!("{CLAIMS}\"aud\":[\"a\""), |i| format!(",\"a{i}\""), "]}"))),
    ("a token with thousands of methods", |n| token(n, "", |left| repeated(left, &format!("{CLAIMS}\"amr\":[\"pwd\""), ",\"otp\"", "]}"))),
    ("a token with a long subject", |n| token(n, "", |left| repeated(left, &format!("{CLAIMS}\"sub\":\"user"), "/a", "\"}"))),
    ("a token with a long signature", |n| repeated(n, "eyJhbGciOiJFUzI1NiJ9.e30.", "A", "")),
    ("a token that is cut off", |n| claims(n, CLAIMS, r#""nonce":"n"#)),
    ("a token that is broken into lines", |n| claims(n * 60 / 61, CLAIMS, r#""aud":"a"}"#).as_bytes().chunks(60).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n")),
    ("a reply full of tokens", |n| filled(n, r#"{"token_type":"Bearer","scope":"a b""#, |i| format!(r#","id_token{i}":"e30.e30.x""#), r#","access_token":"e30.e30.x"}"#)),
    ("a reply with a long scope", |n| filled(n, r#"{"token_type":"Bearer","access_token":"x","scope":"a"#, |i| format!(" s{i}"), r#""}"#)),
    ("a reply around a token", |n| format!(r#"{{"token_type":"Bearer","access_token":"x","id_token":"{}"}}"#, claims(n - 80, CLAIMS, r#""aud":"a"}"#))),
    // Tokens among other words.
    ("a log full of tokens", |n| filled(n, "token ", |i| format!("eyJhbGciOiJSUzI1NiJ9.{}.xA ", URL_SAFE_NO_PAD.encode(format!("{{\"iat\":{i}}}"))), "")),
    ("a log full of what is nearly a token", |n| repeated(n, "token ", "eyJhbGciOiJSUzI1NiJ9.e30.x ", "")),
    ("a log around a long token", |n| format!("token {} end", claims(n - 10, CLAIMS, r#""aud":"a"}"#))),
    ("a log full of addresses", |n| repeated(n, "", "see https://a.example/cb?x=y ", "")),
    ("a log with a long address", |n| filled(n, "see https://a.example/cb?code=c", |i| format!("&p{i}=1"), " end")),
    ("lines of a mail", |n| repeated(n, "", "> word\n", "")),
    ("quotes of a mail", |n| repeated(n, "", "> > >\n", "")),
    ("a page without an end", |n| repeated(n, "<html>", "<title>", "")),
    ("half of a token that is an object", |n| URL_SAFE_NO_PAD.encode(members(n * 3 / 4 - 3, "{", r#""x":0}"#))),
    // Keys.
    ("many EC keys", |n| filled(n, r#"{"keys":["#, |i| format!(r#"{{"kty":"EC","crv":"P-256","kid":"{i}","x":"{X}","y":"{Y}"}},"#), "{}]}")),
    ("many EC keys that are off the curve", |n| repeated(n, r#"{"keys":["#, &format!(r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{X}"}},"#), "{}]}")),
    ("many Ed25519 keys", |n| repeated(n, r#"{"keys":["#, &format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}},"#), "{}]}")),
    ("many RSA keys", |n| repeated(n, r#"{"keys":["#, &format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}"}},"#, "r".repeat(342)), "{}]}")),
    ("many keys of nothing", |n| repeated(n, r#"{"keys":["#, r#"{"kty":"RSA","d":0},"#, "{}]}")),
    ("one large RSA key", |n| repeated(n, r#"{"keys":[{"kty":"RSA","e":"AQAB","n":""#, "r", r#""}]}"#)),
    // PEM.
    ("beginnings", |n| repeated(n, "", "-----BEGIN ", "")),
    ("beginnings of keys", |n| repeated(n, "", "-----BEGIN PRIVATE KEY-----", "")),
    ("endings", |n| repeated(n, "-----BEGIN A-----", "-----END ", "")),
    ("empty blocks", |n| repeated(n, "", "-----BEGIN A-----\n-----END A-----\n", "")),
    ("empty keys", |n| repeated(n, "", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "")),
    ("lines like PEM", |n| repeated(n, "-----BEGIN CERTIFICATE-----\n", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n", "-----END CERTIFICATE-----")),
    ("ids of keys", |n| repeated(n, "", "localKeyID: 01 ", "-----BEGIN A-----\n-----END A-----")),
    ("many certificates", |n| repeated(n, "", CERTIFICATE, "")),
    ("a key among many certificates", |n| repeated(n, KEY_AND_CERTIFICATE, CERTIFICATE, "")),
    ("a key far down", |n| repeated(n, "", "Bag Attributes\n", KEY_AND_CERTIFICATE)),
    // Documents.
    ("discovery with a long list", |n| filled(n, r#"{"issuer":"https://login.example.com","authorization_endpoint":"https://a.example","token_endpoint":"https://a.example","jwks_uri":"https://a.example","scopes_supported":["a""#, |i| format!(",\"s{i}\""), "]}")),
    ("discovery with a long address", |n| repeated(n, r#"{"issuer":"https://login.example.com","token_endpoint":"https://a.example","jwks_uri":"https://a.example","authorization_endpoint":"https://a.example"#, "/..", r#""}"#)),
    ("a file with thousands of scopes", |n| filled(n, r#"{"clientId":"c","scopes":["a""#, |i| format!(",\"s{i}\""), "]}")),
    ("a file with scopes in one text", |n| filled(n, r#"{"clientId":"c","scopes":"a"#, |i| format!(" s{i}"), r#""}"#)),
    ("a file with thousands of redirect URIs", |n| filled(n, r#"{"clientId":"c","redirectUris":["a""#, |i| format!(",\"s{i}\""), "]}")),
    ("thousands of errors", |n| repeated(n, r#"{"errors":["#, r#"{"message":"m","path":["a",0]},"#, r#"{"message":"m"}]}"#)),
    ("one error with a long path", |n| repeated(n, r#"{"errors":[{"message":"m","path":["#, "0,", "0]}]}")),
    ("missing scopes by thousands", |n| filled(n, r#"{"errors":[{"message":"m","extensions":{"code":"FORBIDDEN","missingScopes":["a""#, |i| format!(",\"s{i}\""), "]}}]}")),
    ("fields of errors", |n| filled(n, "{", |i| format!("\"f{i}\":[\"wrong\"],"), "\"x\":[\"wrong\"]}")),
];
