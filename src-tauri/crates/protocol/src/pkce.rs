//! Proof Key for Code Exchange (RFC 7636), and the random values of a sign-in.

mod examine;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

pub use self::examine::{PkceReport, examine};

/// The secret half of PKCE: 43 to 128 unreserved characters (RFC 7636 section 4.1).
///
/// It cannot be cloned, so that one sign-in's verifier is not used for another.
#[derive(Debug)]
pub struct CodeVerifier(SecretString);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    #[error("A code_verifier has 43 to 128 characters, this one has {0} (RFC 7636 section 4.1).")]
    Length(usize),
    #[error(
        "A code_verifier holds only A-Z a-z 0-9 - . _ ~, this one has another character at place {0} (RFC 7636 section 4.1)."
    )]
    Character(usize),
}

impl CodeVerifier {
    /// A verifier of 43 characters from 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(random_value(bytes).into())
    }

    /// Reads a verifier that was kept or pasted.
    pub fn parse(text: &str) -> Result<Self, PkceError> {
        if let Some(place) = text.chars().position(|c| !is_unreserved(c)) {
            return Err(PkceError::Character(place + 1));
        }
        if !(43..=128).contains(&text.len()) {
            return Err(PkceError::Length(text.len()));
        }
        Ok(Self(text.into()))
    }

    /// The `S256` challenge: base64url of the SHA-256 of the verifier (RFC 7636 section 4.2).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.expose()))
    }

    /// The verifier itself, for keeping it sealed and for the token request.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// `unreserved` of RFC 3986 section 2.3.
fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~')
}

/// A `state` or `nonce`: 32 random bytes as 43 characters of base64url.
pub fn random_value(bytes: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_of_rfc_7636_appendix_b_is_ours() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = CodeVerifier::from_bytes(octets);
        assert_eq!(verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_verifier_has_43_to_128_characters() {
        for length in [43, 128] {
            assert!(CodeVerifier::parse(&"a".repeat(length)).is_ok());
        }
        for length in [0, 42, 129] {
            assert_eq!(CodeVerifier::parse(&"a".repeat(length)).unwrap_err(), PkceError::Length(length));
        }
    }

    #[test]
    fn a_verifier_holds_only_unreserved_characters() {
        let allowed = "ABCXYZabcxyz0123456789-._~ABCXYZabcxyz0123456789";
        assert_eq!(CodeVerifier::parse(allowed).unwrap().expose(), allowed);
        for wrong in ["+", "/", "=", " ", "é"] {
            let text = format!("{}{wrong}{}", "a".repeat(20), "b".repeat(30));
            assert_eq!(CodeVerifier::parse(&text).unwrap_err(), PkceError::Character(21));
        }
    }

    #[test]
    fn debug_output_does_not_show_the_verifier() {
        let verifier = CodeVerifier::from_bytes([7; 32]);
        assert!(!format!("{verifier:?}").contains(verifier.expose()));
    }

    #[test]
    fn random_values_are_long_enough_for_stitch() {
        let value = random_value([0xff; 32]);
        assert_eq!(value.len(), 43, "Stitch asks for 32 to 300 characters");
        assert!(!value.contains(['+', '/', '=']));
    }
}
