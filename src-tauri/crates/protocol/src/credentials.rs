//! Credentials files: the JSON that a provider hands out with a client. No two look alike, so it is read
//! leniently, and it is told what became of each field.

use std::collections::HashSet;

use secrecy::SecretString;
use serde_json::Value;

use crate::{
    Map,
    json::{self, JsonError, kind},
    text::plain,
};

/// A longer text is refused, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// What a credentials file says about one client.
#[derive(Debug, Clone, Default)]
pub struct CredentialsImport {
    pub client_id: Option<String>,
    pub name: Option<String>,
    pub redirect_uris: Vec<String>,
    /// Of users and of the client together.
    pub scopes: Vec<String>,
    pub client_secret: Option<SecretString>,
    /// Seconds that an access token lasts.
    pub access_lifetime: Option<u32>,
    /// Seconds that a refresh token lasts from the sign-in on, however often it is exchanged.
    pub absolute_refresh_lifetime: Option<u32>,
    /// Seconds that a refresh token lasts from its own issue on.
    pub sliding_refresh_lifetime: Option<u32>,
    /// In the order of the file, and what each became.
    pub used: Vec<FieldUse>,
    /// In the order of the file, and why each was not used.
    pub ignored: Vec<FieldUse>,
}

/// One field of the file. No value of a field that could be a secret is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldUse {
    pub name: String,
    /// What it became, such as `2 redirect URIs`, or a sentence that says why it was not used.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    #[error("This is longer than 64 KiB; a credentials file has a few lines.")]
    TooLong,
    #[error("There is nothing in it, where a JSON object belongs.")]
    Empty,
    #[error("This is a PEM file, where a JSON object belongs.")]
    Pem,
    #[error("This is not JSON: {0}.")]
    NotJson(String),
    #[error("This is {0}, where a JSON object belongs.")]
    NotAnObject(&'static str),
    #[error("This holds {0} clients, where one belongs.")]
    Several(usize),
    #[error("This holds {0} twice, so that it could mean two things.")]
    Duplicate(String),
    #[error("No field in it says anything about a client. It has: {0}.")]
    Nothing(String),
}

impl CredentialsError {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "credentials_too_long",
            Self::Empty => "credentials_empty",
            Self::Pem => "credentials_pem",
            Self::NotJson(_) => "credentials_not_json",
            Self::NotAnObject(_) => "credentials_not_an_object",
            Self::Several(_) => "credentials_several_clients",
            Self::Duplicate(_) => "credentials_duplicate_member",
            Self::Nothing(_) => "credentials_nothing_used",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Pem => "Import it as the private key, under the client's authentication.",
            Self::NotJson(_) => "Copy the whole text, from its first brace to its last.",
            Self::Several(_) => "Leave only the one that this connection is for.",
            Self::Duplicate(_) => "Remove the one that is wrong.",
            Self::TooLong | Self::Empty | Self::NotAnObject(_) | Self::Nothing(_) => {
                "Use the file that the provider gave you with the client: it names at least clientId or id, redirectUrls, or allowedScopes."
            }
        }
    }
}

/// What a field can become.
#[derive(Clone, Copy)]
enum Target {
    ClientId,
    Name,
    RedirectUris,
    Scopes,
    ClientSecret,
    AccessLifetime,
    AbsoluteRefreshLifetime,
    SlidingRefreshLifetime,
}

/// A longer lifetime says nothing: ten years, in seconds.
const MAX_LIFETIME: u32 = 10 * 365 * 24 * 60 * 60;

/// Reads a credentials file: an object, alone in a list, or inside of `client`.
pub fn import(text: &str) -> Result<CredentialsImport, CredentialsError> {
    if text.len() > MAX_LENGTH {
        return Err(CredentialsError::TooLong);
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(CredentialsError::Empty);
    }
    if text.starts_with("-----BEGIN") || text.starts_with("Bag Attributes") {
        return Err(CredentialsError::Pem);
    }
    let value = json::read_value(text.as_bytes()).map_err(|error| match error {
        JsonError::NotJson(reason) => CredentialsError::NotJson(plain(&reason)),
        JsonError::NotAnObject(kind) => CredentialsError::NotAnObject(kind),
        JsonError::Duplicate(name) => CredentialsError::Duplicate(plain(&name)),
    })?;

    let mut import = CredentialsImport::default();
    let members = client(value, &mut import.ignored)?;
    let has_client_id = members.iter().any(|(name, value)| spelt(name) == "clientid" && value.is_string());
    let ends_at_fixed_time =
        members.iter().any(|(name, value)| spelt(name) == "refreshtokenexpiration" && is_absolute(value));
    for (name, value) in &members {
        let spelt = spelt(name);
        let became = match target(&spelt) {
            Some(Target::ClientId) if spelt == "id" && has_client_id => {
                Err("The file names the client id in another field too, and that one was used.".to_owned())
            }
            Some(Target::SlidingRefreshLifetime) if ends_at_fixed_time => {
                Err("Refresh tokens of this client end at a fixed time.".to_owned())
            }
            Some(target) => import.take(target, value),
            None => Err(not_for_us(&spelt).to_owned()),
        };
        let (list, text) = match became {
            Ok(text) => (&mut import.used, text),
            Err(text) => (&mut import.ignored, text),
        };
        list.push(FieldUse { name: plain(name), text });
    }
    for list in [&mut import.redirect_uris, &mut import.scopes] {
        let mut seen = HashSet::new();
        list.retain(|text| seen.insert(text.clone()));
    }
    if import.used.is_empty() {
        let names: Vec<_> = import.ignored.iter().map(|field| field.name.as_str()).collect();
        let names = if names.is_empty() { "no field at all".to_owned() } else { plain(&names.join(", ")) };
        return Err(CredentialsError::Nothing(names));
    }
    Ok(import)
}

impl CredentialsImport {
    /// Says what the value became, or why it was not used.
    fn take(&mut self, target: Target, value: &Value) -> Result<String, String> {
        match target {
            Target::ClientId => {
                let id = first(self.client_id.is_some(), value)?;
                self.client_id = Some(id.to_owned());
                Ok(format!("Client id {}", plain(id)))
            }
            Target::Name => {
                let name = plain(first(self.name.is_some(), value)?);
                let became = format!("Name \"{name}\"");
                self.name = Some(name);
                Ok(became)
            }
            Target::ClientSecret => {
                let secret = first(self.client_secret.is_some(), value)?;
                self.client_secret = Some(secret.into());
                Ok("Client secret".to_owned())
            }
            Target::RedirectUris => Ok(add(&mut self.redirect_uris, &strings(value)?, "redirect URI")),
            Target::Scopes => {
                let names = strings(value)?;
                let names: Vec<_> = names.iter().flat_map(|names| names.split_whitespace()).collect();
                Ok(add(&mut self.scopes, &names, "scope"))
            }
            Target::AccessLifetime => lifetime(&mut self.access_lifetime, value, "Access tokens last"),
            Target::AbsoluteRefreshLifetime => lifetime(
                &mut self.absolute_refresh_lifetime,
                value,
                "Refresh tokens last, from the sign-in on,",
            ),
            Target::SlidingRefreshLifetime => {
                lifetime(&mut self.sliding_refresh_lifetime, value, "Each refresh token lasts")
            }
        }
    }
}

/// The object that describes the client, out of what is around it.
fn client(value: Value, ignored: &mut Vec<FieldUse>) -> Result<Map, CredentialsError> {
    match value {
        Value::Array(mut values) if values.len() == 1 => client(values.remove(0), ignored),
        Value::Array(values) if values.len() > 1 => Err(CredentialsError::Several(values.len())),
        Value::Object(mut members) => match members.get("client") {
            Some(Value::Object(_) | Value::Array(_)) => {
                let inner = members.remove("client").unwrap_or_default();
                ignored.extend(members.keys().map(|name| FieldUse {
                    name: plain(name),
                    text: "It stands beside the client, not in it.".to_owned(),
                }));
                client(inner, ignored)
            }
            _ => Ok(members),
        },
        Value::Array(_) => Err(CredentialsError::NotAnObject("an empty array")),
        other => Err(CredentialsError::NotAnObject(kind(&other))),
    }
}

/// A name without what differs between spellings: `redirect_uris` and `redirectUris` are one.
fn spelt(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn target(spelt: &str) -> Option<Target> {
    match spelt {
        "id" | "clientid" => Some(Target::ClientId),
        "name" | "clientname" => Some(Target::Name),
        "redirecturl" | "redirecturls" | "redirecturi" | "redirecturis" => Some(Target::RedirectUris),
        "scope" | "scopes" | "allowedscopes" => Some(Target::Scopes),
        "secret" | "clientsecret" => Some(Target::ClientSecret),
        "accesstokenlifetime" => Some(Target::AccessLifetime),
        "absoluterefreshtokenlifetime" | "refreshtokenlifetime" => Some(Target::AbsoluteRefreshLifetime),
        "slidingrefreshtokenlifetime" => Some(Target::SlidingRefreshLifetime),
        _ => None,
    }
}

/// Whether refresh tokens end at a fixed time only, as IdentityServer names it.
fn is_absolute(value: &Value) -> bool {
    value.as_u64() == Some(1) || value.as_str().is_some_and(|word| word.eq_ignore_ascii_case("absolute"))
}

/// Why a field is left alone.
fn not_for_us(spelt: &str) -> &'static str {
    match spelt {
        "environment" => "The preset of the connection says whether it is test or live.",
        "url" | "clienturi" | "countrycodes" | "logouri" => "Bobbin has no use for it.",
        "allowedgranttypes" | "granttypes" => "The server decides about it with each request.",
        _ if spelt.contains("lifetime") => "The token says it itself, or Bobbin has no use for it.",
        "refreshtokenexpiration" => "It decides which of the lifetimes count.",
        _ if spelt.starts_with("refreshtoken") => {
            "The preset of the connection says how refresh tokens are used."
        }
        _ if ["key", "pem", "certificate"].iter().any(|ending| spelt.ends_with(ending)) => {
            "A key is imported by itself, under the client's authentication."
        }
        _ => "Bobbin does not know this field.",
    }
}

/// A number of seconds, where no field before said it.
fn lifetime(kept: &mut Option<u32>, value: &Value, what: &str) -> Result<String, String> {
    if kept.is_some() {
        return Err("A field before it says it already.".to_owned());
    }
    let seconds = value
        .as_u64()
        .ok_or_else(|| format!("A whole number of seconds belongs here, not {}.", kind(value)))?;
    match u32::try_from(seconds) {
        Ok(0) => Err("0 sets no limit.".to_owned()),
        Ok(seconds) if seconds <= MAX_LIFETIME => {
            *kept = Some(seconds);
            Ok(format!("{what} {seconds} s"))
        }
        _ => Err("It is longer than ten years, so it sets no limit.".to_owned()),
    }
}

/// A text that is not empty, where no field before said it.
fn first(said: bool, value: &Value) -> Result<&str, String> {
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Null => "",
        other => return Err(format!("A string belongs here, not {}.", kind(other))),
    };
    match (text, said) {
        ("", _) => Err("It is empty.".to_owned()),
        (_, true) => Err("A field before it says it already.".to_owned()),
        (text, false) => Ok(text),
    }
}

/// The texts of a list, or one text alone.
fn strings(value: &Value) -> Result<Vec<&str>, String> {
    let texts: Vec<_> = match value {
        Value::String(text) => vec![text.trim()],
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::trim).collect(),
        Value::Null => Vec::new(),
        other => return Err(format!("A list of strings belongs here, not {}.", kind(other))),
    };
    let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    if texts.is_empty() { Err("There is no text in it.".to_owned()) } else { Ok(texts) }
}

/// Adds them, and says how many there were.
fn add(list: &mut Vec<String>, texts: &[&str], what: &str) -> String {
    list.extend(texts.iter().map(|text| (*text).to_owned()));
    let ending = if texts.len() == 1 { "" } else { "s" };
    format!("{} {what}{ending}", texts.len())
}

#[cfg(test)]
mod tests;
