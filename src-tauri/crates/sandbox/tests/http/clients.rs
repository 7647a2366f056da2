//! Every kind of client on every leg: exchange, refresh, client token, revocation.

use bobbin_sandbox::{
    CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, EC_CLIENT_ID, PUBLIC_CLIENT_ID,
};
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    assertions::{claims, ec_key, proof, rsa_key, sign},
    common::*,
};

/// How a client proves who it is.
enum Method {
    None,
    SecretPost,
    SecretBasic,
    Assertion(Algorithm, EncodingKey),
}

struct Client<'a> {
    visitor: &'a Visitor,
    id: &'static str,
    method: Method,
}

impl Client<'_> {
    /// A request with a proof of its own: an assertion is used once.
    async fn post(&self, path: &str, mut form: Pairs<'static>) -> Response {
        form.retain(|pair| pair.0 != "client_id");
        let mut request = self.visitor.http.post(format!("{}{path}", self.visitor.base));
        match &self.method {
            Method::None => form.push(("client_id", self.id.into())),
            Method::SecretPost => form.extend([
                ("client_id", self.id.to_owned()),
                ("client_secret", CONFIDENTIAL_CLIENT_SECRET.to_owned()),
            ]),
            Method::SecretBasic => request = request.basic_auth(self.id, Some(CONFIDENTIAL_CLIENT_SECRET)),
            Method::Assertion(algorithm, key) => {
                form.extend(proof(sign(*algorithm, key, &claims(self.visitor, self.id))));
            }
        }
        request.form(&form).send().await.unwrap()
    }

    async fn token(&self, form: Pairs<'static>) -> (StatusCode, Value) {
        let response = self.post("/connect/token", form).await;
        (response.status(), response.json().await.unwrap())
    }

    async fn code(&self) -> String {
        let request = with(request(), "client_id", Some(self.id));
        let ticked: Vec<_> = SCOPES.split(' ').collect();
        parameters(&self.visitor.sign_in(&request, "Thandi Nkosi", &ticked).await)["code"].clone()
    }
}

async fn clients(visitor: &Visitor) -> Vec<Client<'_>> {
    let (rsa, ec) = (rsa_key(visitor).await, ec_key(visitor).await);
    [
        (PUBLIC_CLIENT_ID, Method::None),
        (CONFIDENTIAL_CLIENT_ID, Method::SecretPost),
        (CONFIDENTIAL_CLIENT_ID, Method::SecretBasic),
        (CERTIFICATE_CLIENT_ID, Method::Assertion(Algorithm::RS256, rsa.clone())),
        (CERTIFICATE_CLIENT_ID, Method::Assertion(Algorithm::PS256, rsa)),
        (EC_CLIENT_ID, Method::Assertion(Algorithm::ES256, ec)),
    ]
    .map(|(id, method)| Client { visitor, id, method })
    .into()
}

#[tokio::test]
async fn every_kind_of_client_exchanges_refreshes_and_revokes() {
    let (_sandbox, visitor) = sandbox().await;
    for client in clients(&visitor).await {
        let id = client.id;
        let (status, first) = client.token(Visitor::exchange(&client.code().await)).await;
        assert_eq!(status, StatusCode::OK, "{id}: {first}");
        let (status, second) = client.token(Visitor::refresh(&text(&first["refresh_token"]))).await;
        assert_eq!(status, StatusCode::OK, "{id}: {second}");
        let refresh = text(&second["refresh_token"]);
        let response = client.post("/connect/revocation", vec![("token", refresh.clone())]).await;
        assert_eq!(response.status(), StatusCode::OK, "{id}");
        let answer = client.token(Visitor::refresh(&refresh)).await;
        assert_eq!(answer, (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})), "{id}");
        let (status, body) =
            visitor.query(Some(&text(&second["access_token"])), "{ user { __typename } }", Value::Null).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{id}: {body}");
    }
}

#[tokio::test]
async fn every_client_that_proves_itself_gets_client_tokens() {
    let (_sandbox, visitor) = sandbox().await;
    for client in clients(&visitor).await {
        let form = vec![
            ("grant_type", "client_credentials".to_owned()),
            ("audience", format!("{}/connect/token", visitor.base)),
            ("scope", "client_paymentrequest".into()),
        ];
        let (status, reply) = client.token(form).await;
        if client.id == PUBLIC_CLIENT_ID {
            assert_eq!((status, reply), (StatusCode::BAD_REQUEST, json!({"error": "unauthorized_client"})));
        } else {
            assert_eq!((status, &reply["expires_in"]), (StatusCode::OK, &json!(3600)), "{}", client.id);
        }
    }
}

#[tokio::test]
async fn without_its_proof_a_client_gets_nowhere_and_loses_nothing() {
    let (_sandbox, visitor) = sandbox().await;
    let unproved = (StatusCode::BAD_REQUEST, json!({"error": "invalid_client"}));
    for client in clients(&visitor).await.into_iter().filter(|client| client.id != PUBLIC_CLIENT_ID) {
        let bare = Client { visitor: &visitor, id: client.id, method: Method::None };
        let exchange = Visitor::exchange(&client.code().await);
        assert_eq!(bare.token(exchange.clone()).await, unproved, "{}", client.id);
        let (status, reply) = client.token(exchange).await;
        assert_eq!(status, StatusCode::OK, "the code was not used up: {reply}");
        let refresh = Visitor::refresh(&text(&reply["refresh_token"]));
        assert_eq!(bare.token(refresh.clone()).await, unproved, "{}", client.id);
        let revocation = vec![("token", text(&reply["refresh_token"]))];
        assert_eq!(bare.post("/connect/revocation", revocation).await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(
            client.token(refresh).await.0,
            StatusCode::OK,
            "the refresh token was neither used nor revoked"
        );
    }
}

#[tokio::test]
async fn a_code_belongs_to_the_client_that_asked() {
    let (_sandbox, visitor) = sandbox().await;
    let code = visitor.code().await;
    let clients = clients(&visitor).await;
    let answer = clients[1].token(Visitor::exchange(&code)).await;
    assert_eq!(answer, (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})));
}
