//! One verdict about a token, and the words for it.

use serde::{Deserialize, Serialize};

use crate::{
    claims::{Claims, numeric_date},
    text::{plain, utc},
};

/// What was compared, how it came out, and what the specification says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The claim or member, such as `at_hash`; `format` for a token that cannot be read.
    pub name: String,
    pub title: String,
    pub outcome: Outcome,
    /// The stable reason code of a failure, such as `id_token_nonce_mismatch`.
    pub code: Option<String>,
    pub expected: String,
    pub got: String,
    /// Why it matters; before that, for a skipped one, why it was skipped.
    pub why: String,
    /// Such as `OIDC Core 3.1.3.7 (6)`.
    pub section: String,
    /// What to do about a failure, or to have a skipped check made.
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// What reason codes begin with.
const KINDS: [&str; 5] = ["id_token", "access_token", "logout_token", "client_assertion", "jwt"];

impl Check {
    /// A failure as the end of a sentence about the token, such as `it expired at 2019-12-12 08:26:38 UTC`.
    pub fn in_words(&self, claims: &Claims) -> String {
        let seconds = |name: &str| numeric_date(claims.get(name)?.as_number()?);
        let time = |name: &str| seconds(name).map_or_else(String::new, utc);
        match self.reason() {
            "expired" => format!("it expired at {}", time("exp")),
            "not_yet_valid" => format!("it is not valid before {}", time("nbf")),
            "iat_in_future" => format!("it was issued in the future, at {}", time("iat")),
            "alg_none" | "signature_missing" => "nobody has signed it".to_owned(),
            "unknown_kid" | "no_fitting_key" => {
                "its key is not among the keys it was checked with".to_owned()
            }
            "signature_invalid" => "its signature does not fit".to_owned(),
            _ => plain(&format!("its {} is wrong (expected {}, got {})", self.name, self.expected, self.got)),
        }
    }

    /// The reason code without the kind of token before it, such as `nonce_mismatch`; empty where nothing failed.
    pub(crate) fn reason(&self) -> &str {
        let code = self.code.as_deref().unwrap_or_default();
        KINDS.iter().find_map(|kind| code.strip_prefix(kind)?.strip_prefix('_')).unwrap_or(code)
    }
}

/// What is the same for every outcome of one check.
#[derive(Clone, Copy)]
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) section: &'static str,
    pub(super) why: &'static str,
}

impl Topic {
    pub(super) fn passed(self, expected: impl Into<String>, got: impl Into<String>) -> Check {
        self.check(Outcome::Passed, expected.into(), got.into())
    }

    /// `reason` is one sentence.
    pub(super) fn skipped(
        self,
        reason: &str,
        expected: impl Into<String>,
        got: impl Into<String>,
        hint: Option<&str>,
    ) -> Check {
        let mut check = self.check(Outcome::Skipped, expected.into(), got.into());
        check.why = format!("{reason} {}", self.why);
        check.hint = hint.map(str::to_owned);
        check
    }

    pub(super) fn failed(
        self,
        code: &str,
        expected: impl Into<String>,
        got: impl Into<String>,
        hint: &str,
    ) -> Check {
        let mut check = self.check(Outcome::Failed, expected.into(), got.into());
        check.code = Some(format!("id_token_{code}"));
        check.hint = Some(hint.to_owned());
        check
    }

    fn check(self, outcome: Outcome, expected: String, got: String) -> Check {
        Check {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            outcome,
            code: None,
            expected,
            got: if got.is_empty() { "an empty text".to_owned() } else { got },
            why: self.why.to_owned(),
            section: self.section.to_owned(),
            hint: None,
        }
    }
}
