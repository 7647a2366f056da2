//! Why a token endpoint's reply cannot be used, and what to do about it.

/// A reply of the token or revocation endpoint that gives no tokens.
///
/// Texts of the server in it are one bounded line each; secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// An OAuth error object (RFC 6749 section 5.2).
    #[error("The server answered {error}{}", sentence(description.as_deref()))]
    OAuth { status: u16, error: String, description: Option<String>, uri: Option<String> },
    /// An error object of the provider's own shape, with its own message.
    #[error("The server answered: {}", ended(message))]
    Provider {
        status: u16,
        /// A word for it, such as `UNAUTHORIZED`.
        label: Option<String>,
        message: String,
        /// What the provider's support asks for.
        trace_id: Option<String>,
        /// The provider says by it what others say by `invalid_grant`.
        invalid_grant: bool,
    },
    /// 429, with the seconds of its `Retry-After`.
    #[error("The server asks for fewer requests (429 Too Many Requests).")]
    TooManyRequests { retry_after: Option<u64> },
    #[error("The server answered {status} without an error that Bobbin can read.")]
    Status { status: u16, excerpt: String },
    #[error("The server answered with a redirect ({status}), which is never followed with a code or token.")]
    Redirect { status: u16, location: Option<String> },
    #[error("The server's reply is larger than 1 MiB.")]
    TooLarge,
    #[error("The server answered {status} with an empty body.")]
    Empty { status: u16 },
    #[error("The server answered with an HTML page instead of JSON.")]
    Html { status: u16, excerpt: String },
    #[error("The server's reply is not JSON.")]
    NotJson { status: u16, excerpt: String },
    /// The `Content-Encoding` of a body that is no text.
    #[error("The server's reply is encoded as {coding}, and cannot be decoded as that.")]
    Encoded { status: u16, coding: String },
    #[error("The server's reply is {kind}, where a JSON object belongs.")]
    NotAnObject { kind: &'static str },
    #[error("The server's reply holds {0} twice, so that it could mean two things.")]
    Duplicate(String),
    #[error("The server's reply has no access_token (RFC 6749 section 5.1).")]
    NoAccessToken,
    #[error("The server's {name} is {kind}, where {expected} belongs (RFC 6749 section 5.1).")]
    WrongType { name: &'static str, kind: &'static str, expected: &'static str },
    #[error("The access token holds characters that no header can carry (RFC 6749 appendix A.12).")]
    AccessTokenCharacters,
    #[error("The server gave no id_token, although openid was asked for (OIDC Core 3.1.3.3).")]
    NoIdToken,
}

impl TokenError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OAuth { error, .. } => match error.as_str() {
                "invalid_grant" => "token_invalid_grant",
                "invalid_client" => "token_invalid_client",
                "unauthorized_client" => "token_unauthorized_client",
                "invalid_scope" => "token_invalid_scope",
                "invalid_request" => "token_invalid_request",
                "unsupported_grant_type" => "token_unsupported_grant_type",
                _ => "token_oauth_error",
            },
            Self::Provider { .. } if self.oauth_error().is_some() => "token_invalid_grant",
            Self::Provider { .. } => "token_provider_error",
            Self::TooManyRequests { .. } => "token_too_many_requests",
            Self::Status { status, .. } if *status >= 500 => "token_server_error",
            Self::Status { .. } => "token_unexpected_status",
            Self::Redirect { .. } => "token_redirect",
            Self::TooLarge => "token_reply_too_large",
            Self::Empty { .. } => "token_reply_empty",
            Self::Html { .. } => "token_reply_html",
            Self::NotJson { .. } => "token_reply_not_json",
            Self::Encoded { .. } => "token_reply_encoded",
            Self::NotAnObject { .. } => "token_reply_not_an_object",
            Self::Duplicate(_) => "token_reply_duplicate_member",
            Self::NoAccessToken => "token_access_token_missing",
            Self::WrongType { .. } => "token_reply_wrong_type",
            Self::AccessTokenCharacters => "token_access_token_characters",
            Self::NoIdToken => "token_id_token_missing",
        }
    }

    /// The OAuth error of the reply, also where the provider says `invalid_grant` in its own way.
    pub fn oauth_error(&self) -> Option<&str> {
        match self {
            Self::OAuth { error, .. } => Some(error),
            Self::Provider { invalid_grant: true, .. } => Some("invalid_grant"),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::OAuth { .. } | Self::Provider { .. } => oauth_hint(self.oauth_error()),
            Self::TooManyRequests { retry_after: Some(seconds) } => {
                return format!("Wait {}, then try again.", crate::text::duration(*seconds));
            }
            Self::TooManyRequests { retry_after: None } => "Wait a minute, then try again.",
            Self::Status { status, .. } | Self::Empty { status } if *status >= 500 => {
                "The provider has a problem of its own. Wait a few minutes before you try again."
            }
            Self::Status { .. }
            | Self::Redirect { .. }
            | Self::Html { .. }
            | Self::NotJson { .. }
            | Self::Empty { .. }
            | Self::NotAnObject { .. } => {
                "Compare the endpoint's address with the provider's documentation. A proxy or a login page in between can also answer like this."
            }
            Self::TooLarge
            | Self::Duplicate(_)
            | Self::NoAccessToken
            | Self::WrongType { .. }
            | Self::AccessTokenCharacters => {
                "The server breaks the specification here. Tell the provider, with the exchange from the Wire drawer."
            }
            Self::Encoded { .. } => {
                "Bobbin asked for an unencoded reply, and decodes gzip, deflate, br and zstd. A proxy or front end can encode like this: tell whoever runs it."
            }
            Self::NoIdToken => {
                "Without it nobody can say who signed in. Check that the client may use the openid scope."
            }
        };
        hint.to_owned()
    }

    /// What the server sent, short and masked.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::OAuth { status, uri, .. } => Some(match uri {
                Some(uri) => format!("HTTP {status}, more at {uri}"),
                None => format!("HTTP {status}"),
            }),
            Self::Provider { status, label, trace_id, .. } => {
                let mut detail = format!("HTTP {status}");
                if let Some(label) = label {
                    detail = format!("{detail}, {label}");
                }
                if let Some(trace_id) = trace_id {
                    detail = format!("{detail}, traceId {trace_id}");
                }
                Some(detail)
            }
            Self::Encoded { status, coding } => Some(format!("HTTP {status}, Content-Encoding: {coding}")),
            Self::Redirect { location, .. } => {
                location.as_ref().map(|location| format!("Location: {location}"))
            }
            Self::Status { status, excerpt }
            | Self::Html { status, excerpt }
            | Self::NotJson { status, excerpt } => Some(if excerpt.is_empty() {
                format!("HTTP {status}")
            } else {
                format!("HTTP {status}: {excerpt}")
            }),
            _ => None,
        }
    }
}

fn oauth_hint(error: Option<&str>) -> &'static str {
    match error {
        Some("invalid_grant") => {
            "The code or refresh token is used up, too old, or was given to another client or redirect URI. Sign in again."
        }
        Some("invalid_client") => {
            "Compare the client id with the provider's registration. A test client on a live connection, or the reverse, answers like this; so does client authentication that is missing, wrong or out of date."
        }
        Some("unauthorized_client") => {
            "The client may not use this grant. Ask the provider to allow it for this client: the authorization code with PKCE, refresh tokens if you use offline_access, or client credentials for client tokens."
        }
        Some("invalid_scope") => {
            "Remove the scopes that this client may not use, and stay below the server's limit of characters."
        }
        Some("invalid_request") => {
            "The server misses something or does not accept its form. Compare the request in the Wire drawer with the provider's documentation."
        }
        Some("unsupported_token_type") => {
            "The server does not revoke tokens of this kind (RFC 7009 section 2.2.1)."
        }
        Some("unsupported_grant_type") => "Compare token_endpoint with the provider's documentation.",
        Some("server_error" | "temporarily_unavailable") => {
            "The provider has a problem of its own. Try again in a few minutes."
        }
        _ => {
            "The message is the provider's own. Its support can say more, with the exchange from the Wire drawer."
        }
    }
}

/// `: Description.` or just the full stop.
fn sentence(description: Option<&str>) -> String {
    description.map_or_else(|| ".".to_owned(), |text| format!(": {}", ended(text)))
}

fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}
