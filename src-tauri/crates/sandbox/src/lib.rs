//! An OpenID Connect provider and a GraphQL API on loopback that behave as Stitch's do.
//!
//! It needs no account and no network, so that a first sign-in works on a fresh computer.
//! It shares no code with the client side of this workspace: one side's mistake cannot hide in the other.
//!
//! Its index page, `GET /`, lists the registered clients with the secrets and keys that prove them.
//!
//! It can misbehave on purpose, in the ways of [`faults`]: see [`Sandbox::set_faults`].
//!
//! Nothing here is real: the persons, banks' data and secrets are invented and public.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app;
mod bank;
mod client_keys;
mod clients;
mod clock;
mod expiring;
mod faults;
mod file;
mod form;
mod grants;
mod graphql;
mod index;
mod people;
mod scopes;
mod secret;
mod signing;
mod sso;
mod vault;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub use clients::{
    CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, EC_CLIENT_ID, PUBLIC_CLIENT_ID,
};
pub use faults::{Fault, UnknownFault, faults};

/// How long [`Sandbox::shutdown`] waits for answers that are under way.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// How many ports after the preferred one are tried in turn: with the same one at the next start, the sessions that
/// name it as their issuer go on.
const NEXT_PORTS: u16 = 9;

/// Where the sandbox listens and what it keeps.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The preferred TCP port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// When the port is taken, listen on one of the next nine, else on any free one, instead of failing.
    pub fallback: bool,
    /// Where grants are kept, so that a session survives a restart; `None` keeps them in memory.
    /// Tokens are never in it, only their SHA-256 hashes. The keys of the test clients are kept beside it, as PEM files.
    pub state_file: Option<PathBuf>,
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "cannot listen on 127.0.0.1:{port}: {source}. Close the program that uses this port, or choose another one"
    )]
    Listen { port: u16, source: io::Error },
    #[error("cannot read the sandbox's state file {}: {source}. Check its permissions, or remove it to start afresh", path.display())]
    State { path: PathBuf, source: io::Error },
}

/// A running sandbox. Dropping it stops it as well, without waiting.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    faults: Arc<faults::Faults>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

/// Starts a sandbox on 127.0.0.1; it answers once this returns.
///
/// # Errors
/// [`StartError::Listen`] when the port cannot be had, [`StartError::State`] when the state file cannot be read.
pub async fn start(config: Config) -> Result<Sandbox, StartError> {
    let listener = bind(config.port, config.fallback)
        .await
        .map_err(|source| StartError::Listen { port: config.port, source })?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { port: config.port, source })?;
    let app = app::App::new(address, config.state_file.clone())
        .map_err(|source| StartError::State { path: config.state_file.unwrap_or_default(), source })?;
    let app = Arc::new(app);
    // Made beside the answers, so that neither the start nor the first sign-in waits for it.
    let making = Arc::clone(&app);
    tokio::spawn(async move { making.signing.jwks().await });
    let faults = Arc::clone(&app.faults);
    let (stop, stopped) = oneshot::channel();
    let service = app::router(app);
    let server = tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(async {
                // A dropped sender means that the sandbox was dropped: that ends it too.
                let _ = stopped.await;
            })
            .await
    });
    Ok(Sandbox { address, faults, stop, server })
}

impl Sandbox {
    /// The address it listens on, always on 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The issuer and base of every endpoint, such as `http://127.0.0.1:5001`.
    pub fn base_url(&self) -> String {
        base_url(self.address)
    }

    /// The ids of the faults that are active, in the order of the menu.
    pub fn active_faults(&self) -> Vec<&'static str> {
        self.faults.active().ids()
    }

    /// Misbehaves in these ways from now on, and in no other; with none, behaves well.
    /// Of two that spoil the same part of one group, the later one stays.
    ///
    /// # Errors
    /// [`UnknownFault`] for an id that is not in the menu; then nothing changes.
    pub fn set_faults(&self, ids: &[&str]) -> Result<(), UnknownFault> {
        self.faults.set(ids)
    }

    /// Calls whenever faults are chosen, also on its own page, until the sandbox has stopped.
    pub fn on_faults(&self, chosen: impl Fn() + Send + 'static) {
        let mut active = self.faults.watch();
        tokio::spawn(async move {
            while active.changed().await.is_ok() {
                chosen();
            }
        });
    }

    /// Stops listening, lets running answers finish for up to two seconds, and returns.
    pub async fn shutdown(self) {
        // The receiver is gone only when the server has already ended.
        let _ = self.stop.send(());
        let abort = self.server.abort_handle();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, self.server).await.is_err() {
            abort.abort();
        }
    }
}

fn base_url(address: SocketAddr) -> String {
    format!("http://{address}")
}

async fn bind(port: u16, fallback: bool) -> io::Result<TcpListener> {
    let listen = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let mut outcome = listen(port).await;
    let nexts = (1..=NEXT_PORTS).filter_map(|step| port.checked_add(step)).chain([0]);
    for next in nexts.take_while(|_| fallback) {
        if outcome.is_ok() {
            break;
        }
        outcome = listen(next).await;
    }
    outcome
}
