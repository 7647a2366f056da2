//! The wire record: what left and what came back, for the Wire drawer.
//!
//! Secrets in it are masked in every view; a person can ask for one at a time.
//! It is kept in the database as a whole sealed value, the newest thousand, until it is cleared.

pub(crate) mod masked;

use std::{collections::VecDeque, sync::Arc};

use bobbin_protocol::{
    callback::{Callback, CallbackOutcome},
    http::{Body, Field, HttpReply, HttpRequest, Method, Value},
    pkce::CodeVerifier,
    text::{names_a_secret, names_a_secret_header},
};
use bobbin_store::{PendingSignIn, Store};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::{
    Engine, Error, Result, lock,
    view::{Change, ExchangeOutcome, ExchangePart, ExchangeSummary, ExchangeView},
};

const KEPT: usize = 1000;
/// Longer bodies are recorded up to here: the drawer is for reading, not for keeping.
const BODY_KEPT: usize = 64 * 1024;

#[derive(Default)]
pub(crate) struct Record(VecDeque<Exchange>);

/// One exchange with its secrets. It never leaves the engine except sealed; the page gets [`ExchangeView`].
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Exchange {
    id: String,
    at: i64,
    method: String,
    url: String,
    target: String,
    connection: Option<String>,
    status: Option<u16>,
    outcome: ExchangeOutcome,
    duration_ms: Option<i64>,
    query: Vec<Recorded>,
    request_headers: Vec<Recorded>,
    form: Vec<Recorded>,
    /// The members of `form` were sent as a JSON object.
    #[serde(default)]
    json: bool,
    request_body: Option<String>,
    response_headers: Vec<Recorded>,
    response_body: Option<String>,
    failure: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Recorded {
    name: String,
    value: String,
    secret: bool,
    note: Option<String>,
}

impl Exchange {
    pub(crate) fn request(id: &str, at: i64, connection: &str, name: &str, request: &HttpRequest) -> Self {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        let mut exchange = Self::begun(id, at, method, &request.url, Some(connection));
        format!("{} {name}", request.url.path()).trim_end().clone_into(&mut exchange.target);
        exchange.request_headers = request.headers.iter().map(recorded).collect();
        exchange.json = matches!(request.body, Body::Json(_));
        exchange.request_headers.extend(request.body.content_type().map(|kind| Recorded {
            name: "Content-Type".to_owned(),
            value: kind.to_owned(),
            secret: false,
            note: None,
        }));
        match &request.body {
            Body::Empty => {}
            Body::Form(fields) | Body::Json(fields) => exchange.form = fields.iter().map(recorded).collect(),
            Body::Text { text, .. } => exchange.request_body = Some(kept(text)),
        }
        exchange
    }

    /// A page opened in the browser; what the browser does there is not seen from here.
    pub(crate) fn opened(id: &str, at: i64, url: &url::Url, connection: &str) -> Self {
        let mut exchange = Self::begun(id, at, "OPEN", url, Some(connection));
        url.path().clone_into(&mut exchange.target);
        exchange
    }

    /// A callback that belongs to a sign-in, from what its one parser found.
    pub(crate) fn returned(id: &str, at: i64, callback: &Callback, pending: &PendingSignIn) -> Self {
        let target = callback.target.as_deref().unwrap_or(&pending.redirect_uri);
        let mut exchange = Self::blank(id, at, "LINK", target.to_owned(), Some(&pending.connection));
        target.clone_into(&mut exchange.target);
        exchange.outcome = ExchangeOutcome::Ok;
        exchange.duration_ms = Some(0);
        let mut add = |name: &str, value: Option<String>| {
            exchange.query.extend(value.map(|value| Recorded {
                secret: name == "code",
                note: (name == "state").then(|| "matches the original".to_owned()),
                name: name.to_owned(),
                value,
            }));
        };
        match &callback.outcome {
            CallbackOutcome::Code(code) => add("code", Some(code.expose_secret().to_owned())),
            CallbackOutcome::Error { error, description, uri } => {
                add("error", Some(error.clone()));
                add("error_description", description.clone());
                add("error_uri", uri.clone());
            }
            CallbackOutcome::StateOnly => {}
        }
        add("scope", callback.scope.as_ref().map(|scopes| scopes.join(" ")));
        add("state", callback.state.clone());
        add("iss", callback.iss.clone());
        add("session_state", callback.session_state.clone());
        exchange
    }

    fn begun(id: &str, at: i64, method: &str, url: &url::Url, connection: Option<&str>) -> Self {
        let query = url
            .query_pairs()
            .map(|(name, value)| Recorded {
                secret: names_a_secret(&name),
                name: name.into_owned(),
                value: value.into_owned(),
                note: None,
            })
            .collect();
        let mut bare = url.clone();
        bare.set_query(None);
        bare.set_fragment(None);
        let mut exchange = Self::blank(id, at, method, bare.into(), connection);
        exchange.query = query;
        exchange
    }

    fn blank(id: &str, at: i64, method: &str, url: String, connection: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            at,
            method: method.to_owned(),
            url,
            target: String::new(),
            connection: connection.map(str::to_owned),
            status: None,
            outcome: ExchangeOutcome::Running,
            duration_ms: None,
            query: Vec::new(),
            request_headers: Vec::new(),
            form: Vec::new(),
            json: false,
            request_body: None,
            response_headers: Vec::new(),
            response_body: None,
            failure: None,
        }
    }

    fn summary(&self) -> ExchangeSummary {
        ExchangeSummary {
            id: self.id.clone(),
            at: self.at,
            method: self.method.clone(),
            target: self.target.clone(),
            connection: self.connection.clone(),
            status: self.status,
            outcome: self.outcome,
            duration_ms: self.duration_ms,
        }
    }
}

impl Engine {
    pub fn wire(&self) -> Vec<ExchangeSummary> {
        lock(&self.0.wire).0.iter().map(Exchange::summary).collect()
    }

    /// One row of the drawer; `None` where the record no longer has it.
    pub fn exchange_summary(&self, id: &str) -> Option<ExchangeSummary> {
        lock(&self.0.wire).0.iter().rev().find(|exchange| exchange.id == id).map(Exchange::summary)
    }

    pub fn exchange(&self, id: &str) -> Result<ExchangeView> {
        self.recorded(id).map(|exchange| masked::view(&exchange))
    }

    /// One masked value, for the eye. `name` is absent for a body that is not a list of fields.
    pub fn exchange_reveal(&self, id: &str, part: ExchangePart, name: Option<&str>) -> Result<String> {
        masked::reveal(&self.recorded(id)?, part, name).ok_or_else(|| {
            Error::new("exchange_part_missing", "This exchange has no such value.")
                .hint("Open the exchange again.")
        })
    }

    pub async fn wire_clear(&self) -> Result<()> {
        lock(&self.0.wire).0.clear();
        let engine = self.clone();
        self.with_store(move |store| {
            let _turn = lock(&engine.0.writing_wire);
            store.clear_exchanges()
        })
        .await
    }

    /// Adds an exchange to the record.
    pub(crate) fn record(&self, exchange: Exchange) {
        let id = exchange.id.clone();
        let mut record = lock(&self.0.wire);
        record.0.push_back(exchange);
        let oldest = if record.0.len() > KEPT { record.0.pop_front() } else { None };
        drop(record);
        self.keep(&id);
        self.changed(Change::Exchange { id });
        if let Some(Exchange { id, .. }) = oldest {
            self.changed(Change::Exchange { id });
        }
    }

    pub(crate) fn record_reply(&self, id: &str, duration_ms: i64, reply: &HttpReply) {
        self.amend(id, |exchange| {
            exchange.status = Some(reply.status);
            exchange.outcome = if reply.status < 400 { ExchangeOutcome::Ok } else { ExchangeOutcome::Error };
            exchange.duration_ms = Some(duration_ms);
            exchange.response_headers = reply
                .headers
                .iter()
                .map(|(name, value)| Recorded {
                    name: name.clone(),
                    value: value.clone(),
                    secret: names_a_secret_header(name),
                    note: None,
                })
                .collect();
            exchange.response_body = Some(kept(&String::from_utf8_lossy(&reply.body)));
        });
    }

    /// A GraphQL reply that has errors beside its data.
    pub(crate) fn record_partial(&self, id: &str) {
        self.amend(id, |exchange| exchange.outcome = ExchangeOutcome::Partial);
    }

    pub(crate) fn record_failure(&self, id: &str, duration_ms: i64, failure: &str) {
        self.amend(id, |exchange| {
            exchange.outcome = ExchangeOutcome::NoReply;
            exchange.duration_ms = Some(duration_ms);
            exchange.failure = Some(failure.to_owned());
        });
    }

    pub(crate) fn record_cancelled(&self, id: &str, duration_ms: i64) {
        self.amend(id, |exchange| {
            exchange.outcome = ExchangeOutcome::Cancelled;
            exchange.duration_ms = Some(duration_ms);
        });
    }

    /// The page that was opened in the browser has come back, or was given up.
    pub(crate) fn record_returned(&self, id: &str, outcome: ExchangeOutcome) {
        let now = self.now();
        self.amend(id, |exchange| {
            exchange.outcome = outcome;
            exchange.duration_ms = Some(now - exchange.at);
        });
    }

    /// What earlier runs recorded. An exchange that was cut off by the end of the app has no reply.
    pub(crate) fn take_up_wire(&self, store: &Arc<Store>) -> Result<()> {
        let earlier = store.exchanges(KEPT)?;
        let mut record = lock(&self.0.wire);
        let fresh = std::mem::take(&mut record.0);
        let known: Vec<String> = fresh.iter().map(|exchange| exchange.id.clone()).collect();
        record.0.extend(earlier.into_iter().filter_map(|(id, value)| {
            let mut exchange: Exchange = serde_json::from_value(value).ok()?;
            if exchange.outcome == ExchangeOutcome::Running {
                exchange.outcome = ExchangeOutcome::NoReply;
            }
            (!known.contains(&id)).then_some(exchange)
        }));
        record.0.extend(fresh);
        let surplus = record.0.len().saturating_sub(KEPT);
        record.0.drain(..surplus);
        drop(record);
        // What was recorded before the database was open.
        for id in known {
            self.keep(&id);
        }
        self.changed(Change::Wire);
        Ok(())
    }

    fn recorded(&self, id: &str) -> Result<Exchange> {
        lock(&self.0.wire).0.iter().find(|exchange| exchange.id == id).cloned().ok_or_else(|| {
            Error::new("exchange_unknown", "This exchange is no longer in the record.")
                .hint("The record keeps the newest thousand.")
        })
    }

    fn amend(&self, id: &str, change: impl FnOnce(&mut Exchange)) {
        let mut record = lock(&self.0.wire);
        let Some(exchange) = record.0.iter_mut().rev().find(|exchange| exchange.id == id) else {
            return;
        };
        change(exchange);
        drop(record);
        self.keep(id);
        self.changed(Change::Exchange { id: id.to_owned() });
    }

    /// Persists the newest state of an exchange in the background, together with all others that wait for it:
    /// a request does not wait for its record, and many at once do not queue for the disk one by one.
    fn keep(&self, id: &str) {
        let Some(store) = self.store_if_open() else {
            return;
        };
        let is_scheduled = {
            let mut unwritten = lock(&self.0.unwritten_wire);
            let waits = !unwritten.is_empty();
            unwritten.insert(id.to_owned());
            waits
        };
        if is_scheduled {
            return;
        }
        let engine = self.clone();
        tokio::task::spawn_blocking(move || {
            // In turn, so that an older state cannot overwrite a newer one.
            let _turn = lock(&engine.0.writing_wire);
            let ids = std::mem::take(&mut *lock(&engine.0.unwritten_wire));
            let newest: Vec<(String, i64, serde_json::Value)> = ids
                .into_iter()
                .filter_map(|id| {
                    let exchange = engine.recorded(&id).ok()?;
                    Some((id, exchange.at, serde_json::to_value(&exchange).ok()?))
                })
                .collect();
            if newest.is_empty() {
                return;
            }
            let newest = newest.iter().map(|(id, at, exchange)| (id.as_str(), *at, exchange));
            if let Err(error) = store.put_exchanges(newest) {
                engine.report(&error.into());
            }
        });
    }
}

fn recorded(field: &Field) -> Recorded {
    Recorded {
        note: note(&field.name, field.value.expose()),
        name: field.name.clone(),
        value: field.value.expose().to_owned(),
        // A header such as X-Api-Key that a person has added says by its name what it is.
        secret: matches!(field.value, Value::Secret(_)) || names_a_secret_header(&field.name),
    }
}

/// What a value is to the rest of the sign-in, where that can be said without showing it.
fn note(name: &str, value: &str) -> Option<String> {
    match name {
        "code_verifier" => {
            let challenge = CodeVerifier::parse(value).ok()?.challenge();
            Some(format!("BASE64URL(SHA-256(code_verifier)) = code_challenge = {challenge}"))
        }
        "client_assertion" => Some("a signed JWT, valid for 60 s and for this request alone".to_owned()),
        _ => None,
    }
}

fn kept(text: &str) -> String {
    if text.len() <= BODY_KEPT {
        return text.to_owned();
    }
    let mut end = BODY_KEPT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\n… {} more bytes are not kept in the record", &text[..end], text.len() - end)
}
