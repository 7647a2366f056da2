//! Token requests and replies (RFC 6749 sections 4.1.3, 4.4, 5 and 6), revocation (RFC 7009) and
//! introspection requests (RFC 7662).

mod client;
mod error;
mod members;
mod reply;

use secrecy::SecretString;
use url::Url;

pub(crate) use self::reply::success;
pub use self::{
    client::{Authentication, TokenClient},
    error::TokenError,
    members::salvage_refresh_token,
    reply::{
        MAX_EXPIRES_IN, MAX_LENGTH, TokenReply, is_bearer, process_revocation_reply, process_token_reply,
        retry_after,
    },
};
use crate::{
    http::{Field, HttpRequest},
    pkce::CodeVerifier,
};

/// Exchanges an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.5). To be sent once only.
pub fn build_code_exchange(
    client: &TokenClient,
    code: &SecretString,
    redirect_uri: &str,
    verifier: &CodeVerifier,
) -> HttpRequest {
    let parameters = vec![
        Field::secret("code", code.clone()),
        Field::plain("redirect_uri", redirect_uri),
        Field::secret("code_verifier", verifier.expose()),
    ];
    client.grant("authorization_code", parameters)
}

/// Exchanges a refresh token (RFC 6749 section 6).
///
/// Without `scopes` the scope stays as it was granted; with them it is narrowed to these.
pub fn build_refresh(
    client: &TokenClient,
    refresh_token: &SecretString,
    scopes: Option<&[String]>,
) -> HttpRequest {
    let mut parameters = vec![Field::secret("refresh_token", refresh_token.clone())];
    parameters.extend(scopes.map(|scopes| Field::plain("scope", scopes.join(" "))));
    client.grant("refresh_token", parameters)
}

/// Asks for a token for the client itself (RFC 6749 section 4.4.2).
///
/// `audience` is no standard's parameter; the servers that know it name there whom the token is for.
pub fn build_client_credentials(
    client: &TokenClient,
    scopes: &[String],
    audience: Option<&str>,
) -> HttpRequest {
    let mut parameters = Vec::new();
    if !scopes.is_empty() {
        parameters.push(Field::plain("scope", scopes.join(" ")));
    }
    parameters.extend(audience.map(|audience| Field::plain("audience", audience)));
    client.grant("client_credentials", parameters)
}

/// Revokes a token (RFC 7009 section 2.1). `token_type_hint` is `access_token` or `refresh_token`.
pub fn build_revocation(
    client: &TokenClient,
    endpoint: &Url,
    token: &SecretString,
    token_type_hint: &str,
) -> HttpRequest {
    client.about_token(endpoint, token, token_type_hint)
}

/// Asks what the server knows of a token (RFC 7662 section 2.1), with hints as for a revocation.
pub fn build_introspection(
    client: &TokenClient,
    endpoint: &Url,
    token: &SecretString,
    token_type_hint: &str,
) -> HttpRequest {
    client.about_token(endpoint, token, token_type_hint)
}

#[cfg(test)]
mod tests;
