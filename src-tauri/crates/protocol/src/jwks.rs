//! JSON Web Key Sets (RFC 7517): which of a provider's keys may verify a signature.

mod key;
mod pasted;

use jsonwebtoken::Algorithm;
use serde_json::Value;

pub(crate) use self::key::Key;
use self::key::Refused;
pub use self::pasted::read_pasted;
use crate::{
    http::HttpReply,
    json::{self, JsonError},
    text::{excerpt, plain},
};

/// A larger document is refused, in bytes.
pub const MAX_LENGTH: usize = 512 * 1024;

/// The keys of one provider that can verify signatures, and what was found wrong with the others.
#[derive(Debug, Clone, Default)]
pub struct Jwks {
    keys: Vec<Key>,
    /// Keys that are never used, with the reason.
    ignored: Vec<(Option<String>, String)>,
    warnings: Vec<String>,
    /// The warning about the first key whose private part is in the set.
    leak: Option<String>,
    /// From certificates, which name no kid: each is tried, whatever a token's header says.
    unnamed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    #[error("The key set's address answered with a redirect ({0}), which is never followed.")]
    Redirect(u16),
    #[error("The key set's address answered {status}: {excerpt}")]
    Status { status: u16, excerpt: String },
    #[error("The key set is larger than 512 KiB.")]
    TooLarge,
    #[error("The key set is not JSON: {0}")]
    NotJson(String),
    #[error("The key set has no array \"keys\" (RFC 7517 section 5.1).")]
    NoKeys,
    #[error("There is no public key in it: {0}")]
    NoPublicKey(String),
    #[error("The key set holds the member {0} twice in one object (RFC 7517 section 4).")]
    Duplicate(String),
}

impl JwksError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Redirect(_) => "jwks_redirect",
            Self::Status { .. } => "jwks_status",
            Self::TooLarge => "jwks_too_large",
            Self::NotJson(_) => "jwks_not_json",
            Self::NoKeys => "jwks_without_keys",
            Self::NoPublicKey(_) => "jwks_no_public_key",
            Self::Duplicate(_) => "jwks_duplicate_member",
        }
    }
}

/// Why no key, or no single key, fits a token's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SelectError {
    UnknownKid,
    /// The key is in the set and is never used, with the reason.
    Ignored(String),
    /// The key of that `kid` is of another kind or names another algorithm.
    AlgMismatch(String),
    /// Nothing in the set fits, and the header names no key.
    NoneFits,
    Several(usize),
}

impl Jwks {
    /// The ids of the usable keys, in the set's order.
    pub fn kids(&self) -> Vec<&str> {
        self.keys.iter().filter_map(|key| key.kid.as_deref()).collect()
    }

    /// How many of its keys can verify signatures.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// What a person should know about this set, one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What to tell loudly: that anyone can sign with one of its keys.
    pub fn leak(&self) -> Option<&str> {
        self.leak.as_deref()
    }

    pub(crate) fn select(&self, kid: Option<&str>, alg: Algorithm) -> Result<&Key, SelectError> {
        let named: Vec<&Key> = self
            .keys
            .iter()
            .filter(|key| self.unnamed || kid.is_none() || key.kid.as_deref() == kid)
            .collect();
        let fitting: Vec<&Key> = named.iter().copied().filter(|key| key.fits(alg)).collect();
        match (fitting[..].as_ref(), named.first(), kid) {
            ([key], ..) => Ok(key),
            ([_, _, ..], ..) => Err(SelectError::Several(fitting.len())),
            ([], Some(key), Some(_)) => Err(SelectError::AlgMismatch(key.describe())),
            ([], None, Some(_)) => Err(self.absent(kid)),
            ([], _, None) => Err(SelectError::NoneFits),
        }
    }

    /// Of keys that no kid names, the one that made a signature; none where each has its kid.
    pub(crate) fn tried(&self, signature: &[u8], message: &str, alg: Algorithm) -> Option<&Key> {
        let mut fitting = self.keys.iter().filter(|key| self.unnamed && key.fits(alg));
        let first = fitting.clone().next();
        let made =
            |key: &&Key| signature.len() == key.signature_length() && key.verifies(signature, message, alg);
        fitting.find(made).or(first)
    }

    fn absent(&self, kid: Option<&str>) -> SelectError {
        let ignored = self.ignored.iter().find(|(ignored, _)| ignored.as_deref() == kid);
        match ignored {
            Some((_, reason)) => SelectError::Ignored(reason.clone()),
            None => SelectError::UnknownKid,
        }
    }
}

/// Reads a key set. A key that cannot be used is left out alone; on an error the set that is kept should stay.
pub fn process_jwks(reply: &HttpReply) -> Result<Jwks, JwksError> {
    if reply.is_redirect() {
        return Err(JwksError::Redirect(reply.status));
    }
    if reply.body.len() > MAX_LENGTH {
        return Err(JwksError::TooLarge);
    }
    if reply.status != 200 {
        return Err(JwksError::Status { status: reply.status, excerpt: excerpt(&reply.body) });
    }
    let members = json::read_object(&reply.body).map_err(|error| match error {
        JsonError::NotJson(_) => JwksError::NotJson(excerpt(&reply.body)),
        JsonError::NotAnObject(_) => JwksError::NoKeys,
        JsonError::Duplicate(name) => JwksError::Duplicate(plain(&name)),
    })?;
    let members = members.get("keys").and_then(|keys| keys.as_array()).ok_or(JwksError::NoKeys)?;
    Ok(read_keys(members))
}

/// More are counted and not told one by one.
const MAX_WARNINGS: usize = 20;

/// Reads the members of a set that was read before.
pub(crate) fn read_keys(members: &[Value]) -> Jwks {
    let mut jwks = Jwks::default();
    let mut more = 0;
    let mut warn = |jwks: &mut Jwks, warning: &dyn Fn() -> String| match jwks.warnings.len() {
        MAX_WARNINGS.. => more += 1,
        _ => jwks.warnings.push(warning()),
    };
    for member in members {
        let Some(member) = member.as_object() else {
            continue;
        };
        let kid = member.get("kid").and_then(|kid| kid.as_str()).map(str::to_owned);
        let name = || kid.as_deref().map_or_else(|| "without a kid".to_owned(), plain);
        if key::is_private(member) {
            let leak = || {
                format!(
                    "The provider publishes the private part of key {}. Anyone can sign with it: tell the provider at once.",
                    name()
                )
            };
            warn(&mut jwks, &leak);
            jwks.leak.get_or_insert_with(leak);
        }
        match key::read(member) {
            Ok(key) => jwks.keys.push(key),
            Err(Refused::OtherUse(reason)) => jwks.ignored.push((kid, reason.to_owned())),
            Err(Refused::Unusable(reason)) => {
                warn(&mut jwks, &|| format!("Key {} is never used: {reason}.", name()));
                jwks.ignored.push((kid, reason));
            }
        }
    }
    if more > 0 {
        jwks.warnings.push(format!("There are {more} more such warnings about its keys."));
    }
    jwks
}

#[cfg(test)]
mod tests;
