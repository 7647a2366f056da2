//! Keys made at test time, and tokens signed by them.

use std::sync::LazyLock;

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    http::HttpReply,
    jwks::{Jwks, process_jwks},
};

pub(crate) static RSA: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
pub(crate) static OTHER_RSA: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
pub(crate) static P256: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
pub(crate) static P384: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap());
pub(crate) static ED25519: LazyLock<Ed25519KeyPair> = LazyLock::new(|| Ed25519KeyPair::generate().unwrap());

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn rsa_jwk(key: &RsaKeyPair, kid: &str) -> Value {
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
    json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": encoded(public.n), "e": encoded(public.e) })
}

pub(crate) fn ec_jwk(key: &EcdsaKeyPair, curve: &str, kid: &str) -> Value {
    let point = &key.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "kid": kid, "x": encoded(x), "y": encoded(y) })
}

pub(crate) fn ed_jwk(key: &Ed25519KeyPair, kid: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encoded(key.public_key()) })
}

pub(crate) fn key_set_reply(keys: &[Value]) -> HttpReply {
    HttpReply { status: 200, headers: Vec::new(), body: json!({ "keys": keys }).to_string().into_bytes() }
}

pub(crate) fn key_set(keys: &[Value]) -> Jwks {
    process_jwks(&key_set_reply(keys)).unwrap()
}

/// A member of `value` set, or taken away where it is null.
pub(crate) fn set(value: &mut Value, name: &str, to: Value) {
    let members = value.as_object_mut().unwrap();
    if to.is_null() {
        members.shift_remove(name);
    } else {
        members.insert(name.to_owned(), to);
    }
}

/// A token signed by the key that belongs to `alg`; `alg` in the header may say otherwise.
pub(crate) fn signed(alg: &str, header: &Value, payload: &Value) -> String {
    let input = format!("{}.{}", encoded(header.to_string()), encoded(payload.to_string()));
    let signature = sign(alg, input.as_bytes());
    format!("{input}.{}", encoded(signature))
}

fn sign(alg: &str, input: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    let rsa = |key: &RsaKeyPair, encoding| {
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(encoding, &random, input, &mut signature).unwrap();
        signature
    };
    match alg {
        "RS256" => rsa(&RSA, &RSA_PKCS1_SHA256),
        "RS384" => rsa(&RSA, &RSA_PKCS1_SHA384),
        "RS512" => rsa(&RSA, &RSA_PKCS1_SHA512),
        "PS256" => rsa(&RSA, &RSA_PSS_SHA256),
        "PS384" => rsa(&RSA, &RSA_PSS_SHA384),
        "PS512" => rsa(&RSA, &RSA_PSS_SHA512),
        "ES256" => P256.sign(&random, input).unwrap().as_ref().to_vec(),
        "ES384" => P384.sign(&random, input).unwrap().as_ref().to_vec(),
        "EdDSA" => ED25519.sign(input).as_ref().to_vec(),
        "RS256 by another key" => rsa(&OTHER_RSA, &RSA_PKCS1_SHA256),
        "ES256 as DER" => {
            let pkcs8 = P256.to_pkcs8v1().unwrap();
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref());
            key.unwrap().sign(&random, input).unwrap().as_ref().to_vec()
        }
        "HS256 with the public key" => {
            let public = RsaPublicKeyComponents::<Vec<u8>>::from(RSA.public_key());
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &public.n);
            aws_lc_rs::hmac::sign(&key, input).as_ref().to_vec()
        }
        other => panic!("no key signs {other}"),
    }
}
