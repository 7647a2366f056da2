//! How errors cross to the page.

use serde::Serialize;
use ts_rs::TS;

macro_rules! error_codes {
    ($($variant:ident = $code:literal,)*) => {
        /// The codes that the engine or the page decides by; every other one is only shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
        #[ts(export)]
        pub enum ErrorCode {
            $(#[serde(rename = $code)] $variant,)*
        }

        impl From<ErrorCode> for &'static str {
            fn from(code: ErrorCode) -> Self {
                match code {
                    $(ErrorCode::$variant => $code,)*
                }
            }
        }
    };
}

error_codes! {
    AuthorizationDeclined = "authorization_declined",
    ConnectionChangedOutside = "connection_changed_outside",
    ConnectionDeletedInPart = "connection_deleted_in_part",
    ConnectionLost = "connection_lost",
    EndpointChanged = "endpoint_changed",
    GraphqlUnauthenticated = "graphql_unauthenticated",
    HeaderNameInvalid = "header_name_invalid",
    HeaderReserved = "header_reserved",
    HeaderValueInvalid = "header_value_invalid",
    KeyPassphraseMissing = "key_passphrase_missing",
    KeyPassphraseWrong = "key_passphrase_wrong",
    MetadataCancelled = "metadata_cancelled",
    ParameterReserved = "parameter_reserved",
    RunCancelled = "run_cancelled",
    SecretInFile = "secret_in_file",
    ServerTimedOut = "server_timed_out",
    ServerUnreachable = "server_unreachable",
    SessionOvertaken = "session_overtaken",
    SessionUnknown = "session_unknown",
    SessionUnsaved = "session_unsaved",
    SignInOver = "sign_in_over",
    StoreDamaged = "store_damaged",
    UserinfoSubMismatch = "userinfo_sub_mismatch",
    VariablesMalformed = "variables_malformed",
    WaitCancelled = "wait_cancelled",
}

/// How every error crosses to the page, which decides by `code` and never by text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ErrorView {
    pub code: String,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// What the other side said, masked; shown folded.
    pub detail: Option<String>,
    /// The id of the question that it asks, which a yes names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<String>,
}

impl ErrorView {
    pub fn new<'a>(code: impl Into<&'a str>, message: impl Into<String>) -> Self {
        Self {
            code: code.into().to_owned(),
            message: message.into(),
            hint: None,
            detail: None,
            question: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: Option<String>) -> Self {
        self.detail = detail;
        self
    }
}
