//! The keys of the clients that prove themselves with `private_key_jwt`: the sandbox makes them and gives them away.
//!
//! They are kept beside the state file as the PEM files that a person downloads, so that a key that was imported once
//! still fits after a restart. They are made when first needed, because most sign-ins need none.

use std::{
    io,
    path::{Path, PathBuf},
};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use tokio::sync::OnceCell;

use crate::{clients::KeyType, file};

mod pem;

/// Larger than any of the files, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientKeyError {
    #[error("a client's key cannot be read or kept: {0}")]
    File(#[from] io::Error),
    #[error("a client's key cannot be made")]
    Make,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct ClientKeys {
    rsa: Keeper,
    p256: Keeper,
}

/// One key, its file, and whether it was read or made yet.
#[derive(Debug)]
struct Keeper {
    file: Option<PathBuf>,
    key: OnceCell<ClientKey>,
}

/// A client's key.
#[derive(Debug)]
pub(crate) struct ClientKey {
    key_type: KeyType,
    /// What a person downloads: the private key, and the certificate if there is one.
    pub(crate) pem: String,
    /// The certificate's SHA-1 in upper-case hex; a key without a certificate has no id.
    kid: Option<String>,
    /// As aws-lc takes it: RSAPublicKey of PKCS#1, or an uncompressed point.
    public: Vec<u8>,
}

impl ClientKeys {
    /// Keys kept beside the state file, or in memory without one.
    pub(crate) fn open(state_file: Option<&Path>) -> Self {
        let beside = |suffix: &str| {
            state_file.map(|path| {
                let mut name = path.file_stem().unwrap_or_default().to_owned();
                name.push(suffix);
                path.with_file_name(name)
            })
        };
        let keeper = |suffix| Keeper { file: beside(suffix), key: OnceCell::new() };
        Self { rsa: keeper("-client.pem"), p256: keeper("-ec-client.pem") }
    }

    /// The key of that type, made when it is not there yet.
    pub(crate) async fn get(&self, key_type: KeyType) -> Result<&ClientKey, ClientKeyError> {
        let keeper = match key_type {
            KeyType::Rsa => &self.rsa,
            KeyType::P256 => &self.p256,
        };
        let file = keeper.file.clone();
        let opened = || async {
            // Making an RSA key may take a few hundred milliseconds.
            let opened = tokio::task::spawn_blocking(move || read_or_make(key_type, file.as_deref()));
            opened.await.map_err(|_| ClientKeyError::Make)?
        };
        keeper.key.get_or_try_init(opened).await
    }
}

fn read_or_make(key_type: KeyType, file: Option<&Path>) -> Result<ClientKey, ClientKeyError> {
    let kept = file.map(|file| file::read(file, LARGEST)).transpose()?.flatten();
    let kept = kept.and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some(key) = kept.and_then(|text| pem::parse(key_type, text)) {
        return Ok(key);
    }
    // A damaged file holds nothing that could be lost: the key protects nothing, and can be imported again.
    let text = match key_type {
        KeyType::Rsa => pem::make_rsa(),
        KeyType::P256 => pem::make_p256(),
    };
    let key = text.and_then(|text| pem::parse(key_type, text)).ok_or(ClientKeyError::Make)?;
    if let Some(file) = file {
        file::replace(file, key.pem.as_bytes())?;
    }
    Ok(key)
}

impl ClientKey {
    /// Whether the private half signed this, with an algorithm of the key (RFC 7518 §3.3, §3.4, §3.5).
    /// A `kid` names the key and must then be its id, as where a client has several.
    pub(crate) fn verify(&self, alg: &str, kid: Option<&str>, signed: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match (self.key_type, alg) {
            (KeyType::Rsa, "RS256") => &RSA_PKCS1_2048_8192_SHA256,
            (KeyType::Rsa, "PS256") => &RSA_PSS_2048_8192_SHA256,
            (KeyType::P256, "ES256") => &ECDSA_P256_SHA256_FIXED,
            _ => return false,
        };
        let another = self.kid.as_deref().zip(kid).is_some_and(|(own, named)| own != named);
        !another && UnparsedPublicKey::new(algorithm, &self.public).verify(signed, signature).is_ok()
    }
}
