//! The PKCE pair checker: whether a verifier and a challenge fit, and fresh values to try with.

use bobbin_protocol::pkce::{self, CodeVerifier, random_value};

use crate::{
    Engine,
    view::{PkceValues, PkceView},
};

impl Engine {
    /// Nothing of it is kept or sent.
    pub fn pkce_check(&self, verifier: &str, challenge: &str) -> PkceView {
        let report = pkce::examine(verifier, challenge);
        PkceView {
            fits: report.fits,
            expected_challenge: report.expected_challenge,
            verifier_problems: report.verifier_problems,
            challenge_problems: report.challenge_problems,
        }
    }

    /// A pair, a state and a nonce as a sign-in would make them: 32 random bytes each.
    pub fn pkce_values(&self) -> PkceValues {
        let verifier = CodeVerifier::from_bytes(self.random_value());
        PkceValues {
            code_challenge: verifier.challenge(),
            code_verifier: verifier.expose().to_owned(),
            state: random_value(self.random_value()),
            nonce: random_value(self.random_value()),
        }
    }
}
