//! Replies of a token endpoint that are wrong, and those that are only unusual.

use bobbin_protocol::{
    http::HttpReply,
    preset::{ErrorShape, preset},
    token::{MAX_EXPIRES_IN, MAX_LENGTH, TokenError, TokenReply, process_token_reply},
};
use secrecy::ExposeSecret;

use crate::draft::{distinct, report};

use self::{Asked::*, Judged::*};

/// What a reply must come to.
enum Judged {
    Refused(&'static str),
    /// Tokens, and nothing to say about them.
    Accepted,
    /// Tokens, and a warning that says this.
    Warned(&'static str),
}

/// What the request was.
enum Asked {
    /// A code exchange with `openid`.
    Code,
    Refresh,
    /// A refresh at Vault, whose errors have their own shape.
    Vault,
}

/// Status, headers, body.
type Reply = (u16, &'static [(&'static str, &'static str)], &'static str);

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];
const HTML: &[(&str, &str)] = &[("Content-Type", "text/html; charset=utf-8")];

fn judge(asked: &Asked, reply: &HttpReply) -> Result<TokenReply, TokenError> {
    let shape = match asked {
        Vault => preset("vault").unwrap().errors.clone(),
        Code | Refresh => ErrorShape::default(),
    };
    let tokens = process_token_reply(reply, &shape)?;
    if matches!(asked, Code) {
        tokens.require_id_token()?;
    }
    Ok(tokens)
}

/// Whether it came as it should, else how it came.
fn differs(judged: &Judged, got: Result<TokenReply, TokenError>) -> Option<String> {
    match (judged, got) {
        (Refused(code), Err(error)) => {
            let hint = error.hint();
            (error.code() != *code || hint.is_empty()).then(|| format!("refused as {}", error.code()))
        }
        (Accepted, Ok(tokens)) if tokens.warnings.is_empty() => None,
        (Warned(words), Ok(tokens)) if tokens.warnings.concat().contains(words) => None,
        (_, Ok(tokens)) => Some(format!("accepted with {:?}", tokens.warnings)),
        (_, Err(error)) => Some(format!("refused as {}", error.code())),
    }
}

#[rustfmt::skip]
const CASES: &[(&str, Judged, &str, Asked, Reply)] = &[
    // No JSON object.
    ("an HTML page", Refused("token_reply_html"), "RFC 6749 5.1", Code, (200, HTML, "<!DOCTYPE html><html>Sign in</html>")),
    ("an HTML page that says it is JSON", Refused("token_reply_html"), "RFC 6749 5.1", Code, (200, JSON, "<html></html>")),
    ("nothing", Refused("token_reply_empty"), "RFC 6749 5.1", Code, (200, JSON, "")),
    ("white space", Refused("token_reply_empty"), "RFC 6749 5.1", Code, (200, JSON, " \r\n ")),
    ("a list", Refused("token_reply_not_an_object"), "RFC 6749 5.1", Code, (200, JSON, r#"[{"access_token":"a"}]"#)),
    ("a text", Refused("token_reply_not_an_object"), "RFC 6749 5.1", Code, (200, JSON, r#""token""#)),
    ("null", Refused("token_reply_not_an_object"), "RFC 6749 5.1", Code, (200, JSON, "null")),
    ("a form", Refused("token_reply_not_json"), "RFC 6749 5.1", Code, (200, &[("Content-Type", "application/x-www-form-urlencoded")], "access_token=a&token_type=bearer")),
    ("JSON cut off", Refused("token_reply_not_json"), "RFC 6749 5.1", Code, (200, JSON, r#"{"access_token":"a","token_ty"#)),
    ("JSON and more", Refused("token_reply_not_json"), "RFC 6749 5.1", Code, (200, JSON, r#"{"access_token":"a","token_type":"Bearer"} {}"#)),
    ("access_token twice", Refused("token_reply_duplicate_member"), "RFC 8259 4", Refresh, (200, JSON, r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#)),
    ("access_token twice, once with an escape", Refused("token_reply_duplicate_member"), "RFC 8259 4", Refresh, (200, JSON, r#"{"access_token":"a","access\u005ftoken":"b","token_type":"Bearer"}"#)),
    ("a member twice further in", Warned("lifetime is unknown"), "RFC 8259 4", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","x":{"y":1,"y":2}}"#)),

    // The right JSON in an unusual form.
    ("a byte order mark", Warned("byte order mark"), "RFC 8259 8.1", Refresh, (200, JSON, "\u{feff}{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":900}")),
    ("access_token twice with one value", Warned("access_token twice"), "RFC 8259 4", Refresh, (200, JSON, r#"{"access_token":"a","access_token":"a","token_type":"Bearer"}"#)),
    ("scope with commas", Warned("separated by commas"), "RFC 6749 3.3", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"scope":"a,b"}"#)),
    ("scope in an object", Warned("scope is an object"), "RFC 6749 3.3", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"scope":{"a":true}}"#)),

    // The right JSON under another name.
    ("no Content-Type", Warned("Content-Type is missing"), "RFC 6749 5.1", Refresh, (200, &[], r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
    ("text/plain", Warned("Content-Type is text/plain"), "RFC 6749 5.1", Refresh, (200, &[("Content-Type", "text/plain")], r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
    ("text/html", Warned("Content-Type is text/html"), "RFC 6749 5.1", Refresh, (200, HTML, r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
    ("a JSON type of its own", Accepted, "RFC 6839 3.1", Refresh, (200, &[("content-type", "Application/Token+JSON; charset=UTF-8")], r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
    ("201 Created", Accepted, "RFC 6749 5.1", Refresh, (201, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),

    // access_token and token_type.
    ("no access_token", Refused("token_access_token_missing"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"token_type":"Bearer","expires_in":900}"#)),
    ("access_token null", Refused("token_access_token_missing"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":null,"token_type":"Bearer"}"#)),
    ("access_token empty", Refused("token_access_token_missing"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"","token_type":"Bearer"}"#)),
    ("access_token a number", Refused("token_reply_wrong_type"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":1,"token_type":"Bearer"}"#)),
    ("access_token with a line break", Refused("token_access_token_characters"), "RFC 6749 A.12", Refresh, (200, JSON, r#"{"access_token":"a\r\nHost: evil","token_type":"Bearer"}"#)),
    ("no token_type", Warned("no token_type"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a"}"#)),
    ("token_type empty", Warned("no token_type"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":""}"#)),
    ("token_type a list", Warned("token_type is an array"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":["Bearer"]}"#)),
    ("token_type mac", Warned("token type is mac"), "RFC 6749 7.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"mac"}"#)),
    ("token_type DPoP", Warned("token type is DPoP"), "RFC 9449 5", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"DPoP"}"#)),
    ("token_type in inverted case", Accepted, "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"bEARER","expires_in":900}"#)),

    // expires_in.
    ("no expires_in", Warned("lifetime is unknown"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer"}"#)),
    ("expires_in null", Warned("lifetime is unknown"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":null}"#)),
    ("expires_in a text of digits", Warned("expires_in is a string"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":"900"}"#)),
    ("expires_in zero", Warned("has expired already"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":0}"#)),
    ("expires_in huge", Warned("counted as 100 years"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":99999999999999999999999999}"#)),
    ("expires_in negative", Warned("has expired already"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":-1}"#)),
    ("expires_in a negative text", Warned("has expired already"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":"-900"}"#)),
    ("expires_in a fraction", Warned("rounded down"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":899.5}"#)),
    ("expires_in words", Warned("lifetime is unknown"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":"15 min"}"#)),
    ("expires_in true", Warned("lifetime is unknown"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":true}"#)),

    // The other tokens and the scope.
    ("openid asked, no id_token", Refused("token_id_token_missing"), "OIDC Core 3.1.3.3", Code, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
    ("openid asked, id_token null", Refused("token_id_token_missing"), "OIDC Core 3.1.3.3", Code, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"id_token":null}"#)),
    ("id_token an object", Refused("token_id_token_missing"), "OIDC Core 3.1.3.3", Code, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","id_token":{"sub":"a"}}"#)),
    ("refreshed without an id_token", Accepted, "OIDC Core 12.2", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"refresh_token":"b"}"#)),
    ("refreshed without a refresh token", Accepted, "RFC 6749 6", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
    ("refresh_token a number", Warned("refresh_token is a number"), "RFC 6749 5.1", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","refresh_token":1}"#)),
    ("Vault's user_id", Accepted, "Vault", Vault, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":86400,"user_id":"usr:1"}"#)),
    ("scope in a list", Warned("scope is an array"), "RFC 6749 3.3", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"scope":["a","b"]}"#)),
    ("scope a number", Warned("scope is a number"), "RFC 6749 3.3", Refresh, (200, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900,"scope":1}"#)),

    // Errors, in whatever shape.
    ("invalid_grant", Refused("token_invalid_grant"), "RFC 6749 5.2", Code, (400, JSON, r#"{"error":"invalid_grant"}"#)),
    ("invalid_client with 400", Refused("token_invalid_client"), "RFC 6749 5.2", Code, (400, JSON, r#"{"error":"invalid_client"}"#)),
    ("invalid_client with 401", Refused("token_invalid_client"), "RFC 6749 5.2", Refresh, (401, JSON, r#"{"error":"invalid_client","error_description":"no secret"}"#)),
    ("unauthorized_client", Refused("token_unauthorized_client"), "RFC 6749 5.2", Code, (400, JSON, r#"{"error":"unauthorized_client"}"#)),
    ("invalid_scope", Refused("token_invalid_scope"), "RFC 6749 5.2", Refresh, (400, JSON, r#"{"error":"invalid_scope"}"#)),
    ("invalid_request", Refused("token_invalid_request"), "RFC 6749 5.2", Code, (400, JSON, r#"{"error":"invalid_request"}"#)),
    ("unsupported_grant_type", Refused("token_unsupported_grant_type"), "RFC 6749 5.2", Code, (400, JSON, r#"{"error":"unsupported_grant_type"}"#)),
    ("an error that nobody knows", Refused("token_oauth_error"), "RFC 6749 5.2", Code, (400, JSON, r#"{"error":"slow_down"}"#)),
    ("an error with 200", Refused("token_invalid_grant"), "RFC 6749 5.2", Code, (200, JSON, r#"{"error":"invalid_grant","access_token":"a","token_type":"Bearer"}"#)),
    ("an error without a Content-Type", Refused("token_invalid_grant"), "RFC 6749 5.2", Refresh, (400, &[], r#"{"error":"invalid_grant"}"#)),
    ("Stitch's error for a redirect URI", Refused("token_provider_error"), "Stitch", Code, (400, JSON, r#"{"redirect_uri":["Invalid redirect_uri. Please ensure the URI has been whitelisted."]}"#)),
    ("Vault's expired refresh token", Refused("token_invalid_grant"), "Vault", Vault, (401, JSON, r#"{"status":"UNAUTHORIZED","message":"The Token has expired on 2025-01-01T00:00:00.000Z","traceId":"TraceId unavailable","errors":[]}"#)),
    ("a problem of RFC 9457", Refused("token_provider_error"), "RFC 9457 3", Code, (400, &[("Content-Type", "application/problem+json")], r#"{"title":"Bad request","detail":"No such client"}"#)),
    ("an error page", Refused("token_reply_html"), "RFC 6749 5.2", Code, (404, HTML, "<html>Not found</html>")),
    ("an error without a body", Refused("token_reply_empty"), "RFC 6749 5.2", Code, (403, &[], "")),

    ("an error that says nothing", Refused("token_unexpected_status"), "RFC 6749 5.2", Code, (400, JSON, r#"{"ok":false}"#)),

    // Trouble on the way.
    ("500", Refused("token_server_error"), "RFC 9110 15.6", Code, (500, HTML, "<html>Oops</html>")),
    ("503 with JSON", Refused("token_server_error"), "RFC 9110 15.6", Refresh, (503, JSON, "{}")),
    ("429 with Retry-After", Refused("token_too_many_requests"), "RFC 6585 4", Refresh, (429, &[("Retry-After", "2")], "")),
    ("429 without Retry-After", Refused("token_too_many_requests"), "RFC 6585 4", Refresh, (429, JSON, "{}")),
    ("301", Refused("token_redirect"), "RFC 9110 15.4", Code, (301, &[("Location", "https://login.example.com/token")], "")),
    ("302 to elsewhere", Refused("token_redirect"), "RFC 9110 15.4", Code, (302, &[("Location", "https://evil.example/")], "")),
    ("307, which would send the code again", Refused("token_redirect"), "RFC 9110 15.4", Code, (307, &[("Location", "https://evil.example/")], "")),
    ("308 with tokens in its body", Refused("token_redirect"), "RFC 9110 15.4", Refresh, (308, JSON, r#"{"access_token":"a","token_type":"Bearer","expires_in":900}"#)),
];

fn read((status, headers, body): &Reply) -> HttpReply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    HttpReply { status: *status, headers: headers.collect(), body: body.as_bytes().to_vec() }
}

#[test]
fn every_reply_of_a_token_endpoint_is_judged_as_it_should_be() {
    distinct(CASES.iter().map(|case| case.0));
    let mut misjudged = Vec::new();
    for (name, judged, section, asked, reply) in CASES {
        let got = judge(asked, &read(reply));
        misjudged.extend(differs(judged, got).map(|got| format!("{name} ({section}): {got}")));
    }
    report("token endpoint", CASES.len(), 50, &misjudged, "misjudged");
}

#[test]
fn what_is_accepted_gives_the_tokens_and_a_lifetime_that_can_be_scheduled() {
    for (name, judged, _, asked, reply) in CASES {
        if matches!(judged, Refused(_)) {
            continue;
        }
        let tokens = judge(asked, &read(reply)).unwrap();
        assert_eq!(tokens.access_token.expose_secret(), "a", "{name}");
        assert!(tokens.expires_in.is_none_or(|seconds| seconds <= MAX_EXPIRES_IN), "{name}");
    }
}

#[test]
fn a_body_over_1_mib_is_refused() {
    let body = vec![b' '; MAX_LENGTH + 1];
    let reply = HttpReply { status: 200, headers: Vec::new(), body };
    assert_eq!(judge(&Code, &reply).unwrap_err().code(), "token_reply_too_large");
}
