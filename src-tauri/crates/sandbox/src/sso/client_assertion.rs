//! The JWT with which a client proves that it holds its key (RFC 7523 §3, OIDC Core §9 `private_key_jwt`).

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::{client_keys::ClientKey, clock, expiring::Expiring};

/// The only `client_assertion_type` there is.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The algorithms that the sandbox verifies; which of them fits depends on the client's key.
pub(super) const ALGORITHMS: [&str; 3] = ["RS256", "PS256", "ES256"];

/// How far ahead an assertion may expire, in seconds.
const LONGEST_LIFETIME: u64 = 60 * 60;
/// How long after its expiry a `jti` is remembered, in seconds.
const REMEMBERED_AFTER: u64 = 5 * 60;
/// The most identifiers that are remembered. Only who holds a client's key can fill it.
const MOST_REMEMBERED: usize = 10_000;

/// An assertion that was read and not yet believed.
pub(super) struct Assertion<'a> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

/// The identifier of a valid assertion.
pub(super) struct Jti {
    id: String,
    /// Seconds since 1970.
    expires: u64,
}

/// Reads a compact JWS (RFC 7515 §7.1).
pub(super) fn parse(assertion: &str) -> Option<Assertion<'_>> {
    let (signed, signature) = assertion.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    Some(Assertion { header: object(header)?, claims: object(claims)?, signed, signature })
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

impl Assertion<'_> {
    /// The client that it says to come from: `iss`, which is `sub` as well.
    pub(super) fn issuer(&self) -> Option<&str> {
        let issuer = self.claims.get("iss")?.as_str()?;
        (self.claims.get("sub")?.as_str()? == issuer).then_some(issuer)
    }

    /// Its identifier, if the key signed it for this audience and for now.
    pub(super) fn validate(&self, key: &ClientKey, audience: &str) -> Option<Jti> {
        let now = clock::now();
        let expires = self.seconds("exp").filter(|exp| *exp > now && *exp <= now + LONGEST_LIFETIME)?;
        // One clock made the assertion and reads it, so there is no skew to allow for.
        for claim in ["nbf", "iat"] {
            self.seconds(claim).filter(|begin| *begin <= now)?;
        }
        let id = self.claims.get("jti")?.as_str().filter(|id| !id.is_empty())?;
        let valid = self.is_for(audience) && self.is_signed_by(key);
        valid.then(|| Jti { id: id.into(), expires })
    }

    /// A NumericDate, of which the fraction is dropped (RFC 7519 §2).
    fn seconds(&self, claim: &str) -> Option<u64> {
        let seconds = self.claims.get(claim)?.as_f64()?;
        Duration::try_from_secs_f64(seconds).ok().map(|since_1970| since_1970.as_secs())
    }

    /// IdentityServer4 takes the token endpoint alone, at every endpoint; not the issuer.
    fn is_for(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => matches!(all.as_slice(), [Value::String(one)] if one == audience),
            _ => false,
        }
    }

    fn is_signed_by(&self, key: &ClientKey) -> bool {
        let text = |name: &str| self.header.get(name).and_then(Value::as_str);
        // We know no extension, so none that is critical (RFC 7515 §4.1.11).
        !self.header.contains_key("crit")
            && text("alg")
                .is_some_and(|alg| key.verify(alg, text("kid"), self.signed.as_bytes(), &self.signature))
    }
}

/// The identifiers that were used, by client. They live in memory only: a restart forgets at most an hour of them.
#[derive(Debug)]
pub(crate) struct UsedAssertions(Mutex<Expiring<()>>);

impl UsedAssertions {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Expiring::new(MOST_REMEMBERED)))
    }

    /// Notes that a client used an assertion; `false` when it did so before.
    pub(super) fn is_first_use(&self, client_id: &str, jti: &Jti) -> bool {
        let now = clock::now();
        let key = format!("{client_id} {}", jti.id);
        // One insert is the only change, so a panic elsewhere leaves nothing half done.
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(&key, now).is_some() {
            return false;
        }
        used.insert(key, (), now, jti.expires.saturating_sub(now) + REMEMBERED_AFTER);
        true
    }
}
