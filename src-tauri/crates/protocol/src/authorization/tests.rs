use super::*;

fn request<'a>(endpoint: &'a Url, scopes: &'a [String]) -> AuthorizationRequest<'a> {
    AuthorizationRequest {
        authorization_endpoint: endpoint,
        client_id: "f5cc94ee-e951-40d3-a31e-794659806230",
        redirect_uri: "https://localhost:9000/return",
        scopes,
        state: "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA",
        nonce: "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4",
        code_challenge: "FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw",
        extra: &[],
    }
}

fn scopes(names: &str) -> Vec<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

fn stitch() -> Url {
    Url::parse("https://secure.stitch.money/connect/authorize").unwrap()
}

#[test]
fn stitchs_example_request_is_made_with_spaces_as_percent_20() {
    let scopes = scopes("openid offline_access transactions accounts");
    let url = build_authorization_url(&request(&stitch(), &scopes)).unwrap();
    assert_eq!(
        url.as_str(),
        "https://secure.stitch.money/connect/authorize?response_type=code\
         &client_id=f5cc94ee-e951-40d3-a31e-794659806230\
         &redirect_uri=https%3A%2F%2Flocalhost%3A9000%2Freturn\
         &scope=openid%20offline_access%20transactions%20accounts\
         &state=J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA\
         &nonce=fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4\
         &code_challenge=FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw\
         &code_challenge_method=S256"
    );
}

#[test]
fn the_endpoints_own_query_is_kept() {
    let endpoint = Url::parse("https://login.example/authorize?tenant=a%20b").unwrap();
    let url = build_authorization_url(&request(&endpoint, &[])).unwrap();
    assert!(url.as_str().contains("?tenant=a%20b&response_type=code&"));
    assert!(!url.as_str().contains("scope="), "no scope was asked for");
}

#[test]
fn what_the_person_typed_cannot_add_a_parameter() {
    let endpoint = stitch();
    let url = build_authorization_url(&AuthorizationRequest {
        client_id: "a&state=b#c+d",
        ..request(&endpoint, &[])
    })
    .unwrap();
    assert!(url.as_str().contains("client_id=a%26state%3Db%23c%2Bd&"));
    assert_eq!(url.fragment(), None);
}

fn with_extra(name: &str) -> Result<Url, AuthorizationError> {
    let extra = [(name.to_owned(), "mine".to_owned())];
    build_authorization_url(&AuthorizationRequest { extra: &extra, ..request(&stitch(), &[]) })
}

#[test]
fn extra_parameters_come_last() {
    for name in ["prompt", "login_hint", "ui_locales", "acr_values"] {
        let url = with_extra(name).unwrap();
        assert!(url.as_str().ends_with(&format!("&{name}=mine")), "{url}");
    }
}

#[test]
fn what_bobbin_sets_itself_cannot_be_set_by_hand_and_says_why() {
    let ours = build_authorization_url(&request(&stitch(), &scopes("openid"))).unwrap();
    for (name, _) in ours.query_pairs() {
        assert!(matches!(with_extra(&name), Err(AuthorizationError::Reserved { .. })), "{name}");
    }
    let error = with_extra("request_uri").unwrap_err().to_string();
    assert_eq!(
        error,
        "The extra parameter request_uri cannot be set by hand. \
         It would take the place of all other parameters (RFC 9101)."
    );
    for spelt in ["State", "NONCE", " scope"] {
        assert!(with_extra(spelt).is_err(), "a server that ignores case would see two of {spelt}");
    }
}

#[test]
fn an_extra_parameter_has_a_name_and_stands_once() {
    assert_eq!(with_extra(""), Err(AuthorizationError::Unnamed));
    let twice = [("prompt".to_owned(), "login".to_owned()), ("prompt".to_owned(), "none".to_owned())];
    let endpoint = stitch();
    let error = build_authorization_url(&AuthorizationRequest { extra: &twice, ..request(&endpoint, &[]) });
    assert_eq!(error, Err(AuthorizationError::Repeated("prompt".to_owned())));
}

#[test]
fn each_leg_has_its_own_reserved_parameters() {
    assert!(reserved(Leg::Refresh, "refresh_token").is_some());
    assert!(reserved(Leg::Token, "code").is_some() && reserved(Leg::Refresh, "code").is_none());
    for leg in [Leg::Authorize, Leg::Token, Leg::Refresh] {
        assert!(reserved(leg, "client_secret").is_some());
        assert_eq!(reserved(leg, "resource"), None);
    }
    let named: HashSet<_> = RESERVED.iter().map(|it| format!("{:?} {}", it.leg, it.name)).collect();
    assert_eq!(named.len(), RESERVED.len(), "each is named once");
    assert!(RESERVED.iter().all(|it| it.reason.ends_with('.')));
}

#[test]
fn an_endpoint_whose_own_query_repeats_a_parameter_is_refused() {
    let endpoint = Url::parse("https://login.example/authorize?client_id=x").unwrap();
    assert_eq!(
        build_authorization_url(&request(&endpoint, &[])),
        Err(AuthorizationError::Repeated("client_id".to_owned()))
    );
}

#[test]
fn plain_http_is_only_for_this_computer() {
    for url in ["http://127.0.0.1:5001/a", "http://[::1]:5001/a", "http://localhost/a"] {
        let endpoint = Url::parse(url).unwrap();
        assert!(build_authorization_url(&request(&endpoint, &[])).is_ok(), "{url}");
    }
    for url in ["http://login.example/a", "http://127.0.0.1.example/a", "file:///a"] {
        let endpoint = Url::parse(url).unwrap();
        assert_eq!(
            build_authorization_url(&request(&endpoint, &[])),
            Err(AuthorizationError::NotProtected(endpoint.clone()))
        );
    }
}

#[test]
fn a_scope_with_a_space_or_a_quote_is_named() {
    for wrong in ["accounts balances", "", "\"openid\"", "a\\b", "é"] {
        assert_eq!(
            build_authorization_url(&request(&stitch(), &[wrong.to_owned()])),
            Err(AuthorizationError::Scope(wrong.to_owned()))
        );
    }
}

#[test]
fn an_empty_client_id_is_named() {
    let endpoint = stitch();
    let error = build_authorization_url(&AuthorizationRequest { client_id: "", ..request(&endpoint, &[]) });
    assert_eq!(error, Err(AuthorizationError::Empty("client_id")));
}

#[test]
fn an_endpoint_with_a_fragment_is_refused() {
    let endpoint = Url::parse("https://login.example/authorize#x").unwrap();
    assert_eq!(
        build_authorization_url(&request(&endpoint, &[])),
        Err(AuthorizationError::Fragment(endpoint.clone()))
    );
}
