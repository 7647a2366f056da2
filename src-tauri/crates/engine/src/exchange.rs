//! One exchange: a request leaves, its reply comes back, and both stand in the wire record.

use std::time::Duration;

use bobbin_protocol::http::{Field, HttpReply, HttpRequest};

use crate::{
    Engine, Error, Result, http,
    provider::Provider,
    single_use::{self, SingleUse},
    view::ErrorCode,
    wire,
};

/// What an exchange is for. It decides how long it may take and how large its reply may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    CodeExchange,
    Refresh,
    ClientCredentials,
    Revocation,
    Introspection,
    Keys,
    Metadata,
    Userinfo,
    Graphql,
}

impl Purpose {
    /// The word beside the path in the Wire drawer.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::CodeExchange => "authorization_code",
            Self::Refresh => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Revocation => "revoke",
            Self::Introspection => "introspect",
            Self::Keys => "signing keys",
            Self::Metadata => "metadata",
            Self::Userinfo => "userinfo",
            Self::Graphql => "",
        }
    }

    /// The endpoint that takes credentials with it; none where none are sent.
    fn endpoint(self) -> Option<&'static str> {
        match self {
            Self::CodeExchange | Self::Refresh | Self::ClientCredentials => Some("token_endpoint"),
            Self::Revocation => Some("revocation_endpoint"),
            Self::Introspection => Some("introspection_endpoint"),
            Self::Userinfo => Some("userinfo_endpoint"),
            Self::Graphql => Some("graphql_endpoint"),
            Self::Keys | Self::Metadata => None,
        }
    }

    fn limits(self) -> http::Limits {
        let (size, timeout) = match self {
            // A client assertion works once too, but a new one can be made.
            Self::CodeExchange | Self::Refresh => return single_use::LIMITS,
            Self::Graphql => (http::LARGE, Duration::from_mins(2)),
            _ => (http::SMALL, Duration::from_secs(30)),
        };
        http::Limits { size, timeout, spends: false }
    }
}

/// A reply with the exchange it belongs to.
pub(crate) struct Exchanged {
    pub(crate) id: String,
    pub(crate) reply: HttpReply,
    /// When it was here, in Unix milliseconds. Whoever reads it may come much later.
    pub(crate) received_at: i64,
    pub(crate) duration_ms: i64,
}

impl Engine {
    pub(crate) async fn send(
        &self,
        provider: &Provider,
        purpose: Purpose,
        request: HttpRequest,
    ) -> Result<Exchanged> {
        self.send_named(provider, purpose, purpose.word(), request).await.map_err(|lost| lost.error)
    }

    /// Sends once and records it; `name` stands beside the path in the drawer.
    ///
    /// A dropped future is recorded as cancelled. Credentials leave only for an origin that a person let them go to.
    pub(crate) async fn send_named(
        &self,
        provider: &Provider,
        purpose: Purpose,
        name: &str,
        request: HttpRequest,
    ) -> std::result::Result<Exchanged, Lost> {
        let exchanged = self.send_before_record(provider, purpose, name, request, None).await?;
        self.record_exchanged(&exchanged);
        Ok(exchanged)
    }

    pub(crate) fn record_exchanged(&self, exchanged: &Exchanged) {
        self.record_reply(&exchanged.id, exchanged.duration_ms, &exchanged.reply);
    }

    /// [`Engine::send_named`] whose reply is not recorded yet: what it brings is kept before anything else is written.
    ///
    /// `single_use` says what the request spends, where it does.
    pub(crate) async fn send_before_record(
        &self,
        provider: &Provider,
        purpose: Purpose,
        name: &str,
        mut request: HttpRequest,
        single_use: Option<&SingleUse>,
    ) -> std::result::Result<Exchanged, Lost> {
        if let Some(endpoint) = purpose.endpoint() {
            let refused = self.refuse_changed(provider, endpoint).await;
            refused.map_err(|error| Lost {
                not_sent: true,
                error,
                received: None,
                at: self.now(),
                unrecorded: None,
            })?;
        }
        if purpose.limits().spends {
            request.headers.push(Field::plain("Accept-Encoding", "identity"));
        }
        let id = self.new_id();
        let started = self.now();
        let url = request.url.clone();
        self.record(wire::Exchange::request(&id, started, provider.slug(), name, &request));
        let mut cancelled = Cancelled { engine: self, id: &id, started, armed: true };
        let sent = match single_use {
            Some(single_use) => {
                // The embedded sandbox ends with this process, and its reply with it.
                let _counted = provider.is_sandbox().then(|| self.0.under_way.one());
                let sent = self.send_once(single_use, &id, request).await;
                if self.store_if_open().is_some_and(|store| store.persistent()) {
                    self.0.received.add(&single_use.lock);
                }
                sent
            }
            None => self.0.http.send(request, purpose.limits()).await,
        };
        cancelled.armed = false;
        drop(cancelled);
        let received_at = self.now();
        self.exchanged(purpose, id, (started, received_at), url.host_str(), sent)
    }

    pub(crate) fn record_lost(&self, lost: &Lost) {
        let Some(Unrecorded { id, duration_ms, failure }) = lost.unrecorded.as_deref() else { return };
        if let Some(reply) = &lost.received {
            self.record_reply(id, *duration_ms, reply);
        }
        self.record_failure(id, *duration_ms, failure);
    }

    /// What came of the exchange `id` with `host`, between two times in Unix milliseconds.
    ///
    /// A failure is recorded, except that of a refresh: what its reply began with is kept before.
    pub(crate) fn exchanged(
        &self,
        purpose: Purpose,
        id: String,
        (started, received_at): (i64, i64),
        host: Option<&str>,
        sent: std::result::Result<HttpReply, http::Failure>,
    ) -> std::result::Result<Exchanged, Lost> {
        let duration_ms = received_at - started;
        match sent {
            Ok(reply) => {
                let (status, bytes) = (reply.status, reply.body.len());
                tracing::info!(?purpose, status, bytes, duration_ms, "reply");
                self.measure_clock(host, &reply, started, received_at);
                Ok(Exchanged { id, reply, received_at, duration_ms })
            }
            Err(failure) => {
                let not_sent = failure.not_sent();
                let host = host.unwrap_or("the server");
                let error =
                    unreachable(host, &failure.reason, purpose.limits().spends, failure.received.is_some());
                tracing::warn!(?purpose, code = error.code(), duration_ms, "no reply");
                let unrecorded = Some(Box::new(Unrecorded { id, duration_ms, failure: failure.to_string() }));
                let mut lost =
                    Lost { not_sent, error, received: failure.received, at: received_at, unrecorded };
                if purpose != Purpose::Refresh {
                    self.record_lost(&lost);
                    lost.unrecorded = None;
                }
                Err(lost)
            }
        }
    }
}

/// No whole reply came.
pub(crate) struct Lost {
    /// The server certainly saw nothing, so that sending again is safe.
    pub(crate) not_sent: bool,
    pub(crate) error: Error,
    /// The beginning of a reply that was cut off.
    pub(crate) received: Option<HttpReply>,
    /// When that was known, in Unix milliseconds.
    pub(crate) at: i64,
    unrecorded: Option<Box<Unrecorded>>,
}

/// What the wire record does not have yet.
struct Unrecorded {
    id: String,
    duration_ms: i64,
    failure: String,
}

/// Marks the exchange when its future is dropped: a cancelled run still shows in the drawer.
struct Cancelled<'a> {
    engine: &'a Engine,
    id: &'a str,
    started: i64,
    armed: bool,
}

impl Drop for Cancelled<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.engine.record_cancelled(self.id, self.engine.now() - self.started);
        }
    }
}

/// `spends` is whether the request works once; `answered`, whether the beginning of a reply came.
fn unreachable(host: &str, reason: &http::Reason, spends: bool, answered: bool) -> Error {
    let unknown = if answered {
        "The server received the request."
    } else if spends {
        "Whether the server received the request is not known."
    } else {
        "Whether the request took effect is not known. Try again in a moment."
    };
    let (code, message, hint) = match reason {
        http::Reason::Setup(_) => (
            "http_setup_failed",
            "The HTTP client could not be set up on this computer.".to_owned(),
            "The details name the reason; the system's certificates are the usual one.",
        ),
        http::Reason::Request(_) => (
            "request_invalid",
            "The request could not be built, so nothing was sent.".to_owned(),
            "A header or parameter of the connection holds what no request can carry; the details name it.",
        ),
        http::Reason::Unreachable(_) => (
            ErrorCode::ServerUnreachable.into(),
            format!("{host} could not be reached."),
            "Check the network, a VPN or proxy, and the endpoint in the connection, then try again.",
        ),
        http::Reason::TimedOut(seconds) => {
            (ErrorCode::ServerTimedOut.into(), format!("{host} did not answer within {seconds} s."), unknown)
        }
        http::Reason::TooLarge(limit) => (
            "reply_too_large",
            format!("The reply of {host} is larger than {limit} MiB and was cut off."),
            "Check that the address is the endpoint that it should be; a query can ask for a smaller page.",
        ),
        http::Reason::Inflated(limit) => (
            "reply_too_large",
            format!("The reply of {host} unpacks to more than {limit} MiB and was cut off."),
            "Its beginning is in the Wire drawer. Check that the address is the endpoint that it should be.",
        ),
        http::Reason::CutOff(_) => (
            ErrorCode::ConnectionLost.into(),
            format!("The connection to {host} was cut off before the whole reply came."),
            unknown,
        ),
        http::Reason::SenderLost(_) => (
            "sender_lost",
            format!("Bobbin's process that sent the request to {host} gave no reply."),
            "Something on this computer ended or stopped it. Whether the request took effect is not known.",
        ),
    };
    Error::new(code, message).hint(hint).detail(Some(reason.to_string()))
}
