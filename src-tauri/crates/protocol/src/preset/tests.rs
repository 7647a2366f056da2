use std::collections::HashSet;

use secrecy::ExposeSecret;
use url::Url;

use crate::settings::{AuthenticationMethod, RefreshPolicy};

use super::*;
use crate::{
    http::{Body, HttpReply},
    token::{Authentication, TokenClient, TokenError, TokenReply, build_refresh, process_token_reply},
};

const ENDPOINTS: [&str; 9] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "end_session_endpoint",
    "graphql_endpoint",
];

#[test]
fn every_preset_loads() {
    for file in FILES {
        let read: Result<Preset, _> = toml::from_str(file);
        assert!(read.is_ok(), "{read:?}");
    }
    let ids: Vec<_> = presets().iter().map(|preset| preset.id.as_str()).collect();
    assert_eq!(ids, ["sandbox", "stitch-test", "stitch-live", "vault", "openid", "tokens"]);
    assert!(preset("sandbox").is_some() && preset("nothing").is_none());
}

#[test]
fn a_misspelt_field_is_refused() {
    let misspelt = FILES[5].replace("summary", "sumary");
    assert!(toml::from_str::<Preset>(&misspelt).is_err());
}

#[test]
fn scopes_are_named_once_and_each_has_a_sentence() {
    for preset in presets() {
        let names: HashSet<_> = preset.scopes.iter().map(|scope| &scope.name).collect();
        assert_eq!(names.len(), preset.scopes.len(), "{}", preset.id);
        for scope in &preset.scopes {
            let text = &scope.description;
            assert!(text.ends_with('.') && text.len() > 20, "{}: {text}", scope.name);
        }
    }
}

#[test]
fn default_scopes_are_known_of_their_kind_and_below_the_limit() {
    for preset in presets() {
        let known = |name: &str| preset.scopes.iter().find(|scope| scope.name == name);
        for name in &preset.default_scopes {
            assert!(known(name).is_some_and(|scope| !scope.client), "{}: {name}", preset.id);
        }
        for name in preset.client_tokens.iter().flat_map(|rules| &rules.default_scopes) {
            assert!(known(name).is_some_and(|scope| scope.client), "{}: {name}", preset.id);
        }
        let joined = preset.default_scopes.join(" ").len();
        assert!(preset.limits.scope.is_none_or(|limit| joined <= limit as usize));
    }
}

#[test]
fn all_client_scopes_together_are_beyond_stitchs_limit() {
    let preset = preset("stitch-test").unwrap();
    let client = preset.scopes.iter().filter(|scope| scope.client);
    let names: Vec<_> = client.map(|scope| scope.name.as_str()).collect();
    assert_eq!(names.join(" ").len(), 343);
    assert_eq!(preset.limits, Limits { scope: Some(300), redirect_uri: Some(400) });
}

#[test]
fn endpoints_are_https_urls_or_the_sandboxs() {
    for preset in presets() {
        for written in ENDPOINTS.iter().filter_map(|name| preset.endpoints.get(name)) {
            match written.strip_prefix("{sandbox}") {
                Some(path) => assert!(path.is_empty() || path.starts_with('/')),
                None => assert!(written.starts_with("https://"), "{written}"),
            }
        }
        assert_eq!(
            preset.environment == Environment::Local,
            preset.endpoints.get("issuer") == Some("{sandbox}"),
            "only the sandbox is on this computer"
        );
    }
    assert_eq!(presets()[0].endpoints.get("nothing"), None);
}

#[test]
fn a_preset_names_the_endpoints_of_what_it_starts_with() {
    for preset in presets() {
        let named: Vec<_> = ENDPOINTS.iter().filter(|name| preset.endpoints.get(name).is_some()).collect();
        match (preset.starts_with, preset.discovery) {
            (StartsWith::SignIn, false) => assert_eq!(named.len(), ENDPOINTS.len(), "{}", preset.id),
            (StartsWith::RefreshToken, _) => assert_eq!(named, [&"token_endpoint"], "{}", preset.id),
            (StartsWith::SignIn, true) | (StartsWith::Tokens, _) => {
                assert!(named.is_empty(), "{}", preset.id);
            }
        }
        assert_eq!(preset.default_redirect_uri.is_some(), preset.starts_with == StartsWith::SignIn);
    }
}

#[test]
fn the_sandboxs_client_carries_its_prefix_and_stitch_has_no_default_client() {
    let sandbox = preset("sandbox").unwrap();
    let client_id = sandbox.default_client_id.as_deref().unwrap();
    assert!(client_id.starts_with(sandbox.client_id_prefix.as_deref().unwrap()));
    let (test, live) = (preset("stitch-test").unwrap(), preset("stitch-live").unwrap());
    for preset in [test, live] {
        assert_eq!(preset.default_client_id, None);
    }
    assert_eq!(test.client_id_prefix, live.client_id_wrong_prefix);
    assert_eq!(live.client_id_prefix, None);
}

#[test]
fn every_refresh_is_asked_for_with_what_it_causes() {
    for preset in presets().iter().filter(|preset| preset.starts_with != StartsWith::Tokens) {
        assert_eq!(preset.refresh.policy, RefreshPolicy::Ask, "{}", preset.id);
        assert!(preset.refresh.consequence.is_some(), "{}", preset.id);
    }
    for id in ["sandbox", "stitch-test", "stitch-live"] {
        let refresh = &preset(id).unwrap().refresh;
        assert!(refresh.single_use && refresh.sliding_days == Some(365));
    }
}

#[test]
fn the_default_method_is_one_of_those_offered_and_public() {
    for preset in presets() {
        let rules = &preset.client_authentication;
        assert!(rules.methods.contains(&rules.default), "{}", preset.id);
        assert_eq!(rules.default, AuthenticationMethod::None, "{}", preset.id);
    }
}

#[test]
fn secrets_for_client_tokens_are_deprecated_at_stitch_and_say_what_to_use() {
    for id in ["sandbox", "stitch-test", "stitch-live"] {
        let preset = preset(id).unwrap();
        let rules = preset.client_tokens.as_ref().unwrap();
        for deprecated in &rules.deprecated {
            assert!(preset.client_authentication.methods.contains(&deprecated.method));
            assert!(deprecated.reason.contains("private_key_jwt"), "{}", deprecated.reason);
        }
        assert_eq!(rules.deprecated.len(), 2);
        assert_eq!(rules.audience.as_deref(), preset.endpoints.get("token_endpoint"));
    }
}

#[test]
fn vault_takes_json_without_a_client() {
    let vault = preset("vault").unwrap();
    assert_eq!(vault.token_requests, TokenRequests { body: BodyEncoding::Json, client_id: false });
    assert_eq!(vault.errors.invalid_grant_statuses, [401]);
    assert!(!vault.openid && vault.client_tokens.is_none());
}

#[test]
fn methods_have_their_registered_names() {
    let methods = &preset("openid").unwrap().client_authentication.methods;
    let names: Vec<_> = methods.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]);
}

/// A provider that nobody has written code for.
const MADE_UP: &str = r#"
id = "loom"
name = "Loom"
summary = "A provider with JSON bodies and errors of its own"
environment = "live"
starts_with = "refresh_token"
openid = false

[token_requests]
body = "json"
client_id = true

[errors]
message = "reason"
label = "kind"
trace_id = "ticket"
invalid_grant_statuses = [422]

[endpoints]
token_endpoint = "https://loom.example/renew"
"#;

fn made_up_reply(status: u16, body: &str) -> Result<TokenReply, TokenError> {
    let preset: Preset = toml::from_str(MADE_UP).unwrap();
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    process_token_reply(&HttpReply { status, headers, body: body.into() }, &preset.errors)
}

#[test]
fn a_second_provider_with_json_bodies_is_asked_by_its_data_alone() {
    let preset: Preset = toml::from_str(MADE_UP).unwrap();
    let endpoint = Url::parse(preset.endpoints.get("token_endpoint").unwrap()).unwrap();
    let client = TokenClient {
        token_endpoint: &endpoint,
        client_id: "weaver",
        authentication: Authentication::None,
        requests: &preset.token_requests,
        headers: &[],
        extra: &[],
    };
    let request = build_refresh(&client, &"r".into(), None);
    assert_eq!(request.url, endpoint);
    let Body::Json(members) = &request.body else { panic!("the preset says json") };
    let members: Vec<_> = members.iter().map(|it| (it.name.as_str(), it.value.expose())).collect();
    assert_eq!(members, [("grant_type", "refresh_token"), ("client_id", "weaver"), ("refresh_token", "r")]);
}

#[test]
fn a_second_provider_with_errors_of_its_own_is_understood_by_its_data_alone() {
    let error = made_up_reply(422, r#"{"kind":"STALE","reason":"Too old","ticket":"T-1"}"#).unwrap_err();
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    assert_eq!(error.to_string(), "The server answered: Too old.");
    let detail = error.detail().unwrap();
    assert!(detail.contains("STALE") && detail.contains("T-1"), "{detail}");

    let other = made_up_reply(401, r#"{"kind":"LOCKED","reason":"Ask Loom"}"#).unwrap_err();
    assert_eq!(other.oauth_error(), None, "401 is Vault's, not this provider's");

    let tokens = made_up_reply(200, r#"{"access_token":"a","token_type":"bearer","expires_in":60}"#).unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "a");
}
