//! What the provider's metadata says of the client's settings.

use super::*;

pub(super) fn metadata(changes: &serde_json::Value) -> ProviderMetadata {
    let mut document = serde_json::json!({
        "issuer": "https://a.example",
        "authorization_endpoint": "https://a.example/authorize",
        "token_endpoint": "https://a.example/token",
        "jwks_uri": "https://a.example/jwks",
        "scopes_supported": ["openid", "profile", "offline_access", "api"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    for (name, value) in changes.as_object().unwrap() {
        document[name] = value.clone();
    }
    let body = document.to_string().into_bytes();
    let reply = crate::http::HttpReply { status: 200, headers: Vec::new(), body };
    crate::discovery::process_discovery(&reply, "https://a.example").unwrap()
}

/// A connection to a provider that was asked about itself.
pub(super) fn discovered(changes: &serde_json::Value) -> Connection {
    Connection {
        preset: preset("openid").unwrap(),
        client_id: "a",
        scopes: scopes("openid profile offline_access"),
        client_scopes: scopes("api"),
        method: AuthenticationMethod::PrivateKeyJwt,
        key: Some(RSA_KEY),
        metadata: Some(metadata(changes)),
        ..stitch()
    }
}

#[test]
fn what_the_providers_metadata_names_passes() {
    assert_eq!(discovered(&serde_json::json!({})).wrong(), []);
}

#[test]
fn what_the_providers_metadata_does_not_name_is_a_warning() {
    use serde_json::json;
    for (changes, codes) in [
        (
            json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] }),
            &["metadata_authentication_method"][..],
        ),
        (
            json!({ "token_endpoint_auth_signing_alg_values_supported": ["ES256"] }),
            &["metadata_assertion_algorithm"],
        ),
        (json!({ "code_challenge_methods_supported": ["plain"] }), &["metadata_pkce"]),
        (json!({ "id_token_signing_alg_values_supported": ["HS256"] }), &["metadata_id_token_algorithm"]),
        (
            json!({ "grant_types_supported": ["authorization_code", "refresh_token"] }),
            &["metadata_client_grant"],
        ),
        (
            json!({ "grant_types_supported": ["implicit"] }),
            &["metadata_code_grant", "metadata_refresh_grant", "metadata_client_grant"],
        ),
        (json!({ "scopes_supported": ["openid"] }), &["scopes_known", "client_scopes_known"]),
    ] {
        let wrong = discovered(&changes).wrong();
        let expected: Vec<_> = codes.iter().map(|code| (*code, Level::Warning)).collect();
        assert_eq!(wrong, expected, "{changes}");
    }
}

#[test]
fn a_list_that_the_metadata_leaves_out_says_nothing() {
    let silent = discovered(&serde_json::json!({
        "scopes_supported": null,
        "grant_types_supported": null,
        "code_challenge_methods_supported": null,
        "token_endpoint_auth_methods_supported": null,
        "token_endpoint_auth_signing_alg_values_supported": null,
        "id_token_signing_alg_values_supported": null,
    }));
    assert_eq!(silent.wrong(), []);
    assert!(silent.findings().iter().all(|finding| !finding.code.starts_with("metadata_")));
}

#[test]
fn public_clients_are_often_left_out_of_the_metadata() {
    let mut public = discovered(&serde_json::json!({}));
    public.method = AuthenticationMethod::None;
    assert_eq!(public.wrong(), []);
}
