//! The hashes that tie the token to what came with it: `at_hash`, `c_hash`, `s_hash`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{
    BREAKS, Known, Origin,
    check::{Check, Topic},
    parties::{Member, member},
};
use crate::{claims::Claims, text::plain};

const AT_HASH: Topic = Topic {
    name: "at_hash",
    title: "at_hash",
    section: "OIDC Core 3.1.3.8",
    why: "It ties the access token to this id_token, so that neither can be swapped.",
};
const C_HASH: Topic = Topic {
    name: "c_hash",
    title: "c_hash",
    section: "OIDC Core 3.3.2.11",
    why: "It ties the authorization code to this id_token.",
};
const S_HASH: Topic = Topic {
    name: "s_hash",
    title: "s_hash",
    section: "FAPI 1.0 Advanced 5.2.3.1",
    why: "It ties the state of this sign-in to the id_token.",
};

const HINT: &str = "Do not use these tokens: they were not made for each other. Start a new sign-in.";

/// Each is checked where the token carries it and the value is known; absent is fine in this flow.
pub(super) fn checks(claims: &Claims, alg: Option<Algorithm>, known: &Known) -> [Check; 3] {
    [
        check(AT_HASH, claims, alg, (known.access_token, "access token"), known.origin),
        check(C_HASH, claims, alg, (known.code, "code"), known.origin),
        check(S_HASH, claims, alg, (known.state, "state"), known.origin),
    ]
}

fn check(
    topic: Topic,
    claims: &Claims,
    alg: Option<Algorithm>,
    (value, noun): (Option<&str>, &str),
    origin: Origin,
) -> Check {
    let got = match member(claims, topic.name) {
        Member::Absent => {
            let reason = "The token carries none, which is fine in this flow.";
            let got = format!("no {}", topic.name);
            return topic.skipped(reason, format!("that of the {noun}, or none"), got, None);
        }
        Member::Other(got) => {
            return topic.failed(&format!("{}_malformed", topic.name), "a string", got, BREAKS);
        }
        Member::Text(got) => got,
    };
    let Some(value) = value else {
        if origin == Origin::Pasted {
            let reason = format!("This was pasted, so there is no {noun} to compare with.");
            return topic.skipped(&reason, format!("that of the {noun}"), plain(got), None);
        }
        let hint = format!("Give the {noun} of the same sign-in to compare with.");
        let reason = format!("No {noun} is known to compare with.");
        return topic.skipped(&reason, format!("that of the {noun}"), plain(got), Some(&hint));
    };
    let Some(alg) = alg else {
        let reason = "The algorithm of the signature is not accepted, so its hash is not used.";
        return topic.skipped(reason, format!("that of the {noun}"), plain(got), None);
    };
    let (name, wanted) = half_hash(alg, value);
    let expected = format!("{wanted}, left half of {name} of the {noun}");
    if got == wanted {
        topic.passed(expected, got)
    } else if got.len() != wanted.len() || URL_SAFE_NO_PAD.decode(got).is_err() {
        let got = format!("{}, which is not base64url of that length", plain(got));
        topic.failed(&format!("{}_malformed", topic.name), expected, got, HINT)
    } else {
        topic.failed(&format!("{}_mismatch", topic.name), expected, plain(got), HINT)
    }
}

/// The left half of the hash that belongs to the signature's algorithm, as base64url.
fn half_hash(alg: Algorithm, value: &str) -> (&'static str, String) {
    let (name, hash) = match alg {
        Algorithm::RS384 | Algorithm::PS384 | Algorithm::ES384 => ("SHA-384", Sha384::digest(value).to_vec()),
        // Ed25519 hashes with SHA-512 itself (RFC 8032 section 5.1).
        Algorithm::RS512 | Algorithm::PS512 | Algorithm::EdDSA => ("SHA-512", Sha512::digest(value).to_vec()),
        _ => ("SHA-256", Sha256::digest(value).to_vec()),
    };
    (name, URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]))
}
