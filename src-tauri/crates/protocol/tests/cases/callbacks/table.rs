//! The callbacks that must not sign anyone in: name, reason code, section, input.
//!
//! The engine's tests drive the same rows against a sign-in that waits.

use bobbin_protocol::callback::MAX_LENGTH;

use self::Input::{Address, Loopback, Made, Pasted, Query, System};

pub(crate) const REDIRECT_URI: &str = "dev.bobbin.workbench:/oauth/callback";
pub(crate) const LOOPBACK: &str = "http://127.0.0.1:8765/callback";
/// The sign-in that waits; its provider says that its callbacks always name it.
pub(crate) const STATE: &str = "J_Ug3dCQJG61Tt2";
/// What is right about a callback, for those that are wrong in another thing.
pub(crate) const GOOD: &str = "code=c0de&state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Flogin.example.com";

pub(crate) enum Input {
    /// The right redirect URI with this query, in which `*` stands for all that is right.
    Query(&'static str),
    /// A whole address, by the operating system.
    Address(&'static str),
    /// What only the operating system must not bring; pasted, it is as good as an address.
    System(&'static str),
    /// A whole address, to the loopback listener.
    Loopback(&'static str),
    /// By a person.
    Pasted(&'static str),
    Made(fn() -> String),
}

impl Input {
    /// The callback as it comes.
    pub(crate) fn text(&self) -> String {
        match self {
            Query(query) => format!("{REDIRECT_URI}?{query}").replace('*', GOOD),
            Address(text) | System(text) | Loopback(text) | Pasted(text) => text.replace('*', GOOD),
            Made(make) => make(),
        }
    }
}

#[rustfmt::skip]
pub(crate) const CASES: &[(&str, &str, &str, Input)] = &[
    // state (RFC 6749 10.12).
    ("no state", "callback_without_state", "RFC 6749 10.12", Query("code=c0de")),
    ("an empty state", "callback_without_state", "RFC 6749 3.1", Query("code=c0de&state=")),
    ("a state without a value", "callback_without_state", "RFC 6749 3.1", Query("code=c0de&state")),
    ("a state in capitals by its name", "callback_without_state", "RFC 6749 4.1.2", Query("code=c0de&STATE=J_Ug3dCQJG61Tt2")),
    ("an unknown state", "callback_unknown_state", "RFC 9700 4.7", Query("code=c0de&state=abc")),
    ("a state with a space", "callback_unknown_state", "RFC 9700 4.7", Query("code=c0de&state=J_Ug3dCQJG61Tt2+")),
    ("a state in lower case", "callback_unknown_state", "RFC 9700 4.7", Query("code=c0de&state=j_ug3dcqjg61tt2")),
    ("a state encoded twice", "callback_unknown_state", "RFC 6749 4.1.2", Query("code=c0de&state=%254A_Ug3dCQJG61Tt2")),
    ("an error for an unknown state", "callback_unknown_state", "RFC 6749 4.1.2.1", Query("error=access_denied&state=abc")),
    ("an error without a state", "callback_without_state", "RFC 6749 4.1.2.1", Query("error=access_denied")),

    // A parameter twice (RFC 6749 3.1).
    ("state twice", "callback_repeated_parameter", "RFC 6749 3.1", Query("*&state=abc")),
    ("state twice, alike", "callback_repeated_parameter", "RFC 6749 3.1", Query("*&state=J_Ug3dCQJG61Tt2")),
    ("code twice", "callback_repeated_parameter", "RFC 6749 3.1", Query("code=evil&*")),
    ("code twice, once encoded", "callback_repeated_parameter", "RFC 6749 3.1", Query("*&c%6Fde=evil")),
    ("iss twice", "callback_repeated_parameter", "RFC 6749 3.1", Query("*&iss=https%3A%2F%2Fevil.example")),
    ("error twice", "callback_repeated_parameter", "RFC 6749 3.1", Query("error=a&error=b&state=J_Ug3dCQJG61Tt2")),
    ("an empty state and a state", "callback_repeated_parameter", "RFC 6749 3.1", Query("state=&*")),
    ("an unknown parameter twice", "callback_repeated_parameter", "RFC 6749 3.1", Query("*&x=1&x=2")),

    // Other flows.
    ("an id_token", "callback_other_flow", "OIDC Core 3.2.2.5", Query("*&id_token=e30.e30.x")),
    ("an access token", "callback_other_flow", "RFC 9700 2.1.2", Query("*&access_token=abc")),
    ("a response of JARM", "callback_other_flow", "JARM 2.3.1", Query("response=e30.e30.x&state=J_Ug3dCQJG61Tt2")),
    ("an empty id_token", "callback_other_flow", "OIDC Core 3.2.2.5", Query("*&id_token=")),
    ("an id_token after #", "callback_other_flow", "OIDC Core 3.2.2.5", Query("*#id_token=e30.e30.x")),
    ("an access token after # and no query", "callback_other_flow", "RFC 9700 2.1.2", Address("dev.bobbin.workbench:/oauth/callback#access_token=abc&state=J_Ug3dCQJG61Tt2")),
    ("all of it after #", "callback_fragment", "RFC 6749 4.1.2", Address("dev.bobbin.workbench:/oauth/callback#*")),
    ("something after #", "callback_fragment", "RFC 6749 3.1.2", Query("*#top")),
    ("a second # after IdentityServer's", "callback_fragment", "RFC 6749 3.1.2", Query("*#_=_#top")),
    ("IdentityServer's fragment with more", "callback_fragment", "RFC 6749 3.1.2", Query("*#_=_&x=1")),

    // The issuer (RFC 9207 2.4).
    ("no iss, though it is advertised", "callback_issuer_missing", "RFC 9207 2.4", Query("code=c0de&state=J_Ug3dCQJG61Tt2")),
    ("an empty iss", "callback_issuer_missing", "RFC 9207 2.4", Query("code=c0de&state=J_Ug3dCQJG61Tt2&iss=")),
    ("iss of another", "callback_issuer_mismatch", "RFC 9207 2.4", Query("code=c0de&state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Fevil.example")),
    ("iss with a slash at the end", "callback_issuer_mismatch", "RFC 9207 2.4", Query("code=c0de&state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Flogin.example.com%2F")),
    ("iss in capitals", "callback_issuer_mismatch", "RFC 9207 2.4", Query("code=c0de&state=J_Ug3dCQJG61Tt2&iss=HTTPS%3A%2F%2Flogin.example.com")),
    ("iss encoded twice", "callback_issuer_mismatch", "RFC 9207 2.4", Query("code=c0de&state=J_Ug3dCQJG61Tt2&iss=https%253A%252F%252Flogin.example.com")),
    ("an error that names another iss", "callback_issuer_mismatch", "RFC 9207 2.4", Query("error=access_denied&state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Fevil.example")),
    ("an error that names no iss", "callback_issuer_missing", "RFC 9207 2.4", Query("error=access_denied&state=J_Ug3dCQJG61Tt2")),
    ("a cancelled sign-in that names no iss", "callback_issuer_missing", "RFC 9207 2.4", Query("state=J_Ug3dCQJG61Tt2")),

    // The address, to the letter (RFC 9700 2.1).
    ("another path", "callback_other_redirect_uri", "RFC 8252 7.1", Address("dev.bobbin.workbench:/other?*")),
    ("a slash more", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:/oauth/callback/?*")),
    ("two slashes", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench://oauth/callback?*")),
    ("three slashes", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:///oauth/callback?*")),
    ("an encoded letter", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:/oauth/callbac%6B?*")),
    ("an encoded dot", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:/oauth/%2e/callback?*")),
    ("a way round", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:/oauth/x/../callback?*")),
    ("a path in capitals", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:/OAuth/callback?*")),
    ("another scheme", "callback_other_redirect_uri", "RFC 8252 7.1", Address("dev.bobbin.other:/oauth/callback?*")),
    ("a scheme in capitals", "callback_other_redirect_uri", "RFC 9700 2.1", Address("DEV.bobbin.workbench:/oauth/callback?*")),
    ("no path", "callback_other_redirect_uri", "RFC 9700 2.1", Address("dev.bobbin.workbench:?*")),
    ("loopback: another port", "callback_other_redirect_uri", "RFC 8252 7.3", Loopback("http://127.0.0.1:8766/callback?*")),
    ("loopback: no port", "callback_other_redirect_uri", "RFC 8252 7.3", Loopback("http://127.0.0.1/callback?*")),
    ("loopback: a user", "callback_other_redirect_uri", "RFC 8252 8.3", Loopback("http://127.0.0.1:8765@evil.example/callback?*")),
    ("loopback: by name", "callback_other_redirect_uri", "RFC 8252 8.3", Loopback("http://localhost:8765/callback?*")),
    ("loopback: a short address", "callback_other_redirect_uri", "RFC 8252 8.3", Loopback("http://127.1:8765/callback?*")),
    ("loopback: https", "callback_other_redirect_uri", "RFC 8252 7.3", Loopback("https://127.0.0.1:8765/callback?*")),
    ("loopback: another host", "callback_other_redirect_uri", "RFC 8252 7.3", Loopback("http://evil.example:8765/callback?*")),

    // What cannot be a callback.
    ("over 8 KiB", "callback_too_long", "Bobbin", Made(|| format!("{REDIRECT_URI}?{GOOD}&x={}", "x".repeat(MAX_LENGTH)))),
    ("over 8 KiB of parameters", "callback_too_long", "Bobbin", Made(|| (0..2000).fold(format!("{REDIRECT_URI}?{GOOD}"), |url, n| format!("{url}&p{n}")))),
    ("8 KiB of nothing", "callback_not_a_url", "Bobbin", Made(|| "x".repeat(MAX_LENGTH))),
    ("NUL in the code", "callback_control_character", "RFC 6749 A.11", Query("code=c0de%00&state=J_Ug3dCQJG61Tt2")),
    ("NUL in a name", "callback_control_character", "RFC 6749 A.11", Query("*&x%00=1")),
    ("NUL as it is", "callback_control_character", "RFC 3986 2", Query("*&x=\0")),
    ("a line break", "callback_control_character", "RFC 3986 2", Query("*\r\nSet-Cookie: x=1")),
    ("a tab in the scheme", "callback_control_character", "RFC 3986 2", Address("dev.bobbin\t.workbench:/oauth/callback?*")),
    ("the escape of a terminal", "callback_control_character", "RFC 3986 2", Query("*&x=\u{1b}[2J")),
    ("a byte that is not UTF-8", "callback_not_utf8", "RFC 6749 B", Query("code=%ff&state=J_Ug3dCQJG61Tt2")),
    ("a slash in more bytes than it has", "callback_not_utf8", "RFC 3629 3", Query("code=%C0%AF&state=J_Ug3dCQJG61Tt2")),
    ("half of a pair in UTF-8", "callback_not_utf8", "RFC 3629 3", Query("*&x=%ED%A0%80")),
    ("a name that is not UTF-8", "callback_not_utf8", "RFC 6749 B", Query("*&%ff=1")),
    ("a space inside", "callback_not_a_url", "RFC 3986 2", Query("* &x=1")),
    ("nothing", "callback_not_a_url", "RFC 3986 4.3", Address("")),
    ("only a path", "callback_not_a_url", "RFC 3986 4.3", Address("/oauth/callback?*")),
    ("only a query, by the operating system", "callback_not_a_url", "RFC 3986 4.3", System("?*")),
    ("a scheme that begins with a digit", "callback_not_a_url", "RFC 3986 3.1", Address("1bobbin:/oauth/callback?*")),
    ("no query", "callback_empty", "RFC 6749 4.1.2", Address("dev.bobbin.workbench:/oauth/callback")),
    ("an empty query", "callback_empty", "RFC 6749 4.1.2", Query("")),
    ("nothing but separators", "callback_empty", "RFC 6749 4.1.2", Query("&&=&")),
    ("only the scope", "callback_empty", "RFC 6749 4.1.2", Query("scope=openid")),

    // What is pasted.
    ("pasted: a bare code", "callback_bare_code", "Bobbin", Pasted("nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4")),
    ("pasted: a bare code in quotes", "callback_bare_code", "Bobbin", Pasted("\"c0de\"")),
    ("pasted: prose", "callback_not_a_url", "Bobbin", Pasted("the sign-in failed")),
    ("pasted: a path with a query", "callback_not_a_url", "Bobbin", Pasted("/oauth/callback?*")),
    ("pasted: a query without a state", "callback_without_state", "RFC 6749 10.12", Pasted("code=c0de")),
    ("pasted: a query with a code twice", "callback_repeated_parameter", "RFC 6749 3.1", Pasted("*&code=evil")),
    ("pasted: another address", "callback_other_redirect_uri", "RFC 9700 2.1", Pasted("https://evil.example/callback?*")),

    // Not hostile, and still no sign-in.
    ("an error beside a code", "error", "RFC 9207 2.4", Query("*&error=access_denied")),
    ("IdentityServer's way to cancel", "error", "RFC 6749 4.1.2.1", Query("error=access_denied&state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Flogin.example.com#_=_")),
    ("Stitch's way to cancel", "cancelled", "Stitch", Query("state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Flogin.example.com")),
    ("an empty code", "cancelled", "RFC 6749 3.1", Query("code=&state=J_Ug3dCQJG61Tt2&iss=https%3A%2F%2Flogin.example.com")),
];
