//! The PEM files, as a provider gives them to its clients.

use aws_lc_rs::{
    digest,
    encoding::{AsDer, EcPrivateKeyRfc5915Der},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair},
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use pem::{EncodeConfig, LineEnding, Pem};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use super::ClientKey;
use crate::{clients::KeyType, clock};

/// How long the certificate is valid: longer than any sandbox is kept, so that it need not be renewed.
const YEARS: i16 = 10;
const ORGANIZATION: &str = "Bobbin";
const COMMON_NAME: &str = "Sandbox client";

/// An RSA-2048 key with its self-signed certificate, in the form of `openssl pkcs12 -nodes`.
pub(super) fn make_rsa() -> Option<String> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).ok()?;
    let certificate = certificate(&key)?;
    let bag = format!("Bag Attributes\n    localKeyID: {} \n", key_id(&certificate, " "));
    let name = format!("O = {ORGANIZATION}, CN = {COMMON_NAME}");
    Some(format!(
        "{bag}subject={name}\nissuer={name}\n{certificate}{bag}Key Attributes: <No Attributes>\n{key}",
        certificate = block("CERTIFICATE", &certificate),
        key = block("PRIVATE KEY", key.serialized_der()),
    ))
}

/// A P-256 key alone, in the form of `openssl ecparam -genkey -noout` (SEC 1, RFC 5915).
pub(super) fn make_p256() -> Option<String> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
    let der: EcPrivateKeyRfc5915Der<'_> = key.private_key().as_der().ok()?;
    Some(block("EC PRIVATE KEY", der.as_ref()))
}

/// The key in such a text; `None` when the text is not one of ours.
pub(super) fn parse(key_type: KeyType, text: String) -> Option<ClientKey> {
    let blocks = pem::parse_many(&text).ok()?;
    let contents = |tag| blocks.iter().find(|block| block.tag() == tag).map(Pem::contents);
    let (public, kid) = match key_type {
        KeyType::Rsa => {
            let key = RsaKeyPair::from_pkcs8(contents("PRIVATE KEY")?).ok()?;
            (key.public_key().as_ref().to_vec(), Some(key_id(contents("CERTIFICATE")?, "")))
        }
        KeyType::P256 => {
            let der = contents("EC PRIVATE KEY")?;
            let key = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()?;
            (key.public_key().as_ref().to_vec(), None)
        }
    };
    Some(ClientKey { key_type, pem: text, kid, public })
}

fn certificate(key: &KeyPair) -> Option<Vec<u8>> {
    let now = Timestamp::from_second(i64::try_from(clock::now()).ok()?).ok()?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let midnight = |date: Date| {
        let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
        Some(rcgen::date_time_ymd(date.year().into(), month, day))
    };
    let mut params = CertificateParams::default();
    // From yesterday, so that a computer whose clock is a little behind takes it as well.
    params.not_before = midnight(today.yesterday().ok()?)?;
    params.not_after = midnight(today.checked_add(YEARS.years()).ok()?)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, ORGANIZATION);
    params.distinguished_name.push(DnType::CommonName, COMMON_NAME);
    Some(params.self_signed(key).ok()?.der().to_vec())
}

fn block(tag: &str, der: &[u8]) -> String {
    pem::encode_config(&Pem::new(tag, der), EncodeConfig::new().set_line_ending(LineEnding::LF))
}

/// What names a certificate in a `localKeyID` and in a `kid`: upper-case hex of its SHA-1, the bytes set apart or not.
fn key_id(certificate: &[u8], between: &str) -> String {
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    sha1.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(between)
}
