//! The pages a person sees. Everything in them comes from here: no script, style, font or picture from elsewhere.

use std::fmt::{self, Display, Write as _};

use aws_lc_rs::digest;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::Url;

use super::{authorize::Refusal, sign_ins::Request};
use crate::people::{PEOPLE, Person};

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/returning.js");
const MARK: &str = include_str!("page/mark.svg");

/// A 302 to an address of our own or a registered redirect URI.
pub(crate) fn found(location: &str) -> Response {
    // Nothing that is not visible ASCII gets here: handles and form-encoded values only.
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The login page: one button a person.
pub(crate) fn login(request: &Request, transaction: &str) -> Response {
    let mut people = String::new();
    for (index, person) in PEOPLE.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(
            people,
            r#"<li><span class="avatar a{index}" aria-hidden="true">{initials}</span>
<span class="who"><button name="person" value="{id}" aria-describedby="bank{index} story{index}">{name}</button>
<span class="story" id="story{index}">{story}</span></span>
<span class="bank" id="bank{index}">{bank}</span></li>"#,
            initials = Escaped(&initials(person)),
            id = Escaped(person.id),
            name = Escaped(&person.name()),
            story = Escaped(person.story),
            bank = Escaped(person.bank.name),
        );
    }
    let body = format!(
        r#"<h1>Who is signing in?</h1>
<p class="lead">Pick a test person for {client}. No password is needed.</p>
<form method="post" action="/account/login"><input type="hidden" name="transaction" value="{transaction}">
<ul class="people">{people}</ul>
<div class="actions"><button class="plain" name="decision" value="cancel">Cancel</button></div></form>"#,
        client = Escaped(request.client.name),
        transaction = Escaped(transaction),
    );
    page(StatusCode::OK, "Sign in", &body, &sign_in_policy(request))
}

/// The consent page: one check box a scope.
pub(crate) fn consent(request: &Request, person: &Person, transaction: &str) -> Response {
    let mut scopes = String::new();
    for scope in &request.scopes {
        let (fixed, note) = match scope.name {
            "openid" => (" disabled", r#" <span class="note">always</span>"#),
            _ => ("", ""),
        };
        let _ = write!(
            scopes,
            r#"<li><label><input type="checkbox" name="scope" value="{name}" checked{fixed}>
<span class="allows">{allows}{note}</span> <code>{name}</code></label></li>"#,
            name = Escaped(scope.name),
            allows = Escaped(scope.allows),
        );
    }
    let body = format!(
        r#"<div id="ask"><h1>Allow {client}?</h1>
<p class="lead">You are <strong>{name}</strong> at <strong>{bank}</strong>. Untick what you do not want to share.</p>
<form method="post" action="/consent"><input type="hidden" name="transaction" value="{transaction}">
<fieldset><legend>{client} would like to</legend><ul class="scopes">{scopes}</ul></fieldset>
<div class="actions"><button class="plain" name="decision" value="cancel">Cancel</button>
<button class="main" name="decision" value="allow">Allow</button></div></form></div>
<div id="done" role="status" hidden><h1>Back to {client}</h1>
<p class="lead">If the browser asks whether it may open {client}, say yes. This tab can be closed.</p></div>
{script}"#,
        client = Escaped(request.client.name),
        name = Escaped(&person.name()),
        bank = Escaped(person.bank.name),
        transaction = Escaped(transaction),
        script =
            if leaves_the_browser(request) { format!("<script>{SCRIPT}</script>") } else { String::new() },
    );
    page(StatusCode::OK, "Allow access", &body, &sign_in_policy(request))
}

/// The sandbox's own error page: what is wrong, for the developer who sent the request.
pub(crate) fn refusal(refusal: &Refusal) -> Response {
    let body = format!(
        r#"<h1>This sign-in cannot go on</h1>
<p class="lead">{reason}</p>
<p class="error"><span>Error</span> <code>{code}</code></p>
<p class="lead">The application was told nothing: go back to it and start again.</p>"#,
        reason = Escaped(&refusal.reason),
        code = Escaped(refusal.code),
    );
    page(StatusCode::BAD_REQUEST, "Error", &body, &policy("", ""))
}

/// The end of a session; `note` says to the developer why it does not lead back, or is empty.
pub(crate) fn signed_out(note: &str) -> Response {
    let body = format!(
        r#"<h1>Signed out</h1>
<p class="lead">The sandbox keeps no sign-in in this browser. Tokens stay valid until they expire or are revoked. {note}</p>"#,
        note = Escaped(note),
    );
    page(StatusCode::OK, "Signed out", &body, &policy("", ""))
}

/// Where a payment request's link leads.
pub(crate) fn payment() -> Response {
    let body = r#"<h1>No money moves here</h1>
<p class="lead">At the provider, the payer would choose a bank and approve the payment on this page.</p>"#;
    page(StatusCode::OK, "Payment request", body, &policy("", ""))
}

/// A whole page; what it may load is in `policy`.
pub(crate) fn page(status: StatusCode, title: &str, body: &str, policy: &str) -> Response {
    let html = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title} · Sandbox</title><style>{STYLE}</style></head>
<body><div class="frame"><header><span class="mark" aria-hidden="true">{MARK}</span><span class="product">Sandbox</span>
<span class="tag">LOCAL</span></header>
<main>{body}</main>
<footer>This is a sandbox on your own computer. The people and their accounts are invented; no bank is asked.</footer>
</div></body></html>"#
    );
    // Our own style and script, and the origins of registered addresses: all of it is visible ASCII.
    (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

/// The policy of a page with this inline script, or none, whose forms may lead to `target` besides the sandbox.
pub(crate) fn policy(script: &str, target: &str) -> String {
    let script = if script.is_empty() { "'none'".into() } else { hash_source(script) };
    format!(
        "default-src 'none'; style-src {}; script-src {script}; form-action 'self' {target}; base-uri 'none'; frame-ancestors 'none'",
        hash_source(STYLE),
    )
}

/// Chromium applies `form-action` to where a form's answer redirects as well, so the client's address is in it.
fn sign_in_policy(request: &Request) -> String {
    policy(SCRIPT, &source(&request.redirect_uri))
}

fn source(redirect_uri: &str) -> String {
    match Url::parse(redirect_uri) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => String::new(),
    }
}

fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes())))
}

/// An app link opens a program and leaves the page standing, so the page has to say that it is done.
fn leaves_the_browser(request: &Request) -> bool {
    !request.redirect_uri.starts_with("http")
}

fn initials(person: &Person) -> String {
    let family = person.family_name.split(' ').next_back();
    [Some(person.given_name), family].into_iter().flatten().filter_map(|name| name.chars().next()).collect()
}

/// Text in HTML, also inside a quoted attribute.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            '\'' => out.write_str("&#39;"),
            other => out.write_char(other),
        })
    }
}
