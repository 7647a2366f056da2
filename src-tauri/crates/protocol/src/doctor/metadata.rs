//! What the provider says about itself, compared with what is asked of it. A list that it leaves out says nothing.

use super::{Check, Facts, Finding, Setting, listed};
use crate::{
    discovery::ProviderMetadata,
    id_token::allowed,
    settings::{AuthenticationMethod, StartsWith},
};

const METHOD: Check = Check {
    code: "metadata_authentication_method",
    setting: Setting::Authentication,
    explains: &["invalid_client", "unauthorized_client"],
};
const ALGORITHM: Check =
    Check { code: "metadata_assertion_algorithm", setting: Setting::Key, explains: &["invalid_client"] };
const PKCE: Check = Check {
    code: "metadata_pkce",
    setting: Setting::Issuer,
    explains: &["invalid_request", "invalid_grant"],
};
const ID_TOKEN: Check =
    Check { code: "metadata_id_token_algorithm", setting: Setting::Issuer, explains: &[] };

const GRANT_ERRORS: &[&str] = &["unauthorized_client", "unsupported_grant_type"];
const CODE_GRANT: Check =
    Check { code: "metadata_code_grant", setting: Setting::Issuer, explains: GRANT_ERRORS };
pub(super) const REFRESH_GRANT: Check =
    Check { code: "metadata_refresh_grant", setting: Setting::Scopes, explains: GRANT_ERRORS };
const CLIENT_GRANT: Check =
    Check { code: "metadata_client_grant", setting: Setting::ClientScopes, explains: GRANT_ERRORS };

pub(super) fn examine(facts: &Facts, metadata: &ProviderMetadata, findings: &mut Vec<Finding>) {
    findings.extend(method(facts.method, &metadata.token_endpoint_auth_methods_supported));
    if facts.method == AuthenticationMethod::PrivateKeyJwt
        && let Some(key) = &facts.key
    {
        let supported = &metadata.token_endpoint_auth_signing_alg_values_supported;
        findings.extend(named(ALGORITHM, supported, key.algorithm.as_str(), "for client assertions"));
    }
    let grants = &metadata.grant_types_supported;
    if facts.preset.starts_with == StartsWith::SignIn {
        let methods = &metadata.code_challenge_methods_supported;
        findings.extend(named(PKCE, methods, "S256", "for PKCE, which Bobbin always uses"));
        findings.extend(named(CODE_GRANT, grants, "authorization_code", "as a grant"));
        findings.extend(id_token(&metadata.id_token_signing_alg_values_supported));
    }
    if facts.scopes.iter().any(|scope| scope == "offline_access") {
        findings.extend(named(REFRESH_GRANT, grants, "refresh_token", "as a grant"));
    }
    // Without scopes for them nobody is known to want client tokens.
    if facts.method != AuthenticationMethod::None && !facts.client_scopes.is_empty() {
        findings.extend(named(CLIENT_GRANT, grants, "client_credentials", "as a grant"));
    }
}

/// Servers that take public clients often leave `none` out, so its absence says nothing.
fn method(method: AuthenticationMethod, supported: &[String]) -> Option<Finding> {
    let finding = named(METHOD, supported, method.as_str(), "for client authentication")?;
    (method != AuthenticationMethod::None || supported.iter().any(|name| name == "none")).then_some(finding)
}

fn id_token(supported: &[String]) -> Option<Finding> {
    if supported.is_empty() {
        return None;
    }
    Some(if supported.iter().any(|name| allowed(name).is_some()) {
        ID_TOKEN.passed("The provider signs id_tokens in a way that Bobbin verifies.")
    } else {
        ID_TOKEN
            .warning(format!(
                "The provider signs id_tokens with {}, which Bobbin does not verify.",
                listed(supported)
            ))
            .hint("Ask the provider to sign this client's id_tokens with RS256 or ES256.")
    })
}

/// Whether a list of the metadata has a name in it; `None` where there is no list.
fn named(check: Check, supported: &[String], name: &str, what: &str) -> Option<Finding> {
    if supported.is_empty() {
        return None;
    }
    Some(if supported.iter().any(|known| known == name) {
        check.passed(format!("The provider's metadata names {name} {what}."))
    } else {
        check
            .warning(format!(
                "The provider's metadata does not name {name} {what}, only {}.",
                listed(supported)
            ))
            .hint("Choose what it names, or ask the provider whether its metadata is complete.")
    })
}
