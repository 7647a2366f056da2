//! A listener on this computer's loopback address while a sign-in waits (RFC 8252 sections 7.3 and 8.3).
//!
//! It answers the exact paths that are waited for, hands each callback over once, and closes with its last sign-in.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bobbin_protocol::http::is_loopback;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{Engine, Error, Result, lock, view::NoticeLevel};

/// By the id of the sign-in that each one waits for.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<HashMap<String, Listening>>);

/// Sign-ins that come back to one address share what is open there.
struct Listening {
    place: Place,
    open: Arc<Open>,
}

/// An address that is listened at for as long as somebody has this.
struct Open(CancellationToken);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// An address that is ready for a sign-in.
pub(crate) struct Bound {
    listening: Listening,
    /// Those that nobody answers at yet; none where another sign-in has them open.
    sockets: Vec<TcpListener>,
}

/// A redirect URI on loopback, taken apart without changing a character of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    host: String,
    /// `None` takes a free one.
    port: Option<u16>,
    /// Path and, seldom, query; both may be missing.
    rest: String,
}

impl Place {
    /// `None` for anything but `http://` on this computer, written as a browser would write it.
    pub(crate) fn of(uri: &str) -> Option<Self> {
        let url = Url::parse(uri).ok().filter(is_loopback)?;
        let after = uri.strip_prefix("http://")?;
        let (authority, rest) = match after.find('/') {
            Some(slash) => after.split_at(slash),
            None => (after, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse::<u16>().ok()?)),
            _ => (authority, None),
        };
        (url.host_str() == Some(host)).then(|| Self {
            host: host.to_owned(),
            port: port.filter(|port| *port != 0),
            rest: rest.to_owned(),
        })
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    fn addresses(&self) -> Vec<IpAddr> {
        match self.host.trim_matches(['[', ']']).parse() {
            Ok(address) => vec![address],
            // A browser may take either for "localhost".
            Err(_) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        }
    }

    /// As the `Host` header of a request to it says.
    fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    fn uri(&self) -> String {
        format!("http://{}{}", self.authority(), self.rest)
    }

    /// The URI up to its query.
    fn target(&self) -> String {
        format!("http://{}{}", self.authority(), self.written_path())
    }

    /// The path as a request names it.
    fn path(&self) -> &str {
        match self.written_path() {
            "" => "/",
            path => path,
        }
    }

    fn written_path(&self) -> &str {
        self.rest.split('?').next().unwrap_or(&self.rest)
    }

    async fn bind(mut self) -> std::io::Result<Bound> {
        let mut sockets = Vec::new();
        for (number, address) in self.addresses().into_iter().enumerate() {
            match TcpListener::bind(SocketAddr::new(address, self.port.unwrap_or(0))).await {
                Ok(socket) => {
                    self.port = Some(socket.local_addr()?.port());
                    sockets.push(socket);
                }
                // Many computers have no IPv6; then no browser takes it either.
                Err(error) if number > 0 && error.kind() != std::io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
        }
        let open = Arc::new(Open(CancellationToken::new()));
        Ok(Bound { listening: Listening { place: self, open }, sockets })
    }
}

impl Bound {
    /// The redirect URI with the port that it listens on.
    pub(crate) fn uri(&self) -> String {
        self.listening.place.uri()
    }
}

impl Engine {
    /// Takes the address of a redirect URI, so that no other program can while the sign-in waits.
    pub(crate) async fn bind(&self, uri: &str) -> Result<Bound> {
        let place = Place::of(uri).ok_or_else(|| {
            Error::new("loopback_uri", format!("{uri} is not a loopback address."))
                .hint("Write it as http://127.0.0.1:8765/callback, or without a port for a free one.")
        })?;
        if let Some(open) = self.open_at(&place) {
            return Ok(Bound { listening: Listening { place, open }, sockets: Vec::new() });
        }
        let port = place.port;
        place.bind().await.map_err(|error| {
            let what = port.map_or_else(|| "No port".to_owned(), |port| format!("Port {port}"));
            Error::new("loopback_taken", format!("{what} of this computer could not be taken."))
                .hint("Close the program that uses it, choose another port that is registered with the client, or switch to Paste.")
                .detail(Some(error.to_string()))
        })
    }

    /// What another sign-in has open at the port of `place`.
    fn open_at(&self, place: &Place) -> Option<Arc<Open>> {
        let listeners = lock(&self.0.listeners.0);
        let same = |it: &&Listening| it.place.port.is_some() && it.place.authority() == place.authority();
        listeners.values().find(same).map(|listening| listening.open.clone())
    }

    /// Answers at `bound` until the sign-in `id` is over.
    pub(crate) fn listen(&self, id: &str, bound: Bound) {
        let Bound { listening, sockets } = bound;
        tracing::info!(sign_in = id, port = listening.place.port, "listening on loopback");
        for socket in sockets {
            let desk = Desk { engine: self.clone(), authority: listening.place.authority() };
            let stop = listening.open.0.clone().cancelled_owned();
            let router = Router::new().fallback(answer).with_state(desk);
            tokio::spawn(async move {
                let _ = axum::serve(socket, router).with_graceful_shutdown(stop).await;
            });
        }
        lock(&self.0.listeners.0).insert(id.to_owned(), listening);
        // It may have ended while its address was taken.
        if !self.waits(id) {
            self.stop_listening(id);
        }
    }

    /// The redirect URI up to its query, of a sign-in that comes back to this path.
    fn awaited(&self, authority: &str, path: &str) -> Option<String> {
        let listeners = lock(&self.0.listeners.0);
        let mut places = listeners.values().map(|listening| &listening.place);
        places.find(|place| place.authority() == authority && place.path() == path).map(Place::target)
    }

    /// Listens again for a sign-in that an earlier run of the app started.
    pub(crate) fn listen_again(&self, id: &str, uri: &str) {
        let (engine, id, uri) = (self.clone(), id.to_owned(), uri.to_owned());
        tokio::spawn(async move {
            match engine.bind(&uri).await {
                Ok(bound) => engine.listen(&id, bound),
                Err(error) => engine.notice(
                    NoticeLevel::Warning,
                    error.code(),
                    format!("A sign-in still waits, but its callback cannot be received. {error}"),
                    Some("Paste the address that the browser shows.".to_owned()),
                ),
            }
        });
    }

    pub(crate) fn stop_listening(&self, id: &str) {
        lock(&self.0.listeners.0).remove(id);
    }
}

#[derive(Clone)]
struct Desk {
    engine: Engine,
    authority: String,
}

async fn answer(State(desk): State<Desk>, request: Request) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    // A page elsewhere may have pointed its own name at this computer.
    if host != Some(desk.authority.as_str()) {
        return page(StatusCode::BAD_REQUEST, "Nothing to see here", "This address belongs to Bobbin.");
    }
    let Some(target) = desk.engine.awaited(&desk.authority, request.uri().path()) else {
        return page(StatusCode::NOT_FOUND, "Nothing to see here", "A sign-in returns to another address.");
    };
    if request.method() != Method::GET {
        return page(StatusCode::METHOD_NOT_ALLOWED, "Not like this", "A sign-in returns by a plain link.");
    }
    let query = request.uri().query().unwrap_or_default();
    match desk.engine.returned_to_loopback(&format!("{target}?{query}")).await {
        Ok(()) => page(
            StatusCode::OK,
            "Back to Bobbin",
            "Bobbin has received the answer and goes on by itself. You can close this window.",
        ),
        Err(error) => page(
            StatusCode::BAD_REQUEST,
            "Bobbin did not use this link",
            &format!("{error} You can close this window; what waits in Bobbin goes on waiting."),
        ),
    }
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let body = include_str!("loopback/page.html")
        .replace("{title}", &escaped(title))
        .replace("{text}", &escaped(text));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, body).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_uri_keeps_its_path_to_the_letter() {
        let place = Place::of("http://127.0.0.1:8765/a%2Fb/").unwrap();
        assert_eq!(place.port, Some(8765));
        assert_eq!(place.uri(), "http://127.0.0.1:8765/a%2Fb/");
        assert_eq!(Place::of("http://[::1]:1/x").unwrap().uri(), "http://[::1]:1/x");
        assert_eq!(Place::of("http://127.0.0.2:1/x").unwrap().addresses(), [IpAddr::from([127, 0, 0, 2])]);
        let bare = Place::of("http://127.0.0.1:8765").unwrap();
        assert_eq!((bare.uri().as_str(), bare.path()), ("http://127.0.0.1:8765", "/"));
    }

    #[test]
    fn without_a_port_or_with_port_0_a_free_one_is_taken() {
        for uri in ["http://127.0.0.1/callback", "http://127.0.0.1:0/callback"] {
            assert_eq!(Place::of(uri).unwrap().port, None);
        }
    }

    #[test]
    fn nothing_but_this_computer_is_listened_on() {
        for uri in [
            "http://0.0.0.0:8765/callback",
            "http://192.168.0.2:8765/callback",
            "http://localhost.example.com/callback",
            "http://user@127.0.0.1:8765/callback",
            "https://127.0.0.1:8765/callback",
            "http://127.1:8765/callback",
            "dev.bobbin.workbench:/oauth/callback",
        ] {
            assert_eq!(Place::of(uri), None, "{uri}");
        }
    }
}
