//! The redirect URI: one that the browser can bring back, and that the provider can have registered.

use url::Url;

use super::{Check, Facts, Finding, RedirectKind, Setting};
use crate::http::is_protected;

const EXPLAINS: &[&str] = &["invalid_grant", "invalid_request", "unauthorized_client"];

const PRESENT: Check =
    Check { code: "redirect_uri_present", setting: Setting::RedirectUri, explains: EXPLAINS };
const VALID: Check = Check { code: "redirect_uri_valid", setting: Setting::RedirectUri, explains: EXPLAINS };
const LENGTH: Check =
    Check { code: "redirect_uri_length", setting: Setting::RedirectUri, explains: EXPLAINS };
const REACHABLE: Check =
    Check { code: "redirect_uri_method", setting: Setting::RedirectUri, explains: EXPLAINS };
const PROTECTED: Check =
    Check { code: "redirect_uri_protected", setting: Setting::RedirectUri, explains: EXPLAINS };

pub(super) fn examine(facts: &Facts, findings: &mut Vec<Finding>) {
    let uri = facts.redirect_uri;
    if uri.is_empty() {
        findings.push(
            PRESENT
                .missing("The redirect URI is missing.")
                .hint("Write one that the provider has registered for the client."),
        );
        return;
    }
    let url = match Url::parse(uri) {
        Ok(url) => url,
        Err(error) => {
            findings.push(
                VALID
                    .error(format!("The redirect URI is not a URL: {error}."))
                    .hint("Write it whole, such as dev.bobbin.workbench:/oauth/callback."),
            );
            return;
        }
    };
    findings.push(valid(uri, &url));
    if let Some(limit) = facts.preset.limits.redirect_uri {
        let length = uri.chars().count();
        findings.push(if length > limit as usize {
            LENGTH
                .error(format!("The redirect URI is {length} characters long; the server takes {limit}."))
                .hint("Register a shorter one.")
        } else {
            LENGTH.passed(format!("The redirect URI is {length} of at most {limit} characters long."))
        });
    }
    findings.push(reachable(facts.redirect, &url));
    findings.push(if url.scheme() == "http" && !is_protected(&url) {
        PROTECTED
            .warning("The redirect URI is plain http to another computer, where anyone on the way can read the code.")
            .hint("Use https, a loopback address or an app link; providers refuse others (RFC 9700 section 2.1).")
    } else {
        PROTECTED.passed("The code does not cross the network unprotected.")
    });
}

fn valid(uri: &str, url: &Url) -> Finding {
    if url.fragment().is_some() {
        VALID
            .error("A redirect URI must not have a fragment (RFC 6749 3.1.2).")
            .hint("Leave off everything from # on.")
    } else if uri.contains('*') {
        VALID
            .warning("The redirect URI has a * in it; providers compare it character by character (RFC 9700 section 2.1).")
            .hint("Write the one address that is registered.")
    } else if uri.chars().any(|c| c.is_whitespace() || c.is_control()) {
        VALID
            .error("The redirect URI has white space in it.")
            .hint("Copy it again, without what is around it.")
    } else {
        VALID.passed("The redirect URI is a URL without a fragment.").hint(format!(
            "The provider could still have registered another one than {uri}, by a single character."
        ))
    }
}

/// Whether the browser can bring it back in the way that is chosen.
fn reachable(kind: RedirectKind, url: &Url) -> Finding {
    let web = matches!(url.scheme(), "http" | "https");
    let loopback = url.scheme() == "http" && is_protected(url);
    match kind {
        RedirectKind::AppLink if web => REACHABLE
            .warning("The browser opens this address itself. Choose Paste, or use an app link such as dev.bobbin.workbench:/oauth/callback."),
        RedirectKind::AppLink => REACHABLE
            .passed(format!("The redirect URI is an app link: the system hands it to the application that holds {}.", url.scheme())),
        RedirectKind::Loopback if !loopback => REACHABLE
            .error("Bobbin cannot listen there: the loopback takes http://127.0.0.1, http://[::1] or http://localhost.")
            .hint("Choose Paste, or write one such as http://127.0.0.1:8765/callback."),
        RedirectKind::Loopback if url.port().is_none_or(|port| port == 0) => REACHABLE
            .passed("Bobbin listens there while a sign-in waits, on any free port (RFC 8252 section 7.3).")
            .hint("A provider that compares the whole URI refuses a port that it does not know: write a registered one."),
        RedirectKind::Loopback => REACHABLE.passed("Bobbin listens there while a sign-in waits."),
        RedirectKind::Paste => REACHABLE.passed("The address that the browser shows in the end is pasted by hand."),
    }
}
