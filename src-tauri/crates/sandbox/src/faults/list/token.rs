//! What can be wrong at the token endpoint (RFC 6749 §5, §6, OIDC Core §12.2).

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "token-html",
        "reply",
        "HTML instead of JSON",
        "The reply is not JSON; a masked excerpt shows what came.",
    ),
    ("token-empty", "reply", "an empty body", "The reply is empty, and the sign-in ends with that."),
    (
        "token-cut-off",
        "reply",
        "the connection ends half-way",
        "Nobody knows whether the code or refresh token was used; a code is not sent again.",
    ),
    (
        "token-late",
        "delay",
        "an answer after 3 seconds",
        "It is waited for, and nothing is sent twice meanwhile.",
    ),
    (
        "token-slow",
        "reply",
        "an answer after 35 seconds",
        "It is given up after 30 seconds, and the outcome is unknown.",
    ),
    (
        "token-redirect",
        "reply",
        "a redirect to another address",
        "The redirect is not followed: a code or token goes nowhere else.",
    ),
    (
        "token-429",
        "reply",
        "429 with Retry-After: 2, once",
        "It is tried again after two seconds, with a new client assertion, and succeeds.",
    ),
    (
        "token-500",
        "reply",
        "500 Internal Server Error",
        "The server’s error is shown; the session keeps its tokens.",
    ),
    (
        "token-503",
        "reply",
        "503 Service Unavailable",
        "The server’s error is shown; the session keeps its tokens.",
    ),
    (
        "token-invalid-client",
        "reply",
        "invalid_client",
        "A configuration error, with the client checks that could explain it; tokens stay.",
    ),
    (
        "token-content-type",
        "content_type",
        "JSON with the content type of HTML",
        "The sign-in succeeds with a warning about the content type.",
    ),
    (
        "token-type-missing",
        "token_type",
        "token_type is missing",
        "The sign-in succeeds with a warning; the token is used as a Bearer token.",
    ),
    (
        "token-type-mac",
        "token_type",
        "token_type is mac",
        "The tokens are kept with a warning, and never sent as Bearer tokens.",
    ),
    (
        "token-type-case",
        "token_type",
        "token_type is bEaReR",
        "The sign-in succeeds: upper and lower case mean the same.",
    ),
    (
        "token-expires-in-missing",
        "expires_in",
        "expires_in is missing",
        "The sign-in succeeds, and the access token’s lifetime is shown as unknown.",
    ),
    (
        "token-expires-in-string",
        "expires_in",
        "expires_in is a string of digits",
        "The sign-in succeeds with a warning; the lifetime counts.",
    ),
    (
        "token-expires-in-negative",
        "expires_in",
        "expires_in is negative",
        "The sign-in succeeds with a warning; the access token counts as expired.",
    ),
    (
        "token-expires-in-huge",
        "expires_in",
        "expires_in is 31 million years",
        "The sign-in succeeds; no refresh is planned that far ahead.",
    ),
    (
        "token-duplicate-member",
        "members",
        "access_token comes twice",
        "It is not clear which access token is meant: only the refresh token is kept, and refreshed it brings another.",
    ),
    (
        "refresh-without-new-token",
        "refresh_token",
        "a refresh gives no new refresh token",
        "The session keeps its refresh token, which works again.",
    ),
    (
        "refresh-sub-other",
        "refreshed_sub",
        "a refreshed id_token with another sub",
        "The refresh is refused: the id_token is about another person.",
    ),
    (
        "refresh-iss-other",
        "refreshed_iss",
        "a refreshed id_token with another iss",
        "The refresh is refused: the id_token is another provider’s.",
    ),
    (
        "refresh-auth-time-other",
        "refreshed_auth_time",
        "a refreshed id_token with another auth_time",
        "The refresh is refused: auth_time must stay that of the sign-in.",
    ),
    (
        "refresh-invalid-grant",
        "refresh",
        "invalid_grant for every refresh",
        "The refresh token is forgotten, and a new sign-in is offered.",
    ),
];
