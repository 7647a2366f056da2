//! The process that sends a single-use request and waits for its reply while the window comes and goes.
//!
//! It is this program, started again without a display. The job comes over a socket on its standard input, so that no
//! secret is in an argument or the environment; its standard output is the lock of the session or sign-in, which is
//! held as long as either process lives.

use std::{
    io,
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::{net::UnixStream as StdUnixStream, process::CommandExt as _},
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bobbin_protocol::http::{HttpReply, HttpRequest};
use bobbin_store::{Access, SessionLock, Store};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    signal::unix::{SignalKind, signal},
};

use super::{Arrived, LIMITS, SingleUse, SingleUseProgram, Spent, TIMEOUT, message::Request};
use crate::{
    Engine, Entropy,
    http::{Client, Failure, Reason},
    lock,
};

/// What the child says before the first byte leaves. Without it nothing was sent.
const SENDING: &str = "sending\n";
/// How long the child may take in all: for the request itself, and for the store to open and to take the reply.
const CHILD_TIMEOUT: Duration = TIMEOUT.saturating_add(Duration::from_secs(30));
/// How long a parent that lives may take to keep the pair of a reply itself.
const PAIR_TIMEOUT: Duration = Duration::from_secs(1);
/// How often, and how far apart, a child whose parent has ended tries to write the reply into a store that is busy or full.
const KEEP_ATTEMPTS: u32 = 20;
const KEEP_INTERVAL: Duration = Duration::from_millis(500);

#[derive(Serialize, Deserialize)]
struct Job {
    dir: PathBuf,
    key: [u8; 32],
    /// The session's or sign-in's.
    id: String,
    exchange: String,
    spent: Spent,
    request: Request,
}

impl Engine {
    /// Lets a child send `request`; `None` where there can be none, and then nothing was sent.
    pub(super) async fn send_by_child(
        &self,
        single_use: &SingleUse,
        exchange: &str,
        request: &HttpRequest,
    ) -> Option<Result<HttpReply, Failure>> {
        let program = self.0.config.single_use.as_ref()?;
        let store = self.store().await.ok()?;
        let Access { dir, key } = store.access()?;
        let job = Job {
            dir,
            key: *key.expose_secret(),
            id: single_use.lock.id().to_owned(),
            exchange: exchange.to_owned(),
            spent: single_use.spent.clone(),
            request: request.into(),
        };
        let mut socket = match start(program, &single_use.lock) {
            Ok(socket) => socket,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "no process for a single-use request");
                return None;
            }
        };
        let mut job = serde_json::to_vec(&job).ok()?;
        job.push(b'\n');
        // A child that ended takes no job; what it said is read all the same.
        let _ = socket.write_all(&job).await;
        let mut said = BufReader::new(socket);
        let (mut line, mut arrived) = (String::new(), String::new());
        let heard = tokio::time::timeout(CHILD_TIMEOUT, async {
            // One that ended before it read the job resets the socket.
            let _ = said.read_line(&mut line).await;
            if line == SENDING {
                let _ = said.read_line(&mut arrived).await;
            }
        });
        let heard = heard.await.is_ok();
        // Until its end is known, one that is late may still send.
        if heard && line != SENDING {
            tracing::warn!("the process for a single-use request ended before it sent anything");
            return None;
        }
        Some(match serde_json::from_str::<Arrived>(&arrived) {
            Ok(arrived) => {
                *lock(&single_use.sender) = Some(said.into_inner());
                arrived.result()
            }
            // It may have written the reply and ended before it could say so.
            Err(_) => kept(&store, single_use.lock.id(), exchange).unwrap_or_else(|| {
                let seconds = CHILD_TIMEOUT.as_secs();
                let what =
                    if heard { "it ended".to_owned() } else { format!("it said nothing for {seconds} s") };
                Err(Reason::SenderLost(what).into())
            }),
        })
    }
}

fn kept(store: &Store, id: &str, exchange: &str) -> Option<Result<HttpReply, Failure>> {
    let arrived = Arrived::kept_in(store, id).ok()??.ok()?;
    (arrived.exchange == exchange).then(|| arrived.result())
}

/// Starts the child, with the lock in its hands.
fn start(program: &SingleUseProgram, lock: &SessionLock) -> io::Result<UnixStream> {
    let lock = lock.share().ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))?;
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let child = Command::new(&program.path)
        .args(&program.arguments)
        .stdin(OwnedFd::from(theirs))
        .stdout(lock)
        .stderr(Stdio::null())
        // What ends the window's group, such as Ctrl+C in its terminal, leaves the child alone.
        .process_group(0)
        .spawn()?;
    reap(child);
    UnixStream::from_std(ours)
}

/// Takes the child's exit status when it has ended, so that no entry of it stays in the process table.
fn reap(mut child: Child) {
    std::thread::spawn(move || child.wait());
}

/// Sends the request that comes on standard input, keeps its reply and hands it to the parent, if that still lives.
///
/// The error says why this is not a process that a Bobbin started.
pub fn send_for_parent(entropy: Arc<dyn Entropy>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sent = runtime.block_on(async {
        // Ignored from here on: what a session's end or a closed terminal sends must not cost the reply.
        let _ignored = [
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::quit())?,
        ];
        let socket = StdUnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        socket.set_nonblocking(true)?;
        let mut parent = BufReader::new(UnixStream::from_std(socket)?);
        let mut job = String::new();
        parent.read_line(&mut job).await?;
        let job: Job = serde_json::from_str(&job)?;
        let random: bobbin_store::Random = Arc::new(move |bytes: &mut [u8]| entropy.fill(bytes));
        let access = Access { dir: job.dir.clone(), key: Box::new(job.key).into() };
        let store = Store::with_access(&access, &random).map_err(io::Error::other)?;
        send(job, &store, parent.get_mut()).await;
        Ok(())
    });
    // A name that is still being looked up must not keep the lock.
    runtime.shutdown_background();
    sent
}

async fn send(job: Job, store: &Store, parent: &mut UnixStream) {
    // The parent may have ended: its person wants the tokens all the same.
    let _ = parent.write_all(SENDING.as_bytes()).await;
    let sent = Instant::now();
    let result = Client::default().send(job.request.into(), LIMITS).await;
    let arrived = Arrived::new(job.exchange, job.spent, (now(), sent.elapsed()), result);
    let mut has_parent = match arrived.spent {
        Spent::RefreshToken { .. } => tell(&arrived, parent).await && !ends_in_time(parent).await,
        // Its tokens are kept only after their id_token was checked, which may take long.
        Spent::Code(_) => false,
    };
    let mut kept = arrived.keep(store, &job.id);
    if let Spent::Code(_) = arrived.spent {
        has_parent = tell(&arrived, parent).await;
    }
    let mut attempts = 0;
    while !kept && !has_parent && attempts < KEEP_ATTEMPTS {
        tokio::time::sleep(KEEP_INTERVAL).await;
        kept = arrived.keep(store, &job.id);
        attempts += 1;
    }
}

/// In Unix milliseconds.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Whether the parent lives and has the reply.
async fn tell(arrived: &Arrived, parent: &mut UnixStream) -> bool {
    let Ok(mut line) = serde_json::to_vec(arrived) else { return false };
    line.push(b'\n');
    parent.write_all(&line).await.is_ok()
}

/// Waits until the parent is done with the reply or ended, for [`PAIR_TIMEOUT`] at most.
///
/// The pair is kept in one write instead of two then: a reply whose pair is kept is not kept as well.
async fn ends_in_time(parent: &mut UnixStream) -> bool {
    tokio::time::timeout(PAIR_TIMEOUT, parent.read_u8()).await.is_ok()
}
