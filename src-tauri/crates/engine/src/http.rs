//! One request over the network and its reply, within bounds of time and size.

use std::{sync::OnceLock, time::Duration};

use bobbin_protocol::http::{Body, HttpReply, HttpRequest, Method, is_loopback};
use reqwest::redirect::Policy;

/// A token endpoint's reply is never larger; see `protocol-cases` B.
pub(crate) const SMALL: u64 = 1024 * 1024;
/// A response that a person asked for.
pub(crate) const LARGE: u64 = 100 * 1024 * 1024;

const CONNECT: Duration = Duration::from_secs(10);

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the HTTP client could not be set up: {0}")]
    Setup(String),
    #[error("no connection could be made: {0}")]
    Unreachable(String),
    #[error("no reply came within {0} s")]
    TimedOut(u64),
    #[error("the reply is larger than {0} MiB")]
    TooLarge(u64),
    #[error("the connection was cut off: {0}")]
    CutOff(String),
}

impl Failure {
    /// The request certainly did not reach the server.
    pub(crate) fn not_sent(&self) -> bool {
        matches!(self, Self::Setup(_) | Self::Unreachable(_))
    }
}

/// Made at the first request, so that start-up does not pay for TLS.
#[derive(Default)]
pub(crate) struct Client {
    network: OnceLock<Result<reqwest::Client, String>>,
    /// A proxy that the environment names must not see what stays on this computer.
    loopback: OnceLock<Result<reqwest::Client, String>>,
}

impl Client {
    /// Sends once. Redirects are never followed: a token must not travel to an address that nobody configured.
    pub(crate) async fn send(
        &self,
        request: HttpRequest,
        limit: u64,
        patience: Duration,
    ) -> Result<HttpReply, Failure> {
        let client = if is_loopback(&request.url) {
            self.loopback.get_or_init(|| build(reqwest::Client::builder().no_proxy()))
        } else {
            self.network.get_or_init(|| build(reqwest::Client::builder()))
        };
        let client = client.as_ref().map_err(|error| Failure::Setup(error.clone()))?;
        let mut builder = match request.method {
            Method::Get => client.get(request.url.clone()),
            Method::Post => client.post(request.url.clone()),
        };
        for field in &request.headers {
            builder = builder.header(&field.name, field.value.expose());
        }
        builder = match &request.body {
            Body::Empty => builder,
            Body::Form(fields) => builder
                .form(&fields.iter().map(|field| (&*field.name, field.value.expose())).collect::<Vec<_>>()),
            Body::Json(fields) => builder.json(
                &fields
                    .iter()
                    .map(|field| (field.name.clone(), field.value.expose().into()))
                    .collect::<serde_json::Map<String, serde_json::Value>>(),
            ),
            Body::Text { content_type, text } => {
                builder.header(reqwest::header::CONTENT_TYPE, content_type.as_str()).body(text.clone())
            }
        };
        let failure = |error: reqwest::Error| describe(&error, patience);
        let mut response = builder.timeout(patience).send().await.map_err(failure)?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(Failure::TooLarge(limit / SMALL));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpReply { status, headers, body })
    }
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    builder
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .user_agent(concat!("Bobbin/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| reason(&error))
}

fn describe(error: &reqwest::Error, patience: Duration) -> Failure {
    if error.is_connect() {
        Failure::Unreachable(reason(error))
    } else if error.is_timeout() {
        Failure::TimedOut(patience.as_secs())
    } else {
        Failure::CutOff(reason(error))
    }
}

/// The innermost cause, which names the reason, without the URL, which may hold a secret.
fn reason(error: &reqwest::Error) -> String {
    let mut cause = std::error::Error::source(error);
    let mut reason = "no further reason given".to_owned();
    while let Some(error) = cause {
        reason = error.to_string();
        cause = error.source();
    }
    reason
}
