//! The certificate that belongs to a key.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use x509_cert::der::Decode as _;

use super::{KeyImportError, PrivateKey, error::malformed, pem::Block};
use crate::text::{duration, plain, utc};

/// How long before its end a certificate is warned about, in seconds (30 days).
const WARN_BEFORE: i64 = 30 * 86_400;

/// What a certificate says (RFC 5280 section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInfo {
    /// As RFC 4514 writes names: `CN=client,O=Example`.
    pub subject: String,
    pub issuer: String,
    /// Upper-case hex, with a colon after each byte.
    pub serial: String,
    /// Unix seconds.
    pub not_before: i64,
    /// Unix seconds.
    pub not_after: i64,
    /// Of the whole certificate as DER: upper-case hex.
    pub sha1: String,
}

pub(super) struct Certificate {
    pub(super) info: CertificateInfo,
    pub(super) local_key_id: Option<String>,
    public_key: Vec<u8>,
}

/// The certificate of the key, among those of its issuers. None where there are no certificates.
pub(super) fn fitting(blocks: &[Block], key: &PrivateKey) -> Result<Option<Certificate>, KeyImportError> {
    let mut unfit = None;
    for block in blocks.iter().filter(|block| block.is_certificate()) {
        match read(block) {
            Ok(certificate) if certificate.public_key == key.public => return Ok(Some(certificate)),
            Ok(certificate) => {
                unfit.get_or_insert(KeyImportError::DoesNotFit { subject: certificate.info.subject });
            }
            Err(error) => {
                unfit.get_or_insert(error);
            }
        }
    }
    unfit.map_or(Ok(None), Err)
}

pub(super) fn read(block: &Block) -> Result<Certificate, KeyImportError> {
    let certificate =
        x509_cert::Certificate::from_der(&block.der).map_err(|error| malformed("certificate", error))?;
    let content = certificate.tbs_certificate();
    let validity = content.validity();
    let seconds =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Ok(Certificate {
        info: CertificateInfo {
            subject: plain(&content.subject().to_string()),
            issuer: plain(&content.issuer().to_string()),
            serial: content.serial_number().to_string(),
            not_before: seconds(validity.not_before),
            not_after: seconds(validity.not_after),
            sha1: hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &block.der).as_ref()),
        },
        local_key_id: block.local_key_id.clone(),
        public_key: content.subject_public_key_info().subject_public_key.raw_bytes().to_vec(),
    })
}

/// A warning from 30 days before a certificate's end, and after it. Times are Unix seconds.
pub fn expiry_warning(not_after: i64, now: i64) -> Option<String> {
    let left = not_after.saturating_sub(now);
    if left > WARN_BEFORE {
        return None;
    }
    let end = utc(not_after);
    Some(match u64::try_from(left) {
        Ok(left) if left > 0 => format!(
            "The certificate expires in {}, at {end}. Make a new one and register it at the provider before that.",
            duration(left)
        ),
        _ => format!(
            "The certificate expired at {end}. Providers refuse its key then: make a new one and register it."
        ),
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}
