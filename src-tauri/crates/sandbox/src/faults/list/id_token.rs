//! What can be wrong with an id_token (OIDC Core §3.1.3.7, RFC 7515, RFC 8725).

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "id-token-iss-wrong",
        "iss",
        "iss is another provider",
        "The sign-in is refused: iss is not the issuer that was asked.",
    ),
    (
        "id-token-iss-missing",
        "iss",
        "iss is missing",
        "The sign-in is refused: the id_token does not say who issued it.",
    ),
    (
        "id-token-sub-missing",
        "sub",
        "sub is missing",
        "The sign-in is refused: the id_token does not say who signed in.",
    ),
    (
        "id-token-aud-wrong",
        "aud",
        "aud is another client",
        "The sign-in is refused: the id_token was made for another client.",
    ),
    (
        "id-token-aud-missing",
        "aud",
        "aud is missing",
        "The sign-in is refused: the id_token does not say for whom it was made.",
    ),
    (
        "id-token-aud-several",
        "aud",
        "several aud, and no azp",
        "The sign-in is refused: with several audiences, azp must name the client.",
    ),
    (
        "id-token-aud-secondary",
        "aud",
        "a second aud, which azp names",
        "The sign-in is refused: azp names another client.",
    ),
    (
        "id-token-aud-array",
        "aud",
        "aud is an array with one element",
        "The sign-in succeeds: an array with the client alone is as good as a string.",
    ),
    (
        "id-token-iat-missing",
        "iat",
        "iat is missing",
        "The sign-in is refused: the id_token does not say when it was made.",
    ),
    (
        "id-token-iat-future",
        "iat",
        "iat is an hour ahead",
        "The sign-in is refused: the id_token was made in the future.",
    ),
    (
        "id-token-nonce-wrong",
        "nonce",
        "nonce of another request",
        "The sign-in is refused: the nonce is not the one that was sent.",
    ),
    (
        "id-token-nonce-missing",
        "nonce",
        "nonce is missing",
        "The sign-in is refused: nothing ties the id_token to this request.",
    ),
    (
        "id-token-at-hash-wrong",
        "at_hash",
        "at_hash of another access token",
        "The sign-in is refused: at_hash does not fit the access token.",
    ),
    (
        "id-token-at-hash-missing",
        "at_hash",
        "at_hash is missing",
        "The sign-in succeeds: at_hash is optional here, and its check says that it was skipped.",
    ),
    (
        "id-token-s-hash-wrong",
        "s_hash",
        "s_hash of another state",
        "The sign-in is refused: s_hash does not fit the state.",
    ),
    (
        "id-token-s-hash-missing",
        "s_hash",
        "s_hash is missing",
        "The sign-in succeeds: s_hash is optional, and its check says that it was skipped.",
    ),
    (
        "id-token-expired",
        "exp",
        "expired five minutes ago",
        "The sign-in is refused: exp has passed, by more than clocks may differ.",
    ),
    (
        "id-token-not-yet-valid",
        "nbf",
        "valid in an hour (nbf)",
        "The sign-in is refused: nbf is in the future.",
    ),
    (
        "id-token-typ-at-jwt",
        "typ",
        "typ is at+jwt",
        "The sign-in is refused: an access token is no id_token.",
    ),
    (
        "id-token-missing",
        "whole",
        "no id_token at all",
        "The sign-in fails, as openid was asked for; its tokens are kept in a session that no query uses.",
    ),
    (
        "alg-none",
        "signature",
        "alg is none",
        "The sign-in is refused: an id_token without a signature proves nothing.",
    ),
    (
        "alg-hs256",
        "signature",
        "alg is HS256, with the public key as secret",
        "The sign-in is refused: anyone could make this signature, because the key is public.",
    ),
    (
        "alternate-alg",
        "signature",
        "alg is PS256, with a key for RS256",
        "The sign-in is refused: the key is published for another algorithm.",
    ),
    (
        "invalid-sig-rs256",
        "signature",
        "signed with another key (RS256)",
        "The sign-in is refused: the signature does not fit the published key.",
    ),
    (
        "invalid-sig-es256",
        "signature",
        "signature is invalid (ES256)",
        "The sign-in is refused: the signature does not fit the published key.",
    ),
    (
        "kid-unknown",
        "kid",
        "kid is not in the key set",
        "The keys are fetched once more, then the sign-in is refused: no key has this kid.",
    ),
    (
        "kid-missing",
        "kid",
        "kid is missing",
        "The sign-in succeeds: the set has one key, so there is no doubt which it is.",
    ),
];
