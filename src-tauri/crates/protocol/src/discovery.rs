//! The provider's own description (`OpenID` Connect Discovery 1.0, RFC 8414).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{
    Map,
    http::{HttpReply, is_protected},
    json::{self, JsonError},
    text::{excerpt, plain},
};

/// A larger document is refused, in bytes.
const MAX_LENGTH: usize = 512 * 1024;

/// Below an issuer, where its document is.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What a provider says about itself. A list that it leaves out is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderMetadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub jwks_uri: Url,
    pub userinfo_endpoint: Option<Url>,
    pub revocation_endpoint: Option<Url>,
    pub introspection_endpoint: Option<Url>,
    pub end_session_endpoint: Option<Url>,
    pub scopes_supported: Vec<String>,
    pub grant_types_supported: Vec<String>,
    pub code_challenge_methods_supported: Vec<String>,
    pub token_endpoint_auth_methods_supported: Vec<String>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// Whether callbacks always name the issuer (RFC 9207 section 3).
    pub authorization_response_iss_parameter_supported: bool,
}

impl ProviderMetadata {
    /// The issuer or an endpoint by its member's name, such as `token_endpoint`.
    pub fn get(&self, name: &str) -> Option<&str> {
        match name {
            "issuer" => Some(&self.issuer),
            "authorization_endpoint" => Some(self.authorization_endpoint.as_str()),
            "token_endpoint" => Some(self.token_endpoint.as_str()),
            "jwks_uri" => Some(self.jwks_uri.as_str()),
            "userinfo_endpoint" => self.userinfo_endpoint.as_ref().map(Url::as_str),
            "revocation_endpoint" => self.revocation_endpoint.as_ref().map(Url::as_str),
            "introspection_endpoint" => self.introspection_endpoint.as_ref().map(Url::as_str),
            "end_session_endpoint" => self.end_session_endpoint.as_ref().map(Url::as_str),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    #[error("The issuer \"{0}\" is not an https URL without user, query and fragment (OIDC Discovery 3).")]
    Issuer(String),
    #[error(
        "The issuer {0} is plain http. That is for issuers on this computer alone: anyone on the way could change what it says."
    )]
    PlainHttp(String),
    #[error("This is the address of a discovery document. Its issuer is {0}.")]
    Document(String),
    #[error("The discovery document's address answered with a redirect ({0}), which is never followed.")]
    Redirect(u16),
    #[error("The discovery document's address answered {status}: {excerpt}")]
    Status { status: u16, excerpt: String },
    #[error("The discovery document is larger than 512 KiB.")]
    TooLarge,
    #[error("The discovery document is not a JSON object: {0}")]
    NotJson(String),
    #[error("The discovery document holds {0} twice.")]
    Duplicate(String),
    #[error(
        "The discovery document says that its issuer is {got}, but {expected} was asked (OIDC Discovery 4.3)."
    )]
    IssuerMismatch { expected: String, got: String },
    #[error("The discovery document has no {0} (OIDC Discovery 3).")]
    Missing(&'static str),
    #[error("The discovery document's {name} is not an https URL: {got}")]
    Endpoint { name: &'static str, got: String },
}

impl DiscoveryError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Issuer(_) => "discovery_issuer_invalid",
            Self::PlainHttp(_) => "discovery_issuer_plain_http",
            Self::Document(_) => "discovery_issuer_is_document",
            Self::Redirect(_) => "discovery_redirect",
            Self::Status { .. } => "discovery_status",
            Self::TooLarge => "discovery_too_large",
            Self::NotJson(_) => "discovery_not_json",
            Self::Duplicate(_) => "discovery_duplicate_member",
            Self::IssuerMismatch { .. } => "discovery_issuer_mismatch",
            Self::Missing(_) => "discovery_member_missing",
            Self::Endpoint { .. } => "discovery_endpoint_invalid",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Issuer(_) => {
                "Write it as the provider's documentation names it, such as https://login.example.com.".to_owned()
            }
            Self::PlainHttp(_) => {
                "Use its https address, or an issuer on 127.0.0.1, [::1] or localhost.".to_owned()
            }
            Self::Document(issuer) => format!("Leave off {WELL_KNOWN}, so that {issuer} is left."),
            Self::IssuerMismatch { got, .. } => {
                format!("If the provider's documentation names {got}, write that as the issuer, to the last character. If it does not, another server answered.")
            }
            Self::Status { .. } | Self::Redirect(_) | Self::NotJson(_) => {
                "Compare the issuer with the provider's documentation. Where a provider publishes no such document, write its endpoints by hand.".to_owned()
            }
            Self::TooLarge | Self::Duplicate(_) | Self::Missing(_) | Self::Endpoint { .. } => {
                "The provider breaks the specification here: tell it. Until then, write its endpoints by hand.".to_owned()
            }
        }
    }
}

/// Where an issuer's document is (`OpenID` Connect Discovery 4.1).
pub fn discovery_url(issuer: &str) -> Result<Url, DiscoveryError> {
    let wrong = || DiscoveryError::Issuer(plain(issuer));
    let mut url = Url::parse(issuer).map_err(|_| wrong())?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !is_protected(&url) {
        return Err(if url.scheme() == "http" && !has_user {
            DiscoveryError::PlainHttp(plain(issuer))
        } else {
            wrong()
        });
    }
    if has_user || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong());
    }
    if let Some(issuer) = issuer.strip_suffix(WELL_KNOWN) {
        return Err(DiscoveryError::Document(plain(issuer)));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{path}{WELL_KNOWN}"));
    Ok(url)
}

/// Reads the document. Its `issuer` must be equal to the configured one, as strings, or nothing of it is used.
pub fn process_discovery(reply: &HttpReply, issuer: &str) -> Result<ProviderMetadata, DiscoveryError> {
    if reply.is_redirect() {
        return Err(DiscoveryError::Redirect(reply.status));
    }
    if reply.body.len() > MAX_LENGTH {
        return Err(DiscoveryError::TooLarge);
    }
    if reply.status != 200 {
        return Err(DiscoveryError::Status { status: reply.status, excerpt: excerpt(&reply.body) });
    }
    let members = json::read_object(&reply.body).map_err(|error| match error {
        JsonError::Duplicate(name) => DiscoveryError::Duplicate(plain(&name)),
        _ => DiscoveryError::NotJson(excerpt(&reply.body)),
    })?;
    match members.get("issuer") {
        Some(Value::String(got)) if got == issuer => {}
        Some(got) => {
            return Err(DiscoveryError::IssuerMismatch {
                expected: issuer.to_owned(),
                got: plain(&json::display(got)),
            });
        }
        None => return Err(DiscoveryError::Missing("issuer")),
    }
    let required = |name| endpoint(&members, name)?.ok_or(DiscoveryError::Missing(name));
    let iss_parameter = members.get("authorization_response_iss_parameter_supported");
    Ok(ProviderMetadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: required("authorization_endpoint")?,
        token_endpoint: required("token_endpoint")?,
        jwks_uri: required("jwks_uri")?,
        userinfo_endpoint: endpoint(&members, "userinfo_endpoint")?,
        revocation_endpoint: endpoint(&members, "revocation_endpoint")?,
        introspection_endpoint: endpoint(&members, "introspection_endpoint")?,
        end_session_endpoint: endpoint(&members, "end_session_endpoint")?,
        scopes_supported: strings(&members, "scopes_supported"),
        grant_types_supported: strings(&members, "grant_types_supported"),
        code_challenge_methods_supported: strings(&members, "code_challenge_methods_supported"),
        token_endpoint_auth_methods_supported: strings(&members, "token_endpoint_auth_methods_supported"),
        token_endpoint_auth_signing_alg_values_supported: strings(
            &members,
            "token_endpoint_auth_signing_alg_values_supported",
        ),
        id_token_signing_alg_values_supported: strings(&members, "id_token_signing_alg_values_supported"),
        authorization_response_iss_parameter_supported: iss_parameter == Some(&Value::Bool(true)),
    })
}

fn endpoint(members: &Map, name: &'static str) -> Result<Option<Url>, DiscoveryError> {
    let Some(value) = members.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    value
        .as_str()
        .and_then(|text| Url::parse(text).ok())
        .filter(is_protected)
        .map(Some)
        .ok_or_else(|| DiscoveryError::Endpoint { name, got: plain(&json::display(value)) })
}

fn strings(members: &Map, name: &str) -> Vec<String> {
    let values = members.get(name).and_then(Value::as_array);
    values.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests;
