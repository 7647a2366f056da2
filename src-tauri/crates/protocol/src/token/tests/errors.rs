//! Replies that are errors.

use super::*;

#[test]
fn more_than_1_mib_is_refused() {
    let body = format!(r#"{{"access_token":"{}","token_type":"Bearer"}}"#, "a".repeat(MAX_LENGTH));
    for status in [200, 400] {
        assert_eq!(error(&reply(status, &body)), TokenError::TooLarge);
    }
}

#[test]
fn a_redirect_is_named_and_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let mut moved = reply(status, "");
        moved.headers.push(("Location".to_owned(), "https://evil.example/x?code=secret".to_owned()));
        let error = error(&moved);
        assert_eq!(error.code(), "token_redirect");
        assert_eq!(error.detail().as_deref(), Some("Location: https://evil.example/x"));
    }
}

#[test]
fn a_429_says_how_long_to_wait() {
    let mut busy = reply(429, "slow down");
    assert_eq!(error(&busy), TokenError::TooManyRequests { retry_after: None });
    busy.headers.push(("retry-after".to_owned(), "17".to_owned()));
    assert_eq!(error(&busy), TokenError::TooManyRequests { retry_after: Some(17) });
    assert_eq!(error(&busy).hint(), "Wait 17 s, then try again.");
}

#[test]
fn a_429_and_a_503_say_how_long_to_wait_in_seconds_or_by_a_date() {
    let wait = |status, fields: &[(&str, &str)]| {
        let mut busy = reply(status, "");
        busy.headers = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        retry_after(&busy)
    };
    let until = ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
    for status in [429, 503] {
        assert_eq!(wait(status, &[("retry-after", " 17 ")]), Some(17));
        assert_eq!(wait(status, &[until, ("date", "Sun, 06 Nov 1994 08:49:07 GMT")]), Some(30));
        assert_eq!(wait(status, &[until, ("date", "Sun, 06 Nov 1994 09:00:00 GMT")]), Some(0));
        assert_eq!(wait(status, &[until]), None, "nobody knows the server's time");
        assert_eq!(wait(status, &[("retry-after", "soon")]), None);
        assert_eq!(wait(status, &[]), None);
    }
    assert_eq!(wait(500, &[("retry-after", "17")]), None);
}

#[test]
fn a_server_error_is_told_apart_from_a_refusal() {
    assert_eq!(error(&reply(503, "<html>maintenance</html>")).code(), "token_server_error");
    assert_eq!(error(&reply(502, "{}")).code(), "token_server_error");
    assert_eq!(error(&reply(404, "<html>")).code(), "token_reply_html");
    assert_eq!(error(&reply(404, "{}")).code(), "token_unexpected_status");
    assert_eq!(error(&reply(500, r#"{"error":"server_error"}"#)).oauth_error(), Some("server_error"));
}

#[test]
fn stitchs_bare_invalid_grant_is_an_oauth_error() {
    let error = error(&reply(400, r#"{"error":"invalid_grant"}"#));
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    insta::assert_snapshot!(card(&error), @"
    token_invalid_grant
    The server answered invalid_grant.
    The code or refresh token is used up, too old, or was given to another client or redirect URI. Sign in again.
    HTTP 400
    ");
}

#[test]
fn invalid_client_names_the_client_checks_that_could_explain_it() {
    for status in [400, 401] {
        let error = error(&reply(status, r#"{"error":"invalid_client"}"#));
        assert_eq!(error.code(), "token_invalid_client");
        assert!(error.hint().contains("test client on a live connection"));
    }
    let unauthorized = error(&reply(400, r#"{"error":"unauthorized_client"}"#));
    assert_eq!(unauthorized.code(), "token_unauthorized_client");
}

#[test]
fn stitchs_bad_redirect_uri_shows_its_own_message() {
    let error = error(&reply(
        400,
        r#"{"redirect_uri":["Invalid redirect_uri. Please ensure the URI has been whitelisted."]}"#,
    ));
    assert_eq!(error.oauth_error(), None);
    insta::assert_snapshot!(card(&error), @"
    token_provider_error
    The server answered: redirect_uri: Invalid redirect_uri. Please ensure the URI has been whitelisted.
    The message is the provider's own. Its support can say more, with the exchange from the Wire drawer.
    HTTP 400
    ");
}

const VAULTS_401: &str = r#"{"status":"UNAUTHORIZED","message":"The Token has expired on 2025-01-01T00:00:00.000Z","traceId":"TraceId unavailable","errors":[]}"#;

#[test]
fn vaults_401_shows_message_and_trace_id_and_counts_as_invalid_grant() {
    let error = vaults_error(&reply(401, VAULTS_401));
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    insta::assert_snapshot!(card(&error), @"
    token_invalid_grant
    The server answered: The Token has expired on 2025-01-01T00:00:00.000Z.
    The code or refresh token is used up, too old, or was given to another client or redirect URI. Sign in again.
    HTTP 401, UNAUTHORIZED, traceId TraceId unavailable
    ");
}

#[test]
fn only_an_error_of_vaults_own_shape_and_status_counts_as_invalid_grant() {
    for status in [400, 403, 500] {
        assert_eq!(vaults_error(&reply(status, VAULTS_401)).oauth_error(), None, "{status}");
    }
    for other in [r#"{"message":"No"}"#, r#"{"detail":"No","status":"UNAUTHORIZED"}"#, r#"{"a":["No"]}"#] {
        assert_eq!(vaults_error(&reply(401, other)).oauth_error(), None, "{other}");
    }
    assert_eq!(error(&reply(401, VAULTS_401)).oauth_error(), None, "for another provider it means nothing");
}

#[test]
fn another_providers_error_shape_needs_only_data() {
    let shape = ErrorShape {
        message: Some("reason".to_owned()),
        label: Some("kind".to_owned()),
        trace_id: Some("request".to_owned()),
        invalid_grant_statuses: vec![410],
    };
    let body = r#"{"kind":"GONE","reason":"Used up","request":"r-1"}"#;
    let error = process_token_reply(&reply(410, body), &shape).unwrap_err();
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    assert_eq!(error.to_string(), "The server answered: Used up.");
    assert_eq!(error.detail().unwrap(), "HTTP 410, GONE, traceId r-1");
}

#[test]
fn the_older_vault_error_shows_its_message() {
    let error = error(&reply(
        400,
        r#"{"error":"COMMON","errorId":0,"message":"Unknown merchant","systemId":"core"}"#,
    ));
    assert_eq!(error.to_string(), "The server answered COMMON: Unknown merchant.");
}

#[test]
fn an_error_object_with_200_is_still_an_error() {
    assert_eq!(
        error(&reply(200, r#"{"error":"invalid_grant","access_token":"a","token_type":"Bearer"}"#))
            .oauth_error(),
        Some("invalid_grant")
    );
}

#[test]
fn a_description_is_one_safe_line() {
    let error = error(&reply(
        400,
        r#"{"error":"invalid_request","error_description":"bad\n\u001b[31mcode \u202enXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4","error_uri":"https://a.example/e"}"#,
    ));
    assert_eq!(error.to_string(), "The server answered invalid_request: bad [31mcode nXPh…");
    assert_eq!(error.detail().as_deref(), Some("HTTP 400, more at https://a.example/e"));
}

#[test]
fn names_and_trace_ids_are_not_taken_for_secrets() {
    let scope = error(&reply(
        400,
        r#"{"error":"invalid_scope","error_description":"client_recurringpaymentconsentrequest"}"#,
    ));
    assert_eq!(
        scope.to_string(),
        "The server answered invalid_scope: client_recurringpaymentconsentrequest."
    );
    let trace =
        vaults_error(&reply(500, r#"{"message":"Oops","traceId":"0af7651916cd43dd8448eb211c80319c"}"#));
    assert_eq!(trace.detail().as_deref(), Some("HTTP 500, traceId 0af7651916cd43dd8448eb211c80319c"));
}
