use secrecy::SecretString;
use url::Url;

use super::*;
use crate::{
    http::Value,
    pkce::CodeVerifier,
    preset::preset,
    token::{
        build_client_credentials, build_code_exchange, build_introspection, build_refresh, build_revocation,
    },
};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

static FORM: TokenRequests = TokenRequests { body: BodyEncoding::Form, client_id: true };

fn endpoint() -> Url {
    Url::parse("https://secure.stitch.money/connect/token").unwrap()
}

fn client<'a>(endpoint: &'a Url, authentication: Authentication<'a>) -> TokenClient<'a> {
    TokenClient {
        token_endpoint: endpoint,
        client_id: "test-1",
        authentication,
        requests: &FORM,
        headers: &[],
        extra: &[],
    }
}

fn pairs(names: &[(&str, &str)]) -> Vec<(String, String)> {
    names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn shown(fields: &[Field]) -> Vec<String> {
    let kind = |field: &Field| if matches!(field.value, Value::Secret(_)) { " (secret)" } else { "" };
    fields.iter().map(|field| format!("{}={}{}", field.name, field.value.expose(), kind(field))).collect()
}

fn form(request: &HttpRequest) -> Vec<String> {
    match &request.body {
        Body::Form(fields) => shown(fields),
        other => panic!("a form was expected, not {other:?}"),
    }
}

fn json(request: &HttpRequest) -> Vec<String> {
    match &request.body {
        Body::Json(fields) => shown(fields),
        other => panic!("a JSON object was expected, not {other:?}"),
    }
}

/// A request on each of the legs, by its name.
fn legs(client: &TokenClient) -> Vec<(&'static str, HttpRequest)> {
    let verifier = CodeVerifier::parse(VERIFIER).unwrap();
    let other = Url::parse("https://secure.stitch.money/connect/other").unwrap();
    vec![
        ("code", build_code_exchange(client, &"c0de".into(), "a.b:/cb", &verifier)),
        ("refresh", build_refresh(client, &"r".into(), None)),
        ("client token", build_client_credentials(client, &["client_refund".to_owned()], None)),
        ("revocation", build_revocation(client, &other, &"r".into(), "refresh_token")),
        ("introspection", build_introspection(client, &other, &"a".into(), "access_token")),
    ]
}

#[test]
fn a_code_exchange_of_a_public_client_is_a_form_with_the_verifier_and_no_proof() {
    let endpoint = endpoint();
    let verifier = CodeVerifier::parse(VERIFIER).unwrap();
    let client = client(&endpoint, Authentication::None);
    let request = build_code_exchange(&client, &"c0de".into(), "a.b:/cb", &verifier);
    assert_eq!((request.method, &request.url), (Method::Post, &endpoint));
    insta::assert_debug_snapshot!(form(&request), @r#"
    [
        "grant_type=authorization_code",
        "client_id=test-1",
        "code=c0de (secret)",
        "redirect_uri=a.b:/cb",
        "code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk (secret)",
    ]
    "#);
    assert_eq!(shown(&request.headers), ["Accept=application/json"]);
    assert!(!format!("{request:?}").contains("c0de"), "secrets are not in debug output");
}

#[test]
fn a_refresh_asks_for_the_granted_scope_unless_it_is_narrowed() {
    let endpoint = endpoint();
    let client = client(&endpoint, Authentication::None);
    insta::assert_debug_snapshot!(form(&build_refresh(&client, &"r".into(), None)), @r#"
    [
        "grant_type=refresh_token",
        "client_id=test-1",
        "refresh_token=r (secret)",
    ]
    "#);
    let narrowed = ["openid".to_owned(), "accounts".to_owned()];
    let request = build_refresh(&client, &"r".into(), Some(&narrowed));
    assert_eq!(form(&request).last().unwrap(), "scope=openid accounts");
}

#[test]
fn a_client_token_is_asked_for_with_scopes_and_audience() {
    let endpoint = endpoint();
    let assertion = SecretString::from("a.b.c");
    let client = client(&endpoint, Authentication::PrivateKeyJwt(&assertion));
    let scopes = ["client_paymentrequest".to_owned(), "client_refund".to_owned()];
    let request = build_client_credentials(&client, &scopes, Some(endpoint.as_str()));
    insta::assert_debug_snapshot!(form(&request), @r#"
    [
        "grant_type=client_credentials",
        "client_id=test-1",
        "scope=client_paymentrequest client_refund",
        "audience=https://secure.stitch.money/connect/token",
        "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion=a.b.c (secret)",
    ]
    "#);
    let bare = build_client_credentials(&client, &[], None);
    assert!(form(&bare).iter().all(|field| !field.starts_with("scope") && !field.starts_with("audience")));
}

#[test]
fn a_revocation_goes_to_its_endpoint_with_the_token_as_a_secret() {
    let endpoint = endpoint();
    let other = Url::parse("https://secure.stitch.money/connect/revocation").unwrap();
    let client = client(&endpoint, Authentication::None);
    let request = build_revocation(&client, &other, &"r".into(), "refresh_token");
    assert_eq!(request.url, other);
    insta::assert_debug_snapshot!(form(&request), @r#"
    [
        "token=r (secret)",
        "token_type_hint=refresh_token",
        "client_id=test-1",
    ]
    "#);
}

#[test]
fn a_secret_in_the_body_stands_on_every_leg() {
    let endpoint = endpoint();
    let secret = SecretString::from("s&cret");
    for (leg, request) in legs(&client(&endpoint, Authentication::SecretPost(&secret))) {
        let form = form(&request);
        assert!(form.contains(&"client_id=test-1".to_owned()), "{leg}: {form:?}");
        assert!(form.contains(&"client_secret=s&cret (secret)".to_owned()), "{leg}: {form:?}");
        assert_eq!(shown(&request.headers), ["Accept=application/json"], "{leg}");
    }
}

#[test]
fn a_secret_in_the_header_stands_on_every_leg_and_nothing_of_it_in_the_body() {
    let endpoint = endpoint();
    let secret = SecretString::from("s");
    for (leg, request) in legs(&client(&endpoint, Authentication::SecretBasic(&secret))) {
        assert_eq!(shown(&request.headers)[1], "Authorization=Basic dGVzdC0xOnM= (secret)", "{leg}");
        let form = form(&request);
        assert!(form.iter().all(|field| !field.starts_with("client_")), "{leg}: {form:?}");
    }
}

#[test]
fn the_halves_of_the_header_are_form_encoded_before_base64() {
    let endpoint = endpoint();
    let secret = SecretString::from("p:ä +%&=");
    let client = TokenClient { client_id: "id:1", ..client(&endpoint, Authentication::SecretBasic(&secret)) };
    let request = build_refresh(&client, &"r".into(), None);
    let header = request.headers[1].value.expose();
    let pair = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), "id%3A1:p%3A%C3%A4+%2B%25%26%3D");
}

#[test]
fn an_assertion_stands_on_every_leg() {
    let endpoint = endpoint();
    let assertion = SecretString::from("a.b.c");
    for (leg, request) in legs(&client(&endpoint, Authentication::PrivateKeyJwt(&assertion))) {
        let form = form(&request);
        let expected = [
            "client_id=test-1",
            "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion=a.b.c (secret)",
        ];
        for field in expected {
            assert!(form.contains(&field.to_owned()), "{leg}: {form:?}");
        }
    }
}

#[test]
fn vaults_refresh_is_a_json_object_without_a_client() {
    let vault = preset("vault").unwrap();
    let endpoint = Url::parse(vault.endpoints.get("token_endpoint").unwrap()).unwrap();
    let headers = pairs(&[("X-Merchant-ID", "b06d9aaa-4310-4c0d-9e53-43c1b3500000")]);
    let client = TokenClient {
        requests: &vault.token_requests,
        headers: &headers,
        ..client(&endpoint, Authentication::None)
    };
    let request = build_refresh(&client, &"r".into(), None);
    assert_eq!(json(&request), ["grant_type=refresh_token", "refresh_token=r (secret)"]);
    assert_eq!(
        shown(&request.headers),
        ["Accept=application/json", "X-Merchant-ID=b06d9aaa-4310-4c0d-9e53-43c1b3500000"]
    );
}

#[test]
fn a_secret_in_the_body_never_goes_without_its_client() {
    let endpoint = endpoint();
    let secret = SecretString::from("s");
    let requests = TokenRequests { body: BodyEncoding::Json, client_id: false };
    let client =
        TokenClient { requests: &requests, ..client(&endpoint, Authentication::SecretPost(&secret)) };
    assert_eq!(json(&build_refresh(&client, &"r".into(), None))[1], "client_id=test-1");
}

#[test]
fn further_parameters_come_last_and_never_replace_one_of_ours() {
    let endpoint = endpoint();
    let extra = pairs(&[
        ("resource", "https://api.example"),
        ("grant_type", "password"),
        ("client_secret", "mine"),
        ("scope", "all"),
        ("audience", "other"),
        ("actor_token", "hush"),
    ]);
    let client = TokenClient { extra: &extra, ..client(&endpoint, Authentication::None) };
    let request = build_client_credentials(&client, &[], Some("a"));
    insta::assert_debug_snapshot!(form(&request), @r#"
    [
        "grant_type=client_credentials",
        "client_id=test-1",
        "audience=a",
        "resource=https://api.example",
        "actor_token=hush (secret)",
    ]
    "#);
    let revocation = build_revocation(&client, &endpoint, &"r".into(), "refresh_token");
    assert_eq!(form(&revocation).len(), 3, "they are the token endpoint's alone");
}

#[test]
fn further_headers_never_replace_one_that_the_request_needs() {
    let endpoint = endpoint();
    let secret = SecretString::from("s");
    let headers = pairs(&[
        ("authorization", "Basic other"),
        ("Content-Type", "text/plain"),
        ("HOST", "evil.example"),
        ("accept", "text/html"),
        ("X-Api-Key", "hush"),
    ]);
    let authenticated =
        TokenClient { headers: &headers, ..client(&endpoint, Authentication::SecretBasic(&secret)) };
    let request = build_refresh(&authenticated, &"r".into(), None);
    insta::assert_debug_snapshot!(shown(&request.headers), @r#"
    [
        "Accept=application/json",
        "Authorization=Basic dGVzdC0xOnM= (secret)",
        "X-Api-Key=hush (secret)",
    ]
    "#);
    let public = TokenClient { authentication: Authentication::None, ..authenticated };
    let request = build_refresh(&public, &"r".into(), None);
    assert_eq!(
        shown(&request.headers)[1],
        "authorization=Basic other (secret)",
        "a gateway may want one where the client needs none"
    );
}
