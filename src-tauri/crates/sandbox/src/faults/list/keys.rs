//! What can be wrong with the key set (RFC 7517, OIDC Core §10.1.1).

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "keys-rotated",
        "key",
        "the key was replaced, the old one is gone",
        "The keys are fetched once more, then the sign-in succeeds.",
    ),
    (
        "keys-rotated-before-signing",
        "key",
        "the key is replaced at each signature",
        "The key set at hand lacks the key: it is fetched once more, then the sign-in succeeds.",
    ),
    (
        "keys-several-without-kid",
        "key",
        "two keys, and no kid anywhere",
        "The sign-in is refused: it is not clear which key signed.",
    ),
    (
        "keys-one-without-kid",
        "key",
        "one key, and no kid anywhere",
        "The sign-in succeeds: there is no doubt which key signed.",
    ),
    (
        "keys-html",
        "reply",
        "HTML instead of the key set",
        "The keys cannot be read; ones that were read before stay in use.",
    ),
    (
        "keys-private-members",
        "members",
        "a private member in the key",
        "A loud warning: whoever reads the key set could sign as the provider.",
    ),
    (
        "keys-slow",
        "reply",
        "an answer after 35 seconds",
        "The keys are given up after 30 seconds; ones that were read before stay in use.",
    ),
];
