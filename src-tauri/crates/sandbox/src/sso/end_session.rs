//! The end of a session (OIDC RP-Initiated Logout §2, §3).
//!
//! The sandbox remembers no browser, so there is nothing to forget: each sign-in asks again. Tokens stay, as they do
//! with IdentityServer; revocation ends them.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use url::Url;

use super::page;
use crate::{
    app::App,
    clients::{self, Client},
    form::Form,
};

/// `GET /connect/endsession`
pub(crate) async fn by_get(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    end(&app, query.unwrap_or_default().as_bytes()).await
}

/// `POST /connect/endsession`
pub(crate) async fn by_post(State(app): State<Arc<App>>, body: Bytes) -> Response {
    end(&app, &body).await
}

/// Returns to the client only where it is known and this address is one of its own; otherwise ends on our page.
async fn end(app: &App, input: &[u8]) -> Response {
    let form = Form::parse(input, &[]).unwrap_or_default();
    let Some(target) = form.get("post_logout_redirect_uri") else { return page::signed_out("") };
    match (client(app, &form).await, clients::allows_redirect(target), Url::parse(target)) {
        (Some(_), true, Ok(mut target)) => {
            if let Some(state) = form.get("state") {
                target.query_pairs_mut().append_pair("state", state);
            }
            page::found(target.as_str())
        }
        (None, ..) => page::signed_out(
            "It does not lead back: neither a client_id nor an id_token_hint of this sandbox says to which client.",
        ),
        _ => page::signed_out(
            "It does not lead back: the post_logout_redirect_uri must be one of those registered with the client, \
             the same in every character.",
        ),
    }
}

/// The client that the hint was given to, or that names itself; `None` when they contradict each other.
/// An expired hint is as good as any. One that an earlier start signed cannot be checked, and counts as absent.
async fn client(app: &App, form: &Form) -> Option<&'static Client> {
    let hinted = match form.get("id_token_hint") {
        Some(hint) => {
            app.signing.open(hint).await.and_then(|claims| Some(claims.get("aud")?.as_str()?.to_owned()))
        }
        None => None,
    };
    let named = form.get("client_id");
    let contradicted = hinted.as_deref().zip(named).is_some_and(|(hinted, named)| hinted != named);
    clients::find(hinted.as_deref().or(named).filter(|_| !contradicted)?)
}
