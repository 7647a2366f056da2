//! Parameters that are never set by hand, and why.

/// A request whose parameters a connection can extend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The URL that the browser opens.
    Authorize,
    /// Code exchange and client credentials.
    Token,
    Refresh,
}

/// A parameter that a connection cannot add to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    pub leg: Leg,
    pub name: &'static str,
    /// One sentence.
    pub reason: &'static str,
}

const fn at(leg: Leg, name: &'static str, reason: &'static str) -> Reserved {
    Reserved { leg, name, reason }
}

const CODE_FLOW: &str = "Bobbin uses the authorization code flow alone (RFC 9700 section 2.1.2).";
const CLIENT_ID: &str = "It is the connection's client id.";
const REDIRECT_URI: &str = "It is the connection's redirect URI, and the code comes back to no other.";
const SCOPES: &str = "It is made from the scopes of the connection.";
const PKCE: &str = "It is made anew for each sign-in (RFC 7636).";
const AUTHENTICATION: &str =
    "It is made from the connection's client authentication, whose secrets are kept sealed.";
const BROWSER: &str = "It is a secret, which the browser's history would keep (RFC 6749 section 2.3.1).";
const REQUEST_OBJECT: &str = "It would take the place of all other parameters (RFC 9101).";
const GRANT: &str = "It says which kind of request this is.";

/// Every reserved parameter, by leg.
pub const RESERVED: &[Reserved] = &[
    at(Leg::Authorize, "response_type", CODE_FLOW),
    at(Leg::Authorize, "response_mode", "The answer is read from the query of the redirect URI alone."),
    at(Leg::Authorize, "client_id", CLIENT_ID),
    at(Leg::Authorize, "redirect_uri", REDIRECT_URI),
    at(Leg::Authorize, "scope", SCOPES),
    at(
        Leg::Authorize,
        "state",
        "It is random, and finds the sign-in that an answer belongs to (RFC 6749 section 10.12).",
    ),
    at(Leg::Authorize, "nonce", "It is random, and ties the id_token to its sign-in (OIDC Core 3.1.2.1)."),
    at(Leg::Authorize, "code_challenge", PKCE),
    at(Leg::Authorize, "code_challenge_method", "It is S256 always (RFC 9700 section 2.1.1)."),
    at(
        Leg::Authorize,
        "code_verifier",
        "It is the secret half of PKCE and goes to the token endpoint alone (RFC 7636).",
    ),
    at(Leg::Authorize, "request", REQUEST_OBJECT),
    at(Leg::Authorize, "request_uri", REQUEST_OBJECT),
    at(Leg::Authorize, "client_secret", BROWSER),
    at(Leg::Authorize, "client_assertion", BROWSER),
    at(Leg::Authorize, "client_assertion_type", BROWSER),
    at(Leg::Token, "grant_type", GRANT),
    at(Leg::Token, "client_id", CLIENT_ID),
    at(Leg::Token, "client_secret", AUTHENTICATION),
    at(Leg::Token, "client_assertion", AUTHENTICATION),
    at(Leg::Token, "client_assertion_type", AUTHENTICATION),
    at(Leg::Token, "code", "It is the code that the sign-in brought back, and is sent once."),
    at(Leg::Token, "redirect_uri", REDIRECT_URI),
    at(Leg::Token, "code_verifier", PKCE),
    at(Leg::Token, "scope", SCOPES),
    at(Leg::Token, "audience", "It is set with the client tokens of the connection."),
    at(Leg::Refresh, "grant_type", GRANT),
    at(Leg::Refresh, "client_id", CLIENT_ID),
    at(Leg::Refresh, "client_secret", AUTHENTICATION),
    at(Leg::Refresh, "client_assertion", AUTHENTICATION),
    at(Leg::Refresh, "client_assertion_type", AUTHENTICATION),
    at(Leg::Refresh, "refresh_token", "It is the session's, and a wrong one could end it."),
    at(Leg::Refresh, "scope", "It is chosen with each refresh: as it was granted, or narrowed."),
];

/// Why a parameter cannot be added to that leg; `None` where it can.
///
/// Letters' case does not count: some servers take `State` for `state`.
pub fn reserved(leg: Leg, name: &str) -> Option<&'static str> {
    let found = RESERVED.iter().find(|it| it.leg == leg && it.name.eq_ignore_ascii_case(name.trim()));
    found.map(|it| it.reason)
}
