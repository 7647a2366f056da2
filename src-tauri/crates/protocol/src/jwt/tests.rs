use proptest::prelude::*;

use super::*;
use crate::samples;

fn token(header: &str, payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(header), part(payload), part("signature"))
}

fn error_code(token: &str) -> &'static str {
    decode(token).unwrap_err().code()
}

#[test]
fn the_sample_of_stitchs_sign_in_decodes() {
    let jwt = decode(samples::SIGN_IN_ID_TOKEN).unwrap();
    assert_eq!(
        serde_json::to_string(&jwt.header).unwrap(),
        r#"{"alg":"RS256","kid":"oSmkvFhjUcbkB824kzN_ZA","typ":"JWT"}"#
    );
    assert_eq!(
        serde_json::to_string(&jwt.payload).unwrap(),
        concat!(
            r#"{"nbf":1576138898,"exp":1576139198,"iss":"http://localhost:5001","#,
            r#""aud":"f5cc94ee-e951-40d3-a31e-794659806230","nonce":"xyz","iat":1576138898,"#,
            r#""at_hash":"jpUUphyUkZCwbQsYhns6aw","s_hash":"ungWv48Bz-pBQUDeXa4iIw","#,
            r#""sid":"s4-gtYqMAAPZH_s-mv0lkw","#,
            r#""sub":"user/f5cc94ee-e951-40d3-a31e-794659806230/fnb/97ccc5fd-cb95-465b-a4dc-76139633b07b","#,
            r#""auth_time":1576137291,"idp":"local","amr":["pwd"]}"#
        )
    );
    assert_eq!(jwt.signature.len(), 256);
}

#[test]
fn the_sample_of_stitchs_refresh_decodes_without_nonce_s_hash_and_sid() {
    let jwt = decode(samples::REFRESHED_ID_TOKEN).unwrap();
    assert_eq!(jwt.header_text("kid"), Some("oSmkvFhjUcbkB824kzN_ZA"));
    for absent in ["nonce", "s_hash", "sid"] {
        assert!(!jwt.payload.contains_key(absent), "{absent}");
    }
    assert_eq!(jwt.signature.len(), 256);
}

#[test]
fn vaults_sample_token_is_called_opaque() {
    let error = decode("eyJraWQiOiJmODAyNjg0OC1mNTJkLTRmY").unwrap_err();
    assert_eq!(error, JwtError::Opaque);
    assert!(error.to_string().contains("opaque"));
}

#[test]
fn other_than_three_parts_is_not_a_jwt() {
    assert_eq!(error_code(""), "jwt_empty");
    assert_eq!(error_code("e30"), "jwt_opaque");
    for count in [2, 4, 6] {
        assert_eq!(error_code(&vec!["e30"; count].join(".")), "jwt_parts");
    }
}

#[test]
fn encrypted_nested_and_compressed_tokens_are_unsupported_and_said_so() {
    assert_eq!(error_code("e30.e30.e30.e30.e30"), "jwt_encrypted_unsupported");
    assert_eq!(error_code(&token(r#"{"alg":"RS256","cty":"JWT"}"#, "x.y.z")), "jwt_nested_unsupported");
    assert_eq!(error_code(&token(r#"{"cty":"application/jwt"}"#, "x.y.z")), "jwt_nested_unsupported");
    assert_eq!(error_code(&token(r#"{"alg":"RS256","zip":"DEF"}"#, "{}")), "jwt_compressed_unsupported");
}

#[test]
fn base64url_is_strict() {
    let good = token(r#"{"alg":"RS256"}"#, r#"{"a":"??>"}"#);
    assert!(decode(&good).is_ok());
    assert_eq!(error_code(&format!("{good}=")), "jwt_padding");
    assert_eq!(error_code(&good.replace('-', "+")), "jwt_base64", "the standard alphabet");
    assert_eq!(error_code(&format!("{good}\n")), "jwt_white_space");
    assert_eq!(error_code("e31.e30.e30"), "jwt_base64", "stray bits at the end");
}

#[test]
fn a_member_twice_is_refused_wherever_it_stands() {
    for (header, payload) in [
        (r#"{"alg":"none","alg":"RS256"}"#, "{}"),
        ("{}", r#"{"sub":"a","sub":"b"}"#),
        ("{}", r#"{"sub":"a","s\u0075b":"a"}"#),
        ("{}", r#"{"act":{"sub":"a","sub":"b"}}"#),
        ("{}", r#"{"list":[{"sub":"a","sub":"b"}]}"#),
    ] {
        assert_eq!(error_code(&token(header, payload)), "jwt_duplicate_member", "{header} {payload}");
    }
    assert!(decode(&token("{}", r#"{"a":{"sub":1},"b":{"sub":1}}"#)).is_ok());
}

#[test]
fn invalid_utf8_and_other_json_are_refused() {
    let latin = format!("e30.{}.e30", URL_SAFE_NO_PAD.encode(b"{\"a\":\"\xff\"}"));
    assert_eq!(error_code(&latin), "jwt_not_utf8");
    assert_eq!(error_code(&token("{}", "hello")), "jwt_not_json");
    assert_eq!(error_code(&token("{}", "{} {}")), "jwt_not_json");
    assert_eq!(error_code(&token("{}", "[]")), "jwt_not_an_object");
    assert_eq!(error_code(&token("null", "{}")), "jwt_not_an_object");
    assert_eq!(error_code(".."), "jwt_not_json");
}

#[test]
fn deep_nesting_is_refused_instead_of_followed() {
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(error_code(&token("{}", &deep)), "jwt_not_json");
}

#[test]
fn more_than_64_kib_is_refused_unread() {
    assert_eq!(error_code(&"a".repeat(MAX_LENGTH + 1)), "jwt_too_long");
    assert_eq!(error_code(&"a".repeat(MAX_LENGTH)), "jwt_opaque");
}

#[test]
fn numbers_keep_their_digits_and_a_private_name_stays_a_name() {
    let payload = r#"{"a":1.00,"b":12345678901234567890123,"c":{"$serde_json::private::Number":"1"}}"#;
    let jwt = decode(&token("{}", payload)).unwrap();
    assert_eq!(jwt.payload["a"].to_string(), "1.00");
    assert_eq!(jwt.payload["b"].to_string(), "12345678901234567890123");
    assert!(jwt.payload["c"].is_object());
}

proptest! {
    #[test]
    fn any_text_is_decoded_or_refused(text in "\\PC*") {
        let _ = decode(&text);
    }

    #[test]
    fn any_bytes_in_three_parts_are_decoded_or_refused(
        header in proptest::collection::vec(any::<u8>(), 0..64),
        payload in "[\\[\\]{}\":,a-z0-9.\\\\u-]{0,64}",
    ) {
        let header = URL_SAFE_NO_PAD.encode(header);
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let _ = decode(&format!("e30.{payload}."));
        let _ = decode(&format!("{header}.{payload}.{header}"));
    }
}
