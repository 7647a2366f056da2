mod errors;

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;
use crate::{
    http::HttpReply,
    preset::{ErrorShape, preset},
};

fn reply(status: u16, body: &str) -> HttpReply {
    HttpReply {
        status,
        headers: vec![("Content-Type".to_owned(), "application/json; charset=UTF-8".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

fn with(members: &str) -> HttpReply {
    reply(200, &format!(r#"{{"access_token":"a","token_type":"Bearer",{members}}}"#))
}

fn accepted(reply: &HttpReply) -> TokenReply {
    process_token_reply(reply, &ErrorShape::default()).unwrap()
}

fn error(reply: &HttpReply) -> TokenError {
    process_token_reply(reply, &ErrorShape::default()).unwrap_err()
}

fn vaults_error(reply: &HttpReply) -> TokenError {
    process_token_reply(reply, &preset("vault").unwrap().errors).unwrap_err()
}

fn card(error: &TokenError) -> String {
    format!("{}\n{error}\n{}\n{}", error.code(), error.hint(), error.detail().unwrap_or_default())
}

#[test]
fn stitchs_sample_reply_is_read() {
    let tokens = accepted(&reply(
        200,
        r#"{"id_token":"e30.e30.","access_token":"nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4","expires_in":900,"token_type":"Bearer","refresh_token":"Vnzqys6mDyRAOz_ZOb6LOv2keOmyvOLlHEd1s6Hc2Xg","scope":"openid transactions accounts offline_access"}"#,
    ));
    assert_eq!(tokens.access_token.expose_secret(), "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4");
    assert_eq!(tokens.expires_in, Some(900));
    assert_eq!(tokens.scope.as_deref().unwrap(), ["openid", "transactions", "accounts", "offline_access"]);
    assert!(tokens.refresh_token.is_some() && tokens.require_id_token().is_ok());
    assert!(tokens.extra.is_empty() && tokens.warnings.is_empty());
}

#[test]
fn vaults_sample_reply_keeps_its_user_id_for_display() {
    let tokens = accepted(&reply(
        200,
        r#"{"access_token":"eyJraWQiOiJmODAyNjg0OC1mNTJkLTRmY","token_type":"Bearer","refresh_token":"eyJraWQiOiJmFGGghrwghhnEGFGrehrnjdf7653kFZ_uusa3WYE","scope":"accounts:create accounts:read ... withdraw_other_account:show","expires_in":86400,"user_id":"usr:b06d9aaa-4310-4c0d-9e5343c1b35"}"#,
    ));
    assert_eq!(tokens.expires_in, Some(86400));
    assert_eq!(tokens.scope.unwrap()[0], "accounts:create");
    assert_eq!(tokens.extra, [("user_id".to_owned(), "usr:b06d9aaa-4310-4c0d-9e5343c1b35".to_owned())]);
}

#[test]
fn extra_members_keep_their_digits_and_hide_what_is_named_like_a_secret() {
    let tokens =
        accepted(&with(r#""limit":1.00,"list":[1,{"a":null}],"device_secret":"hush","actor_token":"hush""#));
    insta::assert_debug_snapshot!(tokens.extra, @r#"
    [
        (
            "limit",
            "1.00",
        ),
        (
            "list",
            "[1,{\"a\":null}]",
        ),
        (
            "device_secret",
            "…",
        ),
        (
            "actor_token",
            "…",
        ),
    ]
    "#);
}

#[test]
fn what_is_not_a_json_object_has_its_own_error() {
    for (body, code) in [
        ("", "token_reply_empty"),
        (" \n", "token_reply_empty"),
        ("access_token=a&token_type=Bearer", "token_reply_not_json"),
        ("<!DOCTYPE html><html>", "token_reply_html"),
        ("[]", "token_reply_not_an_object"),
        ("\"a\"", "token_reply_not_an_object"),
        (r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#, "token_reply_duplicate_member"),
        (r#"{"access_token":"a"} {}"#, "token_reply_not_json"),
    ] {
        assert_eq!(error(&reply(200, body)).code(), code, "{body}");
    }
}

#[test]
fn a_body_that_cannot_be_decoded_is_named_by_its_content_encoding() {
    let mut encoded = reply(200, "");
    encoded.body = b"\xff\x00\x9c".to_vec();
    assert_eq!(error(&encoded).code(), "token_reply_not_json");
    encoded.headers.push(("content-encoding".to_owned(), "compress".to_owned()));
    assert_eq!(error(&encoded), TokenError::Encoded { status: 200, coding: "compress".to_owned() });
    assert_eq!(error(&encoded).detail().unwrap(), "HTTP 200, Content-Encoding: compress");
    encoded.body = b"<html>".to_vec();
    assert_eq!(error(&encoded).code(), "token_reply_html", "what can be read says more");
}

#[test]
fn an_excerpt_is_short_and_masks_what_could_be_a_token() {
    let body = format!(
        "access_token=short1&code: 'abc' Bearer nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4 {}",
        "x ".repeat(500)
    );
    let detail = error(&reply(200, &body)).detail().unwrap();
    assert!(detail.chars().count() < 180);
    for secret in ["short1", "abc", "9P16drRQ"] {
        assert!(!detail.contains(secret), "{detail}");
    }
    assert!(detail.starts_with("HTTP 200: access_token=…&code: '…' Bearer nXPh… x x"), "{detail}");
}

#[test]
fn json_with_another_content_type_is_accepted_with_a_warning() {
    let mut odd = with(r#""expires_in":1"#);
    odd.headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
    assert_eq!(accepted(&odd).warnings, ["The reply is JSON, but its Content-Type is text/plain."]);
    odd.headers.clear();
    assert_eq!(accepted(&odd).warnings, ["The reply is JSON, but its Content-Type is missing."]);
}

#[test]
fn an_odd_token_type_is_a_warning_and_never_a_reason_to_lose_tokens() {
    for written in ["bearer", "BEARER", "bEARER"] {
        let body = format!(r#"{{"access_token":"a","token_type":"{written}","expires_in":900}}"#);
        let tokens = accepted(&reply(200, &body));
        assert_eq!((tokens.token_type.as_str(), tokens.warnings.len()), (written, 0));
    }
    for body in [
        r#"{"access_token":"a"}"#,
        r#"{"access_token":"a","token_type":""}"#,
        r#"{"access_token":"a","token_type":1}"#,
    ] {
        let tokens = accepted(&reply(200, body));
        assert_eq!(tokens.token_type, "Bearer", "{body}");
        assert!(tokens.warnings.concat().contains("no token_type"), "{body}");
    }
    let tokens = accepted(&reply(200, r#"{"access_token":"a","token_type":"DPoP","expires_in":900}"#));
    assert!(!is_bearer(&tokens.token_type), "it is never sent as a Bearer token");
    assert_eq!(tokens.warnings.len(), 1);
}

#[test]
fn expires_in_missing_leaves_the_lifetime_unknown() {
    for body in [r#""scope":"a""#, r#""expires_in":null"#] {
        let tokens = accepted(&with(body));
        assert_eq!(tokens.expires_in, None);
        assert_eq!(tokens.warnings.len(), 1, "and says so");
    }
}

#[test]
fn expires_in_as_a_string_of_digits_is_accepted_with_a_warning() {
    let tokens = accepted(&with(r#""expires_in":"3600""#));
    assert_eq!(tokens.expires_in, Some(3600));
    assert_eq!(tokens.warnings, ["expires_in is a string, where a number belongs."]);
}

#[test]
fn an_odd_expires_in_is_a_warning_and_never_a_reason_to_lose_tokens() {
    for (written, lifetime) in [
        ("-1", Some(0)),
        ("\"-900\"", Some(0)),
        ("0", Some(0)),
        ("0.5", Some(0)),
        ("899.5", Some(899)),
        ("1e3", Some(1000)),
        ("1e300", Some(MAX_EXPIRES_IN)),
        ("\"15 min\"", None),
        ("\"NaN\"", None),
        ("\"\"", None),
        ("true", None),
        ("[900]", None),
        ("{}", None),
    ] {
        let tokens = accepted(&with(&format!(r#""expires_in":{written}"#)));
        assert_eq!(tokens.expires_in, lifetime, "{written}");
        assert!(!tokens.warnings.is_empty(), "{written}");
    }
    let tokens = accepted(&with(r#""expires_in":900.0"#));
    assert_eq!((tokens.expires_in, tokens.warnings.len()), (Some(900), 0));
}

#[test]
fn a_refresh_token_is_salvaged_from_whatever_else_is_wrong() {
    let salvaged = |body: &[u8]| salvage_refresh_token(body).map(|token| token.expose_secret().to_owned());
    for body in [
        r#"{"refresh_token":"next"}"#,
        r#"{"error":"server_error","refresh_token":"next"}"#,
        r#"{"refresh_token":"old","refresh_token":"next"}"#,
        r#"{"refresh_token":"next","refresh_token":null}"#,
        r#"{"refresh_token":"next","access_token":"cut of"#,
        r#"{"refresh\u005ftoken":"next","x":nonsense"#,
        "\u{feff}{\"refresh_token\":\"next\"} and more",
        r#"{"x":NaN,"refresh_token" : "next"}"#,
        "{\"x\":\"a tab\t\",\"refresh_token\":\"ne\\u0078t\",\"scope\":",
        r#"[{"refresh_token":"old"},{"refresh_token":"next"}]"#,
    ] {
        assert_eq!(salvaged(body.as_bytes()).as_deref(), Some("next"), "{body}");
    }
    let deep = format!("{{\"x\":{}1{},\"refresh_token\":\"next\"}}", "[".repeat(5000), "]".repeat(5000));
    assert_eq!(salvaged(deep.as_bytes()).as_deref(), Some("next"));
    for text in ["\u{feff}{\"refresh_token\":\"next\"}", r#"{"refresh_token":"next"}"#] {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        assert_eq!(salvaged(&utf16(u16::to_le_bytes)).as_deref(), Some("next"), "{text}");
        assert_eq!(salvaged(&utf16(u16::to_be_bytes)).as_deref(), Some("next"), "{text}");
    }
    assert_eq!(salvaged(b"{\"name\":\"\xe9\",\"refresh_token\":\"next\"}").as_deref(), Some("next"));
    for body in [
        "",
        "[]",
        "null",
        r#"{"refresh_token":"ne"#,
        r#"{"refresh_token":7}"#,
        r#"{"x":NaN,"refresh_token":7}"#,
        r#"{"x":NaN,"refresh_token":"ne"#,
        r#"{"x":{"refresh_token":"no"}}"#,
    ] {
        assert_eq!(salvaged(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn a_reply_in_an_odd_encoding_is_read_with_a_warning() {
    let json = r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"refresh_token":"next"}"#;
    let utf16 = |unit: fn(u16) -> [u8; 2]| {
        format!("\u{feff}{json}").encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    for body in [format!("\u{feff}{json}").into_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
        let tokens = accepted(&HttpReply { body, ..reply(200, "") });
        assert_eq!(tokens.refresh_token.unwrap().expose_secret(), "next");
        assert_eq!(tokens.warnings.len(), 1);
    }
}

#[test]
fn a_member_that_stands_twice_is_refused_only_where_it_means_two_things() {
    let tokens = accepted(&with(r#""expires_in":900,"expires_in":900,"x":{"y":1,"y":2}"#));
    assert_eq!(tokens.warnings, ["The reply has expires_in twice, with the same value."]);
    assert_eq!(error(&with(r#""expires_in":900,"expires_in":901"#)).code(), "token_reply_duplicate_member");
}

#[test]
fn a_scope_of_any_shape_is_read_or_left_out() {
    for (written, scopes, warnings) in [
        (r#""a b""#, Some(vec!["a", "b"]), 0),
        (r#"["a","b"]"#, Some(vec!["a", "b"]), 1),
        (r#""a,b, c""#, Some(vec!["a,b,", "c"]), 0),
        (r#""a,b,c""#, Some(vec!["a", "b", "c"]), 1),
        ("1", None, 1),
        (r#"["a",1]"#, None, 1),
        (r#"{"a":true}"#, None, 1),
    ] {
        let tokens = accepted(&with(&format!(r#""expires_in":900,"scope":{written}"#)));
        let expected: Option<Vec<String>> =
            scopes.map(|names| names.into_iter().map(str::to_owned).collect());
        assert_eq!((tokens.scope, tokens.warnings.len()), (expected, warnings), "{written}");
    }
}

#[test]
fn a_huge_expires_in_is_clamped() {
    for written in ["18446744073709551615", "99999999999999999999999999"] {
        let tokens = accepted(&with(&format!(r#""expires_in":{written}"#)));
        assert_eq!(tokens.expires_in, Some(MAX_EXPIRES_IN));
        assert_eq!(tokens.warnings.len(), 1);
    }
}

#[test]
fn an_access_token_that_no_header_can_carry_is_rejected() {
    for written in ["a b", "a\\r\\nX: y", "é"] {
        let body = format!(r#"{{"access_token":"{written}","token_type":"Bearer"}}"#);
        assert_eq!(error(&reply(200, &body)).code(), "token_access_token_characters", "{written}");
    }
    for body in [r#"{"token_type":"Bearer"}"#, r#"{"access_token":"","token_type":"Bearer"}"#] {
        assert_eq!(error(&reply(200, body)).code(), "token_access_token_missing");
    }
    assert_eq!(
        error(&reply(200, r#"{"access_token":1,"token_type":"Bearer"}"#)).code(),
        "token_reply_wrong_type"
    );
}

#[test]
fn a_refresh_reply_may_lack_refresh_token_and_id_token() {
    let tokens = accepted(&with(r#""expires_in":900"#));
    assert!(tokens.refresh_token.is_none());
    assert_eq!(
        tokens.require_id_token().unwrap_err().code(),
        "token_id_token_missing",
        "a code exchange may not"
    );
}

#[test]
fn a_revocation_succeeds_with_200_and_an_empty_body() {
    let read = |reply: &HttpReply| process_revocation_reply(reply, &ErrorShape::default());
    assert!(read(&reply(200, "")).is_ok());
    let error = read(&reply(400, r#"{"error":"invalid_client"}"#)).unwrap_err();
    assert_eq!(error.oauth_error(), Some("invalid_client"));
    assert_eq!(read(&reply(503, "")).unwrap_err(), TokenError::Empty { status: 503 });
    let kind = read(&reply(400, r#"{"error":"unsupported_token_type"}"#)).unwrap_err();
    assert!(kind.hint().contains("does not revoke tokens of this kind"));
}

proptest! {
    #[test]
    fn any_body_is_read_or_refused_with_a_bounded_error(
        status in 100u16..600,
        body in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let reply = HttpReply { status, headers: Vec::new(), body };
        if let Err(error) = process_token_reply(&reply, &preset("vault").unwrap().errors) {
            prop_assert!(error.detail().unwrap_or_default().chars().count() < 700);
        }
    }

    #[test]
    fn any_object_is_read_or_refused(
        name in "access_token|token_type|expires_in|scope|error|message|status|redirect_uri",
        value in "\\PC{0,40}|[0-9.eE+-]{1,30}|\\[\"[a-z ]{0,400}\"\\]",
        status in prop_oneof![Just(200u16), Just(400), Just(401)],
    ) {
        let shape = &preset("vault").unwrap().errors;
        let _ = process_token_reply(&reply(status, &format!(r#"{{"{name}":{value}}}"#)), shape);
        let quoted = serde_json::Value::from(value).to_string();
        if let Err(error) = process_token_reply(&reply(status, &format!(r#"{{"{name}":{quoted}}}"#)), shape) {
            prop_assert!(error.to_string().chars().count() < 1000);
        }
    }
}
