//! `private_key_jwt`: which assertions prove a client. They are made with jsonwebtoken, which the sandbox does not use.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use bobbin_sandbox::{
    CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, EC_CLIENT_ID, PUBLIC_CLIENT_ID,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use serde_json::{Map, Value, json};

use crate::{client_keys::block, common::*};

pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The RSA key of the client with the certificate, as the client finds it in the downloaded file.
pub(crate) async fn rsa_key(visitor: &Visitor) -> EncodingKey {
    let pkcs8 = block(&visitor.get("/sandbox/client.pem").await.html, "PRIVATE KEY");
    // PKCS#8 of an RSA-2048 key is 26 bytes of wrapping around PKCS#1, which jsonwebtoken takes.
    EncodingKey::from_rsa_der(&pkcs8[26..])
}

pub(crate) async fn ec_key(visitor: &Visitor) -> EncodingKey {
    let sec1 = block(&visitor.get("/sandbox/ec-client.pem").await.html, "EC PRIVATE KEY");
    let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &sec1).unwrap();
    EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
}

/// Correct claims, to be spoilt by the test; each has a `jti` of its own.
pub(crate) fn claims(visitor: &Visitor, client_id: &str) -> Map<String, Value> {
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": format!("{}/connect/token", visitor.base),
        "jti": format!("{:032x}", rand::random::<u128>()),
        "iat": now(),
        "nbf": now(),
        "exp": now() + 60,
    });
    claims.as_object().unwrap().clone()
}

pub(crate) fn sign(algorithm: Algorithm, key: &EncodingKey, claims: &Map<String, Value>) -> String {
    jsonwebtoken::encode(&Header::new(algorithm), claims, key).unwrap()
}

/// The members of a request that carry an assertion.
pub(crate) fn proof(assertion: String) -> Pairs<'static> {
    vec![("client_assertion_type", TYPE.into()), ("client_assertion", assertion)]
}

/// A request for a client token with this assertion.
fn client_token(assertion: String) -> Pairs<'static> {
    [vec![("grant_type", "client_credentials".into()), ("scope", "client_refund".into())], proof(assertion)]
        .concat()
}

async fn is_refused(visitor: &Visitor, form: &Pairs<'_>, why: &str) {
    let answer = visitor.token(form).await;
    assert_eq!(answer, (StatusCode::BAD_REQUEST, json!({"error": "invalid_client"})), "{why}");
}

#[tokio::test]
async fn each_algorithm_of_a_clients_key_proves_it() {
    let (_sandbox, visitor) = sandbox().await;
    let (rsa, ec) = (rsa_key(&visitor).await, ec_key(&visitor).await);
    for (algorithm, key, client_id) in [
        (Algorithm::RS256, &rsa, CERTIFICATE_CLIENT_ID),
        (Algorithm::PS256, &rsa, CERTIFICATE_CLIENT_ID),
        (Algorithm::ES256, &ec, EC_CLIENT_ID),
    ] {
        let form = client_token(sign(algorithm, key, &claims(&visitor, client_id)));
        let (status, reply) = visitor.token(&form).await;
        assert_eq!((status, &reply["scope"]), (StatusCode::OK, &json!("client_refund")), "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_key_id_of_the_certificate_file_names_the_key() {
    let (_sandbox, visitor) = sandbox().await;
    let pem = visitor.get("/sandbox/client.pem").await.html;
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(between(&pem, "localKeyID: ", "\n").unwrap().replace(' ', ""));
    let (claims, key) = (claims(&visitor, CERTIFICATE_CLIENT_ID), rsa_key(&visitor).await);
    let assertion = jsonwebtoken::encode(&header, &claims, &key).unwrap();
    assert_eq!(visitor.token(&client_token(assertion)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_hour_an_array_of_one_audience_and_a_fraction_of_a_second_are_taken() {
    let (_sandbox, visitor) = sandbox().await;
    let key = rsa_key(&visitor).await;
    let aud = json!([format!("{}/connect/token", visitor.base)]);
    for (claim, value) in [("exp", json!(now() + 3600)), ("aud", aud), ("nbf", json!(1_700_000_000.5))] {
        let mut claims = claims(&visitor, CERTIFICATE_CLIENT_ID);
        claims.insert(claim.into(), value.clone());
        let (status, reply) = visitor.token(&client_token(sign(Algorithm::RS256, &key, &claims))).await;
        assert_eq!(status, StatusCode::OK, "{claim}: {value}: {reply}");
    }
}

#[tokio::test]
async fn each_claim_that_is_wrong_or_missing_is_a_bare_invalid_client() {
    let (_sandbox, visitor) = sandbox().await;
    let key = rsa_key(&visitor).await;
    let token_endpoint = format!("{}/connect/token", visitor.base);
    for (claim, values) in [
        ("iss", vec![Value::Null, json!(EC_CLIENT_ID), json!("test-unknown")]),
        ("sub", vec![Value::Null, json!(EC_CLIENT_ID)]),
        (
            "aud",
            vec![
                Value::Null,
                json!(visitor.base),
                json!(format!("{token_endpoint}/")),
                json!(format!("{}/connect/revocation", visitor.base)),
                json!([]),
                json!([token_endpoint, visitor.base]),
            ],
        ),
        ("exp", vec![Value::Null, json!(now() - 1), json!(now() + 3700), json!("soon"), json!(-1)]),
        ("nbf", vec![Value::Null, json!(now() + 30)]),
        ("iat", vec![Value::Null, json!(now() + 30)]),
        ("jti", vec![Value::Null, json!(""), json!(7)]),
    ] {
        for value in values {
            let mut claims = claims(&visitor, CERTIFICATE_CLIENT_ID);
            claims.remove(claim);
            if !value.is_null() {
                claims.insert(claim.into(), value.clone());
            }
            let form = client_token(sign(Algorithm::RS256, &key, &claims));
            is_refused(&visitor, &form, &format!("{claim}: {value}")).await;
        }
    }
}

#[tokio::test]
async fn another_key_algorithm_or_key_id_proves_nothing() {
    let (_sandbox, visitor) = sandbox().await;
    let (_other, stranger) = sandbox().await;
    let (own, ec, foreign) = (rsa_key(&visitor).await, ec_key(&visitor).await, rsa_key(&stranger).await);
    let claims = || claims(&visitor, CERTIFICATE_CLIENT_ID);
    let signed = |algorithm, key| client_token(sign(algorithm, key, &claims()));
    is_refused(&visitor, &signed(Algorithm::RS256, &foreign), "another RSA key").await;
    is_refused(&visitor, &signed(Algorithm::ES256, &ec), "the key of another client").await;
    is_refused(&visitor, &signed(Algorithm::RS384, &own), "an algorithm that is not offered").await;
    let public = EncodingKey::from_secret(visitor.get("/sandbox/client.pem").await.html.as_bytes());
    is_refused(&visitor, &signed(Algorithm::HS256, &public), "HMAC with what is public").await;

    let with_header = |edit: fn(&mut Header)| {
        let mut header = Header::new(Algorithm::RS256);
        edit(&mut header);
        client_token(jsonwebtoken::encode(&header, &claims(), &own).unwrap())
    };
    let wrong_kid =
        with_header(|header| header.kid = Some("E306A98842066ABE9C45B4422255469E5304A6E4".into()));
    is_refused(&visitor, &wrong_kid, "a kid that names no key of the client").await;
    let critical = with_header(|header| header.crit = Some(vec!["b64".into()]));
    is_refused(&visitor, &critical, "an extension that we do not know").await;

    let assertion = sign(Algorithm::RS256, &own, &claims());
    let (signed, _) = assertion.rsplit_once('.').unwrap();
    is_refused(&visitor, &client_token(format!("{signed}.")), "no signature").await;
    is_refused(&visitor, &client_token(signed.into()), "two parts").await;
    is_refused(&visitor, &client_token("nonsense".into()), "not a JWT").await;
}

#[tokio::test]
async fn an_assertion_is_used_once_at_whatever_endpoint() {
    let (_sandbox, visitor) = sandbox().await;
    let key = rsa_key(&visitor).await;
    let assertion = sign(Algorithm::RS256, &key, &claims(&visitor, CERTIFICATE_CLIENT_ID));
    assert_eq!(visitor.token(&client_token(assertion.clone())).await.0, StatusCode::OK);
    is_refused(&visitor, &client_token(assertion.clone()), "a second use").await;
    let form = [vec![("token", "unknown".into())], proof(assertion)].concat();
    assert_eq!(visitor.post("/connect/revocation", &form).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refused_assertion_does_not_use_its_identifier_up() {
    let (_sandbox, visitor) = sandbox().await;
    let (_other, stranger) = sandbox().await;
    let claims = claims(&visitor, CERTIFICATE_CLIENT_ID);
    let foreign = sign(Algorithm::RS256, &rsa_key(&stranger).await, &claims);
    is_refused(&visitor, &client_token(foreign), "another key").await;
    let own = sign(Algorithm::RS256, &rsa_key(&visitor).await, &claims);
    assert_eq!(visitor.token(&client_token(own)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn each_client_has_one_method_and_a_request_uses_one() {
    let (_sandbox, visitor) = sandbox().await;
    let key = rsa_key(&visitor).await;
    let assertion = |client_id| sign(Algorithm::RS256, &key, &claims(&visitor, client_id));
    let secret = |client_id: &str| {
        vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", client_id.into()),
            ("client_secret", CONFIDENTIAL_CLIENT_SECRET.into()),
        ]
    };
    is_refused(&visitor, &secret(CERTIFICATE_CLIENT_ID), "a secret of a client with a key").await;
    is_refused(&visitor, &with(secret(EC_CLIENT_ID), "client_secret", None), "nothing at all").await;
    for client_id in [CONFIDENTIAL_CLIENT_ID, PUBLIC_CLIENT_ID] {
        is_refused(&visitor, &client_token(assertion(client_id)), "an assertion of a client without a key")
            .await;
    }
    let both = [secret(CONFIDENTIAL_CLIENT_ID), proof(assertion(CERTIFICATE_CLIENT_ID))].concat();
    is_refused(&visitor, &both, "secret and assertion").await;
    let named =
        [client_token(assertion(CERTIFICATE_CLIENT_ID)), vec![("client_id", EC_CLIENT_ID.into())]].concat();
    is_refused(&visitor, &named, "two clients").await;
    let named =
        [client_token(assertion(CERTIFICATE_CLIENT_ID)), vec![("client_id", CERTIFICATE_CLIENT_ID.into())]];
    assert_eq!(visitor.token(&named.concat()).await.0, StatusCode::OK, "the same client twice is one client");
    for kind in [None, Some("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")] {
        let form = with(client_token(assertion(CERTIFICATE_CLIENT_ID)), "client_assertion_type", kind);
        is_refused(&visitor, &form, "another type of assertion").await;
    }
}
