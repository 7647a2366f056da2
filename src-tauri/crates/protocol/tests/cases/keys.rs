//! Keys made at test time, their JWKs, and signatures by them.

use std::sync::LazyLock;

use aws_lc_rs::{encoding::AsDer as _, rsa::KeySize, signature::KeyPair as _};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
        RsaEncoding,
    },
};
use serde_json::{Value, json};

/// `ring` makes no RSA keys, so that `aws-lc-rs` does; it signs nothing here.
static RSA_SOURCE: LazyLock<aws_lc_rs::rsa::KeyPair> =
    LazyLock::new(|| aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap());
static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| ring_rsa(&RSA_SOURCE));
static OTHER_RSA: LazyLock<RsaKeyPair> =
    LazyLock::new(|| ring_rsa(&aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap()));
static RSA_3072: LazyLock<RsaKeyPair> =
    LazyLock::new(|| ring_rsa(&aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa3072).unwrap()));
static P256: LazyLock<Vec<u8>> = LazyLock::new(|| ec(&ECDSA_P256_SHA256_FIXED_SIGNING));
static P384: LazyLock<Vec<u8>> = LazyLock::new(|| ec(&ECDSA_P384_SHA384_FIXED_SIGNING));
static ED25519: LazyLock<Ed25519KeyPair> = LazyLock::new(|| {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
});

fn ring_rsa(key: &aws_lc_rs::rsa::KeyPair) -> RsaKeyPair {
    let pkcs8 = key.as_der().unwrap();
    RsaKeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
}

fn ec(algorithm: &'static EcdsaSigningAlgorithm) -> Vec<u8> {
    EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap().as_ref().to_vec()
}

fn ec_pair(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8]) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &SystemRandom::new()).unwrap()
}

/// The public halves as members of a key set.
pub(crate) fn rsa() -> Value {
    rsa_jwk(&RSA, "rsa")
}

pub(crate) fn other_rsa() -> Value {
    rsa_jwk(&OTHER_RSA, "other")
}

pub(crate) fn rsa_3072() -> Value {
    rsa_jwk(&RSA_3072, "long")
}

pub(crate) fn p256() -> Value {
    ec_jwk(&ECDSA_P256_SHA256_FIXED_SIGNING, &P256, "P-256", "p256")
}

pub(crate) fn p384() -> Value {
    ec_jwk(&ECDSA_P384_SHA384_FIXED_SIGNING, &P384, "P-384", "p384")
}

pub(crate) fn ed25519() -> Value {
    let x = encoded(ED25519.public_key());
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": x })
}

fn rsa_jwk(key: &RsaKeyPair, kid: &str) -> Value {
    let public = PublicKeyComponents::<Vec<u8>>::from(key.public());
    json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": encoded(public.n), "e": encoded(public.e) })
}

fn ec_jwk(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8], curve: &str, kid: &str) -> Value {
    let pair = ec_pair(algorithm, pkcs8);
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "kid": kid, "x": encoded(x), "y": encoded(y) })
}

/// Members of an object set, or taken away where the value is null.
pub(crate) fn with(mut object: Value, changes: &[(&str, Value)]) -> Value {
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes {
        match value {
            Value::Null => drop(members.shift_remove(*name)),
            value => drop(members.insert((*name).to_owned(), value.clone())),
        }
    }
    object
}

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// How a token is signed: by the algorithm's key, or in one of the ways that must not pass.
pub(crate) fn sign(way: &str, input: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    let rsa = |key: &RsaKeyPair, encoding: &'static dyn RsaEncoding| {
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(encoding, &random, input, &mut signature).unwrap();
        signature
    };
    let ecdsa =
        |algorithm, key: &[u8]| ec_pair(algorithm, key).sign(&random, input).unwrap().as_ref().to_vec();
    let hmac = |algorithm, key: &[u8]| hmac::sign(&hmac::Key::new(algorithm, key), input).as_ref().to_vec();
    let modulus = || PublicKeyComponents::<Vec<u8>>::from(RSA.public()).n;
    let spki = || RSA_SOURCE.public_key().as_der().unwrap().as_ref().to_vec();
    match way {
        "RS256" => rsa(&RSA, &RSA_PKCS1_SHA256),
        "RS384" => rsa(&RSA, &RSA_PKCS1_SHA384),
        "RS512" => rsa(&RSA, &RSA_PKCS1_SHA512),
        "PS256" => rsa(&RSA, &RSA_PSS_SHA256),
        "PS384" => rsa(&RSA, &RSA_PSS_SHA384),
        "PS512" => rsa(&RSA, &RSA_PSS_SHA512),
        "ES256" => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, &P256),
        "ES384" => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, &P384),
        "EdDSA" => ED25519.sign(input).as_ref().to_vec(),
        "RS256 by another key" => rsa(&OTHER_RSA, &RSA_PKCS1_SHA256),
        "RS256 by a long key" => rsa(&RSA_3072, &RSA_PKCS1_SHA256),
        "ES256 as DER" => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING, &P256),
        "ES384 as DER" => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING, &P384),
        "HS256 by the modulus" => hmac(hmac::HMAC_SHA256, &modulus()),
        "HS384 by the modulus" => hmac(hmac::HMAC_SHA384, &modulus()),
        "HS512 by the modulus" => hmac(hmac::HMAC_SHA512, &modulus()),
        "HS256 by the key's DER" => hmac(hmac::HMAC_SHA256, &spki()),
        "HS256 by the key's PKCS#1" => hmac(hmac::HMAC_SHA256, RSA_SOURCE.public_key().as_ref()),
        "HS256 by the key's PEM" => {
            let base64 = STANDARD.encode(spki());
            let lines: Vec<&str> =
                base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
            hmac(hmac::HMAC_SHA256, pem.as_bytes())
        }
        "HS256 by the client secret" => hmac(hmac::HMAC_SHA256, b"correct horse battery staple"),
        "nothing" => Vec::new(),
        other => panic!("nobody signs by {other}"),
    }
}
