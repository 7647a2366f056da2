//! A block of a private key, in whichever form, as PKCS#8.

use pkcs1::RsaPrivateKeyRef;
use pkcs8::{
    AlgorithmIdentifierRef, PrivateKeyInfoRef, SecretDocument,
    der::{
        Decode as _,
        asn1::{AnyRef, OctetStringRef},
        oid::ObjectIdentifier,
    },
    pkcs5::{self, EncryptionScheme, pbes2::Kdf},
};
use sec1::{EcParameters, EcPrivateKey};
use secrecy::{ExposeSecret, SecretString};

use super::{KeyImportError, error::malformed, pem::Block};

pub(super) const RSA_ENCRYPTION: ObjectIdentifier = pkcs1::ALGORITHM_OID;
pub(super) const EC_PUBLIC_KEY: ObjectIdentifier = sec1::ALGORITHM_OID;

/// More rounds than any program writes; each costs time.
const MAX_ROUNDS: u32 = 10_000_000;
/// More memory than any program asks for, in bytes.
const MAX_SCRYPT_MEMORY: u64 = 256 * 1024 * 1024;

/// The key of a block, decrypted where it is encrypted.
pub(super) fn pkcs8(
    block: &Block,
    passphrase: Option<&SecretString>,
) -> Result<SecretDocument, KeyImportError> {
    let der = block.der.as_slice();
    match block.label.as_str() {
        "PRIVATE KEY" => read(der),
        "ENCRYPTED PRIVATE KEY" => decrypted(der, passphrase),
        "RSA PRIVATE KEY" => {
            let algorithm = AlgorithmIdentifierRef { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };
            wrapped(algorithm, der)
        }
        "EC PRIVATE KEY" => {
            let key = EcPrivateKey::from_der(der).map_err(|error| malformed("private key", error))?;
            let Some(EcParameters::NamedCurve(curve)) = key.parameters else {
                return Err(KeyImportError::Curve("a curve without a name".to_owned()));
            };
            wrapped(AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some((&curve).into()) }, der)
        }
        "OPENSSH PRIVATE KEY" => Err(KeyImportError::OpenSsh),
        other => Err(KeyImportError::NoPrivateKey(other.to_owned())),
    }
}

/// The modulus' length.
pub(super) fn rsa_bits(pkcs1: &[u8]) -> Result<u32, KeyImportError> {
    let key = RsaPrivateKeyRef::from_der(pkcs1).map_err(|error| malformed("private key", error))?;
    let modulus = key.modulus.as_bytes();
    let leading = modulus.first().map_or(0, |byte| byte.leading_zeros());
    // At most the length of the text in bits.
    Ok(u32::try_from(modulus.len() * 8).unwrap_or(u32::MAX) - leading)
}

fn read(der: &[u8]) -> Result<SecretDocument, KeyImportError> {
    SecretDocument::try_from(der).map_err(|error| malformed("private key", error))
}

fn wrapped(algorithm: AlgorithmIdentifierRef, key: &[u8]) -> Result<SecretDocument, KeyImportError> {
    OctetStringRef::new(key)
        .and_then(|key| SecretDocument::encode_msg(&PrivateKeyInfoRef::new(algorithm, key)))
        .map_err(|error| malformed("private key", error))
}

fn decrypted(der: &[u8], passphrase: Option<&SecretString>) -> Result<SecretDocument, KeyImportError> {
    let (algorithm, data) = AnyRef::from_der(der)
        .and_then(|info| {
            info.sequence(|fields| -> pkcs8::der::Result<_> {
                Ok((AlgorithmIdentifierRef::decode(fields)?, <&OctetStringRef>::decode(fields)?))
            })
        })
        .map_err(|error| malformed("encrypted private key", error))?;
    let unsupported = |oid: ObjectIdentifier| KeyImportError::EncryptionUnsupported(oid.to_string());
    let scheme = EncryptionScheme::try_from(algorithm).map_err(|_| unsupported(algorithm.oid))?;
    let parameters = scheme.pbes2().ok_or_else(|| unsupported(algorithm.oid))?;
    if too_costly(&parameters.kdf) {
        return Err(KeyImportError::TooCostly);
    }
    let passphrase = passphrase
        .map(ExposeSecret::expose_secret)
        .filter(|passphrase| !passphrase.is_empty())
        .ok_or(KeyImportError::PassphraseMissing)?;
    let key = scheme.decrypt(passphrase, data.as_bytes()).map_err(|error| match error {
        pkcs5::Error::UnsupportedAlgorithm { oid } => unsupported(oid),
        _ => KeyImportError::PassphraseWrong,
    })?;
    // A wrong passphrase passes the padding's check once in 256 times, and leaves no key behind it.
    let key = SecretDocument::try_from(key).map_err(|_| KeyImportError::PassphraseWrong)?;
    match PrivateKeyInfoRef::from_der(key.as_bytes()) {
        Ok(_) => Ok(key),
        Err(_) => Err(KeyImportError::PassphraseWrong),
    }
}

/// Whether a file asks for more time or memory than a key's file should.
fn too_costly(kdf: &Kdf) -> bool {
    match kdf {
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count > MAX_ROUNDS,
        Kdf::Scrypt(scrypt) => {
            let memory = scrypt.cost_parameter.saturating_mul(128 * u64::from(scrypt.block_size));
            scrypt.cost_parameter < 2 || memory > MAX_SCRYPT_MEMORY || scrypt.parallelization > 16
        }
        _ => true,
    }
}
