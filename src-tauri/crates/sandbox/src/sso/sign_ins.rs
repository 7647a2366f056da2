//! Sign-ins that wait for a person, and authorization codes that wait for their client. Both live in memory only.

use crate::{clients::Client, expiring::Expiring, people::Person, scopes::Scope, secret};

/// How long a person may take, in seconds.
const PATIENCE: u64 = 10 * 60;
/// How long a code can be redeemed, in seconds (RFC 6749 §4.1.2 asks for at most ten minutes).
pub(crate) const CODE_LIFETIME: u64 = 5 * 60;
/// The most of each at one time.
const LIMIT: usize = 500;

/// A valid authorization request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) client: &'static Client,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<&'static Scope>,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) code_challenge: String,
}

/// A sign-in on its way through the login and the consent page.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    pub(crate) request: Request,
    /// Who signed in, and when in seconds since 1970.
    pub(crate) person: Option<(&'static Person, u64)>,
}

/// What an authorization code stands for.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) request: Request,
    pub(crate) person: &'static Person,
    pub(crate) auth_time: u64,
    pub(crate) session: String,
    pub(crate) scopes: Vec<String>,
}

/// All of them. Keys are handles that cannot be guessed: knowing one is the proof that a form came from our page.
#[derive(Debug)]
pub(crate) struct SignIns {
    waiting: Expiring<SignIn>,
    codes: Expiring<Code>,
}

impl SignIns {
    pub(crate) fn new() -> Self {
        Self { waiting: Expiring::new(LIMIT), codes: Expiring::new(LIMIT) }
    }

    /// Keeps a request and gives the handle of its transaction.
    pub(crate) fn begin(&mut self, request: Request, now: u64) -> String {
        let transaction = secret::handle();
        self.waiting.insert(transaction.clone(), SignIn { request, person: None }, now, PATIENCE);
        transaction
    }

    pub(crate) fn find(&self, transaction: &str, now: u64) -> Option<SignIn> {
        self.waiting.get(transaction, now).cloned()
    }

    /// Notes who signed in; `false` when the transaction is gone.
    pub(crate) fn identify(&mut self, transaction: &str, person: &'static Person, now: u64) -> bool {
        self.waiting.get_mut(transaction, now).map(|sign_in| sign_in.person = Some((person, now))).is_some()
    }

    /// Ends a sign-in, and gives it to whoever decides it.
    pub(crate) fn end(&mut self, transaction: &str, now: u64) -> Option<SignIn> {
        self.waiting.take(transaction, now)
    }

    /// Keeps what a new code stands for, and gives the code.
    pub(crate) fn grant(&mut self, code: Code, now: u64) -> String {
        let handle = secret::handle();
        self.codes.insert(secret::sha256(&handle), code, now, CODE_LIFETIME);
        handle
    }

    /// What a code stands for. The code is used up, whatever comes of it.
    pub(crate) fn redeem(&mut self, code: &str, now: u64) -> Option<Code> {
        self.codes.take(&secret::sha256(code), now)
    }
}
