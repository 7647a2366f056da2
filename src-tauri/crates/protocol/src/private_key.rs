//! A client's private key from a PEM text: read, checked against its certificate, and kept as PKCS#8 (RFC 5958).

mod certificate;
mod decode;
mod error;
mod pem;

use std::fmt;

use aws_lc_rs::{
    rsa::KeyPair as RsaKeyPair,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use jsonwebtoken::EncodingKey;
use pkcs8::{
    PrivateKeyInfoRef, SecretDocument,
    der::{Decode as _, oid::ObjectIdentifier},
};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

pub(crate) use self::pem::{Block, blocks};
pub use self::{
    certificate::{CertificateInfo, expiry_warning},
    error::KeyImportError,
};
use self::{
    decode::{EC_PUBLIC_KEY, RSA_ENCRYPTION},
    error::malformed,
};
use crate::client_assertion::SigningAlgorithm;

/// A larger text is refused unread, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// Smaller RSA keys are refused, in bits (RFC 7518 section 3.3).
const MIN_RSA_BITS: u32 = 2048;
/// Larger ones cannot be computed with, in bits.
const MAX_RSA_BITS: u32 = 8192;

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// Names for what is refused. Anything else is called by its object identifier.
const NAMES: [(ObjectIdentifier, &str); 8] = [
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), "secp256k1"),
    (ObjectIdentifier::new_unwrap("1.3.101.112"), "an Ed25519 key"),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), "an Ed448 key"),
    (ObjectIdentifier::new_unwrap("1.3.101.110"), "an X25519 key"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"), "an RSA key bound to PSS"),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.1"), "a DSA key"),
];

/// What a PEM text gave.
#[derive(Debug)]
pub struct ImportedKey {
    pub key: PrivateKey,
    /// The certificate that fits the key.
    pub certificate: Option<CertificateInfo>,
    /// What names the key in an assertion's header: upper-case hex.
    pub kid: Option<String>,
    pub kid_source: KidSource,
}

/// Where a `kid` was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KidSource {
    /// The line `localKeyID:` before the key or its certificate.
    LocalKeyId,
    /// The SHA-1 of the certificate.
    CertificateSha1,
    /// Nowhere: there is no `kid`.
    None,
}

/// A key that can sign a client assertion. It is wiped from memory when dropped.
pub struct PrivateKey {
    pkcs8: SecretSlice<u8>,
    kind: KeyKind,
    /// As a certificate holds it: an `RSAPublicKey` or an uncompressed point.
    public: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa { bits: u32 },
    P256,
}

/// Reads a key, with its certificate where there is one.
///
/// Takes PKCS#8, PKCS#1 and SEC1, plain or as encrypted PKCS#8 with its passphrase, in any order with
/// certificates and other text, with `\n` for line ends and in quotes.
pub fn import(text: &str, passphrase: Option<&SecretString>) -> Result<ImportedKey, KeyImportError> {
    if text.len() > MAX_LENGTH {
        return Err(KeyImportError::TooLarge);
    }
    let blocks = pem::blocks(text)?;
    let key_block = only_key(&blocks)?;
    let key = PrivateKey::from_pkcs8(decode::pkcs8(key_block, passphrase)?.as_bytes())?;
    let fitting = certificate::fitting(&blocks, &key)?;

    let sha1 = fitting.as_ref().map(|certificate| certificate.info.sha1.clone());
    let local_key_id = key_block
        .local_key_id
        .clone()
        .or_else(|| fitting.as_ref().and_then(|certificate| certificate.local_key_id.clone()));
    let kid_source = match (&local_key_id, &sha1) {
        (Some(_), _) => KidSource::LocalKeyId,
        (None, Some(_)) => KidSource::CertificateSha1,
        (None, None) => KidSource::None,
    };
    Ok(ImportedKey {
        key,
        certificate: fitting.map(|certificate| certificate.info),
        kid: local_key_id.or(sha1),
        kid_source,
    })
}

/// What the certificate of a block says.
pub(crate) fn certificate(block: &Block) -> Result<CertificateInfo, KeyImportError> {
    certificate::read(block).map(|certificate| certificate.info)
}

/// The one private key among the blocks, or what is there instead.
fn only_key(blocks: &[Block]) -> Result<&Block, KeyImportError> {
    let mut keys = blocks.iter().filter(|block| block.label.ends_with("PRIVATE KEY"));
    match (keys.next(), keys.count()) {
        (Some(key), 0) => Ok(key),
        (Some(_), others) => Err(KeyImportError::SeveralKeys(others + 1)),
        (None, _) if blocks.iter().any(Block::is_certificate) => Err(KeyImportError::CertificateOnly),
        (None, _) if blocks.iter().any(|block| block.label.ends_with("PUBLIC KEY")) => {
            Err(KeyImportError::PublicKeyOnly)
        }
        (None, _) => {
            let labels: Vec<_> = blocks.iter().map(|block| block.label.as_str()).collect();
            Err(KeyImportError::NoPrivateKey(labels.join(", ")))
        }
    }
}

impl PrivateKey {
    /// Reads a key that was kept.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyImportError> {
        let info = PrivateKeyInfoRef::from_der(der).map_err(|error| malformed("private key", error))?;
        let (kind, public) = match info.algorithm.oid {
            RSA_ENCRYPTION => read_rsa(&info, der)?,
            EC_PUBLIC_KEY => read_ec(&info, der)?,
            other => return Err(KeyImportError::Kind(name(other))),
        };
        // Version 1 without attributes: the form that every reader takes.
        let info = PrivateKeyInfoRef::new(info.algorithm, info.private_key);
        let pkcs8 = SecretDocument::encode_msg(&info).map_err(|error| malformed("private key", error))?;
        Ok(Self { pkcs8: pkcs8.as_bytes().to_vec().into(), kind, public })
    }

    /// The key as DER, for keeping it sealed.
    pub fn pkcs8(&self) -> &SecretSlice<u8> {
        &self.pkcs8
    }

    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The algorithms that it can sign with, the usual one first.
    pub fn algorithms(&self) -> &'static [SigningAlgorithm] {
        match self.kind {
            KeyKind::Rsa { .. } => &[SigningAlgorithm::Rs256, SigningAlgorithm::Ps256],
            KeyKind::P256 => &[SigningAlgorithm::Es256],
        }
    }

    /// The key in the form that jsonwebtoken signs with.
    pub(crate) fn encoding_key(&self) -> Result<EncodingKey, KeyImportError> {
        let der = self.pkcs8.expose_secret();
        match self.kind {
            KeyKind::Rsa { .. } => {
                let info =
                    PrivateKeyInfoRef::from_der(der).map_err(|error| malformed("private key", error))?;
                Ok(EncodingKey::from_rsa_der(info.private_key.as_bytes()))
            }
            KeyKind::P256 => Ok(EncodingKey::from_ec_der(der)),
        }
    }
}

fn read_rsa(info: &PrivateKeyInfoRef, der: &[u8]) -> Result<(KeyKind, Vec<u8>), KeyImportError> {
    let bits = decode::rsa_bits(info.private_key.as_bytes())?;
    if bits < MIN_RSA_BITS {
        return Err(KeyImportError::RsaTooSmall(bits));
    }
    if bits > MAX_RSA_BITS {
        return Err(KeyImportError::RsaTooLarge(bits));
    }
    let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| KeyImportError::Inconsistent)?;
    Ok((KeyKind::Rsa { bits }, pair.public_key().as_ref().to_vec()))
}

fn read_ec(info: &PrivateKeyInfoRef, der: &[u8]) -> Result<(KeyKind, Vec<u8>), KeyImportError> {
    match info.algorithm.parameters_oid() {
        Ok(P256) => {}
        Ok(other) => return Err(KeyImportError::Curve(name(other))),
        Err(_) => return Err(KeyImportError::Curve("a curve without a name".to_owned())),
    }
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
        .map_err(|_| KeyImportError::Inconsistent)?;
    Ok((KeyKind::P256, pair.public_key().as_ref().to_vec()))
}

fn name(oid: ObjectIdentifier) -> String {
    let named = NAMES.iter().find(|(named, _)| *named == oid);
    named.map_or_else(|| format!("something of the type {oid}"), |(_, name)| (*name).to_owned())
}

impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(formatter, "RSA {bits}"),
            Self::P256 => formatter.write_str("EC P-256"),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivateKey({})", self.kind)
    }
}

#[cfg(test)]
mod tests;
