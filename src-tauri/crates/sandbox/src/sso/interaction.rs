//! The login and the consent page: what a person does between the request and its answer.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use url::form_urlencoded;

use super::{
    authorize::Refusal,
    page,
    sign_ins::{Code, Request, SignIn},
};
use crate::{app::App, clock, faults, form::Form, people, secret};

/// `GET /account/login`
pub(crate) async fn login_page(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let form = Form::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let transaction = form.get("transaction").unwrap_or_default();
    match app.sign_ins().find(transaction, clock::now()) {
        Some(sign_in) => page::login(&sign_in.request, transaction),
        None => gone(),
    }
}

/// `POST /account/login`
pub(crate) async fn login(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let form = Form::parse(&body, &[]).unwrap_or_default();
    let transaction = form.get("transaction").unwrap_or_default();
    if form.get("decision") == Some("cancel") {
        return cancel(&app, transaction);
    }
    let Some(person) = form.get("person").and_then(people::find) else { return gone() };
    if app.sign_ins().identify(transaction, person, clock::now()) {
        page::found(&format!("/consent?transaction={transaction}"))
    } else {
        gone()
    }
}

/// `GET /consent`
pub(crate) async fn consent_page(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let form = Form::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let transaction = form.get("transaction").unwrap_or_default();
    match app.sign_ins().find(transaction, clock::now()) {
        Some(SignIn { request, person: Some((person, _)) }) => page::consent(&request, person, transaction),
        Some(SignIn { person: None, .. }) => {
            page::found(&format!("/account/login?transaction={transaction}"))
        }
        None => gone(),
    }
}

/// `POST /consent`
pub(crate) async fn consent(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let form = Form::parse(&body, &["scope"]).unwrap_or_default();
    let transaction = form.get("transaction").unwrap_or_default();
    match form.get("decision") {
        Some("allow") => {}
        Some("cancel") => return cancel(&app, transaction),
        _ => return gone(),
    }
    let now = clock::now();
    let Some(SignIn { request, person: Some((person, auth_time)) }) = app.sign_ins().end(transaction, now)
    else {
        return gone();
    };
    let granted = |name: &str| name == "openid" || form.all("scope").any(|ticked| ticked == name);
    let scopes: Vec<_> = request
        .scopes
        .iter()
        .map(|scope| scope.name)
        .filter(|name| granted(name))
        .map(String::from)
        .collect();
    let session = secret::session_id();
    let redirect_uri = request.redirect_uri.clone();
    let answer = [
        ("scope", scopes.join(" ")),
        ("state", request.state.clone()),
        ("session_state", session_state(&request, &session)),
    ];
    let code = app.sign_ins().grant(Code { request, person, auth_time, session, scopes }, now);
    respond(&app, &redirect_uri, [&[("code", code)], answer.as_slice()].concat())
}

/// The client learns no more than the `state`, which is how Stitch says that a person gave up.
fn cancel(app: &App, transaction: &str) -> Response {
    match app.sign_ins().end(transaction, clock::now()) {
        Some(sign_in) => {
            respond(app, &sign_in.request.redirect_uri, vec![("state", sign_in.request.state.clone())])
        }
        None => gone(),
    }
}

/// Sends the browser back to the client; no registered redirect URI has a query of its own.
fn respond(app: &App, redirect_uri: &str, mut parameters: Vec<(&'static str, String)>) -> Response {
    let fragment = faults::callback::spoil(&mut parameters, &app.faults.active());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    page::found(&format!("{redirect_uri}?{query}{fragment}"))
}

/// OIDC Session Management §3: a salted digest over client, origin and session.
fn session_state(request: &Request, session: &str) -> String {
    let salt = secret::session_id();
    let digest = secret::sha256(&format!("{} {} {session} {salt}", request.client.id, request.redirect_uri));
    format!("{digest}.{salt}")
}

fn gone() -> Response {
    page::refusal(&Refusal {
        code: "invalid_request",
        reason: "This sign-in is over: it was finished, cancelled, or left for more than ten minutes.".into(),
    })
}
