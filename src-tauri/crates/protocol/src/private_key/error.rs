//! Why a text gives no key, and what to do about it.

use std::fmt::Display;

use super::MAX_LENGTH;
use crate::text::plain;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyImportError {
    #[error("The text is larger than {} KiB. A key with its certificate is a few KiB.", MAX_LENGTH / 1024)]
    TooLarge,
    #[error("There is no PEM in this text: no line -----BEGIN …-----.")]
    NoPem,
    #[error("The PEM is cut off: a line -----BEGIN …----- has no -----END …----- to it.")]
    Truncated,
    #[error("The block {0} is not base64.")]
    NotBase64(String),
    #[error("There is a certificate here, but no private key.")]
    CertificateOnly,
    #[error("There is a public key here, but no private key.")]
    PublicKeyOnly,
    /// Which blocks are there instead.
    #[error("There is no private key here that Bobbin can read, only: {0}.")]
    NoPrivateKey(String),
    #[error("There are {0} private keys here, and nothing says which one to use.")]
    SeveralKeys(usize),
    #[error("The private key is encrypted, and its passphrase is missing.")]
    PassphraseMissing,
    #[error("The passphrase does not open this private key.")]
    PassphraseWrong,
    /// The scheme by its name or object identifier.
    #[error("The private key is encrypted in a way that Bobbin does not support ({0}).")]
    EncryptionUnsupported(String),
    #[error("The private key's encryption asks for more time or memory than Bobbin gives it.")]
    TooCostly,
    #[error("The private key is encrypted in OpenSSL's old form (Proc-Type: 4,ENCRYPTED).")]
    TraditionalEncryption,
    #[error("This is a private key in OpenSSH's own form.")]
    OpenSsh,
    #[error("The RSA key has {0} bits. Keys under 2048 bits are not safe (RFC 7518 section 3.3).")]
    RsaTooSmall(u32),
    #[error("The RSA key has {0} bits. Bobbin supports keys of up to 8192 bits.")]
    RsaTooLarge(u32),
    #[error("The EC key is on {0}. ES256 needs P-256 (RFC 7518 section 3.4).")]
    Curve(String),
    #[error("This is {0}. Client assertions are signed with an RSA or EC P-256 key here.")]
    Kind(String),
    #[error("The parts of the private key do not belong together.")]
    Inconsistent,
    #[error("The private key does not belong to the certificate of {subject}.")]
    DoesNotFit { subject: String },
    #[error("The {what} cannot be read: {message}.")]
    Malformed { what: &'static str, message: String },
}

impl KeyImportError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "key_too_large",
            Self::NoPem => "key_no_pem",
            Self::Truncated => "key_truncated",
            Self::NotBase64(_) => "key_not_base64",
            Self::CertificateOnly => "key_certificate_only",
            Self::PublicKeyOnly => "key_public_only",
            Self::NoPrivateKey(_) => "key_missing",
            Self::SeveralKeys(_) => "key_several",
            Self::PassphraseMissing => "key_passphrase_missing",
            Self::PassphraseWrong => "key_passphrase_wrong",
            Self::EncryptionUnsupported(_) => "key_encryption_unsupported",
            Self::TooCostly => "key_encryption_too_costly",
            Self::TraditionalEncryption => "key_traditional_encryption",
            Self::OpenSsh => "key_openssh",
            Self::RsaTooSmall(_) => "key_rsa_too_small",
            Self::RsaTooLarge(_) => "key_rsa_too_large",
            Self::Curve(_) => "key_curve_unsupported",
            Self::Kind(_) => "key_kind_unsupported",
            Self::Inconsistent => "key_inconsistent",
            Self::DoesNotFit { .. } => "key_does_not_fit",
            Self::Malformed { .. } => "key_malformed",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::NoPem | Self::NoPrivateKey(_) => {
                "Choose the file that begins with -----BEGIN PRIVATE KEY----- or holds it after a certificate. From a .p12 or .pfx: openssl pkcs12 -in file.p12 -nodes -out key.pem"
            }
            Self::Truncated | Self::NotBase64(_) | Self::Malformed { .. } | Self::Inconsistent => {
                "Copy the whole text again, from the first -----BEGIN to the last -----END …-----, or choose the file itself."
            }
            Self::CertificateOnly | Self::PublicKeyOnly => {
                "Add the private key that belongs to it: it was made together with it, often in a file of its own (.key or .pem)."
            }
            Self::SeveralKeys(_) => "Leave only the key that is registered at the provider.",
            Self::PassphraseMissing => "Fill in the passphrase that the key was saved with.",
            Self::PassphraseWrong => "Check capital letters and spaces, and that this is the right file.",
            Self::EncryptionUnsupported(_) | Self::TooCostly | Self::TraditionalEncryption => {
                "Encrypt it in the usual form, then import that: openssl pkcs8 -topk8 -in key.pem -out new.pem"
            }
            Self::OpenSsh => "Turn a copy of it into PKCS#8, then import that: ssh-keygen -p -m PKCS8 -f key",
            Self::RsaTooSmall(_) | Self::RsaTooLarge(_) | Self::Curve(_) | Self::Kind(_) => {
                "Make a new key, RSA with 2048 bits or more or EC P-256, and register it at the provider."
            }
            Self::DoesNotFit { .. } => {
                "Choose the key and the certificate that were made together. The provider knows the client by this certificate."
            }
        }
    }
}

pub(super) fn malformed(what: &'static str, error: impl Display) -> KeyImportError {
    KeyImportError::Malformed { what, message: plain(&error.to_string()) }
}
