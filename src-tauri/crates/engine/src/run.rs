//! A GraphQL operation is sent with a session's token, once, and its reply is shown as it came.

use std::sync::Arc;

use bobbin_protocol::{
    graphql::{self, GraphqlReply, ReplyError},
    http::Field,
};
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Error, Result,
    exchange::{Exchanged, Purpose},
    lock,
    storage::blocking,
    view::{ErrorCode, ErrorView, GraphqlErrorView, NamedValue, ResponseView, RunRequest},
    wire::masked,
};

/// A page that is loaded again asks for its last runs again, so the last responses are kept. They can be large.
const MAX_RESPONSES: usize = 3;

/// Bytes of a response with its indentation; a larger one is shown as it came.
const MAX_INDENTED: usize = 32 * 1024 * 1024;

/// Every run since the start, so that none is sent twice; most of them without their response.
#[derive(Default)]
pub(crate) struct Runs(Vec<Run>);

#[derive(Clone)]
struct Run {
    id: String,
    cancel: CancellationToken,
    response: Arc<OnceCell<Result<ResponseView>>>,
}

impl Engine {
    /// Sends an operation. A second call with the same id gets the first one's response: a mutation never runs twice.
    pub async fn query_run(&self, request: RunRequest) -> Result<ResponseView> {
        let run = lock(&self.0.runs).take_up(&request.id);
        run.response.get_or_init(|| self.run_detached(request, run.cancel.clone())).await.clone()
    }

    /// Ends a run and frees its connection.
    pub fn query_cancel(&self, id: &str) {
        // A cancel can overtake its run, which then ends before it begins.
        lock(&self.0.runs).take_up(id).cancel.cancel();
    }

    /// On a task of its own, so that a reloaded page cannot end it half-way.
    async fn run_detached(&self, request: RunRequest, cancel: CancellationToken) -> Result<ResponseView> {
        let engine = self.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                response = engine.run_now(&request) => response,
                () = cancel.cancelled() => {
                    // A refresh before the run goes on by itself; one that only waits to be tried again does not.
                    engine.wait_cancel(&request.session);
                    Err(Error::new(ErrorCode::RunCancelled, "The run was cancelled.")
                        .hint("A request that had left may still have taken effect at the server."))
                }
            }
        });
        let outcome = match task.await {
            Ok(response) => response,
            Err(error) => Err(Error::new("internal", format!("The run ended early: {error}."))),
        };
        match &outcome {
            Ok(response) => tracing::info!(
                status = response.status,
                errors = response.errors.len(),
                duration_ms = response.duration_ms,
                "run ended"
            ),
            Err(error) => tracing::warn!(code = error.code(), "run failed"),
        }
        outcome
    }

    async fn run_now(&self, request: &RunRequest) -> Result<ResponseView> {
        let variables = parse_variables(&request.variables)?;
        let session = self.stored_session(&request.session).await?;
        let provider = self.provider_of(&session, "graphql_endpoint").await?;
        let endpoint = provider.graphql_endpoint()?;
        crate::session_view::refuse_unverified(&session)?;
        let session = self.fresh_session(session, &provider).await?;
        let name = request.operation_name.as_deref();
        let mut sent = graphql::build_request(
            &endpoint,
            &session.access_token,
            &request.document,
            name,
            variables.as_ref(),
        );
        for (name, value) in provider.headers() {
            // A file written by hand may name one that the request has already.
            if !sent.headers.iter().any(|header| header.name.eq_ignore_ascii_case(&name)) {
                sent.headers.push(Field::plain(name, value));
            }
        }
        let label = name.map_or_else(|| only_operation(&request.document), str::to_owned);
        let exchanged =
            self.send_named(&provider, Purpose::Graphql, &label, sent).await.map_err(|lost| lost.error)?;
        let engine = self.clone();
        // A reply may be 100 MiB: reading it must not hold up the other commands.
        blocking(move || {
            let reply = graphql::process_response(&exchanged.reply);
            if !reply.errors.is_empty() && reply.has_data {
                engine.record_partial(&exchanged.id);
            }
            response(exchanged, reply)
        })
        .await
    }
}

impl Runs {
    fn take_up(&mut self, id: &str) -> Run {
        if let Some(run) = self.0.iter().find(|run| run.id == id) {
            return run.clone();
        }
        let run = Run { id: id.to_owned(), cancel: CancellationToken::new(), response: Arc::default() };
        self.0.push(run.clone());
        let with_response = self.0.iter_mut().rev().filter(|run| matches!(run.response.get(), Some(Ok(_))));
        for old in with_response.skip(MAX_RESPONSES) {
            old.response = Arc::new(OnceCell::new_with(Some(Err(response_gone()))));
        }
        run
    }
}

fn response_gone() -> Error {
    Error::new("run_response_gone", "The response of this run is no longer there.")
        .hint("Run the query again to get another.")
}

/// GraphQL variables are a JSON object; an empty text means none.
fn parse_variables(text: &str) -> Result<Option<Value>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Null) => Ok(None),
        Ok(value @ Value::Object(_)) => Ok(Some(value)),
        Ok(_) => Err(Error::new("variables_not_an_object", "The variables are not a JSON object.").hint(
            "Write them as { \"name\": value }, with the names of the operation's variables without $.",
        )),
        Err(error) => Err(Error::new(
            ErrorCode::VariablesMalformed,
            format!("The variables are not JSON: line {}, column {}.", error.line(), error.column()),
        )
        .hint("Names and texts stand in double quotes, and no comma follows the last member.")
        .detail(Some(error.to_string()))),
    }
}

/// The name to show in the drawer where the person did not have to pick one.
fn only_operation(document: &str) -> String {
    match graphql::operations(document) {
        Ok(operations) => operations.into_iter().find_map(|operation| operation.name).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

fn response(exchanged: Exchanged, reply: GraphqlReply) -> ResponseView {
    let Exchanged { id, reply: raw, duration_ms, .. } = exchanged;
    let json = reply.is_json;
    let (size, content_type) = (raw.body.len() as u64, raw.header("content-type").map(str::to_owned));
    let came = String::from_utf8(raw.body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let indented = json.then(|| graphql::indented(&came, MAX_INDENTED)).flatten();
    ResponseView {
        status: raw.status,
        duration_ms,
        size,
        content_type,
        partial: reply.has_data && !reply.errors.is_empty(),
        errors: cards(raw.status, json, reply.errors),
        errors_left_out: reply.errors_left_out as u64,
        headers: raw
            .headers
            .into_iter()
            .map(|(name, value)| NamedValue { value: masked::header(&name, &value), name })
            .collect(),
        body: indented.unwrap_or(came),
        json,
        exchange: id,
    }
}

/// One card an error, and one for a reply that no GraphQL server would send.
fn cards(status: u16, json: bool, errors: Vec<ReplyError>) -> Vec<GraphqlErrorView> {
    if !errors.is_empty() {
        return errors.into_iter().map(|error| card(status, error)).collect();
    }
    let unusual = if json {
        (status >= 400).then(|| {
            Error::new("graphql_http_error", format!("The server answered {status} without saying why."))
                .hint("The response below is all it said.")
        })
    } else {
        Some(
            Error::new("graphql_not_json", format!("The server answered {status}, but not with JSON."))
                .hint("Compare graphql_endpoint under Endpoints with the provider's documentation: a page or a proxy may have answered."),
        )
    };
    unusual
        .map(|error| GraphqlErrorView {
            card: error.into(),
            path: None,
            code: None,
            line: None,
            column: None,
            missing_scopes: Vec::new(),
        })
        .into_iter()
        .collect()
}

fn card(status: u16, error: ReplyError) -> GraphqlErrorView {
    let code = error.code.as_deref();
    let (reason, message, hint) = if !error.missing_scopes.is_empty() {
        (
            "graphql_missing_scope",
            format!("Missing scope: {}", error.missing_scopes.join(", ")),
            Some("Sign in again with it; what the session may see is in the rest of the response."),
        )
    } else if status == 401 || code == Some("UNAUTHENTICATED") {
        (
            ErrorCode::GraphqlUnauthenticated.into(),
            error.message.clone(),
            Some(
                "The access token has expired or was revoked. Refresh the session or sign in again, then run once more.",
            ),
        )
    } else if matches!(code, Some("USER_INTERACTION_REQUIRED" | "REAUTHORIZATION_REQUIRED")) {
        (
            "graphql_user_interaction_required",
            error.message.clone(),
            Some("The end user has to confirm at the address in extensions.userInteractionUrl."),
        )
    } else {
        ("graphql_error", error.message.clone(), None)
    };
    GraphqlErrorView {
        card: ErrorView {
            hint: hint.map(str::to_owned),
            ..ErrorView::new(reason, message).detail(Some(error.message))
        },
        path: error.path,
        code: error.code,
        line: error.line,
        column: error.column,
        missing_scopes: error.missing_scopes,
    }
}
