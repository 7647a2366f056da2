//! What can be wrong with the authorization response (RFC 6749 §4.1.2, RFC 9207, RFC 9700 §4).

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "callback-state-missing",
        "state",
        "state is missing",
        "A quiet notice; the sign-in stays pending, and no token is asked for.",
    ),
    (
        "callback-state-wrong",
        "state",
        "state of no request",
        "A quiet notice; the sign-in stays pending, and no token is asked for.",
    ),
    (
        "callback-code-missing",
        "code",
        "code is missing",
        "The sign-in ends: the answer has neither a code nor an error.",
    ),
    (
        "callback-code-twice",
        "code",
        "code comes twice",
        "The answer is refused: a parameter must not come twice.",
    ),
    (
        "callback-error-with-code",
        "error",
        "an error beside the code",
        "The sign-in ends with the error, its description and link; the code is not used.",
    ),
    (
        "callback-iss-wrong",
        "iss",
        "iss is another provider",
        "The answer is refused: iss is not the issuer that was asked.",
    ),
    (
        "callback-iss-removed",
        "iss",
        "discovery promises iss, and it is missing",
        "The answer is refused: this provider says that it always sends iss.",
    ),
    (
        "callback-id-token",
        "tokens",
        "an id_token in the answer",
        "The answer is refused: it belongs to another flow.",
    ),
    (
        "cancel-state-only",
        "cancel",
        "cancelled: only the state comes back",
        "The sign-in is shown as cancelled.",
    ),
    (
        "cancel-access-denied",
        "cancel",
        "cancelled: access_denied, and #_=_ at the end",
        "The sign-in is shown as cancelled; what follows the query is ignored.",
    ),
];
