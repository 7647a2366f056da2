//! One request over the network and its reply, within bounds of time and size.

mod encoding;

use std::{sync::OnceLock, time::Duration};

use bobbin_protocol::http::{Body, HttpReply, HttpRequest, Method, is_loopback};
use reqwest::redirect::Policy;

/// A token endpoint's reply is never larger; see `protocol-cases` B.
pub(crate) const SMALL: u64 = 1024 * 1024;
/// A response that a person asked for.
pub(crate) const LARGE: u64 = 100 * 1024 * 1024;

const CONNECT: Duration = Duration::from_secs(10);

/// How a request is sent, and what its reply may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of the body.
    pub(crate) size: u64,
    pub(crate) timeout: Duration,
    /// The request spends something that works once: it goes over a connection of its own. One that is kept open
    /// may have died unnoticed, and what is written to it is lost without a word.
    pub(crate) spends: bool,
}

/// Why there is no whole reply.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// What came before the failure: status, headers and the beginning of the body.
    pub(crate) received: Option<HttpReply>,
}

#[derive(Debug, thiserror::Error, serde::Serialize, serde::Deserialize)]
pub(crate) enum Reason {
    #[error("the HTTP client could not be set up: {0}")]
    Setup(String),
    #[error("the request could not be built: {0}")]
    Request(String),
    #[error("no connection could be made: {0}")]
    Unreachable(String),
    #[error("no reply came within {0} s")]
    TimedOut(u64),
    #[error("the reply is larger than {0} MiB")]
    TooLarge(u64),
    #[error("the reply unpacks to more than {0} MiB, which is far more than was sent")]
    Inflated(u64),
    #[error("the connection was cut off: {0}")]
    CutOff(String),
    #[error("no reply came from Bobbin's own process that sends the request: {0}")]
    SenderLost(String),
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self { reason, received: None }
    }
}

impl Failure {
    /// The request certainly did not reach the server.
    pub(crate) fn not_sent(&self) -> bool {
        matches!(self.reason, Reason::Setup(_) | Reason::Request(_) | Reason::Unreachable(_))
    }
}

/// Made at the first request, so that start-up does not pay for TLS.
#[derive(Default)]
pub(crate) struct Client {
    shared: Clients,
    single: Clients,
}

#[derive(Default)]
struct Clients {
    network: OnceLock<Result<reqwest::Client, String>>,
    /// A proxy that the environment names must not see what stays on this computer.
    loopback: OnceLock<Result<reqwest::Client, String>>,
}

impl Client {
    /// Sends once. Redirects are never followed: a token must not travel to an address that nobody configured.
    pub(crate) async fn send(&self, request: HttpRequest, limits: Limits) -> Result<HttpReply, Failure> {
        let clients = if limits.spends { &self.single } else { &self.shared };
        let builder = || {
            let builder = reqwest::Client::builder();
            // A body that is not what its Content-Encoding says must not cost the tokens in it, and one that is
            // must not cost all memory: it is unpacked here, within bounds.
            let builder = builder.no_gzip();
            if limits.spends { builder.pool_max_idle_per_host(0) } else { builder }
        };
        let client = if is_loopback(&request.url) {
            clients.loopback.get_or_init(|| build(builder().no_proxy()))
        } else {
            clients.network.get_or_init(|| build(builder()))
        };
        let client = client.as_ref().map_err(|error| Reason::Setup(error.clone()))?;
        let mut builder = match request.method {
            Method::Get => client.get(request.url.clone()),
            Method::Post => client.post(request.url.clone()),
        };
        for field in &request.headers {
            builder = builder.header(&field.name, field.value.expose());
        }
        if !limits.spends {
            builder = builder.header(reqwest::header::ACCEPT_ENCODING, "gzip");
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
        let failure = |error: reqwest::Error| describe(&error, limits.timeout);
        let mut response = builder.timeout(limits.timeout).send().await.map_err(failure)?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut reply = HttpReply { status: response.status().as_u16(), headers, body: Vec::new() };
        let mut ended = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if (reply.body.len() + chunk.len()) as u64 > limits.size => {
                    break Err(Reason::TooLarge(limits.size / SMALL));
                }
                Ok(Some(chunk)) => reply.body.extend_from_slice(&chunk),
                Ok(None) => break Ok(()),
                Err(error) => break Err(failure(error)),
            }
        };
        // It may take its time, and others wait for this thread.
        (reply, ended) = unpacked(reply, ended, limits.size).await?;
        match ended {
            Ok(()) => Ok(reply),
            Err(reason) => Err(Failure { reason, received: Some(reply) }),
        }
    }
}

async fn unpacked(
    mut reply: HttpReply,
    ended: Result<(), Reason>,
    limit: u64,
) -> Result<(HttpReply, Result<(), Reason>), Failure> {
    let unpacking = tokio::task::spawn_blocking(move || {
        let unpacked = encoding::undo(&mut reply, limit);
        let ended = ended.and(unpacked.map_err(|limit| Reason::Inflated(limit / SMALL)));
        (reply, ended)
    });
    unpacking.await.map_err(|error| Reason::CutOff(error.to_string()).into())
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    builder
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .user_agent(concat!("Bobbin/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| reason(&error))
}

fn describe(error: &reqwest::Error, timeout: Duration) -> Reason {
    if error.is_builder() {
        Reason::Request(reason(error))
    } else if error.is_connect() {
        Reason::Unreachable(reason(error))
    } else if error.is_timeout() {
        Reason::TimedOut(timeout.as_secs())
    } else {
        Reason::CutOff(reason(error))
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
