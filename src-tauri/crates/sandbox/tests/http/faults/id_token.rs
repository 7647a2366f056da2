//! Faults in the id_token of a sign-in.

use super::{Row, each_shows};
use crate::common::*;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bobbin_sandbox::PUBLIC_CLIENT_ID;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{Jwk, JwkSet},
};
use serde_json::{Value, json};

/// An id_token and the key set of the same moment.
pub(super) struct Signed {
    pub(super) token: String,
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) keys: JwkSet,
    issuer: String,
    access_token: String,
}

/// Signs in, then asks for the keys.
pub(super) async fn sign_in(visitor: &Visitor) -> Signed {
    let reply = visitor.tokens("Thandi Nkosi", SCOPES).await;
    let keys: JwkSet =
        serde_json::from_str(&visitor.get("/.well-known/openid-configuration/jwks").await.html).unwrap();
    let token = text(&reply["id_token"]);
    let part = |index| -> Value {
        let part = token.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = (part(0), part(1));
    let access_token = text(&reply["access_token"]);
    Signed { header, claims, keys, issuer: visitor.base.clone(), access_token, token }
}

impl Signed {
    /// The key that the header names, or the only one.
    pub(super) fn key(&self) -> Option<&Jwk> {
        match (self.header["kid"].as_str(), self.keys.keys.as_slice()) {
            (Some(kid), _) => self.keys.find(kid),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Whether the signature fits that key, by the algorithm of the header.
    pub(super) fn is_verified(&self) -> bool {
        let key = self.key().and_then(|key| DecodingKey::from_jwk(key).ok());
        key.is_some_and(|key| self.fits(&key))
    }

    fn fits(&self, key: &DecodingKey) -> bool {
        let Ok(algorithm) = self.header["alg"].as_str().unwrap().parse::<Algorithm>() else { return false };
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<Value>(&self.token, key, &validation).is_ok()
    }

    fn lacks(&self, claim: &str) -> bool {
        self.claims.get(claim).is_none()
    }

    /// A time claim in seconds from now.
    fn seconds_away(&self, claim: &str) -> i64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        self.claims[claim].as_i64().unwrap() - i64::try_from(now).unwrap()
    }

    fn audiences(&self) -> &[Value] {
        self.claims["aud"].as_array().map(Vec::as_slice).unwrap_or_default()
    }
}

/// The PEM file of a 2048-bit RSA key with the exponent 65537.
fn public_pem(jwk: &Jwk) -> String {
    let jwk = serde_json::to_value(jwk).unwrap();
    let modulus = URL_SAFE_NO_PAD.decode(text(&jwk["n"])).unwrap();
    let before = STANDARD.decode("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA").unwrap();
    let der = [before, modulus, vec![2, 3, 1, 0, 1]].concat();
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new("PUBLIC KEY", der), config)
}

/// How each is seen. Where only the claims are spoilt, the signature is right.
pub(super) const TABLE: &[Row<Signed>] = &[
    ("id-token-iss-wrong", |it| it.claims["iss"] == "https://issuer.example" && it.is_verified()),
    ("id-token-iss-missing", |it| it.lacks("iss") && it.is_verified()),
    ("id-token-sub-missing", |it| it.lacks("sub") && it.is_verified()),
    ("id-token-aud-wrong", |it| it.claims["aud"].as_str().is_some_and(|aud| aud != PUBLIC_CLIENT_ID)),
    ("id-token-aud-missing", |it| it.lacks("aud") && it.is_verified()),
    ("id-token-aud-several", |it| {
        it.audiences().len() == 2 && it.audiences()[0] == PUBLIC_CLIENT_ID && it.lacks("azp")
    }),
    ("id-token-aud-secondary", |it| it.audiences().len() == 2 && it.claims["azp"] == it.audiences()[1]),
    ("id-token-aud-array", |it| it.claims["aud"] == json!([PUBLIC_CLIENT_ID])),
    ("id-token-iat-missing", |it| it.lacks("iat") && it.is_verified()),
    ("id-token-iat-future", |it| it.seconds_away("iat") > 3000),
    ("id-token-nonce-wrong", |it| !it.lacks("nonce") && it.claims["nonce"] != NONCE),
    ("id-token-nonce-missing", |it| it.lacks("nonce") && it.is_verified()),
    ("id-token-at-hash-wrong", |it| {
        !it.lacks("at_hash") && it.claims["at_hash"] != left_half(&it.access_token)
    }),
    ("id-token-at-hash-missing", |it| it.lacks("at_hash") && it.is_verified()),
    ("id-token-s-hash-wrong", |it| !it.lacks("s_hash") && it.claims["s_hash"] != left_half(STATE)),
    ("id-token-s-hash-missing", |it| it.lacks("s_hash") && it.is_verified()),
    ("id-token-expired", |it| it.seconds_away("exp") < -200),
    ("id-token-not-yet-valid", |it| it.seconds_away("nbf") > 3000),
    ("id-token-typ-at-jwt", |it| it.header["typ"] == "at+jwt" && it.is_verified()),
    ("alg-none", |it| it.header["alg"] == "none" && it.token.ends_with('.')),
    ("alg-hs256", |it| it.fits(&DecodingKey::from_secret(public_pem(it.key().unwrap()).as_bytes()))),
    ("alternate-alg", |it| it.header["alg"] == "PS256" && it.is_verified()),
    ("invalid-sig-rs256", |it| it.header["alg"] == "RS256" && it.key().is_some() && !it.is_verified()),
    ("invalid-sig-es256", |it| it.header["alg"] == "ES256" && it.key().is_some() && !it.is_verified()),
    ("kid-unknown", |it| it.header["kid"].is_string() && it.key().is_none()),
    ("kid-missing", |it| it.header.get("kid").is_none() && it.is_verified()),
];

/// Without an id_token there is nothing to take apart.
pub(super) const ELSEWHERE: &[&str] = &["id-token-missing"];

#[tokio::test]
async fn each_fault_of_an_id_token_shows_and_ends() {
    each_shows(sandbox().await, TABLE, |visitor| Box::pin(sign_in(visitor))).await;
}

#[tokio::test]
async fn the_key_of_the_invalid_es256_signature_is_a_good_one() {
    let (sandbox, visitor) = sandbox().await;
    sandbox.set_faults(&["invalid-sig-es256"]).unwrap();
    let seen = sign_in(&visitor).await;
    let jwk = serde_json::to_value(seen.key().unwrap()).unwrap();
    let [x, y] = ["x", "y"].map(|name| URL_SAFE_NO_PAD.decode(text(&jwk[name])).unwrap());
    let point = [vec![4], x, y].concat();
    assert!(ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).is_ok(), "a point of the curve");
    assert_eq!(seen.token.rsplit('.').next().unwrap().len(), 86, "64 bytes: not in DER form");
}

#[tokio::test]
async fn several_faults_show_together() {
    let (sandbox, visitor) = sandbox().await;
    sandbox.set_faults(&["id-token-nonce-missing", "id-token-expired", "kid-missing"]).unwrap();
    let seen = sign_in(&visitor).await;
    assert!(seen.lacks("nonce") && seen.seconds_away("exp") < 0 && seen.header.get("kid").is_none());
    assert_eq!(seen.claims["iss"], seen.issuer, "the rest is as it should be");
}

#[tokio::test]
async fn without_an_id_token_the_rest_of_the_reply_is_there() {
    let (sandbox, visitor) = sandbox().await;
    sandbox.set_faults(&["id-token-missing"]).unwrap();
    let reply = visitor.tokens("Thandi Nkosi", SCOPES).await;
    assert!(reply.get("id_token").is_none() && reply["access_token"].is_string());
    sandbox.set_faults(&[]).unwrap();
    assert!(sign_in(&visitor).await.is_verified());
}
