//! What is wrong with a client or its redirect, found before anything is sent or after a refusal.

use bobbin_protocol::{
    client_assertion::SigningAlgorithm,
    doctor::{self, Facts, Finding, KeyFacts, Level, RedirectKind, Setting, examine, explain},
    http::is_protected,
    private_key::expiry_warning,
    settings::StartsWith,
};
use bobbin_store::ClientSecrets;
use url::Url;

use crate::{
    Engine, Error, Result,
    client_auth::{info, private_key},
    loopback::Place,
    provider::Provider,
    view::{
        Asked, CheckOutcome, EndpointKind, EndpointSource, ErrorCode, FindingLevel, FindingView, KeyView,
        LinkRegistration, Problem, RedirectCheck, RedirectMethod,
    },
};

impl Engine {
    /// The checks that could explain a failure, by its code, worst first; none where no OAuth error came.
    pub async fn client_doctor(&self, slug: &str, code: &str, asked: Asked) -> Result<Vec<FindingView>> {
        let Some(error) = oauth_error(code) else { return Ok(Vec::new()) };
        let provider = self.provider_at_rest(slug)?;
        let secrets = self.client_secrets(slug).await?;
        let findings = findings(&provider, Some(&secrets), self.now());
        let asked = match asked {
            Asked::SignIn => doctor::Asked::SignIn,
            Asked::Refresh => doctor::Asked::Refresh,
            Asked::ClientToken => doctor::Asked::ClientToken,
        };
        Ok(explain(error, asked, &findings).into_iter().map(finding_view).collect())
    }

    /// What stands in the way of a client token.
    pub(crate) async fn problems_for_client_token(&self, provider: &Provider) -> Result<Vec<Problem>> {
        let secrets = self.client_secrets(provider.slug()).await?;
        let mut findings = findings(provider, Some(&secrets), self.now());
        findings.retain(|finding| {
            use Setting::{Authentication, ClientId, ClientScopes, Key};
            matches!(finding.setting, ClientId | ClientScopes | Authentication | Key)
        });
        Ok(problems(&findings))
    }

    /// Whether the browser will find its way back, and what to do where it will not.
    pub async fn redirect_doctor(
        &self,
        slug: &str,
        registration: impl FnOnce(&str) -> LinkRegistration,
    ) -> Result<Vec<RedirectCheck>> {
        let provider = self.provider_at_rest(slug)?;
        // What cannot be a redirect URI is neither tried nor to be registered.
        let findings = findings(&provider, None, self.now());
        let wrong =
            |finding: &Finding| finding.setting == Setting::RedirectUri && finding.level == Level::Error;
        if let Some(finding) = findings.into_iter().find(wrong) {
            return Ok(vec![RedirectCheck {
                title: "What to register".to_owned(),
                outcome: CheckOutcome::Failed,
                message: finding.message,
                hint: finding.hint,
                repairable: false,
            }]);
        }
        let Some(redirect) = &provider.file.redirect else { return Ok(Vec::new()) };
        let uri = redirect.uri.as_str();
        let mut checks = Vec::new();
        match redirect.method {
            RedirectMethod::AppLink => checks.push(app_link(uri, registration)),
            RedirectMethod::Loopback => checks.push(self.port(uri).await),
            RedirectMethod::Paste => {}
        }
        checks.push(RedirectCheck {
            title: "Register with the client".to_owned(),
            outcome: CheckOutcome::Passed,
            message: match Place::of(uri) {
                Some(_) if loopback_port(uri).is_none() => format!(
                    "{uri} with any port. A provider that compares the whole URI refuses it: give it a fixed port then."
                ),
                _ => format!("{uri}, character by character."),
            },
            hint: None,
            repairable: false,
        });
        Ok(checks)
    }
}

/// Every finding about the connection; `secrets` is `None` while the key store was not asked yet.
pub(crate) fn findings(provider: &Provider, secrets: Option<&ClientSecrets>, now: i64) -> Vec<Finding> {
    let key = secrets.and_then(|secrets| secrets.key.as_ref());
    let private = key.and_then(|key| private_key(key).ok());
    let view = key.and_then(info);
    let algorithms = private.as_ref().map_or(&[][..], |key| key.algorithms());
    let written = provider.file.authentication.as_ref().and_then(|it| it.algorithm.as_deref());
    let chosen = match written {
        Some(written) => [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256, SigningAlgorithm::Es256]
            .into_iter()
            .find(|algorithm| algorithm.as_str() == written),
        None => algorithms.first().copied(),
    };
    let client_scopes = provider.client_scopes();
    let redirect = provider.file.redirect.as_ref();
    let facts = Facts {
        preset: provider.preset,
        client_id: provider.client_id(),
        scopes: &provider.file.scopes,
        client_scopes: &client_scopes,
        redirect_uri: redirect.map_or("", |redirect| redirect.uri.as_str()),
        redirect: match redirect.map(|redirect| redirect.method) {
            Some(RedirectMethod::AppLink) => RedirectKind::AppLink,
            Some(RedirectMethod::Loopback) => RedirectKind::Loopback,
            Some(RedirectMethod::Paste) | None => RedirectKind::Paste,
        },
        method: provider.authentication_method(),
        secret_present: secrets.is_some_and(|secrets| secrets.secret.is_some()),
        key: chosen.filter(|_| private.is_some()).map(|algorithm| KeyFacts {
            algorithms,
            algorithm,
            not_after: view.as_ref().and_then(|view| view.certificate.as_ref()).map(|it| it.not_after / 1000),
        }),
        metadata: provider.metadata.as_deref(),
        now: now / 1000,
    };
    let mut findings = examine(&facts);
    for finding in findings.iter_mut().filter(|finding| finding.level == Level::Error) {
        let unreadable = secrets.map(|secrets| secrets.unreadable).unwrap_or_default();
        let (code, what) = match finding.setting {
            Setting::Authentication if unreadable.secret => ("client_secret_readable", "client secret"),
            Setting::Key if unreadable.key => ("private_key_readable", "private key"),
            _ => continue,
        };
        finding.code = code;
        finding.missing = false;
        finding.message = format!("The kept {what} cannot be read; enter it again.");
        finding.hint = Some(
            "It was changed outside Bobbin, or sealed with another key. It was left as it is.".to_owned(),
        );
    }
    if secrets.is_none() {
        findings.retain(|finding| !matches!(finding.setting, Setting::Authentication | Setting::Key));
    }
    findings
}

/// The field of the connection's form that a setting stands in.
fn field(setting: Setting) -> &'static str {
    match setting {
        Setting::ClientId => "clientId",
        Setting::Authentication => "authentication",
        Setting::Key => "key",
        Setting::RedirectUri => "redirectUri",
        Setting::Scopes => "scopes",
        Setting::ClientScopes => "clientScopes",
        Setting::Issuer => "issuer",
    }
}

/// The findings that stand in the way, as the form shows them at its fields.
pub(crate) fn problems(findings: &[Finding]) -> Vec<Problem> {
    let wrong = findings.iter().filter(|finding| finding.level != Level::Passed);
    wrong
        .map(|finding| Problem {
            field: field(finding.setting).to_owned(),
            message: finding.message.clone(),
            warning: finding.level == Level::Warning,
            missing: finding.missing,
            noted: matches!(finding.code, "certificate_expiry" | "client_tokens_deprecated"),
        })
        .collect()
}

/// Endpoints that a sign-in needs and that are missing or no URLs.
pub(crate) fn endpoint_problems(provider: &Provider) -> Vec<Problem> {
    let mut problems = Vec::new();
    for endpoint in provider.endpoints() {
        let needed = match endpoint.kind {
            EndpointKind::Token => provider.preset.starts_with != StartsWith::Tokens,
            EndpointKind::Authorization => provider.signs_in(),
            EndpointKind::Issuer | EndpointKind::Jwks => provider.signs_in() && provider.preset.openid,
            _ => false,
        };
        // Filled in by the sandbox's start or the issuer's metadata.
        let later = endpoint.source == EndpointSource::Sandbox
            || (provider.preset.discovery
                && provider.metadata.is_none()
                && endpoint.kind != EndpointKind::Issuer);
        let url = endpoint.url.as_deref().map(Url::parse);
        let message = match &url {
            Some(Err(_)) => format!("{} is not a URL.", endpoint.name),
            Some(Ok(url)) if !is_protected(url) => {
                format!(
                    "{} is not an https URL: tokens go over https, or stay on this computer.",
                    endpoint.name
                )
            }
            None if needed && !later => format!("{} is missing.", endpoint.name),
            _ => continue,
        };
        let missing = url.is_none();
        problems.push(Problem { field: endpoint.name, message, warning: false, missing, noted: false });
    }
    problems
}

pub(crate) fn refuse_client_token(problems: &[Problem]) -> Result<()> {
    let Some(problem) = problems.iter().find(|problem| !problem.warning) else { return Ok(()) };
    Err(Error::new("connection_incomplete", problem.message.clone())
        .hint("Correct it in the connection, then ask for the token again."))
}

pub(crate) fn finding_view(finding: &Finding) -> FindingView {
    FindingView {
        code: finding.code.to_owned(),
        field: field(finding.setting).to_owned(),
        level: match finding.level {
            Level::Passed => FindingLevel::Passed,
            Level::Warning => FindingLevel::Warning,
            Level::Error => FindingLevel::Error,
        },
        message: finding.message.clone(),
        hint: finding.hint.clone(),
    }
}

/// A kept key with what is to be said about it now.
pub(crate) fn key_view(mut key: KeyView, now: i64) -> KeyView {
    let not_after = key.certificate.as_ref().map(|certificate| certificate.not_after / 1000);
    key.warning = not_after.and_then(|not_after| expiry_warning(not_after, now / 1000));
    key
}

/// The OAuth error behind an error code of ours, where our own settings could be what it is about.
fn oauth_error(code: &str) -> Option<&'static str> {
    match code {
        "token_invalid_client" => Some("invalid_client"),
        "token_unauthorized_client" => Some("unauthorized_client"),
        "token_invalid_scope" => Some("invalid_scope"),
        "token_invalid_grant" => Some("invalid_grant"),
        // Whatever the authorization endpoint says, it is the client that it refuses.
        _ if code == <&str>::from(ErrorCode::AuthorizationDeclined) => Some("invalid_client"),
        _ => None,
    }
}

fn app_link(uri: &str, registration: impl FnOnce(&str) -> LinkRegistration) -> RedirectCheck {
    let scheme = uri.split(':').next().unwrap_or_default().to_owned();
    let mut title = format!("{scheme} links open Bobbin");
    let (outcome, message, hint, repairable) = match registration(&scheme) {
        LinkRegistration::Registered => {
            (CheckOutcome::Passed, "This computer opens them with this Bobbin.".to_owned(), None, false)
        }
        LinkRegistration::NotRegistered { detail, hint, repairable } => {
            (CheckOutcome::Failed, detail, Some(hint), repairable)
        }
        LinkRegistration::OtherProfile => {
            title = format!("{scheme} links open this profile");
            (
                CheckOutcome::Failed,
                "App links open the default profile, and this one has another data folder.".to_owned(),
                Some("Choose Loopback or Paste, or paste the callback.".to_owned()),
                false,
            )
        }
        LinkRegistration::NotNeeded | LinkRegistration::Unknown => (
            CheckOutcome::Skipped,
            "The system was not asked yet, or cannot tell.".to_owned(),
            Some("If the browser does not come back, paste the callback.".to_owned()),
            false,
        ),
    };
    RedirectCheck { title, outcome, message, hint, repairable }
}

impl Engine {
    async fn port(&self, uri: &str) -> RedirectCheck {
        let title = match loopback_port(uri) {
            Some(port) => format!("Port {port} is free"),
            None => "A free port is taken at each sign-in".to_owned(),
        };
        let (outcome, message, hint) = match self.bind(uri).await {
            Ok(bound) => (CheckOutcome::Passed, format!("Bobbin can listen at {}.", bound.uri()), None),
            Err(error) => {
                let detail = error.view().detail.clone().unwrap_or_default();
                (
                    CheckOutcome::Failed,
                    format!("{error} {detail}").trim_end().to_owned(),
                    error.view().hint.clone(),
                )
            }
        };
        RedirectCheck { title, outcome, message, hint, repairable: false }
    }
}

fn loopback_port(uri: &str) -> Option<u16> {
    Place::of(uri)?.port()
}
