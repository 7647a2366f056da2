//! Between Bobbin and the provider: delays, cuts and changes replies, and knows what was sent and when a reply arrived.
//!
//! It is also the API that Bobbin's queries go to, which accepts the newest access token and no other.

use std::{
    collections::VecDeque,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, OnceLock},
    thread,
    time::Duration,
};

use crate::torture::{reply::Reply, time::now};

/// What becomes of one request that spends a code or a refresh token.
pub(crate) struct Plan {
    /// Waits before the provider is asked.
    pub(crate) before: Duration,
    /// Waits before the reply is passed on.
    pub(crate) after: Duration,
    /// Whether the provider is asked at all.
    pub(crate) ask: bool,
    /// The bytes that Bobbin gets, from the provider's reply.
    pub(crate) answer: Box<dyn FnOnce(Reply) -> Vec<u8> + Send>,
    /// Ends the connection with RST instead of FIN.
    pub(crate) reset: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            before: Duration::ZERO,
            after: Duration::ZERO,
            ask: true,
            answer: Box::new(|reply| reply.bytes()),
            reset: false,
        }
    }
}

/// A request that spent a code or a refresh token, as it was seen here.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The refresh token or the code.
    pub(crate) spent: String,
    /// The refresh token that the provider gave for it, whether or not it was passed on.
    pub(crate) successor: Option<String>,
    /// What Bobbin was sent in the end.
    pub(crate) delivered: Vec<u8>,
    /// When that left here, all of it at once; on this computer it has arrived then.
    pub(crate) arrived: Option<i64>,
    /// Nothing more will become of it.
    over: bool,
}

pub(crate) struct Proxy {
    pub(crate) address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    provider: OnceLock<SocketAddr>,
    plans: Mutex<VecDeque<Plan>>,
    /// Seconds that access tokens are said to live; the provider's own where 0.
    lifetime: Mutex<u64>,
    sent: Mutex<Vec<Sent>>,
    changed: Condvar,
    access_token: Mutex<String>,
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        thread::spawn({
            let shared = shared.clone();
            move || {
                for connection in listener.incoming().flatten() {
                    let shared = shared.clone();
                    // A client that was killed leaves its connection in any state.
                    thread::spawn(move || shared.serve(connection));
                }
            }
        });
        Self { address, shared }
    }

    /// `http://127.0.0.1:1234`
    pub(crate) fn lead_to(&self, provider: &str) {
        let address = provider.trim_start_matches("http://").parse().unwrap();
        self.shared.provider.set(address).expect("it leads to one provider");
    }

    /// What becomes of the next request that spends something and has no plan yet.
    pub(crate) fn plan(&self, plan: Plan) {
        self.shared.plans.lock().unwrap().push_back(plan);
    }

    /// Takes back the plans that no request has met.
    pub(crate) fn forget_plans(&self) {
        self.shared.plans.lock().unwrap().clear();
    }

    /// Says from now on that access tokens live so long.
    pub(crate) fn shorten_lifetimes(&self, seconds: u64) {
        *self.shared.lifetime.lock().unwrap() = seconds;
    }

    /// How many requests have spent something so far.
    pub(crate) fn count(&self) -> usize {
        self.shared.sent.lock().unwrap().len()
    }

    /// The requests from the `first` on.
    pub(crate) fn sent(&self, first: usize) -> Vec<Sent> {
        self.shared.sent.lock().unwrap()[first..].to_vec()
    }

    /// Waits until nothing is under way any more, also for those that do not wait for their reply.
    pub(crate) fn settle(&self) {
        let sent = self.shared.sent.lock().unwrap();
        drop(self.shared.changed.wait_while(sent, |sent| sent.iter().any(|sent| !sent.over)).unwrap());
    }
}

impl Shared {
    fn serve(&self, mut connection: TcpStream) -> Option<()> {
        connection.set_nodelay(true).ok()?;
        let request = Request::read(&mut connection)?;
        if request.path() == "/graphql" {
            let reply = self.answer_query(&request);
            return connection.write_all(&reply.bytes()).ok();
        }
        let Some(spent) = request.spent() else {
            return connection.write_all(&self.ask_provider(&request)?).ok();
        };
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(Sent { spent, successor: None, delivered: Vec::new(), arrived: None, over: false });
            sent.len() - 1
        };
        let served = self.serve_spending(connection, &request, number);
        self.sent.lock().unwrap()[number].over = true;
        self.changed.notify_all();
        served
    }

    fn serve_spending(&self, mut connection: TcpStream, request: &Request, number: usize) -> Option<()> {
        let plan = self.plans.lock().unwrap().pop_front().unwrap_or_default();
        thread::sleep(plan.before);
        let reply =
            if plan.ask { self.ask_for_tokens(request, number)? } else { Reply::new(503, "text/plain", "") };
        thread::sleep(plan.after);
        let bytes = (plan.answer)(reply);
        let moment = now();
        connection.write_all(&bytes).ok()?;
        let sent = &mut self.sent.lock().unwrap()[number];
        (sent.delivered, sent.arrived) = (bytes, Some(moment));
        if plan.reset {
            // It takes along what was not read yet.
            thread::sleep(Duration::from_millis(50));
            rustix::net::sockopt::set_socket_linger(&connection, Some(Duration::ZERO)).ok()?;
        }
        Some(())
    }

    fn ask_for_tokens(&self, request: &Request, number: usize) -> Option<Reply> {
        let mut reply = Reply::parse(&self.ask_provider(request)?)?;
        self.sent.lock().unwrap()[number].successor = reply.member("refresh_token");
        if let Some(token) = reply.member("access_token") {
            *self.access_token.lock().unwrap() = token;
            let lifetime = *self.lifetime.lock().unwrap();
            if lifetime > 0 {
                reply = reply.with_json(|json| json["expires_in"] = lifetime.into());
            }
        }
        Some(reply)
    }

    /// The provider's whole reply. Node would keep the connection open otherwise.
    fn ask_provider(&self, request: &Request) -> Option<Vec<u8>> {
        let mut provider = TcpStream::connect(self.provider.get()?).ok()?;
        let (line, rest) = request.head.split_once("\r\n")?;
        provider.write_all(format!("{line}\r\nConnection: close\r\n{rest}\r\n\r\n").as_bytes()).ok()?;
        provider.write_all(&request.body).ok()?;
        let mut reply = Vec::new();
        provider.read_to_end(&mut reply).ok()?;
        Some(reply)
    }

    fn answer_query(&self, request: &Request) -> Reply {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if token == Some(self.access_token.lock().unwrap().as_str()) {
            Reply::new(200, "application/json", r#"{"data":{"ok":true}}"#)
        } else {
            Reply::new(
                401,
                "application/json",
                r#"{"errors":[{"message":"this access token is not the newest"}]}"#,
            )
        }
    }
}

struct Request {
    /// Without the empty line at its end.
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn read(connection: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = connection.read(&mut buffer).ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&buffer[..read]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let mut request = Self { head: String::from_utf8(bytes[..end].to_vec()).ok()?, body: Vec::new() };
            let length = request.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
            if bytes.len() >= end + 4 + length {
                request.body = bytes.split_off(end + 4);
                return Some(request);
            }
        }
    }

    fn path(&self) -> &str {
        let target = self.head.split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The code or refresh token that this request spends.
    fn spent(&self) -> Option<String> {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&self.body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        match field("grant_type")?.as_str() {
            "refresh_token" => field("refresh_token"),
            "authorization_code" => field("code"),
            _ => None,
        }
    }
}
