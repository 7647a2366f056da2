//! Each kind of text that can be pasted, and the sentence about it.

use crate::{
    inspect::{Given, Inspection, inspect, lowered},
    samples::{SIGN_IN_ACCESS_TOKEN, SIGN_IN_ID_TOKEN},
    signing::{P256, RSA, ec_jwk, rsa_jwk, signed},
};
use serde_json::json;

const NOW: i64 = 1_576_138_900;

pub(super) fn given() -> Given<'static> {
    Given { now: NOW, ..Given::default() }
}

/// `kind | place: summary`, then problems, then what is inside.
pub(super) fn told(found: &Inspection, indent: &str) -> String {
    let kind = serde_json::to_value(found.kind).unwrap();
    let summary = match &found.place {
        Some(place) => format!("{place}: {}", lowered(&found.summary)),
        None => found.summary.clone(),
    };
    let mut lines = vec![format!("{indent}{} | {summary}", kind.as_str().unwrap())];
    for problem in &found.problems {
        lines.push(format!("{indent}  ! {}", problem.message));
    }
    lines.extend(found.inner.iter().map(|inner| told(inner, &format!("{indent}    "))));
    lines.join("\n")
}

pub(super) fn all(texts: &[&str]) -> String {
    texts.iter().map(|text| told(&inspect(text, &given()), "")).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_kind_of_token_is_told() {
    let client = json!({ "iss": "test-1", "sub": "test-1", "aud": "https://a.example/token", "jti": "x", "iat": NOW, "exp": NOW + 60 });
    let access = json!({ "iss": "https://a.example", "client_id": "test-1", "scope": "accounts", "sub": "thandi", "iat": NOW, "exp": NOW + 900 });
    let logout = json!({ "iss": "https://a.example", "aud": "test-1", "iat": NOW, "exp": NOW + 120, "sid": "s", "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
    let header = json!({ "alg": "RS256", "kid": "k" });
    insta::assert_snapshot!(all(&[
        SIGN_IN_ID_TOKEN,
        &signed("RS256", &header, &client),
        &signed("RS256", &header, &access),
        &signed("RS256", &json!({ "alg": "RS256", "typ": "logout+jwt" }), &logout),
        &signed("RS256", &header, &json!({ "hello": "world" })),
        &signed("RS256", &json!({ "alg": "none" }), &access),
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d",
        SIGN_IN_ACCESS_TOKEN,
        "eyJraWQiOiJmODAyNjg0OC1mNTJkLTRmY",
        "YWNjb3VudC9mbmIvMjUwNjU1LzYyNDI1MjM5NDcx",
        &SIGN_IN_ID_TOKEN[..30],
        &SIGN_IN_ID_TOKEN[..90],
        &SIGN_IN_ID_TOKEN[..300],
        &SIGN_IN_ID_TOKEN[..700],
        &format!("{}...", &SIGN_IN_ID_TOKEN[..60]),
        &format!("{}…", &SIGN_IN_ID_TOKEN[..200]),
    ]));
}

#[test]
fn each_kind_of_address_and_header_is_told() {
    insta::assert_snapshot!(all(&[
        "https://localhost:9000/return?code=abc&scope=openid&state=J_Ug3dCQJG61Tt2&session_state=x",
        "?code=abc&state=xyz",
        "https://localhost:9000/return?state=xyz",
        "https://localhost:9000/return?error=access_denied&error_description=User+cancelled&state=xyz#_=_",
        "https://localhost:9000/return?code=a&code=b&state=xyz",
        "https://localhost:9000/return#access_token=nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4&state=a",
        "https://secure.stitch.money/connect/authorize?client_id=test-1&scope=openid%20accounts&response_type=code&redirect_uri=https%3A%2F%2Flocalhost%3A9000%2Freturn&state=J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA&nonce=fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4&code_challenge=FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw&code_challenge_method=S256",
        "https://secure.stitch.money/connect/authorize?client_id=test-1&scope=accounts&response_type=token&redirect_uri=x&state=abc",
        "https://user:hush@api.example.com/path?x=1",
        "grant_type=authorization_code&code=abc&client_id=test-1&client_secret=hush",
        "Authorization: Bearer nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4",
        "Bearer nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4",
        "Basic dGVzdC0xOmh1c2g=",
        "authorization: DPoP abc",
        "curl -X POST 'https://api.stitch.money/graphql' \\\n  -H 'Authorization: Bearer nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4' \\\n  -H \"Content-Type: application/json\" --data-raw '{\"query\":\"{ client { id } }\"}'",
        "curl https://secure.stitch.money/connect/token -d grant_type=refresh_token -d client_id=test-1 -d refresh_token=Vnzqys6mDyRAOz_ZOb6LOv2keOmyvOLlHEd1s6Hc2Xg -k",
        "curl -H 'Authorization: Bearer nXPh",
        "hello world",
        "",
    ]));
}

#[test]
fn each_kind_of_document_is_told() {
    let keys = json!({ "keys": [rsa_jwk(&RSA, "a"), ec_jwk(&P256, "P-256", "b")] }).to_string();
    let mut private = rsa_jwk(&RSA, "p");
    private["d"] = "AQAB".into();
    let pem = include_str!("../../private_key/samples/rsa-with-certificate.pem");
    insta::assert_snapshot!(all(&[
        &format!(
            r#"{{"id_token":"{SIGN_IN_ID_TOKEN}","access_token":"{SIGN_IN_ACCESS_TOKEN}","expires_in":900,"token_type":"Bearer","refresh_token":"Vnzqys6mDyRAOz_ZOb6LOv2keOmyvOLlHEd1s6Hc2Xg"}}"#
        ),
        r#"{"access_token":"eyJraWQiOiJmODAyNjg0OC1mNTJkLTRmY","token_type":"mac","expires_in":"900"}"#,
        &keys,
        &private.to_string(),
        r#"{"issuer":"https://a.example","authorization_endpoint":"https://a.example/authorize","token_endpoint":"https://a.example/token","jwks_uri":"http://a.example/jwks"}"#,
        r#"{"errors":[{"message":"Token is missing the following scope: balances","locations":[{"line":6,"column":7}],"path":["node","currentBalance"],"extensions":{"code":"FORBIDDEN","missingScopes":["balances"]}}],"data":{"node":{"id":"x"}}}"#,
        r#"{"errors":[{"message":"UNAUTHENTICATED: Token is expired or malformed"}],"extensions":{"code":"UNAUTHENTICATED"}}"#,
        r#"{"error":"invalid_grant"}"#,
        r#"{"redirect_uri":["Invalid redirect_uri. Please ensure the URI has been whitelisted."]}"#,
        r#"{"status":"UNAUTHORIZED","message":"The Token has expired on 2025-01-01T00:00:00.000Z","traceId":"TraceId unavailable","errors":[]}"#,
        r#"{"hello":"world"}"#,
        r#"{"error":"invalid_grant","error_description":"gone"#,
        "[1,2]",
        "{",
        pem,
        include_str!("../../private_key/samples/ec-certificate.pem"),
        include_str!("../../private_key/samples/rsa-public.pem"),
        "-----BEGIN PRIVATE KEY-----\nMIIE",
    ]));
}
