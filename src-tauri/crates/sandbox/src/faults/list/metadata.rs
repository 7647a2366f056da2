//! What can be wrong with userinfo and discovery (OIDC Core §5.3.2, OIDC Discovery §4.3).

use super::Row;

pub(super) const USERINFO: &[Row] = &[
    (
        "userinfo-sub-other",
        "sub",
        "sub is another person",
        "The answer is refused: sub is not that of the id_token.",
    ),
    (
        "userinfo-html",
        "reply",
        "HTML instead of JSON",
        "The answer cannot be read; the session stays as it is.",
    ),
    ("userinfo-401", "reply", "401 invalid_token", "The access token is refused here; a refresh is offered."),
];

pub(super) const DISCOVERY: &[Row] = &[
    (
        "discovery-issuer-mismatch",
        "issuer",
        "issuer is another provider",
        "The document is refused: it speaks for another issuer than the one asked.",
    ),
    (
        "discovery-html",
        "reply",
        "HTML instead of JSON",
        "The document cannot be read; the connection says what came instead.",
    ),
    (
        "discovery-http-endpoint",
        "endpoint",
        "the token endpoint is plain http elsewhere",
        "The document is refused: a code would travel unencrypted.",
    ),
];
