//! The signed assertion by which a client proves who it is (RFC 7523 section 3, `OpenID` Connect Core 9).

use std::fmt;

use jsonwebtoken::{Algorithm, Header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::private_key::{KeyKind, PrivateKey};

/// How long an assertion holds, in seconds: long enough for the way and for two clocks, and no longer.
pub const LIFETIME: i64 = 60;

/// How an assertion is signed (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SigningAlgorithm {
    Rs256,
    Ps256,
    Es256,
}

impl SigningAlgorithm {
    /// The registered name, such as `RS256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What one assertion says. Each HTTP attempt needs its own, as servers refuse a `jti` that they have seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion<'a> {
    pub algorithm: SigningAlgorithm,
    /// Which of the client's keys signs.
    pub kid: Option<&'a str>,
    /// `iss` and `sub`.
    pub client_id: &'a str,
    /// The token endpoint's URL or the issuer: what the server calls itself.
    pub audience: &'a str,
    /// Unix seconds.
    pub now: i64,
    /// Never used before, such as a random UUID.
    pub jti: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    #[error("{algorithm} cannot sign with this private key ({key}). It signs with {}.", names(fitting))]
    Algorithm { algorithm: SigningAlgorithm, key: KeyKind, fitting: &'static [SigningAlgorithm] },
    #[error("The assertion could not be signed: {0}.")]
    Signing(String),
}

impl AssertionError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Algorithm { .. } => "assertion_algorithm_unfit",
            Self::Signing(_) => "assertion_not_signed",
        }
    }
}

impl Assertion<'_> {
    /// The header, as it will be sent.
    pub fn header(&self) -> Value {
        let mut header = json!({ "typ": "JWT", "alg": self.algorithm.as_str() });
        if let Some(kid) = self.kid {
            header["kid"] = kid.into();
        }
        header
    }

    /// The claims, as they will be sent (RFC 7523 section 3).
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "jti": self.jti,
            "iat": self.now,
            "nbf": self.now,
            "exp": self.now.saturating_add(LIFETIME),
        })
    }

    /// The signed token, for one HTTP attempt.
    pub fn sign(&self, key: &PrivateKey) -> Result<SecretString, AssertionError> {
        if !key.algorithms().contains(&self.algorithm) {
            return Err(AssertionError::Algorithm {
                algorithm: self.algorithm,
                key: key.kind(),
                fitting: key.algorithms(),
            });
        }
        let mut header = Header::new(match self.algorithm {
            SigningAlgorithm::Rs256 => Algorithm::RS256,
            SigningAlgorithm::Ps256 => Algorithm::PS256,
            SigningAlgorithm::Es256 => Algorithm::ES256,
        });
        header.kid = self.kid.map(str::to_owned);
        let encoding_key = key.encoding_key().map_err(|error| AssertionError::Signing(error.to_string()))?;
        jsonwebtoken::encode(&header, &self.claims(), &encoding_key)
            .map(Into::into)
            .map_err(|error| AssertionError::Signing(error.to_string()))
    }
}

fn names(algorithms: &[SigningAlgorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests;
