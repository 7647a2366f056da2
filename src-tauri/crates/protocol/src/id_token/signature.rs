//! The signature: which algorithm, which key, and whether it holds.

use jsonwebtoken::{Algorithm, AlgorithmFamily};

use super::{
    BREAKS,
    check::{Check, Topic},
};
use crate::{
    Map,
    json::{display, kind},
    jwks::{Jwks, SelectError},
    jwt::Jwt,
    text::plain,
};

const TOPIC: Topic = Topic {
    name: "signature",
    title: "Signature",
    section: "OIDC Core 3.1.3.7 (6)",
    why: "Only the provider's private key can have made it, so nobody has changed the token.",
};

const UNSIGNED: &str = "Do not use this token: nobody has signed it.";

const ALLOWED: &str = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA";

/// The algorithm of that name, where it is one of those that are accepted (RFC 8725 section 3.1).
pub(crate) fn allowed(name: &str) -> Option<Algorithm> {
    let alg: Algorithm = name.parse().ok()?;
    (alg.family() != AlgorithmFamily::Hmac).then_some(alg)
}

pub(super) fn allowed_algorithm(header: &Map) -> Option<Algorithm> {
    allowed(header.get("alg")?.as_str()?)
}

/// Header members such as `jwk`, `jku` and `x5c` are never a source of keys.
pub(super) fn check(jwt: &Jwt, keys: Option<&Jwks>) -> Check {
    let Some(alg) = allowed_algorithm(&jwt.header) else {
        return forbidden_algorithm(&jwt.header);
    };
    let kid = match jwt.header.get("kid") {
        None => None,
        Some(serde_json::Value::String(kid)) => Some(kid.as_str()),
        Some(other) => {
            return TOPIC.failed(
                "kid_malformed",
                "a kid that is a string",
                plain(&other.to_string()),
                BREAKS,
            );
        }
    };
    let signed_with = match kid {
        Some(kid) => format!("{alg:?}, kid {}", plain(kid)),
        None => format!("{alg:?}, no kid"),
    };
    if jwt.signature.is_empty() {
        let got = format!("{signed_with}, and no signature");
        return TOPIC.failed("signature_missing", "a signature", got, UNSIGNED);
    }
    let Some(keys) = keys else {
        let hint = "Choose a connection, or paste a JWKS or the signer's certificate.";
        return TOPIC.skipped("No keys are known to check it with.", "a signature", signed_with, Some(hint));
    };
    let key = match keys.select(kid, alg) {
        Ok(key) => Ok(key),
        // A chain of certificates: one of them is the signer's.
        Err(SelectError::Several(count)) => {
            let tried = keys.tried(&jwt.signature, &jwt.signing_input, alg);
            tried.ok_or(SelectError::Several(count))
        }
        Err(error) => Err(error),
    };
    let key = match key {
        Ok(key) => key,
        Err(error) => return unselected(keys, error, signed_with),
    };
    let expected = format!("a signature by that key ({})", key.describe());
    let (length, belong) = (jwt.signature.len(), key.signature_length());
    if length != belong {
        let der = matches!(alg, Algorithm::ES256 | Algorithm::ES384) && jwt.signature.starts_with(&[0x30]);
        // ECDSA signatures in a JWT are two numbers of fixed size (RFC 7518 section 3.4).
        let form = if der { "; it is in DER form" } else { "" };
        return TOPIC.failed(
            "signature_malformed",
            expected,
            format!("{signed_with}: a signature of {length} bytes, where {belong} belong{form}"),
            "Do not use this token. Check that it was copied whole; if it was, tell the provider.",
        );
    }
    if key.verifies(&jwt.signature, &jwt.signing_input, alg) {
        return TOPIC.passed(expected, signed_with);
    }
    TOPIC.failed(
        "signature_invalid",
        expected,
        format!("{signed_with}: the signature does not fit"),
        "Do not use this token. Check that jwks_uri is this issuer's, and that the token was copied whole.",
    )
}

fn forbidden_algorithm(header: &Map) -> Check {
    let Some(alg) = header.get("alg") else {
        return TOPIC.failed("alg_missing", ALLOWED, "no alg", BREAKS);
    };
    if !alg.is_string() {
        return TOPIC.failed("alg_malformed", ALLOWED, kind(alg), BREAKS);
    }
    let alg = display(alg);
    let (code, hint) = if alg.eq_ignore_ascii_case("none") {
        ("alg_none", UNSIGNED)
    } else if alg.get(..2).is_some_and(|family| family.eq_ignore_ascii_case("HS")) {
        (
            "alg_symmetric",
            "Do not use this token: whoever has the public key or the client secret can make one. Ask the provider for RS256.",
        )
    } else {
        (
            "alg_unsupported",
            "Ask the provider to sign this client's id_tokens with one of these, such as RS256.",
        )
    };
    TOPIC.failed(code, ALLOWED, plain(&alg), hint)
}

fn unselected(keys: &Jwks, error: SelectError, signed_with: String) -> Check {
    let known = match keys.kids()[..].as_ref() {
        [] => "one of the provider's keys (its key set names none)".to_owned(),
        kids => plain(&format!("one of the provider's keys: {}", kids.join(", "))),
    };
    match error {
        SelectError::UnknownKid => TOPIC.failed(
            "unknown_kid",
            known,
            signed_with,
            "The provider's key set does not hold this key. Check that jwks_uri is this issuer's; after a change of keys, try again in a minute.",
        ),
        SelectError::Ignored(reason) => TOPIC.failed(
            "key_unusable",
            "a key that may be used",
            format!("{signed_with}: {reason}"),
            "Tell the provider: nobody should believe signatures by this key.",
        ),
        SelectError::AlgMismatch(key) => TOPIC.failed(
            "alg_key_mismatch",
            format!("an algorithm for that key ({key})"),
            signed_with,
            "Do not use this token: its header names an algorithm that its key is not for.",
        ),
        SelectError::NoneFits => TOPIC.failed(
            "no_fitting_key",
            known,
            format!("{signed_with}, and no key fits the algorithm"),
            "Check that jwks_uri is this issuer's.",
        ),
        SelectError::Several(count) => TOPIC.failed(
            "key_ambiguous",
            "exactly one key that fits",
            format!("{signed_with}, and {count} keys fit"),
            "The provider must name each key by its own kid, and name it in the token's header.",
        ),
    }
}
