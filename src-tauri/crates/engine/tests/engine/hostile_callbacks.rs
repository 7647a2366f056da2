//! Every hostile callback of the protocol's table, against a sign-in that waits at the real sandbox.
//!
//! None makes a token request; none but the provider's own refusal ends the sign-in, whose true callback then completes it.

#[path = "../../../protocol/tests/cases/callbacks/table.rs"]
mod cases;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::server::{forwarded, server};
use crate::world::{Person, World};
use bobbin_engine::view::{EndpointDraft, EndpointKind, RedirectMethod, SignInState, SignInView};
use bobbin_sandbox::PUBLIC_CLIENT_ID;
use cases::{
    CASES,
    Input::{self, Loopback, Made, Pasted, System},
    LOOPBACK, REDIRECT_URI, STATE,
};

#[derive(Clone, Copy, PartialEq)]
enum Way {
    AppLink,
    Paste,
}

/// A world whose provider says that it names itself in callbacks, and counts the requests for tokens.
struct Counted {
    world: World,
    issuer: String,
    token_requests: Arc<AtomicUsize>,
    app_link: String,
    loopback: String,
}

impl Counted {
    async fn new() -> Self {
        let world = World::new();
        let issuer = world.engine.sandbox().await.unwrap();
        world.engine.sandbox_faults_set(&["callback-iss-removed".to_owned()]).await.unwrap();
        let token_requests = Arc::new(AtomicUsize::new(0));
        let (count, endpoint) = (token_requests.clone(), format!("{issuer}/connect/token"));
        let counter = server(move |request| {
            count.fetch_add(1, Ordering::SeqCst);
            let endpoint = endpoint.clone();
            async move { forwarded(&endpoint, &request).await }
        })
        .await;
        let connection = async |redirect_method, redirect_uri: &str| {
            let slug = world.engine.connection_create("openid", "Provider").await.unwrap();
            world
                .save_connection_of(&slug, |draft| {
                    PUBLIC_CLIENT_ID.clone_into(&mut draft.client_id);
                    draft.redirect_method = redirect_method;
                    redirect_uri.clone_into(&mut draft.redirect_uri);
                    draft.scopes = vec!["openid".to_owned()];
                    draft.endpoints = vec![
                        EndpointDraft { kind: EndpointKind::Issuer, url: issuer.clone() },
                        EndpointDraft { kind: EndpointKind::Token, url: counter.clone() },
                    ];
                })
                .await;
            world.engine.discover(&slug).await.unwrap();
            slug
        };
        let app_link = connection(RedirectMethod::AppLink, REDIRECT_URI).await;
        // By paste, so that no test needs the one port that the sandbox knows.
        let loopback = connection(RedirectMethod::Paste, LOOPBACK).await;
        // The metadata are read, and nothing else shall go wrong.
        world.engine.sandbox_faults_set(&[]).await.unwrap();
        Self { world, issuer, token_requests, app_link, loopback }
    }

    fn slug(&self, input: &Input) -> &str {
        if matches!(input, Loopback(_)) { &self.loopback } else { &self.app_link }
    }

    fn sign_in(&self, input: &Input) -> SignInView {
        self.world.engine.sign_in(self.slug(input)).unwrap()
    }

    fn encoded_issuer(&self) -> String {
        self.issuer.replace(':', "%3A").replace('/', "%2F")
    }

    /// The row with the state and the issuer of a sign-in that waits.
    fn fitted(&self, input: &Input) -> String {
        let opened = url::Url::parse(&self.world.opened()).unwrap();
        let state = opened.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let issuer = self.encoded_issuer();
        let twice = |text: &str| text.replace('%', "%25");
        let of_state = |state: &str| format!("%25{:02X}{}", state.as_bytes()[0], &state[1..]);
        let theirs = "https%3A%2F%2Flogin.example.com";
        let mut text = input.text();
        for (from, to) in [
            (STATE.to_owned(), state.clone()),
            (STATE.to_lowercase(), state.to_lowercase()),
            (of_state(STATE), of_state(&state)),
            (theirs.to_owned(), issuer.clone()),
            (theirs.replace("https", "HTTPS"), issuer.replace("http", "HTTP")),
            (twice(theirs), twice(&issuer)),
        ] {
            text = text.replace(&from, &to);
        }
        text
    }

    /// Brings a callback, and says with which code it was refused.
    async fn brings(&self, way: Way, waiting: &SignInView, text: &str) -> Option<String> {
        match way {
            Way::AppLink => {
                self.world.outside.notices.lock().unwrap().clear();
                self.world.engine.app_link(text).await;
                self.world.last_notice()
            }
            Way::Paste => {
                let pasted = self.world.engine.callback_paste(&waiting.id, text).await;
                pasted.err().map(|error| error.code().to_owned())
            }
        }
    }

    /// What went wrong with a row, if anything did.
    async fn judged(&self, way: Way, code: &str, input: &Input) -> Result<(), String> {
        // Past the time in which a start counts as repeated.
        self.world.advance(Duration::from_secs(2));
        let waiting = self.world.engine.sign_in_start(self.slug(input), "").await.unwrap();
        // The sandbox sends no iss, so that it keeps the promise here.
        let genuine = format!("{}&iss={}", Person::allows(&self.world.opened()).await, self.encoded_issuer());
        let before = self.token_requests.load(Ordering::SeqCst);

        let refused = self.brings(way, &waiting, &self.fitted(input)).await;

        if self.token_requests.load(Ordering::SeqCst) != before {
            return Err("tokens were asked for".to_owned());
        }
        let after = self.sign_in(input);
        let ends = match code {
            "error" | "cancelled" => {
                refused.is_none() && matches!(after.state, SignInState::Cancelled | SignInState::Failed)
            }
            code => refused.as_deref().is_some_and(|refused| is_expected(way, input, code, refused)),
        };
        if !ends {
            return Err(format!("{code} was expected, it came to {refused:?} with {:?}", after.state));
        }
        if matches!(code, "error" | "cancelled") {
            return Ok(());
        }
        if (after.id.as_str(), after.state) != (waiting.id.as_str(), SignInState::Waiting) {
            return Err(format!("the sign-in does not wait any more: {:?}", after.state));
        }
        if let Some(refused) = self.brings(way, &waiting, &genuine).await {
            return Err(format!("the true callback was refused afterwards: {refused}"));
        }
        let done = self.sign_in(input);
        if done.state != SignInState::Done {
            return Err(format!("the true callback did not complete it: {:?}", done.failure));
        }
        let asked = self.token_requests.load(Ordering::SeqCst) - before;
        if asked == 1 { Ok(()) } else { Err(format!("the true callback asked {asked} times for tokens")) }
    }

    async fn judge_all(&self, way: Way) {
        let mut wrong = Vec::new();
        let mut driven = 0;
        for (name, code, section, input) in CASES {
            // Pasted, a query alone is as good as an address.
            if way == Way::Paste && matches!(input, System(_)) {
                continue;
            }
            driven += 1;
            if let Err(what) = self.judged(way, code, input).await {
                wrong.push(format!("{name} ({section}): {what}"));
            }
        }
        assert!(wrong.is_empty(), "{} of {driven} rows:\n{}", wrong.len(), wrong.join("\n"));
        assert!(driven >= 80, "{driven} rows were driven, where 80 belong");
    }
}

/// A row has its code for the way it is written for; by the other it may be refused for another reason.
fn is_expected(way: Way, input: &Input, code: &str, refused: &str) -> bool {
    let other = match (way, input) {
        (Way::AppLink, Pasted(_)) => return refused.starts_with("callback_"),
        (Way::Paste, _) if matches!(code, "callback_without_state" | "callback_unknown_state") => {
            "callback_other_sign_in"
        }
        // Without an ampersand or a colon it could be a code.
        (Way::Paste, Made(_)) => "callback_bare_code",
        _ => code,
    };
    refused == code || refused == other
}

#[tokio::test]
async fn no_hostile_app_link_asks_for_tokens_or_ends_a_sign_in() {
    Counted::new().await.judge_all(Way::AppLink).await;
}

#[tokio::test]
async fn no_hostile_pasted_callback_asks_for_tokens_or_ends_a_sign_in() {
    Counted::new().await.judge_all(Way::Paste).await;
}
