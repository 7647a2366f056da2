//! One key of a set.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm, ParsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde_json::Value;

use crate::{Map, text::plain};

/// RSA keys below this are never used (RFC 7518 section 3.3).
const MIN_RSA_BITS: usize = 2048;
/// Larger ones are beyond what the cryptography library takes.
const MAX_RSA_BITS: usize = 8192;

/// A public key that can verify signatures.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) kid: Option<String>,
    /// The only algorithm it is for, where the set says so.
    alg: Option<String>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256 { x: String, y: String },
    P384 { x: String, y: String },
    Ed25519 { x: String },
}

/// Why a member of the set is not a key for signatures.
pub(super) enum Refused {
    /// For encryption, or of a kind that others may know: nothing is wrong with it.
    OtherUse(&'static str),
    /// It looks like a key for signatures and cannot be one.
    Unusable(String),
}

impl Key {
    /// Whether kind, curve and the key's own `alg` allow this algorithm (RFC 8725 section 3.1).
    pub(crate) fn fits(&self, alg: Algorithm) -> bool {
        let kind_fits = match self.material {
            Material::Rsa { .. } => alg.family() == AlgorithmFamily::Rsa,
            Material::P256 { .. } => alg == Algorithm::ES256,
            Material::P384 { .. } => alg == Algorithm::ES384,
            Material::Ed25519 { .. } => alg == Algorithm::EdDSA,
        };
        let named = self.alg.as_ref().is_none_or(|named| named.parse() == Ok(alg));
        kind_fits && named
    }

    /// How many bytes each of its signatures has (RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1).
    pub(crate) fn signature_length(&self) -> usize {
        match &self.material {
            Material::Rsa { n, .. } => bits(n).div_ceil(8),
            Material::P256 { .. } | Material::Ed25519 { .. } => 64,
            Material::P384 { .. } => 96,
        }
    }

    /// Verifies a signature, given as bytes.
    pub(crate) fn verifies(&self, signature: &[u8], message: &str, alg: Algorithm) -> bool {
        let key = match &self.material {
            Material::Rsa { n, e } => Ok(DecodingKey::from_rsa_raw_components(n, e)),
            Material::P256 { x, y } | Material::P384 { x, y } => DecodingKey::from_ec_components(x, y),
            Material::Ed25519 { x } => DecodingKey::from_ed_components(x),
        };
        let signature = URL_SAFE_NO_PAD.encode(signature);
        key.and_then(|key| jsonwebtoken::crypto::verify(&signature, message.as_bytes(), &key, alg))
            .unwrap_or(false)
    }

    /// `RSA, 2048 bits, for RS256`.
    pub(crate) fn describe(&self) -> String {
        let kind = match &self.material {
            Material::Rsa { n, .. } => format!("RSA, {} bits", bits(n)),
            Material::P256 { .. } => "EC, P-256".to_owned(),
            Material::P384 { .. } => "EC, P-384".to_owned(),
            Material::Ed25519 { .. } => "OKP, Ed25519".to_owned(),
        };
        match &self.alg {
            Some(alg) => format!("{kind}, for {}", plain(alg)),
            None => kind,
        }
    }
}

pub(super) fn read(member: &Map) -> Result<Key, Refused> {
    if let Some(intended) = member.get("use")
        && intended != "sig"
    {
        return Err(Refused::OtherUse("its use is not sig"));
    }
    if let Some(operations) = member.get("key_ops") {
        let verify = |operations: &Vec<Value>| operations.iter().any(|name| name == "verify");
        if !operations.as_array().is_some_and(verify) {
            return Err(Refused::OtherUse("its key_ops do not allow to verify"));
        }
    }
    Ok(Key {
        material: material(member)?,
        kid: text(member, "kid")?.map(str::to_owned),
        alg: text(member, "alg")?.map(str::to_owned),
    })
}

/// Whether the set gives away a private or shared key.
pub(super) fn is_private(member: &Map) -> bool {
    ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| member.contains_key(*name))
}

fn material(member: &Map) -> Result<Material, Refused> {
    let curve = text(member, "crv")?;
    match (text(member, "kty")?, curve) {
        (Some("RSA"), _) => {
            let (n, e) = (bytes(member, "n")?, bytes(member, "e")?);
            if !is_exponent(&e) {
                return Err(Refused::Unusable("its e is not a public exponent".to_owned()));
            }
            match bits(&n) {
                MIN_RSA_BITS..=MAX_RSA_BITS => Ok(Material::Rsa { n, e }),
                size => Err(Refused::Unusable(format!(
                    "it is an RSA key of {size} bits, outside {MIN_RSA_BITS} to {MAX_RSA_BITS}"
                ))),
            }
        }
        (Some("EC"), Some("P-256")) => {
            let (x, y) = point(member, 32, &ECDSA_P256_SHA256_FIXED)?;
            Ok(Material::P256 { x, y })
        }
        (Some("EC"), Some("P-384")) => {
            let (x, y) = point(member, 48, &ECDSA_P384_SHA384_FIXED)?;
            Ok(Material::P384 { x, y })
        }
        (Some("OKP"), Some("Ed25519")) => {
            Ok(Material::Ed25519 { x: URL_SAFE_NO_PAD.encode(coordinate(member, "x", 32)?) })
        }
        (Some("oct"), _) => {
            Err(Refused::Unusable("it is a shared secret, which a public key set must not hold".to_owned()))
        }
        (Some(_), _) => Err(Refused::OtherUse("its kty or crv is not one for these algorithms")),
        (None, _) => Err(Refused::Unusable("it has no kty".to_owned())),
    }
}

/// A point that is on its curve: others would verify what nobody signed (RFC 7518 section 6.2.1).
fn point(
    member: &Map,
    length: usize,
    curve: &'static EcdsaVerificationAlgorithm,
) -> Result<(String, String), Refused> {
    let (x, y) = (coordinate(member, "x", length)?, coordinate(member, "y", length)?);
    let uncompressed = [&[4], x.as_slice(), y.as_slice()].concat();
    match ParsedPublicKey::new(curve, uncompressed) {
        Ok(_) => Ok((URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))),
        Err(_) => Err(Refused::Unusable("its point is not on its curve".to_owned())),
    }
}

/// Odd, above 1, and of at most 33 bits, which is what every library takes.
fn is_exponent(e: &[u8]) -> bool {
    e.last().is_some_and(|last| last % 2 == 1) && (2..=33).contains(&bits(e))
}

fn coordinate(member: &Map, name: &str, length: usize) -> Result<Vec<u8>, Refused> {
    let bytes = bytes(member, name)?;
    if bytes.len() != length {
        return Err(Refused::Unusable(format!(
            "its {name} has {} bytes, where {length} belong",
            bytes.len()
        )));
    }
    Ok(bytes)
}

fn bytes(member: &Map, name: &str) -> Result<Vec<u8>, Refused> {
    let text = text(member, name)?.ok_or_else(|| Refused::Unusable(format!("it has no {name}")))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Unusable(format!("its {name} is not base64url")))
}

fn text<'a>(member: &'a Map, name: &str) -> Result<Option<&'a str>, Refused> {
    match member.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refused::Unusable(format!("its {name} is not a string"))),
    }
}

fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    match number.get(zeros) {
        Some(first) => (number.len() - zeros) * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}
