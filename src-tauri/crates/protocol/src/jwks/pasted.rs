//! Keys that a person pastes: a key set, one JWK, or PEM with certificates or public keys.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pkcs1::RsaPublicKeyRef;
use pkcs8::{
    SubjectPublicKeyInfoRef,
    der::{Decode as _, Encode as _, oid::ObjectIdentifier},
};
use serde_json::{Value, json};
use x509_cert::Certificate;

use super::{Jwks, JwksError, MAX_LENGTH, process_jwks, read_keys};
use crate::{
    http::HttpReply,
    private_key::{Block, blocks},
    text::plain,
};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// Reads pasted keys. Those of a PEM name no `kid`, so that each is tried for every token.
pub fn read_pasted(text: &str) -> Result<Jwks, JwksError> {
    if text.len() > MAX_LENGTH {
        return Err(JwksError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.contains("-----BEGIN ") {
        return from_pem(text);
    }
    let as_set =
        |body: String| process_jwks(&HttpReply { status: 200, headers: Vec::new(), body: body.into() });
    match as_set(text.to_owned()) {
        // One key without a set around it.
        Err(JwksError::NoKeys) if text.contains("\"kty\"") => as_set(format!(r#"{{"keys":[{text}]}}"#)),
        read => read,
    }
}

fn from_pem(text: &str) -> Result<Jwks, JwksError> {
    let nothing = |reason: String| JwksError::NoPublicKey(reason);
    let blocks = blocks(text).map_err(|error| nothing(error.to_string()))?;
    let keys: Vec<Value> = blocks.iter().filter_map(jwk).collect();
    if keys.is_empty() {
        let labels: Vec<_> = blocks.iter().map(|block| block.label.as_str()).collect();
        return Err(nothing(format!("it holds only {}.", plain(&labels.join(", ")))));
    }
    Ok(Jwks { unnamed: true, ..read_keys(&keys) })
}

/// The public key of a block as a JWK; none for a private key or one of another kind.
fn jwk(block: &Block) -> Option<Value> {
    match block.label.as_str() {
        "CERTIFICATE" | "X509 CERTIFICATE" => {
            let certificate = Certificate::from_der(&block.der).ok()?;
            of_info(&certificate.tbs_certificate().subject_public_key_info().to_der().ok()?)
        }
        "PUBLIC KEY" => of_info(&block.der),
        "RSA PUBLIC KEY" => of_rsa(&block.der),
        _ => None,
    }
}

/// A `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
fn of_info(der: &[u8]) -> Option<Value> {
    let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
    let key = info.subject_public_key.raw_bytes();
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match info.algorithm.oid {
        RSA => of_rsa(key),
        ED25519 => Some(json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(key) })),
        EC => {
            let curve = match info.algorithm.parameters_oid().ok()? {
                P256 => "P-256",
                P384 => "P-384",
                _ => return None,
            };
            let point = key.strip_prefix(&[4])?;
            let (x, y) = point.split_at(point.len() / 2);
            Some(json!({ "kty": "EC", "crv": curve, "x": encoded(x), "y": encoded(y) }))
        }
        _ => None,
    }
}

fn of_rsa(der: &[u8]) -> Option<Value> {
    let key = RsaPublicKeyRef::from_der(der).ok()?;
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Some(json!({
        "kty": "RSA",
        "n": encoded(key.modulus.as_bytes()),
        "e": encoded(key.public_exponent.as_bytes()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::{RSA as RSA_KEY, rsa_jwk};

    #[test]
    fn a_certificate_or_public_key_gives_a_key_that_needs_no_kid() {
        for pem in [
            include_str!("../private_key/samples/issuer-certificate.pem"),
            include_str!("../private_key/samples/ec-certificate.pem"),
            include_str!("../private_key/samples/rsa-public.pem"),
            include_str!("../private_key/samples/rsa-with-certificate.pem"),
        ] {
            let keys = read_pasted(pem).unwrap();
            assert_eq!((keys.keys.len(), keys.unnamed), (1, true), "{pem}");
        }
    }

    #[test]
    fn a_private_key_alone_and_prose_are_no_public_keys() {
        for text in [include_str!("../private_key/samples/ec-pkcs8.pem"), "-----BEGIN X"] {
            assert_eq!(read_pasted(text).unwrap_err().code(), "jwks_no_public_key");
        }
        assert_eq!(read_pasted("hello").unwrap_err().code(), "jwks_not_json");
    }

    #[test]
    fn one_key_without_a_set_is_enough() {
        let jwk = rsa_jwk(&RSA_KEY, "k");
        assert_eq!(read_pasted(&jwk.to_string()).unwrap().kids(), ["k"]);
        assert_eq!(read_pasted(&json!({ "keys": [jwk] }).to_string()).unwrap().kids(), ["k"]);
    }
}
