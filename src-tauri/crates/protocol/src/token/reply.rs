//! Reading a token endpoint's reply.

use secrecy::SecretString;
use serde_json::Value;

use super::{TokenError, members};
use crate::{
    Map,
    http::HttpReply,
    json::{self, JsonError, display, kind},
    preset::ErrorShape,
    text::{excerpt, mask, names_a_secret, plain},
};

/// A larger body is refused, in bytes.
pub const MAX_LENGTH: usize = 1024 * 1024;

/// Longer lifetimes are cut to this, in seconds (100 years), so that no clock overflows.
pub const MAX_EXPIRES_IN: u64 = 100 * 365 * 86_400;

/// A successful reply (RFC 6749 section 5.1, `OpenID` Connect Core 3.1.3.3).
#[derive(Debug, Clone)]
pub struct TokenReply {
    pub access_token: SecretString,
    /// As the server wrote it; `Bearer` in any case.
    pub token_type: String,
    /// Seconds from the reply on; absent where the lifetime is unknown.
    pub expires_in: Option<u64>,
    /// Absent on a refresh: the old one stays.
    pub refresh_token: Option<SecretString>,
    /// A refresh token came that is no string: the server may have replaced the old one by it.
    pub refresh_token_unusable: bool,
    pub id_token: Option<SecretString>,
    /// The granted scopes; absent where they are those that were asked for.
    pub scope: Option<Vec<String>>,
    /// Members that no specification names, for display: strings as they are, all else as JSON.
    pub extra: Vec<(String, String)>,
    /// What was unusual and accepted, one sentence each.
    pub warnings: Vec<String>,
}

impl TokenReply {
    /// The `id_token`, which a code exchange must give where `openid` was asked for.
    pub fn require_id_token(&self) -> Result<&SecretString, TokenError> {
        self.id_token.as_ref().ok_or(TokenError::NoIdToken)
    }
}

/// Reads the reply to a request for tokens. `shape` is the provider's own error object.
pub fn process_token_reply(reply: &HttpReply, shape: &ErrorShape) -> Result<TokenReply, TokenError> {
    if !(200..300).contains(&reply.status) {
        return Err(refused(reply, shape));
    }
    if reply.body.len() > MAX_LENGTH {
        return Err(TokenError::TooLarge);
    }
    let mut warnings = Vec::new();
    let text_of_body = members::text(&reply.body);
    warnings.extend(text_of_body.warning.map(str::to_owned));
    let members = members::read(&text_of_body.json, &mut warnings).map_err(|_| not_an_object(reply))??;
    refuse_error(reply, &members, shape)?;
    if !reply.media_type().is_some_and(|media_type| is_json(&media_type)) {
        let content_type = reply.header("content-type").map_or_else(|| "missing".to_owned(), plain);
        warnings.push(format!("The reply is JSON, but its Content-Type is {content_type}."));
    }
    let access_token = text(&members, "access_token")?.ok_or(TokenError::NoAccessToken)?;
    if !access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenError::AccessTokenCharacters);
    }
    Ok(TokenReply {
        access_token: access_token.into(),
        token_type: token_type(&members, &mut warnings),
        expires_in: expires_in(&members, &mut warnings),
        refresh_token_unusable: text(&members, "refresh_token").is_err(),
        refresh_token: optional(&members, "refresh_token", &mut warnings).map(Into::into),
        id_token: optional(&members, "id_token", &mut warnings).map(Into::into),
        scope: scope(&members, &mut warnings),
        extra: extra(&members),
        warnings,
    })
}

/// Whether Bobbin can send tokens of this type (RFC 6750).
pub fn is_bearer(token_type: &str) -> bool {
    token_type.eq_ignore_ascii_case("bearer")
}

/// Reads the reply to a revocation: 200, also for a token that the server does not know (RFC 7009 section 2.2).
pub fn process_revocation_reply(reply: &HttpReply, shape: &ErrorShape) -> Result<(), TokenError> {
    match reply.status {
        200..300 => Ok(()),
        _ => Err(refused(reply, shape)),
    }
}

/// The object of a reply that is no error.
pub(crate) fn success(reply: &HttpReply, shape: &ErrorShape) -> Result<Map, TokenError> {
    if !(200..300).contains(&reply.status) {
        return Err(refused(reply, shape));
    }
    if reply.body.len() > MAX_LENGTH {
        return Err(TokenError::TooLarge);
    }
    let members = object(reply)?;
    refuse_error(reply, &members, shape)?;
    Ok(members)
}

/// An error object is one with any status.
fn refuse_error(reply: &HttpReply, members: &Map, shape: &ErrorShape) -> Result<(), TokenError> {
    match members.get("error").filter(|error| !error.is_null()) {
        Some(_) => Err(provider_error(reply, members, shape)),
        None => Ok(()),
    }
}

fn object(reply: &HttpReply) -> Result<Map, TokenError> {
    json::read_object(&reply.body).map_err(|error| match error {
        JsonError::Duplicate(name) => TokenError::Duplicate(plain(&name)),
        _ => not_an_object(reply),
    })
}

/// Why a body is no JSON object.
fn not_an_object(reply: &HttpReply) -> TokenError {
    let status = reply.status;
    if reply.body.trim_ascii().is_empty() {
        return TokenError::Empty { status };
    }
    // A proxy in front of the server may encode what was asked for as it is.
    let coding = reply.header("content-encoding").filter(|coding| !coding.eq_ignore_ascii_case("identity"));
    if let Some(coding) = coding.filter(|_| std::str::from_utf8(&reply.body).is_err()) {
        return TokenError::Encoded { status, coding: plain(coding) };
    }
    if let Err(JsonError::NotAnObject(kind)) = json::read_object(&reply.body) {
        return TokenError::NotAnObject { kind };
    }
    let excerpt = excerpt(&reply.body);
    let html = reply.media_type().is_some_and(|media_type| media_type.contains("html"));
    if html || excerpt.starts_with('<') {
        TokenError::Html { status, excerpt }
    } else {
        TokenError::NotJson { status, excerpt }
    }
}

/// The error in a reply whose status is not a success.
fn refused(reply: &HttpReply, shape: &ErrorShape) -> TokenError {
    let status = reply.status;
    if reply.is_redirect() {
        // Only where to: the query can hold anything.
        let location = reply.header("location").map(|location| {
            let end = location.find(['?', '#']).unwrap_or(location.len());
            mask(&plain(&location[..end]))
        });
        return TokenError::Redirect { status, location };
    }
    if status == 429 {
        return TokenError::TooManyRequests { retry_after: retry_after(reply) };
    }
    if reply.body.len() > MAX_LENGTH {
        return TokenError::TooLarge;
    }
    match object(reply) {
        Ok(members) => provider_error(reply, &members, shape),
        Err(TokenError::Html { excerpt, .. } | TokenError::NotJson { excerpt, .. }) if status >= 500 => {
            TokenError::Status { status, excerpt }
        }
        Err(error) => error,
    }
}

/// How many seconds the server asks to wait before the next try: 429 and 503 can (RFC 9110 section 10.2.3).
pub fn retry_after(reply: &HttpReply) -> Option<u64> {
    let asked = reply.header("retry-after").filter(|_| matches!(reply.status, 429 | 503))?.trim();
    asked.parse().ok().or_else(|| {
        // A date is by the server's clock, which the reply has, too.
        let date = |text: &str| httpdate::parse_http_date(text.trim()).ok();
        let until = date(asked)?.duration_since(date(reply.header("date")?)?);
        Some(until.unwrap_or_default().as_secs())
    })
}

fn provider_error(reply: &HttpReply, members: &Map, shape: &ErrorShape) -> TokenError {
    let status = reply.status;
    let text = |name: &str| members.get(name)?.as_str().filter(|text| !text.is_empty());
    let shown = |name: &str| text(name).map(|text| mask(&plain(text)));
    let own = |name: &Option<String>| name.as_deref().and_then(shown);
    // Beside the provider's own member those of RFC 9457 and of most others.
    let message = own(&shape.message).or_else(|| ["message", "detail", "title"].into_iter().find_map(shown));
    if let Some(error) = members.get("error").and_then(Value::as_str) {
        return TokenError::OAuth {
            status,
            error: plain(error),
            description: shown("error_description").or(message),
            uri: shown("error_uri"),
        };
    }
    if let Some(message) = message.or_else(|| field_messages(members)) {
        let fits = |name: &Option<String>| name.as_deref().is_none_or(|name| text(name).is_some());
        return TokenError::Provider {
            status,
            label: own(&shape.label),
            message,
            // Not masked: it is there to be passed on.
            trace_id: shape.trace_id.as_deref().and_then(text).map(plain),
            invalid_grant: shape.invalid_grant_statuses.contains(&status)
                && fits(&shape.message)
                && fits(&shape.label),
        };
    }
    TokenError::Status { status, excerpt: excerpt(&reply.body) }
}

/// At most so many fields are told of.
const MAX_MESSAGES: usize = 20;

/// Stitch's shape for a bad parameter: `{"redirect_uri":["Invalid redirect_uri. …"]}`.
fn field_messages(members: &Map) -> Option<String> {
    let messages: Vec<String> = members
        .iter()
        .filter_map(|(name, value)| {
            let texts: Option<Vec<_>> = value.as_array()?.iter().map(Value::as_str).collect();
            let text = texts.filter(|texts| !texts.is_empty())?.join(" ");
            Some(format!("{}: {}", plain(name), mask(&plain(&text))))
        })
        .take(MAX_MESSAGES)
        .collect();
    (!messages.is_empty()).then(|| messages.join(" "))
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

/// A member that is text; null and the empty string count as absent.
fn text<'a>(members: &'a Map, name: &'static str) -> Result<Option<&'a str>, TokenError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(other) => Err(TokenError::WrongType { name, kind: kind(other), expected: "a string" }),
    }
}

/// A member that a reply may lack; of another type it counts as absent.
fn optional<'a>(members: &'a Map, name: &'static str, warnings: &mut Vec<String>) -> Option<&'a str> {
    text(members, name).unwrap_or_else(|_| {
        let kind = members.get(name).map_or("absent", kind);
        warnings.push(format!("{name} is {kind}, where a string belongs, and was left out."));
        None
    })
}

fn token_type(members: &Map, warnings: &mut Vec<String>) -> String {
    let Some(written) = optional(members, "token_type", warnings) else {
        warnings.push("The reply has no token_type; the access token is used as a Bearer token.".to_owned());
        return "Bearer".to_owned();
    };
    if !is_bearer(written) {
        warnings.push(format!(
            "The token type is {}: the tokens are kept, but Bobbin can send Bearer tokens only (RFC 6750).",
            plain(written)
        ));
    }
    written.to_owned()
}

fn expires_in(members: &Map, warnings: &mut Vec<String>) -> Option<u64> {
    let unknown = "so the access token's lifetime is unknown.";
    let written = match members.get("expires_in") {
        None | Some(Value::Null) => {
            warnings.push(format!("The reply has no expires_in, {unknown}"));
            return None;
        }
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => {
            warnings.push("expires_in is a string, where a number belongs.".to_owned());
            text.trim().to_owned()
        }
        Some(other) => {
            warnings.push(format!("expires_in is {}, {unknown}", kind(other)));
            return None;
        }
    };
    let whole = written.strip_suffix(".0").unwrap_or(&written);
    if !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only digits, so that what does not parse is too large.
        return Some(lifetime(whole.parse().unwrap_or(u64::MAX), whole, warnings));
    }
    match written.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds >= 1.0 => {
            warnings
                .push(format!("expires_in is {}, which is rounded down to whole seconds.", plain(&written)));
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float saturates")]
            let seconds = seconds as u64;
            Some(lifetime(seconds, &written, warnings))
        }
        Ok(seconds) if seconds.is_finite() => Some(lifetime(0, &written, warnings)),
        _ => {
            warnings.push(format!("expires_in is {}, {unknown}", plain(&format!("\"{written}\""))));
            None
        }
    }
}

fn lifetime(seconds: u64, written: &str, warnings: &mut Vec<String>) -> u64 {
    if seconds == 0 {
        warnings.push(format!("expires_in is {}, so the access token has expired already.", plain(written)));
    } else if seconds > MAX_EXPIRES_IN {
        warnings.push(format!("expires_in is {}, which is counted as 100 years.", plain(written)));
    }
    seconds.min(MAX_EXPIRES_IN)
}

fn scope(members: &Map, warnings: &mut Vec<String>) -> Option<Vec<String>> {
    if let Some(Value::Array(values)) = members.get("scope") {
        let names: Option<Vec<_>> = values.iter().map(Value::as_str).collect();
        if let Some(names) = names {
            warnings.push("scope is an array, where a string with spaces belongs.".to_owned());
            return Some(names.into_iter().map(str::to_owned).collect());
        }
    }
    let names = optional(members, "scope", warnings)?;
    let separators: &[char] = if !names.trim().contains(' ') && names.contains(',') {
        warnings.push("scope is separated by commas, where spaces belong (RFC 6749 section 3.3).".to_owned());
        &[',']
    } else {
        &[' ', '\t', '\n', '\r']
    };
    let names = names.split(separators).map(str::trim).filter(|name| !name.is_empty());
    Some(names.map(str::to_owned).collect())
}

fn extra(members: &Map) -> Vec<(String, String)> {
    let known = ["access_token", "token_type", "expires_in", "refresh_token", "id_token", "scope", "error"];
    members
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, value)| {
            let shown = if names_a_secret(name) { "…".to_owned() } else { plain(&display(value)) };
            (plain(name), shown)
        })
        .collect()
}
