//! A connection with its endpoints filled in: from its file, the provider's metadata or its preset.

use std::sync::Arc;

use bobbin_protocol::{
    discovery::ProviderMetadata,
    http::is_protected,
    preset::{Preset, preset},
    settings::RefreshPolicy,
};
use bobbin_store::{ConnectionFile, Redirect, Session, SessionKind};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Engine, Error, Result,
    view::{EndpointKind, EndpointSource, EndpointView},
};

/// How one connection is reached, as one client.
pub(crate) struct Provider {
    slug: String,
    pub(crate) file: ConnectionFile,
    pub(crate) preset: &'static Preset,
    /// The running sandbox's base URL, which `{sandbox}` stands for.
    sandbox: Option<String>,
    /// What the issuer says about itself, if it was asked.
    pub(crate) metadata: Option<Arc<ProviderMetadata>>,
}

pub(crate) const ENDPOINTS: [(EndpointKind, &str); 9] = [
    (EndpointKind::Issuer, "issuer"),
    (EndpointKind::Authorization, "authorization_endpoint"),
    (EndpointKind::Token, "token_endpoint"),
    (EndpointKind::Jwks, "jwks_uri"),
    (EndpointKind::Userinfo, "userinfo_endpoint"),
    (EndpointKind::Revocation, "revocation_endpoint"),
    (EndpointKind::Introspection, "introspection_endpoint"),
    (EndpointKind::EndSession, "end_session_endpoint"),
    (EndpointKind::Graphql, "graphql_endpoint"),
];

/// The member of a kept verdict that stands in for the claims of an id_token.
const MADE_WITH: &str = "made_with";

/// Stands for the running sandbox's base URL in presets.
pub(crate) const SANDBOX: &str = "{sandbox}";

impl Provider {
    pub(crate) fn slug(&self) -> &str {
        &self.slug
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.file.client_id
    }

    pub(crate) fn issuer(&self) -> Result<String> {
        self.endpoint("issuer").ok_or_else(|| self.missing("issuer"))
    }

    pub(crate) fn authorization_endpoint(&self) -> Result<Url> {
        self.url("authorization_endpoint")
    }

    pub(crate) fn token_endpoint(&self) -> Result<Url> {
        self.url("token_endpoint")
    }

    pub(crate) fn jwks_uri(&self) -> Result<Url> {
        self.url("jwks_uri")
    }

    pub(crate) fn graphql_endpoint(&self) -> Result<Url> {
        self.url("graphql_endpoint")
    }

    pub(crate) fn revocation_endpoint(&self) -> Result<Url> {
        self.url("revocation_endpoint")
    }

    pub(crate) fn userinfo_endpoint(&self) -> Result<Url> {
        self.url("userinfo_endpoint")
    }

    pub(crate) fn introspection_endpoint(&self) -> Result<Url> {
        self.url("introspection_endpoint")
    }

    pub(crate) fn end_session_endpoint(&self) -> Result<Url> {
        self.url("end_session_endpoint")
    }

    pub(crate) fn redirect(&self) -> Result<&Redirect> {
        self.file.redirect.as_ref().ok_or_else(|| {
            Error::new("redirect_missing", format!("{} has no redirect URI.", self.file.name))
                .hint("Fill it in under Redirect in the connection.")
        })
    }

    /// Sent with each request to the token endpoint and the API.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        self.file.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub(crate) fn refresh_policy(&self) -> RefreshPolicy {
        self.file.refresh.as_ref().map_or(self.preset.refresh.policy, |written| written.policy)
    }

    /// A refresh that failed; where the refresh token is of no more use, with what this provider's users do then.
    pub(crate) fn refresh_failed(&self, error: Error) -> Error {
        let spent = ["token_invalid_grant", "refresh_rejected", "refresh_possibly_consumed"];
        match &self.preset.refresh.when_refused {
            Some(hint) if spent.contains(&error.code()) => error.hint(hint.clone()),
            _ => error,
        }
    }

    /// Whether callbacks must name the issuer (RFC 9207 section 2.4).
    pub(crate) fn names_issuer_in_callbacks(&self) -> bool {
        self.metadata.as_ref().is_some_and(|metadata| metadata.authorization_response_iss_parameter_supported)
    }

    /// `{sandbox}` filled in; `None` while the sandbox does not run.
    pub(crate) fn filled_in(&self, written: &str) -> Option<String> {
        match written.strip_prefix(SANDBOX) {
            Some(path) => Some(format!("{}{path}", self.sandbox.as_ref()?)),
            None => Some(written.to_owned()),
        }
    }

    /// What must not change while a sign-in waits: who is asked, as which client, and where its code comes and goes.
    ///
    /// The provider may change its keys and the rest of its metadata meanwhile.
    pub(crate) fn identity(&self) -> Result<Value> {
        Ok(json!({
            "issuer": self.endpoint("issuer"),
            "client_id": self.client_id(),
            "token_endpoint": self.token_endpoint()?.as_str(),
            "redirect_uri": self.file.redirect.as_ref().map(|redirect| &redirect.uri),
        }))
    }

    /// What a session is kept with whose tokens do not say whom they came from.
    pub(crate) fn made_with(&self) -> Value {
        json!({ MADE_WITH: { "iss": self.giver(), "aud": self.client_id() } })
    }

    /// A session belongs to the issuer and client that its id_token names, or that it was [made with](Self::made_with).
    ///
    /// The connection of that name may be another one by now, and must not get its tokens.
    pub(crate) fn refuse_foreign(&self, session: &Session) -> Result<()> {
        let named = |member: &str| Some(&session.verdict.as_ref()?[member]).filter(|it| it.is_object());
        let Some(named) = named("claims").or_else(|| named(MADE_WITH)) else { return Ok(()) };
        // Pasted tokens go where the person who pasted them chose.
        if session.kind == SessionKind::Manual {
            return Ok(());
        }
        let (issuer, audience) = (&named["iss"], &named["aud"]);
        let ours = |one: &Value| one.as_str() == Some(self.client_id());
        let client = ours(audience) || audience.as_array().is_some_and(|all| all.iter().any(ours));
        // The embedded sandbox may listen on another port today.
        if client && (self.is_sandbox() || issuer.as_str() == self.giver().as_deref()) {
            return Ok(());
        }
        Err(Error::new("session_other_provider", format!("This session was not made with {} as it is now.", self.file.name))
            .hint("Its issuer or client is another one. Bring the connection's old settings back, or get new tokens.")
            .detail(Some(format!("made with {issuer} for {audience}"))))
    }

    /// The session as it is known here, where no issuer but another token endpoint gave its tokens.
    pub(crate) fn moved(&self, mut session: Session) -> Option<Session> {
        let made_with = session.verdict.as_mut()?.get_mut(MADE_WITH)?;
        let ours = made_with["aud"].as_str() == Some(self.client_id());
        let giver = self.giver().filter(|_| ours && !self.has("issuer"))?;
        if made_with["iss"].as_str() == Some(&giver) {
            return None;
        }
        made_with["iss"] = giver.into();
        Some(session)
    }

    /// Who gives the tokens: the issuer, or the token endpoint where nothing names one.
    fn giver(&self) -> Option<String> {
        self.endpoint("issuer").or_else(|| self.endpoint("token_endpoint"))
    }

    /// Every endpoint with where it comes from.
    pub(crate) fn endpoints(&self) -> Vec<EndpointView> {
        ENDPOINTS
            .iter()
            .map(|(kind, name)| {
                let url = self.endpoint(name);
                let source = if self.file.endpoints.contains_key(*name) {
                    EndpointSource::Manual
                } else if self.discovered(name).is_some() {
                    EndpointSource::Discovery
                } else {
                    match self.preset.endpoints.get(name) {
                        Some(written) if written.starts_with(SANDBOX) => EndpointSource::Sandbox,
                        Some(_) => EndpointSource::Preset,
                        None => EndpointSource::None,
                    }
                };
                EndpointView { kind: *kind, name: (*name).to_owned(), url, source }
            })
            .collect()
    }

    /// Whether any endpoint is the embedded sandbox's.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.endpoints().iter().any(|endpoint| endpoint.source == EndpointSource::Sandbox)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.endpoint(name).is_some()
    }

    fn endpoint(&self, name: &str) -> Option<String> {
        if let Some(written) = self.file.endpoints.get(name) {
            return Some(written.clone());
        }
        match self.discovered(name) {
            Some(discovered) => Some(discovered.to_owned()),
            None => self.filled_in(self.preset.endpoints.get(name)?),
        }
    }

    /// As the file or the preset writes it; `None` where the issuer names it or nobody does.
    pub(crate) fn written(&self, name: &str) -> Option<&str> {
        let by_hand = self.file.endpoints.get(name).map(String::as_str);
        by_hand.or_else(|| self.preset.endpoints.get(name).filter(|_| self.discovered(name).is_none()))
    }

    fn discovered(&self, name: &str) -> Option<&str> {
        self.metadata.as_ref().filter(|_| self.preset.discovery && name != "issuer")?.get(name)
    }

    fn url(&self, name: &str) -> Result<Url> {
        let written = self.endpoint(name).ok_or_else(|| self.missing(name))?;
        let url = Url::parse(&written).map_err(|error| {
            Error::new("endpoint_invalid", format!("The {name} of {} is not a URL: {error}.", self.file.name))
                .hint("Correct it under Endpoints in the connection.")
                .detail(Some(written.clone()))
        })?;
        if is_protected(&url) {
            Ok(url)
        } else {
            Err(Error::new(
                "endpoint_not_https",
                format!("The {name} of {} is not an https URL.", self.file.name),
            )
            .hint("Tokens are only sent over https, or to this computer's own loopback address.")
            .detail(Some(written)))
        }
    }

    fn missing(&self, name: &str) -> Error {
        Error::new("endpoint_missing", format!("{} has no {name}.", self.file.name))
            .hint("Fill it in under Endpoints in the connection; the provider's documentation names it.")
    }
}

/// The same for the [identity](Provider::identity) that a sign-in was begun with.
pub(crate) fn made_with(identity: &Value) -> Value {
    let giver = identity["issuer"].as_str().or_else(|| identity["token_endpoint"].as_str());
    json!({ MADE_WITH: { "iss": giver, "aud": identity["client_id"] } })
}

impl Engine {
    /// The connection as it stands; a sandbox that does not run yet leaves its endpoints empty.
    pub(crate) fn provider_at_rest(&self, slug: &str) -> Result<Provider> {
        self.provider_of_file(slug, self.0.workspace.connection(slug)?)
    }

    /// The connection `slug` as `file` has it.
    pub(crate) fn provider_of_file(&self, slug: &str, file: ConnectionFile) -> Result<Provider> {
        let preset = preset(&file.preset).ok_or_else(|| {
            Error::new(
                "preset_unknown",
                format!(
                    "{} names the preset \"{}\", which this Bobbin does not have.",
                    file.name, file.preset
                ),
            )
            .hint("Correct `preset` in the connection's file.")
        })?;
        let sandbox = self.0.sandbox.base_url();
        let mut provider = Provider { slug: slug.to_owned(), file, preset, sandbox, metadata: None };
        provider.metadata = provider.endpoint("issuer").and_then(|issuer| self.known_metadata(&issuer));
        Ok(provider)
    }

    /// The connection of a session, ready to be talked to at `endpoint` with that session's tokens.
    pub(crate) async fn provider_of(&self, session: &Session, endpoint: &str) -> Result<Provider> {
        let provider = self.provider(&session.connection).await?;
        self.refuse_changed(&provider, endpoint).await?;
        provider.refuse_foreign(session)?;
        Ok(provider)
    }

    /// The connection ready to be talked to: the sandbox runs and the issuer was asked for its endpoints.
    pub(crate) async fn provider(&self, slug: &str) -> Result<Provider> {
        let mut provider = self.provider_at_rest(slug)?;
        if provider.is_sandbox() {
            provider.sandbox = Some(self.sandbox().await?);
        }
        if provider.preset.discovery && provider.metadata.is_none() {
            // It is to say where the credentials go.
            self.refuse_changed(&provider, "issuer").await?;
            match self.fetch_metadata(&provider).await {
                Ok(metadata) => provider.metadata = Some(metadata),
                // Written by hand, they need no metadata.
                Err(_) if provider.has("token_endpoint") => {}
                Err(error) => return Err(error),
            }
        }
        Ok(provider)
    }
}
