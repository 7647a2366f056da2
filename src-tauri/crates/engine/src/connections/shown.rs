//! What a connection's form shows of its client, and the words of its file and preset as the page knows them.

use std::collections::BTreeMap;

use bobbin_protocol::{
    authorization::{self, Leg, is_scope},
    client_assertion::SigningAlgorithm,
    preset::Preset,
    settings::{AssertionAudience, AuthenticationMethod, StartsWith},
};
use bobbin_store::ClientSecrets;

use crate::{
    Engine, Result,
    client_auth::{info, private_key},
    doctor::key_view,
    provider::{Provider, SANDBOX},
    view::{
        AuthenticationChoice, AuthenticationView, ClientTokensView, ExtraRows, NamedValue, ReservedView,
        ScopeView,
    },
};

use super::draft::RESERVED_HEADERS;

impl Provider {
    pub(crate) fn authentication_method(&self) -> AuthenticationMethod {
        let written = self.file.authentication.as_ref().map(|written| written.method);
        written.unwrap_or(self.preset.client_authentication.default)
    }

    pub(crate) fn assertion_audience(&self) -> AssertionAudience {
        let written = self.file.authentication.as_ref().and_then(|written| written.audience);
        written.unwrap_or(self.preset.client_authentication.audience)
    }

    /// What a client token is asked for with.
    pub(crate) fn client_scopes(&self) -> Vec<String> {
        match (&self.file.client_tokens, &self.preset.client_tokens) {
            (Some(written), _) => written.scopes.clone(),
            (None, Some(rules)) => rules.default_scopes.clone(),
            (None, None) => Vec::new(),
        }
    }

    /// `None` sends no `audience`.
    pub(crate) fn client_audience(&self) -> Option<String> {
        let written = self.file.client_tokens.as_ref().and_then(|written| written.audience.clone());
        written.or_else(|| self.usual_client_audience()).filter(|audience| !audience.is_empty())
    }

    /// Whether a person can sign in with it.
    pub(crate) fn signs_in(&self) -> bool {
        self.preset.starts_with == StartsWith::SignIn
    }

    /// As the preset writes it while the sandbox does not run.
    fn usual_client_audience(&self) -> Option<String> {
        let written = self.preset.client_tokens.as_ref()?.audience.as_deref()?;
        self.filled_in(written).or_else(|| Some(written.to_owned()))
    }

    pub(super) fn authentication_view(
        &self,
        secrets: Option<&ClientSecrets>,
        now: i64,
    ) -> AuthenticationView {
        let key = secrets.and_then(|secrets| secrets.key.as_ref());
        let written = self.file.authentication.as_ref();
        let algorithms: Vec<String> = key
            .and_then(|key| private_key(key).ok())
            .map_or(&[][..], |key| key.algorithms())
            .iter()
            .map(|algorithm: &SigningAlgorithm| algorithm.as_str().to_owned())
            .collect();
        let shown = key.and_then(info);
        let derived = shown.as_ref().and_then(|key| key.kid.clone());
        let deprecated = self.preset.client_tokens.as_ref().map_or(&[][..], |rules| &rules.deprecated);
        AuthenticationView {
            method: self.authentication_method(),
            methods: self
                .preset
                .client_authentication
                .methods
                .iter()
                .map(|method| AuthenticationChoice {
                    method: *method,
                    deprecated: deprecated
                        .iter()
                        .find(|deprecated| deprecated.method == *method)
                        .map(|deprecated| deprecated.reason.clone()),
                })
                .collect(),
            secret_present: secrets.is_some_and(|secrets| secrets.secret.is_some()),
            key: shown.map(|key| key_view(key, now)),
            algorithm: written
                .and_then(|written| written.algorithm.clone())
                .or_else(|| algorithms.first().cloned())
                .unwrap_or_default(),
            algorithms,
            kid: written.and_then(|written| written.kid.clone()).or(derived).unwrap_or_default(),
            audience: self.assertion_audience(),
        }
    }
}

impl Engine {
    pub(super) async fn client_tokens_view(&self, provider: &Provider) -> Result<Option<ClientTokensView>> {
        let Some(rules) = &provider.preset.client_tokens else { return Ok(None) };
        // The first picture does not wait for the key store.
        let session = match self.store_if_open() {
            Some(_) => self.kept_client_token(provider).await?,
            None => None,
        };
        let method = provider.authentication_method();
        // The sandbox has no address before it runs.
        let known = |audience: String| Some(audience).filter(|audience| !audience.starts_with(SANDBOX));
        Ok(Some(ClientTokensView {
            scopes: provider.client_scopes(),
            audience: known(provider.client_audience().unwrap_or_default()),
            default_audience: known(provider.usual_client_audience().unwrap_or_default()),
            deprecated: rules
                .deprecated
                .iter()
                .find(|deprecated| deprecated.method == method)
                .map(|deprecated| deprecated.reason.clone()),
            session: session.map(|session| session.id),
        }))
    }
}

pub(super) fn scope_catalogue(preset: &Preset) -> Vec<ScopeView> {
    preset
        .scopes
        .iter()
        .map(|scope| ScopeView {
            name: scope.name.clone(),
            description: scope.description.clone(),
            client: scope.client,
        })
        .collect()
}

/// What the issuer names and the preset does not.
pub(super) fn scopes_supported(provider: &Provider) -> Vec<String> {
    let supported = provider.metadata.iter().flat_map(|metadata| &metadata.scopes_supported);
    let known = |name: &String| provider.preset.scopes.iter().any(|scope| scope.name == *name);
    supported.filter(|name| is_scope(name) && !known(name)).cloned().collect()
}

pub(super) fn named(values: &BTreeMap<String, String>) -> Vec<NamedValue> {
    values.iter().map(|(name, value)| NamedValue { name: name.clone(), value: value.clone() }).collect()
}

pub(super) fn reserved() -> Vec<ReservedView> {
    let parameters = authorization::RESERVED.iter().map(|reserved| {
        let rows = match reserved.leg {
            Leg::Authorize => ExtraRows::Authorize,
            Leg::Token => ExtraRows::Token,
            Leg::Refresh => ExtraRows::Refresh,
        };
        (rows, reserved.name, reserved.reason)
    });
    let headers = RESERVED_HEADERS.iter().map(|(name, reason)| (ExtraRows::Headers, *name, *reason));
    let view = |(rows, name, reason): (ExtraRows, &str, &str)| ReservedView {
        rows,
        name: name.to_owned(),
        reason: reason.to_owned(),
    };
    parameters.chain(headers).map(view).collect()
}
