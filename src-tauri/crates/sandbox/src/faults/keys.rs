//! Faults in the key set, and the keys that only faults need.

use std::{
    ptr,
    sync::atomic::{AtomicBool, Ordering},
};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::Active;
use crate::{
    app::App,
    secret,
    signing::{SigningError, SigningKey},
};

/// Made when first needed.
#[derive(Debug, Default)]
pub(crate) struct OtherKeys {
    rsa: SigningKey,
    ec: OnceCell<EcdsaKeyPair>,
    /// Whose turn it was last, while the key is replaced at each signature.
    turned: AtomicBool,
}

impl OtherKeys {
    pub(super) async fn ec(&self) -> Result<&EcdsaKeyPair, SigningError> {
        let make = || async { EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING) };
        self.ec.get_or_try_init(make).await.map_err(|_| SigningError)
    }

    /// The P-256 key's public half; its kid is the thumbprint (RFC 7638 §3).
    pub(super) async fn ec_jwk(&self) -> Result<Value, SigningError> {
        // An uncompressed point: one byte that says so, x and y.
        let point = self.ec().await?.public_key().as_ref();
        let (Some(x), Some(y)) = (point.get(1..33), point.get(33..65)) else { return Err(SigningError) };
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let kid = secret::sha256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        Ok(json!({"kty": "EC", "use": "sig", "kid": kid, "crv": "P-256", "x": x, "y": y, "alg": "ES256"}))
    }
}

/// The key for the signature that is made now.
pub(super) fn next<'a>(app: &'a App, active: &Active) -> &'a SigningKey {
    if active.has("keys-rotated-before-signing") {
        app.other_keys.turned.fetch_not(Ordering::Relaxed);
    }
    current(app, active)
}

/// The key that is published now.
fn current<'a>(app: &'a App, active: &Active) -> &'a SigningKey {
    let turned = app.other_keys.turned.load(Ordering::Relaxed);
    if active.has("keys-rotated") || (turned && active.has("keys-rotated-before-signing")) {
        &app.other_keys.rsa
    } else {
        &app.signing
    }
}

/// A key that is not published while `key` is.
pub(super) fn other_than<'a>(app: &'a App, key: &SigningKey) -> &'a SigningKey {
    if ptr::eq(key, &raw const app.signing) { &app.other_keys.rsa } else { &app.signing }
}

/// The key set as the active faults want it.
pub(super) async fn jwks(app: &App, active: &Active) -> Result<Value, SigningError> {
    let key = current(app, active);
    let mut keys = vec![key.jwk().await?];
    if active.has("invalid-sig-es256") {
        keys.push(app.other_keys.ec_jwk().await?);
    }
    if active.has("keys-several-without-kid") {
        keys.push(other_than(app, key).jwk().await?);
    }
    let nameless = active.has("keys-several-without-kid") || active.has("keys-one-without-kid");
    for key in keys.iter_mut().filter_map(Value::as_object_mut) {
        if nameless {
            key.shift_remove("kid");
        }
        if active.has("keys-private-members") {
            // It has the name of the private exponent, and is a random number.
            key.insert("d".into(), secret::handle().into());
        }
    }
    Ok(json!({"keys": keys}))
}
