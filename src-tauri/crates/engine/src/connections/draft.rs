//! From the form's fields to the connection's file: trimmed, checked, and without what the preset says anyway.

use std::collections::BTreeMap;

use bobbin_protocol::{
    authorization::{self, Leg},
    preset::{self, Preset},
    settings::RedirectMethod,
    text::names_a_secret,
};
use bobbin_store::{Authentication, ClientTokens, ConnectionFile, Parameters, Redirect, Refresh};

use crate::{
    Error, Result,
    provider::{ENDPOINTS, SANDBOX},
    view::{ConnectionDraft, EndpointKind, ErrorCode, NamedValue},
};

pub(super) fn file_of(draft: ConnectionDraft, before: ConnectionFile) -> Result<ConnectionFile> {
    let preset = preset::preset(&before.preset);
    let mut endpoints = before.endpoints;
    for endpoint in &draft.endpoints {
        let (name, url) = (endpoint_name(endpoint.kind), endpoint.url.trim());
        if url.is_empty() {
            endpoints.remove(name);
        } else {
            endpoints.insert(name.to_owned(), url.to_owned());
        }
    }
    let usual_policy = preset.map(|preset| preset.refresh.policy);
    Ok(ConnectionFile {
        name: valid_name(&draft.name)?,
        client_id: draft.client_id.trim().to_owned(),
        scopes: words(&draft.scopes),
        redirect: redirect(draft.redirect_method, &draft.redirect_uri),
        authentication: authentication(&draft, preset),
        client_tokens: client_tokens(&draft, preset),
        refresh: (usual_policy != Some(draft.refresh_policy))
            .then_some(Refresh { policy: draft.refresh_policy }),
        lifetimes: before.lifetimes,
        headers: headers(draft.headers)?,
        parameters: Parameters {
            authorize: parameters(Leg::Authorize, draft.parameters.authorize)?,
            token: parameters(Leg::Token, draft.parameters.token)?,
            refresh: parameters(Leg::Refresh, draft.parameters.refresh)?,
        },
        endpoints,
        preset: before.preset,
    })
}

pub(super) fn valid_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(
            Error::new("name_empty", "A connection needs a name.").hint("Type at least one character.")
        );
    }
    Ok(name.chars().take(80).collect())
}

fn words(list: &[String]) -> Vec<String> {
    list.iter().flat_map(|scope| scope.split_whitespace()).map(str::to_owned).collect()
}

/// A connection that signs nobody in has no redirect.
fn redirect(method: RedirectMethod, uri: &str) -> Option<Redirect> {
    let uri = uri.trim();
    (!uri.is_empty()).then(|| Redirect { method, uri: uri.to_owned() })
}

fn authentication(draft: &ConnectionDraft, preset: Option<&Preset>) -> Option<Authentication> {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let rules = preset.map(|preset| &preset.client_authentication);
    let usual_audience = rules.map(|rules| rules.audience);
    let written = Authentication {
        method: draft.authentication_method,
        algorithm: text(&draft.algorithm),
        kid: text(&draft.kid),
        audience: (usual_audience != Some(draft.audience)).then_some(draft.audience),
    };
    let usual = rules.map(|rules| rules.default);
    let says_nothing = usual == Some(draft.authentication_method)
        && written.algorithm.is_none()
        && written.kid.is_none()
        && written.audience.is_none();
    (!says_nothing).then_some(written)
}

fn client_tokens(draft: &ConnectionDraft, preset: Option<&Preset>) -> Option<ClientTokens> {
    let rules = preset?.client_tokens.as_ref()?;
    let scopes = words(&draft.client_scopes);
    let usual = rules.audience.as_deref().unwrap_or_default();
    let audience = draft.client_audience.as_deref().map_or(usual, str::trim);
    // The sandbox's own address changes from run to run and is never written.
    let of_sandbox = usual.strip_prefix(SANDBOX).is_some_and(|path| {
        audience.strip_suffix(path).is_some_and(|base| base.starts_with("http://127.0.0.1:"))
    });
    let is_usual = audience == usual || of_sandbox;
    let written = ClientTokens { scopes, audience: (!is_usual).then(|| audience.to_owned()) };
    (written.audience.is_some() || written.scopes != rules.default_scopes).then_some(written)
}

/// Named values without empty rows; a name written twice keeps its last value.
fn rows(values: Vec<NamedValue>) -> impl Iterator<Item = (String, String)> {
    values
        .into_iter()
        .map(|row| (row.name.trim().to_owned(), row.value.trim().to_owned()))
        .filter(|(name, _)| !name.is_empty())
}

fn headers(values: Vec<NamedValue>) -> Result<BTreeMap<String, String>> {
    rows(values)
        .map(|(name, value)| {
            let token =
                |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
            if !name.chars().all(token) {
                return Err(Error::new(
                    ErrorCode::HeaderNameInvalid,
                    format!("\"{name}\" cannot be the name of a header."),
                )
                .hint("Letters, digits and hyphens, such as X-Merchant-ID."));
            }
            if let Some(reason) = reserved_header(&name) {
                return Err(Error::new(ErrorCode::HeaderReserved, format!("{name} cannot be set by hand."))
                    .hint(reason));
            }
            refuse_secret(&name)?;
            if value.chars().any(|character| character.is_control() || !character.is_ascii()) {
                return Err(Error::new(
                    ErrorCode::HeaderValueInvalid,
                    format!("The value of {name} has characters in it that no header can carry."),
                )
                .hint("Use printable ASCII characters only (RFC 9110 section 5.5)."));
            }
            Ok((name, value))
        })
        .collect()
}

const SECRET: &str =
    "It would carry a secret into the connection's file. Tokens and client secrets are sent by themselves.";
const OWN: &str = "Bobbin sets it for each request as the protocol asks.";

/// Secrets have a sealed place of their own, and the rest is the request's own business.
pub(super) const RESERVED_HEADERS: [(&str, &str); 9] = [
    ("Authorization", SECRET),
    ("Cookie", SECRET),
    ("Proxy-Authorization", SECRET),
    ("Host", OWN),
    ("Content-Length", OWN),
    ("Content-Type", OWN),
    ("Transfer-Encoding", OWN),
    ("Connection", OWN),
    ("Accept", OWN),
];

fn reserved_header(name: &str) -> Option<&'static str> {
    let found = RESERVED_HEADERS.iter().find(|(reserved, _)| reserved.eq_ignore_ascii_case(name));
    found.map(|(_, reason)| *reason)
}

fn parameters(leg: Leg, values: Vec<NamedValue>) -> Result<BTreeMap<String, String>> {
    rows(values)
        .map(|(name, value)| match authorization::reserved(leg, &name) {
            Some(reason) => {
                Err(Error::new(ErrorCode::ParameterReserved, format!("{name} cannot be set by hand."))
                    .hint(reason))
            }
            None => refuse_secret(&name).map(|()| (name, value)),
        })
        .collect()
}

/// The connection's file can be committed by a team: no secret is ever in it.
fn refuse_secret(name: &str) -> Result<()> {
    if !names_a_secret(&name.replace('-', "_")) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::SecretInFile, format!("{name} looks like a secret, which no connection's file may hold."))
        .hint("Tokens and client secrets are kept sealed and sent by themselves; fill them in under Authentication."))
}

fn endpoint_name(kind: EndpointKind) -> &'static str {
    ENDPOINTS.iter().find(|(known, _)| *known == kind).map_or("issuer", |(_, name)| name)
}
