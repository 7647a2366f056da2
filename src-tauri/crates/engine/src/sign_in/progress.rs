//! Where each sign-in stands: five steps that fill in and stay as its record.

use bobbin_store::PendingSignIn;

use crate::{
    connections::redirect_methods,
    view::{CheckView, ErrorView, RedirectMethod, SignInState, SignInView, Step, StepStatus, StepView},
};

/// Ended sign-ins are kept for their record; the oldest go first.
const KEPT: usize = 100;
const REPEATED_WITHIN_MS: u64 = 1000;

#[derive(Default)]
pub(crate) struct Runs(Vec<Run>);

/// One sign-in as the page sees it, without a secret.
pub(crate) struct Run {
    pub(crate) id: String,
    connection: String,
    state: SignInState,
    started_at: i64,
    expires_at: i64,
    steps: Vec<StepView>,
    code_challenge: String,
    pub(crate) redirect_uri: String,
    pub(crate) redirect_method: RedirectMethod,
    user_label: String,
    /// The authorization URL, for "Copy link".
    pub(crate) url: String,
    /// The wire record of the opened page.
    pub(crate) exchange: String,
    /// The `state` that was sent, so that a repeated callback is known for what it is.
    pub(crate) sent_state: String,
    pub(crate) session: Option<String>,
    pub(crate) failure: Option<ErrorView>,
    pub(crate) checks: Vec<CheckView>,
    pub(crate) scopes_missing: Vec<String>,
}

impl Runs {
    pub(crate) fn add(&mut self, run: Run) {
        self.0.push(run);
        if self.0.len() > KEPT
            && let Some(oldest) = self.0.iter().position(|run| !run.waiting())
        {
            self.0.remove(oldest);
        }
    }

    pub(crate) fn get(&mut self, id: &str) -> Option<&mut Run> {
        self.0.iter_mut().find(|run| run.id == id)
    }

    /// A sign-in that was started a moment ago: a page that is reloaded meanwhile sends its command again.
    pub(crate) fn just_started(&self, connection: &str, now: i64) -> Option<SignInView> {
        let run = self.latest(connection)?;
        (run.waiting() && now.abs_diff(run.started_at) < REPEATED_WITHIN_MS).then(|| run.view())
    }

    pub(crate) fn latest(&self, connection: &str) -> Option<&Run> {
        self.0.iter().rev().find(|run| run.connection == connection)
    }

    /// The sign-in that sent this `state`, waiting or over.
    pub(crate) fn by_state(&self, state: &str) -> Option<&Run> {
        self.0.iter().find(|run| run.sent_state == state)
    }
}

impl Run {
    pub(crate) fn new(pending: &PendingSignIn) -> Self {
        let detail = |name: &str| pending.details[name].as_str().unwrap_or_default().to_owned();
        let step = |step, text: &str| StepView {
            step,
            status: StepStatus::Todo,
            detail: text.to_owned(),
            started_at: None,
            duration_ms: None,
        };
        let mut run = Self {
            id: pending.id.clone(),
            connection: pending.connection.clone(),
            state: SignInState::Waiting,
            started_at: pending.started_at,
            expires_at: pending.expires_at,
            steps: vec![
                step(Step::Prepare, "state, nonce and verifier: 32 random bytes each"),
                step(Step::Consent, "In your own browser"),
                step(Step::Callback, "state must match · code is single-use"),
                step(Step::Exchange, "POST to the token endpoint · code_verifier"),
                step(Step::Verify, "signature, iss, aud, exp, nonce, at_hash, s_hash"),
            ],
            code_challenge: pending.code_challenge.clone(),
            redirect_uri: pending.redirect_uri.clone(),
            redirect_method: serde_json::from_value(pending.details["redirect_method"].clone())
                .unwrap_or(RedirectMethod::Paste),
            user_label: pending.user_label.clone(),
            url: detail("url"),
            exchange: detail("exchange"),
            sent_state: pending.state.clone(),
            session: None,
            failure: None,
            checks: Vec::new(),
            scopes_missing: Vec::new(),
        };
        run.step(Step::Prepare).started_at = Some(pending.started_at);
        run
    }

    pub(crate) fn expired(&self) -> bool {
        self.state == SignInState::Expired
    }

    pub(crate) fn waiting(&self) -> bool {
        self.state == SignInState::Waiting
    }

    pub(crate) fn exchanging(&self) -> bool {
        self.state == SignInState::Exchanging
    }

    /// Starts a step; one that has started keeps its time.
    pub(crate) fn begin(&mut self, step: Step, now: i64, detail: &str) {
        let view = self.step(step);
        view.status = StepStatus::Active;
        view.started_at = view.started_at.or(Some(now));
        detail.clone_into(&mut view.detail);
        if matches!(step, Step::Callback | Step::Exchange | Step::Verify) {
            self.state = SignInState::Exchanging;
        }
    }

    pub(crate) fn done(&mut self, step: Step, now: i64, detail: &str) {
        self.finish(step, StepStatus::Done, now, detail);
    }

    /// Ends the sign-in well.
    pub(crate) fn succeed(&mut self, session: String) {
        self.state = SignInState::Done;
        self.session = Some(session);
        self.failure = None;
    }

    /// Ends the sign-in at the step that is under way.
    pub(crate) fn end(&mut self, state: SignInState, now: i64, detail: &str) {
        self.state = state;
        let active = self.steps.iter().find(|step| step.status == StepStatus::Active);
        if let Some(step) = active.map(|step| step.step) {
            self.finish(step, StepStatus::Failed, now, detail);
        }
    }

    /// Ends the sign-in with a card.
    pub(crate) fn fail(&mut self, now: i64, failure: ErrorView) {
        self.end(SignInState::Failed, now, &failure.message);
        self.failure = Some(failure);
    }

    pub(crate) fn view(&self) -> SignInView {
        SignInView {
            id: self.id.clone(),
            connection: self.connection.clone(),
            state: self.state,
            started_at: self.started_at,
            expires_at: self.expires_at,
            steps: self.steps.clone(),
            code_challenge: self.code_challenge.clone(),
            redirect_uri: self.redirect_uri.clone(),
            redirect_method: self.redirect_method,
            redirect_methods: redirect_methods(&self.redirect_uri),
            user_label: self.user_label.clone(),
            session: self.session.clone(),
            failure: self.failure.clone(),
            checks: self.checks.clone(),
            scopes_missing: self.scopes_missing.clone(),
        }
    }

    fn finish(&mut self, step: Step, status: StepStatus, now: i64, detail: &str) {
        let view = self.step(step);
        view.status = status;
        view.duration_ms = Some(now - view.started_at.unwrap_or(now));
        detail.clone_into(&mut view.detail);
    }

    fn step(&mut self, step: Step) -> &mut StepView {
        &mut self.steps[step as usize]
    }
}
