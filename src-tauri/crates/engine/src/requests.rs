//! The authorization requests that were started here, and which of them a pasted text belongs to.

use bobbin_protocol::callback;
use bobbin_store::{AuthorizationRequest, RequestOutcome as Kept, Store};
use url::Url;

use crate::{
    Engine, Error, Result,
    sign_in::PATIENCE_MS,
    view::{Change, RequestFound, RequestOutcome, RequestView, SignInState},
};

const LONGEST_LABEL: usize = 120;
/// A longer text is no state, no callback and no authorization URL.
const LONGEST_TEXT: usize = 8 * 1024;

impl Engine {
    /// Newest first.
    pub async fn requests(&self) -> Result<Vec<RequestView>> {
        let now = self.now();
        let (requests, sessions) = self
            .with_store(move |store| {
                let mut requests = store.requests()?;
                let late = |it: &AuthorizationRequest| {
                    it.outcome == Kept::Waiting && it.started_at + PATIENCE_MS <= now
                };
                // Nobody else ends what a Bobbin that ended left half-way.
                if requests.iter().any(late) {
                    store.remove_expired_sign_ins(now)?;
                    requests = store.requests()?;
                }
                Ok((requests, store.sessions()?))
            })
            .await?;
        let here: Vec<String> = sessions.into_iter().map(|session| session.id).collect();
        Ok(requests.into_iter().map(|request| self.request_view(request, &here)).collect())
    }

    /// The request that a `state`, a callback URL or an authorization URL belongs to.
    pub async fn request_find(&self, text: &str) -> Result<RequestFound> {
        let state = state_in(text)?;
        let wanted = state.clone();
        let (request, sessions) =
            self.with_store(move |store| Ok((store.request_by_state(&wanted)?, store.sessions()?))).await?;
        let here: Vec<String> = sessions.into_iter().map(|session| session.id).collect();
        let request = request.map(|request| self.request_view(request, &here));
        let message = match &request {
            Some(request) => format!("This belongs to a sign-in with {}.", request.connection_name),
            None => "No sign-in that was started here has this state. It was started elsewhere, cleared from this list, or the state was changed on its way.".to_owned(),
        };
        Ok(RequestFound { state, request, message })
    }

    /// Names the end user of a request in the caller's own words.
    pub async fn request_label(&self, id: &str, label: &str) -> Result<RequestView> {
        let label = valid_label(label);
        let wanted = id.to_owned();
        self.with_store(move |store| store.label_request(&wanted, &label)).await?;
        let found = self.requests().await?.into_iter().find(|request| request.id == id);
        found.ok_or_else(|| {
            Error::new("request_unknown", "This request is not in the list any more.").hint("It was cleared.")
        })
    }

    /// Forgets the requests that have ended; returns how many.
    pub async fn requests_clear(&self) -> Result<usize> {
        self.with_store(Store::clear_requests).await
    }

    /// Keeps why a sign-in ended without a session.
    pub(crate) async fn end_request(&self, id: &str, state: SignInState, detail: Option<String>) {
        let outcome = match state {
            SignInState::Waiting | SignInState::Exchanging | SignInState::Done => return,
            SignInState::Cancelled => Kept::Cancelled,
            SignInState::Expired => Kept::Expired,
            SignInState::Failed => Kept::Failed,
        };
        tracing::info!(?state, sign_in = id, "sign-in ended");
        let (wanted, at) = (id.to_owned(), self.now());
        let ended = self
            .with_store(move |store| store.end_request(&wanted, outcome, detail.as_deref(), None, at))
            .await;
        if let Err(error) = ended {
            self.report(&error);
        }
        self.changed(Change::SignIn { id: id.to_owned() });
    }

    fn request_view(&self, request: AuthorizationRequest, sessions: &[String]) -> RequestView {
        let file = self.0.workspace.connection(&request.connection).ok();
        RequestView {
            id: request.id,
            connection_name: file.map_or_else(|| request.connection.clone(), |file| file.name),
            connection: request.connection,
            state: request.state,
            code_challenge: request.code_challenge,
            user_label: request.user_label,
            redirect_uri: request.redirect_uri,
            scopes: request.scopes,
            started_at: request.started_at,
            ended_at: request.ended_at,
            outcome: match request.outcome {
                Kept::Waiting => RequestOutcome::Waiting,
                Kept::Succeeded => RequestOutcome::Succeeded,
                Kept::Failed => RequestOutcome::Failed,
                Kept::Cancelled => RequestOutcome::Cancelled,
                Kept::Expired => RequestOutcome::Expired,
            },
            detail: request.detail,
            session: request.session.filter(|session| sessions.contains(session)),
        }
    }
}

pub(crate) fn valid_label(label: &str) -> String {
    label.trim().chars().filter(|character| !character.is_control()).take(LONGEST_LABEL).collect()
}

/// The `state` of what was pasted: itself, or a parameter of a URL or query string.
fn state_in(text: &str) -> Result<String> {
    let text = text.trim().trim_matches(['"', '\'', '<', '>']);
    let wrong = |message: &str| {
        Error::new("request_search_unusable", message)
            .hint("Paste a state, a callback URL or its query string, or an authorization URL.")
    };
    if text.is_empty() {
        return Err(wrong("Nothing was pasted."));
    }
    if text.len() > LONGEST_TEXT {
        return Err(wrong("This is longer than 8 KiB, which neither a state nor a callback is."));
    }
    let state_of =
        |url: &Url| url.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
    if let Ok(callback) = callback::parse_pasted(text)
        && let Some(state) = callback.state
    {
        return Ok(state);
    }
    match Url::parse(text) {
        Ok(url) => state_of(&url).ok_or_else(|| wrong("This URL has no state parameter.")),
        Err(_) if text.contains('=') => Err(wrong("No state parameter could be read from this.")),
        Err(_) if text.chars().any(char::is_whitespace) => Err(wrong("A state has no white space in it.")),
        Err(_) => Ok(text.to_owned()),
    }
}
