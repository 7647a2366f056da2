//! Algorithms, signatures, and what the header says of keys.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    draft::{NOW, Row},
    keys::{ed25519, encoded, other_rsa, p256, p384, rsa, rsa_3072, with},
};

/// Changes the signature's bytes.
fn resigned(token: &str, change: fn(Vec<u8>) -> Vec<u8>) -> String {
    let (input, signature) = token.rsplit_once('.').unwrap();
    format!("{input}.{}", encoded(change(URL_SAFE_NO_PAD.decode(signature).unwrap())))
}

/// Puts a later expiry under a signature.
fn prolonged(token: &str) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let claims = with(claims, &[("exp", (NOW + 86_400).into())]);
    format!("{}.{}.{}", parts[0], encoded(claims.to_string()), parts[2])
}

#[rustfmt::skip]
pub(super) const CASES: &[Row<&str>] = &[
    // No signature at all (RFC 8725 3.2).
    ("alg none, no signature", "id_token_alg_none", "RFC 7515 4.1.1", |t| t.alg("none").signed_by("nothing")),
    ("alg None, no signature", "id_token_alg_none", "RFC 7515 4.1.1", |t| t.alg("None").signed_by("nothing")),
    ("alg NONE, no signature", "id_token_alg_none", "RFC 7515 4.1.1", |t| t.alg("NONE").signed_by("nothing")),
    ("alg nOnE, no signature", "id_token_alg_none", "RFC 7515 4.1.1", |t| t.alg("nOnE").signed_by("nothing")),
    ("alg none beside a good signature", "id_token_alg_none", "RFC 7515 4.1.1", |t| t.alg("none")),
    ("alg none without a kid", "id_token_alg_none", "RFC 7515 4.1.1", |t| t.alg("none").header_without("kid").signed_by("nothing")),
    ("the signature left off", "id_token_signature_missing", "RFC 7515 5.2", |t| t.signed_by("nothing")),
    ("an ES256 signature left off", "id_token_signature_missing", "RFC 7515 5.2", |t| t.by("ES256", p256()).signed_by("nothing")),

    // A public key as a shared secret (RFC 8725 2.1).
    ("HS256 by the RSA key's modulus", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").signed_by("HS256 by the modulus")),
    ("HS384 by the RSA key's modulus", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS384").signed_by("HS384 by the modulus")),
    ("HS512 by the RSA key's modulus", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS512").signed_by("HS512 by the modulus")),
    ("HS256 by the RSA key's PEM text", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").signed_by("HS256 by the key's PEM")),
    ("HS256 by the RSA key's DER", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").signed_by("HS256 by the key's DER")),
    ("HS256 by the RSA key's PKCS#1", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").signed_by("HS256 by the key's PKCS#1")),
    ("HS256 by the client secret", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").signed_by("HS256 by the client secret")),
    ("hs256 in lower case", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("hs256").signed_by("HS256 by the modulus")),
    ("HS256 without a kid", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").header_without("kid").signed_by("HS256 by the modulus")),
    ("HS256 by a shared key of the set", "id_token_alg_symmetric", "RFC 8725 3.1", |t| t.alg("HS256").kid("k").signed_by("HS256 by the client secret").keys(vec![json!({ "kty": "oct", "kid": "k", "k": encoded("correct horse battery staple") })])),

    // Algorithms that are not on the list.
    ("no alg", "id_token_alg_missing", "RFC 7515 4.1.1", |t| t.header_without("alg")),
    ("alg null", "id_token_alg_malformed", "RFC 7515 4.1.1", |t| t.alg(Value::Null)),
    ("alg a number", "id_token_alg_malformed", "RFC 7515 4.1.1", |t| t.alg(256)),
    ("alg a list", "id_token_alg_malformed", "RFC 7515 4.1.1", |t| t.alg(json!(["RS256"]))),
    ("alg empty", "id_token_alg_unsupported", "RFC 7515 4.1.1", |t| t.alg("")),
    ("alg rs256 in lower case", "id_token_alg_unsupported", "RFC 7515 4.1.1", |t| t.alg("rs256")),
    ("alg RS256 with a space", "id_token_alg_unsupported", "RFC 7515 4.1.1", |t| t.alg("RS256 ")),
    ("alg RS1, which is SHA-1", "id_token_alg_unsupported", "RFC 8725 3.2", |t| t.alg("RS1")),
    ("alg ES512", "id_token_alg_unsupported", "RFC 8725 3.1", |t| t.alg("ES512")),
    ("alg ES256K", "id_token_alg_unsupported", "RFC 8725 3.1", |t| t.alg("ES256K")),
    ("alg RSA1_5, which encrypts", "id_token_alg_unsupported", "RFC 8725 3.1", |t| t.alg("RSA1_5")),
    ("alg dir, which encrypts", "id_token_alg_unsupported", "RFC 8725 3.1", |t| t.alg("dir")),

    // alg, kty and crv must belong together.
    ("ES256 for an RSA key", "id_token_alg_key_mismatch", "RFC 8725 3.1", |t| t.by("ES256", p256()).kid("rsa").keys(vec![rsa()])),
    ("RS256 for a P-256 key", "id_token_alg_key_mismatch", "RFC 8725 3.1", |t| t.kid("p256").keys(vec![p256()])),
    ("ES384 for a P-256 key", "id_token_alg_key_mismatch", "RFC 7518 3.4", |t| t.by("ES384", p384()).kid("p256").keys(vec![p256()])),
    ("ES256 for a P-384 key", "id_token_alg_key_mismatch", "RFC 7518 3.4", |t| t.by("ES256", p256()).kid("p384").keys(vec![p384()])),
    ("EdDSA for an RSA key", "id_token_alg_key_mismatch", "RFC 8725 3.1", |t| t.by("EdDSA", ed25519()).kid("rsa").keys(vec![rsa()])),
    ("EdDSA for a P-256 key", "id_token_alg_key_mismatch", "RFC 8725 3.1", |t| t.by("EdDSA", ed25519()).kid("p256").keys(vec![p256()])),
    ("RS256 for an Ed25519 key", "id_token_alg_key_mismatch", "RFC 8725 3.1", |t| t.kid("ed").keys(vec![ed25519()])),
    ("ES256 for an Ed25519 key", "id_token_alg_key_mismatch", "RFC 8725 3.1", |t| t.by("ES256", p256()).kid("ed").keys(vec![ed25519()])),

    // The key's own alg.
    ("RS256 for a key of PS256", "id_token_alg_key_mismatch", "RFC 7517 4.4", |t| t.key_with("alg", "PS256")),
    ("PS256 for a key of RS256", "id_token_alg_key_mismatch", "RFC 7517 4.4", |t| t.by("PS256", rsa()).key_with("alg", "RS256")),
    ("RS256 for a key of RS384", "id_token_alg_key_mismatch", "RFC 7517 4.4", |t| t.key_with("alg", "RS384")),
    ("RS256 for a key of RSA-OAEP", "id_token_alg_key_mismatch", "RFC 7517 4.4", |t| t.key_with("alg", "RSA-OAEP")),
    ("RS256 for a key of HS256", "id_token_alg_key_mismatch", "RFC 7517 4.4", |t| t.key_with("alg", "HS256")),
    ("ES256 for a P-256 key of ES384", "id_token_alg_key_mismatch", "RFC 7517 4.4", |t| t.by("ES256", p256()).key_with("alg", "ES384")),

    // Signatures by another way than the header says.
    ("RS256 said, PS256 signed", "id_token_signature_invalid", "RFC 7518 3.3", |t| t.signed_by("PS256")),
    ("PS256 said, RS256 signed", "id_token_signature_invalid", "RFC 7518 3.5", |t| t.alg("PS256")),
    ("RS256 said, RS384 signed", "id_token_signature_invalid", "RFC 7518 3.3", |t| t.signed_by("RS384")),
    ("RS256 said, RS512 signed", "id_token_signature_invalid", "RFC 7518 3.3", |t| t.signed_by("RS512")),
    ("PS256 said, PS384 signed", "id_token_signature_invalid", "RFC 7518 3.5", |t| t.alg("PS256").signed_by("PS384")),
    ("RS512 said, PS512 signed", "id_token_signature_invalid", "RFC 7518 3.3", |t| t.alg("RS512").signed_by("PS512")),
    ("ES256 said, EdDSA signed", "id_token_signature_invalid", "RFC 7518 3.4", |t| t.by("ES256", p256()).signed_by("EdDSA")),
    ("EdDSA said, ES256 signed", "id_token_signature_invalid", "RFC 8037 3.1", |t| t.by("EdDSA", ed25519()).signed_by("ES256")),

    // Signatures of another form.
    ("ES256 in DER form", "id_token_signature_malformed", "RFC 7518 3.4", |t| t.by("ES256", p256()).signed_by("ES256 as DER")),
    ("ES384 in DER form", "id_token_signature_malformed", "RFC 7518 3.4", |t| t.by("ES384", p384()).signed_by("ES384 as DER")),
    ("ES256 said, ES384 signed", "id_token_signature_malformed", "RFC 7518 3.4", |t| t.by("ES256", p256()).signed_by("ES384")),
    ("an ES256 signature with a byte less", "id_token_signature_malformed", "RFC 7518 3.4", |t| t.by("ES256", p256()).then(|t| resigned(&t, |s| s[1..].to_vec()))),
    ("an ES256 signature with a byte more", "id_token_signature_malformed", "RFC 7518 3.4", |t| t.by("ES256", p256()).then(|t| resigned(&t, |s| [&[0][..], &s].concat()))),
    ("an RS256 signature cut off", "id_token_signature_malformed", "RFC 7518 3.3", |t| t.then(|t| resigned(&t, |s| s[..200].to_vec()))),
    ("an RS256 signature with a byte more", "id_token_signature_malformed", "RFC 7518 3.3", |t| t.then(|t| resigned(&t, |s| [&s[..], &[0]].concat()))),
    ("a signature by a longer RSA key", "id_token_signature_malformed", "RFC 7518 3.3", |t| t.signed_by("RS256 by a long key")),
    ("an EdDSA signature cut off", "id_token_signature_malformed", "RFC 8037 3.1", |t| t.by("EdDSA", ed25519()).then(|t| resigned(&t, |s| s[..32].to_vec()))),

    // Signatures that do not fit.
    ("RS256 by another key", "id_token_signature_invalid", "RFC 7515 5.2", |t| t.signed_by("RS256 by another key")),
    ("an RS256 signature of zeros", "id_token_signature_invalid", "RFC 7515 5.2", |t| t.then(|t| resigned(&t, |s| vec![0; s.len()]))),
    ("an RS256 signature with a bit turned", "id_token_signature_invalid", "RFC 7515 5.2", |t| t.then(|t| resigned(&t, |mut s| { s[100] ^= 1; s }))),
    ("an ES256 signature of zeros", "id_token_signature_invalid", "RFC 7518 3.4", |t| t.by("ES256", p256()).then(|t| resigned(&t, |_| vec![0; 64]))),
    ("an ES256 signature of ones", "id_token_signature_invalid", "RFC 7518 3.4", |t| t.by("ES256", p256()).then(|t| resigned(&t, |_| vec![0xff; 64]))),
    ("an ES256 signature with r and s swapped", "id_token_signature_invalid", "RFC 7518 3.4", |t| t.by("ES256", p256()).then(|t| resigned(&t, |s| [&s[32..], &s[..32]].concat()))),
    ("an ES384 signature of zeros", "id_token_signature_invalid", "RFC 7518 3.4", |t| t.by("ES384", p384()).then(|t| resigned(&t, |_| vec![0; 96]))),
    ("an EdDSA signature with a bit turned", "id_token_signature_invalid", "RFC 8037 3.1", |t| t.by("EdDSA", ed25519()).then(|t| resigned(&t, |mut s| { s[0] ^= 1; s }))),
    ("an EdDSA signature of zeros", "id_token_signature_invalid", "RFC 8037 3.1", |t| t.by("EdDSA", ed25519()).then(|t| resigned(&t, |_| vec![0; 64]))),

    ("a later exp under the same signature", "id_token_signature_invalid", "RFC 7515 5.2", |t| t.then(|t| prolonged(&t))),
    ("a later exp under the same ES256 signature", "id_token_signature_invalid", "RFC 7515 5.2", |t| t.by("ES256", p256()).then(|t| prolonged(&t))),

    // Keys that the token brings along are never used.
    ("a jwk in the header", "id_token_unknown_kid", "RFC 7515 4.1.3", |t| t.kid("other").header("jwk", other_rsa()).signed_by("RS256 by another key")),
    ("a jku in the header", "id_token_unknown_kid", "RFC 7515 4.1.2", |t| t.kid("other").header("jku", "https://evil.example/jwks").signed_by("RS256 by another key")),
    ("an x5u in the header", "id_token_unknown_kid", "RFC 7515 4.1.5", |t| t.kid("other").header("x5u", "https://evil.example/x").signed_by("RS256 by another key")),
    ("an x5c in the header", "id_token_unknown_kid", "RFC 7515 4.1.6", |t| t.kid("other").header("x5c", json!(["MIIB"])).signed_by("RS256 by another key")),
    ("a jwk in the header under the provider's kid", "id_token_signature_invalid", "RFC 7515 4.1.3", |t| t.header("jwk", with(other_rsa(), &[("kid", "rsa".into())])).signed_by("RS256 by another key")),
    ("a jku in the header under the provider's kid", "id_token_signature_invalid", "RFC 7515 4.1.2", |t| t.header("jku", "https://evil.example/jwks").signed_by("RS256 by another key")),
    ("a jwk in the header without a kid", "id_token_signature_invalid", "RFC 7515 4.1.3", |t| t.header_without("kid").header("jwk", other_rsa()).signed_by("RS256 by another key")),
    ("a long jwk in the header", "id_token_signature_malformed", "RFC 7515 4.1.3", |t| t.header("jwk", rsa_3072()).signed_by("RS256 by a long key")),

];
