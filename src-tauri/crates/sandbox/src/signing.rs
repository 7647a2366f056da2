//! The RSA key that signs id_tokens, and its public half as a JWKS (RFC 7515, 7517, 7638).
//!
//! The key is new at each start: no private key lies on disk, and a client meets the rotation of keys as it will in
//! production. Sessions do not suffer, because tokens are opaque handles and a client fetches the JWKS again for an
//! unknown `kid`.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::secret;

/// The key could not be made or used; the cryptographic library says no more than that.
#[derive(Debug, thiserror::Error)]
#[error("the signing key cannot be used")]
pub(crate) struct SigningError;

/// The key, made on first use off the async threads: making it may take a few hundred milliseconds.
#[derive(Debug, Default)]
pub(crate) struct SigningKey(OnceCell<Key>);

#[derive(Debug)]
struct Key {
    pair: RsaKeyPair,
    modulus: String,
    exponent: String,
    kid: String,
}

/// The algorithm of every id_token (RFC 7518 §3.3).
pub(crate) const RS256: &dyn RsaEncoding = &RSA_PKCS1_SHA256;

/// What a compact JWS signs (RFC 7515 §5.1).
pub(crate) fn input(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}")
}

impl SigningKey {
    /// The JSON Web Key Set with the one public key.
    pub(crate) async fn jwks(&self) -> Result<Value, SigningError> {
        Ok(json!({"keys": [self.jwk().await?]}))
    }

    /// The public half.
    pub(crate) async fn jwk(&self) -> Result<Value, SigningError> {
        let key = self.key().await?;
        Ok(json!({
            "kty": "RSA", "use": "sig", "kid": key.kid, "e": key.exponent, "n": key.modulus, "alg": "RS256",
        }))
    }

    /// The public half as a `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1).
    pub(crate) async fn public_key_info(&self) -> Result<Vec<u8>, SigningError> {
        let der: PublicKeyX509Der<'_> =
            self.key().await?.pair.public_key().as_der().map_err(|_| SigningError)?;
        Ok(der.as_ref().to_vec())
    }

    /// The header of a JWS by this key.
    pub(crate) async fn header(&self) -> Result<Value, SigningError> {
        Ok(json!({"alg": "RS256", "kid": self.key().await?.kid, "typ": "JWT"}))
    }

    /// The signature over an [`input`].
    pub(crate) async fn signature(
        &self,
        encoding: &'static dyn RsaEncoding,
        input: &str,
    ) -> Result<Vec<u8>, SigningError> {
        let pair = &self.key().await?.pair;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), input.as_bytes(), &mut signature)
            .map_err(|_| SigningError)?;
        Ok(signature)
    }

    /// The claims of a JWS that this key signed; whether they are still valid is for the caller to say.
    pub(crate) async fn open(&self, token: &str) -> Option<Value> {
        let (input, signature) = token.rsplit_once('.')?;
        let key = self.key().await.ok()?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key())
            .verify(input.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?)
            .ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(input.split_once('.')?.1).ok()?).ok()
    }

    async fn key(&self) -> Result<&Key, SigningError> {
        self.0
            .get_or_try_init(|| async {
                tokio::task::spawn_blocking(generate).await.map_err(|_| SigningError)?
            })
            .await
    }
}

fn generate() -> Result<Key, SigningError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError)?;
    let public = pair.public_key();
    let modulus = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let exponent = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    // The members in lexicographic order and nothing else: RFC 7638 §3.
    let kid = secret::sha256(&format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#));
    Ok(Key { pair, modulus, exponent, kid })
}
