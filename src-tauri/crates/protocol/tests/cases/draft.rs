//! A token that is right in all things, to be made wrong in one; and the one line of each table.

use bobbin_protocol::{
    http::HttpReply,
    id_token::{Expected, Outcome, Verdict, verify},
    jwks::{Jwks, process_jwks},
};
use serde_json::{Value, json};

use crate::keys::{encoded, rsa, sign, with};

pub(crate) const NOW: i64 = 1_795_230_040;
pub(crate) const ISSUER: &str = "https://login.example.com";
pub(crate) const CLIENT: &str = "test-18fbd892";
pub(crate) const NONCE: &str = "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4";
pub(crate) const STATE: &str = "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA";
pub(crate) const ACCESS_TOKEN: &str = "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4";
pub(crate) const CODE: &str = "c0de";

/// What one case sends, and what the client knows.
pub(crate) struct Draft {
    header: Value,
    claims: Value,
    /// Stands instead of the header or the claims, as bytes.
    raw_header: Option<Vec<u8>>,
    raw_claims: Option<Vec<u8>>,
    signed_by: &'static str,
    keys: Vec<Value>,
    /// On a refresh: the claims before.
    previous: Option<Value>,
    /// The last change to the finished token.
    change: fn(String) -> String,
}

/// Two rows of a table are one case if all but their names is alike, so each has its own name.
pub(crate) type Row<T> = (&'static str, T, &'static str, fn(Draft) -> Draft);

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "user/f5cc94ee/fnb/97ccc5fd",
        "iat": NOW - 28,
        "nbf": NOW - 28,
        "exp": NOW + 272,
        "nonce": NONCE,
        "auth_time": NOW - 42,
        "amr": ["pwd"],
    })
}

impl Draft {
    /// The `id_token` of a code exchange.
    pub(crate) fn sign_in() -> Self {
        Self {
            header: json!({ "alg": "RS256", "kid": "rsa", "typ": "JWT" }),
            claims: claims(),
            raw_header: None,
            raw_claims: None,
            signed_by: "RS256",
            keys: vec![rsa()],
            previous: None,
            change: |token| token,
        }
    }

    /// The `id_token` of a refresh, an hour after the sign-in: as Stitch sends it, without a nonce.
    pub(crate) fn refreshed(self) -> Self {
        let before = with(
            claims(),
            &[("iat", (NOW - 3628).into()), ("nbf", (NOW - 3628).into()), ("exp", (NOW - 3328).into())],
        );
        Self { previous: Some(before), ..self }.without("nonce")
    }

    pub(crate) fn before(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.previous = self.previous.map(|previous| with(previous, &[(name, value.into())]));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    pub(crate) fn header_without(mut self, name: &str) -> Self {
        self.header.as_object_mut().unwrap().shift_remove(name);
        self
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    /// A claim of JSON that is written as it is, so that its digits stay.
    pub(crate) fn claim_as(self, name: &str, json: &str) -> Self {
        self.claim(name, serde_json::from_str::<Value>(json).unwrap())
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().shift_remove(name);
        self
    }

    /// `alg` in the header, the key of that kind, and a signature by it.
    pub(crate) fn by(self, alg: &'static str, key: Value) -> Self {
        let kid = key["kid"].clone();
        self.header("alg", alg).header("kid", kid).keys(vec![key]).signed_by(alg)
    }

    pub(crate) fn alg(self, alg: impl Into<Value>) -> Self {
        self.header("alg", alg)
    }

    pub(crate) fn kid(self, kid: impl Into<Value>) -> Self {
        self.header("kid", kid)
    }

    pub(crate) fn signed_by(self, signed_by: &'static str) -> Self {
        Self { signed_by, ..self }
    }

    pub(crate) fn keys(self, keys: Vec<Value>) -> Self {
        Self { keys, ..self }
    }

    /// The one key, with a member set, or taken away where it is null.
    pub(crate) fn key_with(self, name: &str, value: impl Into<Value>) -> Self {
        let change = [(name, value.into())];
        let keys = self.keys.iter().map(|key| with(key.clone(), &change)).collect();
        Self { keys, ..self }
    }

    pub(crate) fn raw_header(self, bytes: impl AsRef<[u8]>) -> Self {
        Self { raw_header: Some(bytes.as_ref().to_vec()), ..self }
    }

    pub(crate) fn raw_claims(self, bytes: impl AsRef<[u8]>) -> Self {
        Self { raw_claims: Some(bytes.as_ref().to_vec()), ..self }
    }

    /// The claims as JSON with this put in before its last brace.
    pub(crate) fn claims_and(self, more: &str) -> Self {
        let claims = self.claims.to_string();
        let claims = format!("{}{more}}}", claims.strip_suffix('}').unwrap());
        self.raw_claims(claims)
    }

    pub(crate) fn then(self, change: fn(String) -> String) -> Self {
        Self { change, ..self }
    }

    fn token(&self) -> String {
        let header = self.raw_header.clone().unwrap_or_else(|| self.header.to_string().into_bytes());
        let claims = self.raw_claims.clone().unwrap_or_else(|| self.claims.to_string().into_bytes());
        let input = format!("{}.{}", encoded(header), encoded(claims));
        let signature = encoded(sign(self.signed_by, input.as_bytes()));
        (self.change)(format!("{input}.{signature}"))
    }

    pub(crate) fn key_set(&self) -> Jwks {
        let body = json!({ "keys": self.keys }).to_string().into_bytes();
        process_jwks(&HttpReply { status: 200, headers: Vec::new(), body }).unwrap()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let previous = self.previous.as_ref().map(|previous| previous.as_object().unwrap());
        let sign_in = previous.is_none();
        let expected = Expected {
            issuer: ISSUER,
            client_id: CLIENT,
            nonce: Some(NONCE).filter(|_| sign_in),
            state: Some(STATE).filter(|_| sign_in),
            code: Some(CODE).filter(|_| sign_in),
            access_token: Some(ACCESS_TOKEN),
            now: NOW,
            previous,
        };
        verify(&self.token(), &self.key_set(), &expected)
    }
}

/// The codes of all failures.
pub(crate) fn failures(verdict: &Verdict) -> Vec<&str> {
    let failed = verdict.checks.iter().filter(|check| check.outcome == Outcome::Failed);
    failed.map(|check| check.code.as_deref().unwrap()).collect()
}

/// Prints a table's one line, and fails with what went wrong.
pub(crate) fn report(table: &str, cases: usize, at_least: usize, wrong: &[String], word: &str) {
    println!("{table}: {cases} cases, {} {word}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases >= at_least, "{cases} cases, where {at_least} belong");
}

/// A table that has a name twice may have lost a case by copying.
pub(crate) fn distinct<'a>(names: impl Iterator<Item = &'a str>) {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        assert!(seen.insert(name), "two cases are called {name}");
    }
}
