//! A browser and a client in one: drives a started sandbox over HTTP as a person and an application would.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bobbin_sandbox::{Config, PUBLIC_CLIENT_ID, Sandbox};
use reqwest::{Client, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

pub(crate) const REDIRECT: &str = "dev.bobbin.workbench:/oauth/callback";
pub(crate) const STATE: &str = "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA";
pub(crate) const NONCE: &str = "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const SCOPES: &str = "openid accounts transactions balances offline_access";
pub(crate) const FIRST_ACCOUNT: &str = "YWNjb3VudC9mbmIvMjUwNjU1LzYyNDI1MjM5NDcx";

pub(crate) type Pairs<'a> = Vec<(&'a str, String)>;

pub(crate) async fn sandbox() -> (Sandbox, Visitor) {
    sandbox_with(Config::default()).await
}

pub(crate) async fn sandbox_with(config: Config) -> (Sandbox, Visitor) {
    let sandbox = bobbin_sandbox::start(config).await.unwrap();
    let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let base = sandbox.base_url();
    (sandbox, Visitor { base, http })
}

/// Someone with a browser and a client application.
pub(crate) struct Visitor {
    pub(crate) base: String,
    pub(crate) http: Client,
}

/// A page with its forms' hidden fields and buttons.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) html: String,
}

impl Page {
    pub(crate) fn transaction(&self) -> String {
        between(&self.html, r#"name="transaction" value=""#, "\"").expect("the form has a transaction").into()
    }

    /// The value of the button that bears a person's name.
    pub(crate) fn person(&self, name: &str) -> String {
        let before = self.html.split(&format!(">{name}</button>")).next().unwrap();
        before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().into()
    }
}

pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(value, _)| value)
}

pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// What `at_hash` and `s_hash` are made with.
pub(crate) fn left_half(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(value)[..16])
}

/// A correct authorization request, to be spoilt by the test.
pub(crate) fn request() -> Pairs<'static> {
    vec![
        ("client_id", PUBLIC_CLIENT_ID.into()),
        ("scope", SCOPES.into()),
        ("response_type", "code".into()),
        ("redirect_uri", REDIRECT.into()),
        ("state", STATE.into()),
        ("nonce", NONCE.into()),
        ("code_challenge", challenge(VERIFIER)),
        ("code_challenge_method", "S256".into()),
    ]
}

/// The pairs with one value replaced, or left out.
pub(crate) fn with(mut pairs: Pairs<'static>, name: &'static str, value: Option<&str>) -> Pairs<'static> {
    pairs.retain(|pair| pair.0 != name);
    pairs.extend(value.map(|value| (name, value.to_owned())));
    pairs
}

pub(crate) fn location(response: &Response) -> &str {
    assert_eq!(response.status(), StatusCode::FOUND, "expected a redirect");
    response.headers()[header::LOCATION].to_str().unwrap()
}

/// The parameters of a callback URL.
pub(crate) fn parameters(callback: &str) -> BTreeMap<String, String> {
    let query = callback.split_once('?').expect("the callback has a query").1;
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl Visitor {
    pub(crate) async fn get(&self, path: &str) -> Page {
        page(self.http.get(format!("{}{path}", self.base)).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, String)]) -> Response {
        self.http.post(format!("{}{path}", self.base)).form(form).send().await.unwrap()
    }

    pub(crate) async fn authorize(&self, request: &Pairs<'_>) -> Response {
        let url = Url::parse_with_params(&format!("{}/connect/authorize", self.base), request).unwrap();
        self.http.get(url).send().await.unwrap()
    }

    /// As far as the login page.
    pub(crate) async fn login_page(&self, request: &Pairs<'_>) -> Page {
        let response = self.authorize(request).await;
        self.get(location(&response)).await
    }

    /// As far as the consent page.
    pub(crate) async fn consent_page(&self, request: &Pairs<'_>, person: &str) -> Page {
        let login = self.login_page(request).await;
        let form = [("transaction", login.transaction()), ("person", login.person(person))];
        let response = self.post("/account/login", &form).await;
        self.get(location(&response)).await
    }

    /// The whole way; gives the callback URL.
    pub(crate) async fn sign_in(&self, request: &Pairs<'_>, person: &str, ticked: &[&str]) -> String {
        let consent = self.consent_page(request, person).await;
        let mut form = vec![("transaction", consent.transaction()), ("decision", "allow".into())];
        form.extend(ticked.iter().map(|scope| ("scope", (*scope).to_owned())));
        location(&self.post("/consent", &form).await).into()
    }

    pub(crate) async fn code(&self) -> String {
        let ticked: Vec<_> = SCOPES.split(' ').collect();
        parameters(&self.sign_in(&request(), "Thandi Nkosi", &ticked).await)["code"].clone()
    }

    /// A correct token request for a code.
    pub(crate) fn exchange(code: &str) -> Pairs<'static> {
        vec![
            ("grant_type", "authorization_code".into()),
            ("client_id", PUBLIC_CLIENT_ID.into()),
            ("code", code.into()),
            ("redirect_uri", REDIRECT.into()),
            ("code_verifier", VERIFIER.into()),
        ]
    }

    pub(crate) fn refresh(token: &str) -> Pairs<'static> {
        vec![
            ("grant_type", "refresh_token".into()),
            ("client_id", PUBLIC_CLIENT_ID.into()),
            ("refresh_token", token.into()),
        ]
    }

    pub(crate) async fn token(&self, form: &Pairs<'_>) -> (StatusCode, Value) {
        let response = self.post("/connect/token", form).await;
        (response.status(), response.json().await.unwrap())
    }

    /// Tokens of a person who granted these scopes.
    pub(crate) async fn tokens(&self, person: &str, scopes: &str) -> Value {
        let request = with(request(), "scope", Some(scopes));
        let ticked: Vec<_> = scopes.split(' ').collect();
        let callback = self.sign_in(&request, person, &ticked).await;
        let (status, reply) = self.token(&Self::exchange(&parameters(&callback)["code"])).await;
        assert_eq!(status, StatusCode::OK, "{reply}");
        reply
    }

    pub(crate) async fn access(&self, scopes: &str) -> String {
        text(&self.tokens("Thandi Nkosi", scopes).await["access_token"])
    }

    pub(crate) async fn client_access(&self, scopes: &str) -> String {
        let form = vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", bobbin_sandbox::CONFIDENTIAL_CLIENT_ID.into()),
            ("client_secret", bobbin_sandbox::CONFIDENTIAL_CLIENT_SECRET.into()),
            ("audience", format!("{}/connect/token", self.base)),
            ("scope", scopes.into()),
        ];
        text(&self.token(&form).await.1["access_token"])
    }

    /// A GraphQL request; gives status and body.
    pub(crate) async fn query(
        &self,
        token: Option<&str>,
        document: &str,
        variables: Value,
    ) -> (StatusCode, Value) {
        let body = serde_json::json!({"query": document, "variables": variables});
        let mut request = self.http.post(format!("{}/graphql", self.base)).json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

pub(crate) async fn page(response: Response) -> Page {
    Page {
        status: response.status(),
        headers: response.headers().clone(),
        html: response.text().await.unwrap(),
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).into()
}
