//! What people paste along with a token, or instead of it.

use super::everything::{all, given, told};
use crate::{
    inspect::{Kind, inspect},
    samples::{SIGN_IN_ACCESS_TOKEN, SIGN_IN_ID_TOKEN},
    signing::signed,
};
use serde_json::json;

const LATE: i64 = 1_600_000_000;

fn late(text: &str) -> String {
    told(&inspect(text, &crate::inspect::Given { now: LATE, ..given() }), "")
}

#[test]
fn a_token_is_found_among_other_words() {
    let alone = late(SIGN_IN_ID_TOKEN);
    let (_, expired) = alone.split_once(": it").unwrap();
    let quoted: Vec<_> = SIGN_IN_ID_TOKEN.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    assert_eq!(late(&format!("> {}", quoted.join("\n> "))), alone, "the quote marks of a mail are left out");
    for text in [
        format!("2026-11-21T09:14:02Z INFO verification failed token={SIGN_IN_ID_TOKEN} status=401"),
        format!("Hello, this one does not work: {SIGN_IN_ID_TOKEN}. Please help."),
        format!("ID_TOKEN={SIGN_IN_ID_TOKEN}"),
        format!("export TOKEN=\"{SIGN_IN_ID_TOKEN}\""),
        format!("{{'id_token': '{SIGN_IN_ID_TOKEN}'}}"),
        format!("id_token: {SIGN_IN_ID_TOKEN}\naccess_token: {SIGN_IN_ACCESS_TOKEN}"),
    ] {
        let told = late(&text);
        let first = told.lines().next().unwrap();
        let begins = "text | A text with a token in it, in which something is wrong with the token: it";
        assert_eq!(first, format!("{begins}{}", expired.lines().next().unwrap()), "{text:.60}");
    }
}

#[test]
fn several_tokens_of_one_paste_are_told_one_by_one() {
    let other =
        signed("RS256", &json!({ "alg": "RS256", "kid": "k" }), &json!({ "iss": "https://a.example" }));
    for between in ["\n", " ", "\n\n", " and "] {
        let found = inspect(&format!("{SIGN_IN_ID_TOKEN}{between}{other}"), &given());
        assert_eq!(found.summary, "A text with 2 tokens in it.", "{between:?}");
        let kinds: Vec<_> = found.inner.iter().map(|inner| inner.kind).collect();
        assert_eq!(kinds, [Kind::IdToken, Kind::Jwt]);
        let second = &found.inner[1];
        assert_eq!(second.place.as_deref(), Some("Token 2"));
        assert!(second.summary.starts_with("A JWT"), "{}", second.summary);
    }
}

#[test]
fn what_is_around_a_token_or_instead_of_it_is_told() {
    let parts: Vec<_> = SIGN_IN_ID_TOKEN.split('.').collect();
    let cut_off = format!(r#"{{"id_token":"{SIGN_IN_ID_TOKEN}","expires_in":900,"toke"#);
    insta::assert_snapshot!(all(&[
        &format!("It says {SIGN_IN_ID_TOKEN}"),
        "The browser stops at https://localhost:9000/return?error=access_denied&state=xyz",
        parts[1],
        &format!("{SIGN_IN_ID_TOKEN}.{SIGN_IN_ID_TOKEN}"),
        r#"{"iss":"https://a.example","sub":"thandi","exp":1576139198}"#,
        &cut_off,
        r#"{"issuer":"https://a.example","token_endpoint":"https://a.example/token","jwks_u"#,
        "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
        "<html></html>",
        "<AuthnRequest/>",
    ]));
}

#[test]
fn json_that_should_be_a_form_and_the_other_way_round_are_told() {
    let code = r#"{"grant_type":"authorization_code","client_id":"test-1","code":"abc","redirect_uri":"https://localhost:9000/return","code_verifier":"x"}"#;
    insta::assert_snapshot!(all(&[
        code,
        r#"{"grant_type":"refresh_token","refresh_token":"abc"}"#,
        &format!(
            "curl https://secure.stitch.money/connect/token -H 'Content-Type: application/json' -d '{code}'"
        ),
        r#"curl https://api.stitch.money/graphql -d '{"query":"{ client { id } }"}'"#,
        r#"curl https://api.stitch.money/graphql --json '{"query":"{ client { id } }"}'"#,
        r#"curl https://api.stitch.money/graphql -H 'content-type: application/json' -d '{"query":"{ client { id } }"}'"#,
    ]));
}

#[test]
fn an_expiry_with_a_fraction_is_told_as_a_time() {
    let claims = json!({ "iss": "https://a.example", "aud": "a", "sub": "b", "nonce": "n", "iat": 1_576_000_000, "exp": 1_576_000_060.5 });
    let found = inspect(&signed("RS256", &json!({ "alg": "RS256" }), &claims), &given());
    assert!(found.summary.contains("it expired at 2019-12-10 17:47:40 UTC"), "{}", found.summary);
}
