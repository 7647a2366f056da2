//! Faults in an id_token's header and signature.

use aws_lc_rs::{hmac, rand::SystemRandom, signature::RSA_PSS_SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use pem::{EncodeConfig, LineEnding, Pem};
use serde_json::{Value, json};

use super::{Active, keys};
use crate::{
    app::App,
    signing::{self, SigningError, SigningKey},
};

/// A kid that no key set has.
const UNKNOWN_KID: &str = "no-such-key";

/// Signs the claims as the active faults want it; without any, as the sandbox always does.
pub(crate) async fn sign(app: &App, claims: &Value, active: &Active) -> Result<String, SigningError> {
    let key = keys::next(app, active);
    let input = signing::input(&header(app, key, active).await?, claims);
    let signature = if active.has("alg-none") {
        Vec::new()
    } else if active.has("alg-hs256") {
        hs256(key, &input).await?
    } else if active.has("alternate-alg") {
        key.signature(&RSA_PSS_SHA256, &input).await?
    } else if active.has("invalid-sig-rs256") {
        keys::other_than(app, key).signature(signing::RS256, &input).await?
    } else if active.has("invalid-sig-es256") {
        invalid_es256(app, &input).await?
    } else {
        key.signature(signing::RS256, &input).await?
    };
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

async fn header(app: &App, key: &SigningKey, active: &Active) -> Result<Value, SigningError> {
    let mut header = key.header().await?;
    for id in active.ids() {
        match id {
            "alg-none" => header["alg"] = "none".into(),
            "alg-hs256" => header["alg"] = "HS256".into(),
            "alternate-alg" => header["alg"] = "PS256".into(),
            "invalid-sig-es256" => {
                let jwk = app.other_keys.ec_jwk().await?;
                header = json!({"alg": "ES256", "kid": jwk["kid"], "typ": "JWT"});
            }
            "kid-unknown" => header["kid"] = UNKNOWN_KID.into(),
            "id-token-typ-at-jwt" => header["typ"] = "at+jwt".into(),
            _ => {}
        }
    }
    let nameless = ["kid-missing", "keys-several-without-kid", "keys-one-without-kid"];
    if nameless.iter().any(|id| active.has(id)) {
        header = json!({"alg": header["alg"], "typ": header["typ"]});
    }
    Ok(header)
}

/// The attack on verifiers that take one key for every algorithm: the public key's PEM file as the secret
/// (RFC 8725 §2.1).
async fn hs256(key: &SigningKey, input: &str) -> Result<Vec<u8>, SigningError> {
    let pem = Pem::new("PUBLIC KEY", key.public_key_info().await?);
    let pem = pem::encode_config(&pem, EncodeConfig::new().set_line_ending(LineEnding::LF));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, pem.as_bytes());
    Ok(hmac::sign(&secret, input.as_bytes()).as_ref().to_vec())
}

/// A signature of the right key over something else.
async fn invalid_es256(app: &App, input: &str) -> Result<Vec<u8>, SigningError> {
    let pair = app.other_keys.ec().await?;
    let signature = pair.sign(&SystemRandom::new(), format!("not {input}").as_bytes());
    Ok(signature.map_err(|_| SigningError)?.as_ref().to_vec())
}
