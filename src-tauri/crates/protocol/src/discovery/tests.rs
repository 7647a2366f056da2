use super::*;

const ISSUER: &str = "https://secure.stitch.money";

fn reply(status: u16, body: &str) -> HttpReply {
    HttpReply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn document(changes: &[(&str, Value)]) -> HttpReply {
    let mut document = serde_json::json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://secure.stitch.money/connect/authorize",
        "token_endpoint": "https://secure.stitch.money/connect/token",
        "jwks_uri": "https://secure.stitch.money/.well-known/openid-configuration/jwks",
        "revocation_endpoint": "https://secure.stitch.money/connect/revocation",
        "userinfo_endpoint": null,
        "scopes_supported": ["openid", "accounts"],
        "code_challenge_methods_supported": ["plain", "S256"],
    });
    for (name, value) in changes {
        document[*name] = value.clone();
    }
    reply(200, &document.to_string())
}

fn error_code(reply: &HttpReply) -> &'static str {
    process_discovery(reply, ISSUER).unwrap_err().code()
}

#[test]
fn the_document_is_below_the_issuer() {
    for (issuer, url) in [
        (ISSUER, "https://secure.stitch.money/.well-known/openid-configuration"),
        ("https://a.example/", "https://a.example/.well-known/openid-configuration"),
        ("https://a.example/realms/x", "https://a.example/realms/x/.well-known/openid-configuration"),
        ("http://127.0.0.1:5001", "http://127.0.0.1:5001/.well-known/openid-configuration"),
    ] {
        assert_eq!(discovery_url(issuer).unwrap().as_str(), url);
    }
}

#[test]
fn an_issuer_is_an_https_url_without_query_and_fragment() {
    for issuer in [
        "",
        "stitch.money",
        "ftp://a.example",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://user@a.example",
        "http://127.0.0.1@a.example",
    ] {
        assert_eq!(discovery_url(issuer).unwrap_err().code(), "discovery_issuer_invalid", "{issuer}");
    }
}

#[test]
fn a_plain_http_issuer_is_only_on_this_computer() {
    for issuer in ["http://127.0.0.1:5001", "http://[::1]:5001/a", "http://localhost:3000"] {
        assert!(discovery_url(issuer).is_ok(), "{issuer}");
    }
    for issuer in
        ["http://a.example", "http://127.0.0.1.a.example", "http://192.168.1.4", "http://localhost.a.example"]
    {
        let error = discovery_url(issuer).unwrap_err();
        assert_eq!(error, DiscoveryError::PlainHttp(issuer.to_owned()));
        assert!(error.hint().contains("https"));
    }
}

#[test]
fn the_address_of_the_document_is_no_issuer_and_says_which_one_it_is() {
    let error = discovery_url("https://a.example/x/.well-known/openid-configuration").unwrap_err();
    assert_eq!(error, DiscoveryError::Document("https://a.example/x".to_owned()));
}

#[test]
fn discovery_openid_config() {
    let discovery = process_discovery(&document(&[]), ISSUER).unwrap();
    assert_eq!(discovery.token_endpoint.path(), "/connect/token");
    assert_eq!(discovery.userinfo_endpoint, None);
    assert_eq!(discovery.scopes_supported, ["openid", "accounts"]);
    assert!(!discovery.authorization_response_iss_parameter_supported);
}

#[test]
fn every_endpoint_has_the_name_that_presets_give_it() {
    let names = [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "end_session_endpoint",
    ];
    let url = |name: &str| format!("https://secure.stitch.money/{name}");
    let endpoints = names.map(|name| (name, Value::from(url(name))));
    let metadata = process_discovery(&document(&endpoints), ISSUER).unwrap();
    for name in names {
        assert_eq!(metadata.get(name), Some(url(name).as_str()));
    }
    assert_eq!(metadata.get("issuer"), Some(ISSUER));
    assert_eq!(metadata.get("graphql_endpoint"), None, "which no document names");
}

#[test]
fn what_the_provider_supports_is_kept_and_what_it_leaves_out_is_empty() {
    let lists = [
        ("grant_types_supported", serde_json::json!(["authorization_code", "client_credentials"])),
        ("token_endpoint_auth_methods_supported", serde_json::json!(["private_key_jwt", 1])),
        ("token_endpoint_auth_signing_alg_values_supported", serde_json::json!(["ES256"])),
        ("id_token_signing_alg_values_supported", serde_json::json!(["RS256"])),
    ];
    let metadata = process_discovery(&document(&lists), ISSUER).unwrap();
    assert_eq!(metadata.grant_types_supported, ["authorization_code", "client_credentials"]);
    assert_eq!(metadata.token_endpoint_auth_methods_supported, ["private_key_jwt"]);
    assert_eq!(metadata.token_endpoint_auth_signing_alg_values_supported, ["ES256"]);
    assert_eq!(metadata.id_token_signing_alg_values_supported, ["RS256"]);

    let silent = process_discovery(&document(&[]), ISSUER).unwrap();
    assert!(silent.grant_types_supported.is_empty());
    assert!(silent.token_endpoint_auth_methods_supported.is_empty());
}

#[test]
fn metadata_that_was_kept_is_the_same_when_it_is_read_again() {
    let metadata = process_discovery(&document(&[]), ISSUER).unwrap();
    let kept = serde_json::to_string(&metadata).unwrap();
    assert_eq!(serde_json::from_str::<ProviderMetadata>(&kept).unwrap(), metadata);
}

#[test]
fn discovery_jwks_uri_keys() {
    let discovery = process_discovery(&document(&[]), ISSUER).unwrap();
    assert_eq!(discovery.jwks_uri.path(), "/.well-known/openid-configuration/jwks");
}

#[test]
fn discovery_issuer_mismatch() {
    for other in ["https://secure.stitch.money/", "https://SECURE.stitch.money", "https://evil.example"] {
        assert_eq!(error_code(&document(&[("issuer", other.into())])), "discovery_issuer_mismatch");
    }
    assert_eq!(error_code(&document(&[("issuer", Value::Null)])), "discovery_issuer_mismatch");
    assert_eq!(error_code(&reply(200, "{}")), "discovery_member_missing");
}

#[test]
fn the_iss_parameter_of_callbacks_is_noticed() {
    let advertised = [("authorization_response_iss_parameter_supported", Value::Bool(true))];
    let discovery = process_discovery(&document(&advertised), ISSUER).unwrap();
    assert!(discovery.authorization_response_iss_parameter_supported);
}

#[test]
fn a_missing_or_unprotected_endpoint_is_named() {
    let missing = process_discovery(&document(&[("jwks_uri", Value::Null)]), ISSUER).unwrap_err();
    assert_eq!(missing, DiscoveryError::Missing("jwks_uri"));
    for wrong in [Value::from("http://a.example/token"), "connect/token".into(), 1.into()] {
        let error = process_discovery(&document(&[("token_endpoint", wrong)]), ISSUER).unwrap_err();
        assert_eq!(error.code(), "discovery_endpoint_invalid");
        assert!(error.to_string().contains("token_endpoint"));
    }
}

#[test]
fn pages_redirects_and_large_documents_are_refused() {
    assert_eq!(error_code(&reply(302, "")), "discovery_redirect");
    assert_eq!(error_code(&reply(404, "<html>")), "discovery_status");
    assert_eq!(error_code(&reply(200, "<html>")), "discovery_not_json");
    assert_eq!(error_code(&reply(200, "[]")), "discovery_not_json");
    assert_eq!(error_code(&reply(200, r#"{"issuer":"a","issuer":"b"}"#)), "discovery_duplicate_member");
    assert_eq!(error_code(&reply(200, &" ".repeat(MAX_LENGTH + 1))), "discovery_too_large");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", value in "\\PC{0,40}") {
        let reply = |body: String| HttpReply { status: 200, headers: Vec::new(), body: body.into_bytes() };
        let _ = discovery_url(&text);
        let _ = process_discovery(&reply(text), "https://a.example");
        for name in ["issuer", "token_endpoint", "jwks_uri", "scopes_supported"] {
            let mut members = serde_json::json!({
                "issuer": "https://a.example",
                "authorization_endpoint": "https://a.example/authorize",
                "token_endpoint": "https://a.example/token",
                "jwks_uri": "https://a.example/jwks",
            });
            members[name] = value.clone().into();
            let read = process_discovery(&reply(members.to_string()), "https://a.example");
            proptest::prop_assert!(name != "issuer" || value == "https://a.example" || read.is_err());
        }
    }
}
