//! The client doctor: what a connection's settings say about its requests before any is sent, and which of
//! them could explain a refusal.

mod authentication;
mod client_id;
mod metadata;
mod redirect;
mod scopes;

use std::cmp::Reverse;

use crate::{
    client_assertion::SigningAlgorithm,
    discovery::ProviderMetadata,
    preset::Preset,
    settings::{AuthenticationMethod, StartsWith},
};

/// What is known about a connection, without its secrets.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub preset: &'a Preset,
    pub client_id: &'a str,
    /// Asked for at a user's sign-in.
    pub scopes: &'a [String],
    /// Asked for with a client token.
    pub client_scopes: &'a [String],
    pub redirect_uri: &'a str,
    pub redirect: RedirectKind,
    pub method: AuthenticationMethod,
    pub secret_present: bool,
    /// Absent where none is kept.
    pub key: Option<KeyFacts<'a>>,
    /// Absent where the issuer was not asked.
    pub metadata: Option<&'a ProviderMetadata>,
    /// Unix seconds.
    pub now: i64,
}

/// What is known about the client's private key.
#[derive(Debug, Clone, Copy)]
pub struct KeyFacts<'a> {
    /// Those that the key can sign with.
    pub algorithms: &'a [SigningAlgorithm],
    /// The one that is chosen.
    pub algorithm: SigningAlgorithm,
    /// When its certificate ends, in Unix seconds; absent where it has none.
    pub not_after: Option<i64>,
}

/// How the browser brings a sign-in back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectKind {
    AppLink,
    Loopback,
    Paste,
}

/// Which tokens were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Those of a user's sign-in.
    SignIn,
    /// Those that a refresh brings.
    Refresh,
    /// Those of the client itself.
    ClientToken,
}

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's stable code, the same for each outcome.
    pub code: &'static str,
    /// What it is about.
    pub setting: Setting,
    pub level: Level,
    /// It is an error because the setting is not there yet.
    pub missing: bool,
    /// What holds, or what is wrong.
    pub message: String,
    /// What to do; with a passed check, what could still be wrong.
    pub hint: Option<String>,
    /// The OAuth errors that it could explain.
    pub explains: &'static [&'static str],
}

/// What a person can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    ClientId,
    Authentication,
    Key,
    RedirectUri,
    Scopes,
    ClientScopes,
    Issuer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Passed,
    /// It may be refused.
    Warning,
    /// It cannot work.
    Error,
}

/// Makes every check that applies to the connection, passed ones too, in the order of its settings.
pub fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Nothing is asked of a provider.
    if facts.preset.starts_with == StartsWith::Tokens {
        return findings;
    }
    if facts.preset.token_requests.client_id || facts.method != AuthenticationMethod::None {
        client_id::examine(facts, &mut findings);
        authentication::examine(facts, &mut findings);
    }
    if facts.preset.starts_with == StartsWith::SignIn {
        redirect::examine(facts, &mut findings);
        scopes::examine_user(facts, &mut findings);
    }
    if facts.preset.client_tokens.is_some() {
        scopes::examine_client(facts, &mut findings);
    }
    if let Some(metadata) = facts.metadata {
        metadata::examine(facts, metadata, &mut findings);
    }
    findings
}

/// The findings about what was asked for that could explain an OAuth error, worst first; passed ones last,
/// since each could still be it.
///
/// Among equals, what says how it could still be wrong goes first, and of these what explains few other errors:
/// after `invalid_client` a secret that is there is likelier to be wrong than the client id.
pub fn explain<'f>(oauth_error: &str, asked: Asked, findings: &'f [Finding]) -> Vec<&'f Finding> {
    let explains = |finding: &&Finding| finding.explains.contains(&oauth_error) && finding.concerns(asked);
    let mut found: Vec<_> = findings.iter().filter(explains).collect();
    found.sort_by_key(|finding| (Reverse(finding.level), finding.hint.is_none(), finding.explains.len()));
    found
}

/// One check: its code, the setting it is about, and the OAuth errors it could explain.
#[derive(Debug, Clone, Copy)]
struct Check {
    code: &'static str,
    setting: Setting,
    explains: &'static [&'static str],
}

impl Check {
    fn passed(self, message: impl Into<String>) -> Finding {
        self.finding(Level::Passed, message.into())
    }

    fn warning(self, message: impl Into<String>) -> Finding {
        self.finding(Level::Warning, message.into())
    }

    fn error(self, message: impl Into<String>) -> Finding {
        self.finding(Level::Error, message.into())
    }

    fn missing(self, message: impl Into<String>) -> Finding {
        Finding { missing: true, ..self.error(message) }
    }

    fn finding(self, level: Level, message: String) -> Finding {
        let Self { code, setting, explains } = self;
        Finding { code, setting, level, missing: false, message, hint: None, explains }
    }
}

impl Finding {
    /// Whether it is about a request for such tokens. The client itself is the same in each.
    fn concerns(&self, asked: Asked) -> bool {
        match (self.setting, asked) {
            (Setting::ClientScopes, asked) => asked == Asked::ClientToken,
            (Setting::ClientId | Setting::Authentication | Setting::Key, _) | (_, Asked::SignIn) => true,
            (_, asked) => asked == Asked::Refresh && self.code == metadata::REFRESH_GRANT.code,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [all @ .., last] => {
            let all: Vec<_> = all.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", all.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests;
