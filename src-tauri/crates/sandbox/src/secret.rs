//! Random handles and the digests made of them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A new opaque handle: 32 random bytes, 43 characters of base64url.
pub(crate) fn handle() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A new session id, 22 characters of base64url.
pub(crate) fn session_id() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// base64url(SHA-256(value)): what is kept in place of a handle, and PKCE's `S256` (RFC 7636 §4.2).
pub(crate) fn sha256(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(value))
}

/// The left half of SHA-256 in base64url: `at_hash` and `s_hash` (OIDC Core §3.1.3.6).
pub(crate) fn left_half(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(value)[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b_comes_out() {
        assert_eq!(
            sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_at_hash_of_a_published_token_comes_out() {
        assert_eq!(left_half("nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4"), "jpUUphyUkZCwbQsYhns6aw");
    }

    #[test]
    fn a_handle_has_43_characters_and_never_repeats() {
        assert_eq!(handle().len(), 43);
        assert_ne!(handle(), handle());
    }
}
