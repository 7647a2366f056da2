use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

fn error(text: &str) -> CredentialsError {
    import(text).unwrap_err()
}

fn told(fields: &[FieldUse]) -> Vec<String> {
    fields.iter().map(|field| format!("{}: {}", field.name, field.text)).collect()
}

const STITCHS: &str = r#"{
    "id": "test-18fbd892-3b73-43c3-a854-c6f78c681349",
    "name": "Weave",
    "url": "https://weave.example",
    "environment": "test",
    "countryCodes": ["ZA"],
    "redirectUrls": ["https://localhost:9000/return", "weave:/callback"],
    "allowedScopes": ["openid", "accounts", "client_paymentrequest"],
    "allowedGrantTypes": ["authorization_code", "client_credentials"],
    "accessTokenLifetime": 900,
    "refreshTokenUsage": "OneTimeOnly",
    "colour": "blue"
}"#;

#[test]
fn stitchs_fields_are_used_and_each_other_one_says_why_it_is_not() {
    let import = import(STITCHS).unwrap();
    assert_eq!(import.client_id.as_deref(), Some("test-18fbd892-3b73-43c3-a854-c6f78c681349"));
    assert_eq!(import.name.as_deref(), Some("Weave"));
    assert_eq!(import.redirect_uris, ["https://localhost:9000/return", "weave:/callback"]);
    assert_eq!(import.scopes, ["openid", "accounts", "client_paymentrequest"]);
    assert!(import.client_secret.is_none());
    insta::assert_debug_snapshot!(told(&import.used), @r#"
    [
        "id: Client id test-18fbd892-3b73-43c3-a854-c6f78c681349",
        "name: Name \"Weave\"",
        "redirectUrls: 2 redirect URIs",
        "allowedScopes: 3 scopes",
        "accessTokenLifetime: Access tokens last 900 s",
    ]
    "#);
    insta::assert_debug_snapshot!(told(&import.ignored), @r#"
    [
        "url: Bobbin has no use for it.",
        "environment: The preset of the connection says whether it is test or live.",
        "countryCodes: Bobbin has no use for it.",
        "allowedGrantTypes: The server decides about it with each request.",
        "refreshTokenUsage: The preset of the connection says how refresh tokens are used.",
        "colour: Bobbin does not know this field.",
    ]
    "#);
}

#[test]
fn lifetimes_are_taken_in_seconds_and_those_that_set_no_limit_are_not() {
    let sliding = import(r#"{"accessTokenLifetime":900,"slidingRefreshTokenLifetime":31536000,"absoluteRefreshTokenLifetime":0,"refreshTokenExpiration":"Sliding"}"#).unwrap();
    assert_eq!((sliding.access_lifetime, sliding.sliding_refresh_lifetime), (Some(900), Some(31_536_000)));
    assert_eq!(sliding.absolute_refresh_lifetime, None);
    insta::assert_debug_snapshot!(told(&sliding.ignored), @r#"
    [
        "absoluteRefreshTokenLifetime: 0 sets no limit.",
        "refreshTokenExpiration: It decides which of the lifetimes count.",
    ]
    "#);
    let fixed = import(r#"{"SlidingRefreshTokenLifetime":1296000,"AbsoluteRefreshTokenLifetime":2592000,"RefreshTokenExpiration":1}"#).unwrap();
    assert_eq!((fixed.absolute_refresh_lifetime, fixed.sliding_refresh_lifetime), (Some(2_592_000), None));
    for wrong in ["-1", "1.5", "\"900\"", "315360001", "99999999999999999999"] {
        let import = import(&format!(r#"{{"id":"a","accessTokenLifetime":{wrong}}}"#)).unwrap();
        assert_eq!((import.access_lifetime, import.ignored.len()), (None, 1), "{wrong}");
    }
}

#[test]
fn other_spellings_are_understood() {
    let import = import(
        r#"{"client_id":" a ","Client-Name":"b","redirect_uri":"c:/d","scope":"openid  accounts","client_secret":"hush"}"#,
    )
    .unwrap();
    assert_eq!((import.client_id.as_deref(), import.name.as_deref()), (Some("a"), Some("b")));
    assert_eq!(import.redirect_uris, ["c:/d"]);
    assert_eq!(import.scopes, ["openid", "accounts"]);
    assert_eq!(import.client_secret.as_ref().unwrap().expose_secret(), "hush");
    assert!(import.ignored.is_empty());
}

#[test]
fn what_several_fields_name_is_taken_once_in_the_order_of_the_file() {
    let read =
        import(r#"{"clientId":"c","scopes":["b","a","b"],"allowedScopes":"a c","redirectUris":["x","x"]}"#)
            .unwrap();
    assert_eq!(read.scopes, ["b", "a", "c"]);
    assert_eq!(read.redirect_uris, ["x"]);
}

#[test]
fn no_secret_is_in_what_is_told_or_in_debug_output() {
    let import = import(r#"{"id":"a","clientSecret":"hush","privateKey":"hush","secret":"hush"}"#).unwrap();
    assert!(!format!("{import:?}").contains("hush"));
    assert_eq!(
        told(&import.ignored),
        [
            "privateKey: A key is imported by itself, under the client's authentication.",
            "secret: A field before it says it already.",
        ]
    );
}

#[test]
fn an_object_may_stand_in_a_list_of_one_or_inside_of_client() {
    for text in [
        r#"[{"id":"a"}]"#,
        r#"{"client":{"id":"a"}}"#,
        r#"[{"client":[{"id":"a"}]}]"#,
        "\u{feff}\r\n{\"id\":\"a\"}\r\n",
    ] {
        assert_eq!(import(text).unwrap().client_id.as_deref(), Some("a"), "{text}");
    }
    let import = import(r#"{"version":2,"client":{"id":"a"}}"#).unwrap();
    assert_eq!(told(&import.ignored), ["version: It stands beside the client, not in it."]);
}

#[test]
fn client_id_goes_before_an_id_wherever_it_stands() {
    for text in [r#"{"id":"1","clientId":"a"}"#, r#"{"clientId":"a","id":"1"}"#] {
        let import = import(text).unwrap();
        assert_eq!(import.client_id.as_deref(), Some("a"), "{text}");
        assert_eq!(import.ignored[0].name, "id");
    }
}

#[test]
fn a_field_of_the_wrong_kind_is_ignored_with_the_reason_and_the_rest_is_used() {
    let import =
        import(r#"{"id":7,"clientId":"a","name":null,"allowedScopes":{"a":1},"redirectUrls":["b:/c",3,""]}"#)
            .unwrap();
    assert_eq!(import.client_id.as_deref(), Some("a"));
    assert_eq!(import.redirect_uris, ["b:/c"]);
    assert_eq!(
        told(&import.ignored)[1..],
        ["name: It is empty.", "allowedScopes: A list of strings belongs here, not an object."]
    );
}

#[test]
fn what_cannot_be_read_has_its_own_error_and_says_what_to_do() {
    for (text, code) in [
        ("", "credentials_empty"),
        (" \n", "credentials_empty"),
        ("-----BEGIN CERTIFICATE-----", "credentials_pem"),
        ("Bag Attributes\n    localKeyID: E3", "credentials_pem"),
        ("{\"id\":\"a\"", "credentials_not_json"),
        ("clientId=a", "credentials_not_json"),
        ("\"a\"", "credentials_not_an_object"),
        ("[]", "credentials_not_an_object"),
        ("{\"client\":[3]}", "credentials_not_an_object"),
        (r#"[{"id":"a"},{"id":"b"}]"#, "credentials_several_clients"),
        (r#"{"id":"a","id":"b"}"#, "credentials_duplicate_member"),
        ("{}", "credentials_nothing_used"),
        (r#"{"colour":"blue"}"#, "credentials_nothing_used"),
    ] {
        let error = error(text);
        assert_eq!(error.code(), code, "{text}");
        assert!(error.hint().ends_with('.'));
    }
    assert_eq!(
        error(r#"{"colour":"blue"}"#).to_string(),
        "No field in it says anything about a client. It has: colour."
    );
    assert_eq!(error(&" ".repeat(MAX_LENGTH + 1)), CredentialsError::TooLong);
    assert_eq!(
        error(&format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000))).code(),
        "credentials_not_json"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r#"[\[{]{0,3}("(id|name|client|scope|[a-z]{1,3})":("[a-z ]{0,4}"|null|1|\[\]|\{\}),?){0,4}[}\]]{0,3}"#) {
        if let Ok(import) = import(&text) {
            prop_assert!(!import.used.is_empty());
        }
    }
}
