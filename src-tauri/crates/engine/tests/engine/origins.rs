//! A connection's file that was changed from outside does not move credentials without a question.

mod issuer;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::server::{forwarded, json, server};
use crate::world::{Person, REDIRECT_URI, World, run};
use bobbin_engine::{
    Error, Keeping,
    view::{
        AuthenticationMethod, EndpointDraft, EndpointKind, RefreshState, SessionSecret, SessionView,
        SignInState,
    },
};
use bobbin_sandbox::{CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, PUBLIC_CLIENT_ID};

/// A server that another hand wrote into the file, and how many requests reached it.
struct Elsewhere {
    url: String,
    reached: Arc<AtomicUsize>,
}

impl Elsewhere {
    /// It passes requests on to `real`, so that all works once a person agrees.
    async fn before(real: String) -> Self {
        let reached = Arc::new(AtomicUsize::new(0));
        let count = reached.clone();
        let url = server(move |request| {
            count.fetch_add(1, Ordering::SeqCst);
            let real = real.clone();
            async move { forwarded(&real, &request).await }
        })
        .await;
        Self { url, reached }
    }

    async fn nobody() -> Self {
        let reached = Arc::new(AtomicUsize::new(0));
        let count = reached.clone();
        let url = server(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            async { json(200, r#"{"data":{"user":null}}"#) }
        })
        .await;
        Self { url, reached }
    }

    fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    fn origin(&self) -> &str {
        self.url.trim_end_matches('/')
    }
}

/// Points endpoints somewhere else in the file, as a `git pull` does; none returns to the preset's.
fn pull(world: &World, slug: &str, endpoints: &[(&str, &str)]) {
    let file = world.folder.path().join(format!("connections/{slug}.toml"));
    let text = std::fs::read_to_string(&file).unwrap();
    let mut text = text.split("[endpoints]").next().unwrap().to_owned();
    if !endpoints.is_empty() {
        text.push_str("\n[endpoints]\n");
        text.extend(endpoints.iter().map(|(name, url)| format!("{name} = \"{url}\"\n")));
    }
    std::fs::write(&file, text).unwrap();
}

fn asks(error: &Error, field: &str, now: &str, before: &str) {
    assert_eq!(error.code(), "endpoint_changed", "{error:?}");
    let (message, hint) = (error.to_string(), error.view().hint.clone().unwrap());
    assert!(message.contains(field) && message.contains(now), "it says what points where: {message}");
    assert!(message.contains("nothing was sent"), "{message}");
    assert!(hint.contains(before), "it says where it pointed before: {hint}");
}

/// Yes to a question that was read.
async fn agree(world: &World, slug: &str, question: &Error) {
    let id = question.view().question.as_deref().expect("it asks");
    world.engine.connection_trust(slug, id).await.unwrap();
}

async fn with_secret() -> World {
    let world = World::new();
    world.engine.client_secret_set("sandbox", Some(CONFIDENTIAL_CLIENT_SECRET.to_owned())).await.unwrap();
    world
        .save_connection(|draft| {
            CONFIDENTIAL_CLIENT_ID.clone_into(&mut draft.client_id);
            draft.authentication_method = AuthenticationMethod::ClientSecretPost;
        })
        .await;
    world
}

async fn refreshed(world: &World, session: &str, generation: u32) -> Result<SessionView, Error> {
    world.engine.session_refresh(session, generation, None).await
}

#[tokio::test]
async fn a_changed_token_endpoint_gets_no_refresh_token_until_a_person_agrees() {
    let world = World::new();
    let id = world.session_id().await;
    let elsewhere = Elsewhere::before(world.url_of(EndpointKind::Token).await).await;
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);

    let error = refreshed(&world, &id, 1).await.unwrap_err();

    asks(&error, "token_endpoint", elsewhere.origin(), "the sandbox");
    assert_eq!(elsewhere.reached(), 0);
    let session = world.engine.session(&id).await.unwrap();
    assert_eq!(session.refresh.unwrap().state, RefreshState::Ready, "the refresh token counts as unused");
    assert!(session.history.is_empty());

    agree(&world, "sandbox", &error).await;
    assert_eq!(refreshed(&world, &id, 1).await.unwrap().refresh.unwrap().generation, 2);
    assert_eq!(elsewhere.reached(), 1);
    assert_eq!(refreshed(&world, &id, 2).await.unwrap().refresh.unwrap().generation, 3, "once and for all");
}

#[tokio::test]
async fn a_changed_graphql_endpoint_gets_no_access_token_until_a_person_agrees() {
    let world = World::new();
    let id = world.session_id().await;
    let elsewhere = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("graphql_endpoint", &elsewhere.url)]);

    let error = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();

    asks(&error, "graphql_endpoint", elsewhere.origin(), "the sandbox");
    assert_eq!(elsewhere.reached(), 0);
    assert!(refreshed(&world, &id, 1).await.is_ok(), "the token endpoint is where it was");

    agree(&world, "sandbox", &error).await;
    let mut again = run(&id, "{ user { __typename } }");
    again.id = "another run".to_owned();
    assert_eq!(world.engine.query_run(again).await.unwrap().status, 200);
    assert_eq!(elsewhere.reached(), 1);
}

#[tokio::test]
async fn no_leg_sends_anything_to_an_origin_that_nobody_agreed_to() {
    let world = with_secret().await;
    let id = world.session_id().await;
    let refresh_token = world.engine.session_secret(&id, SessionSecret::RefreshToken).await.unwrap();
    let opened = world.outside.opened.lock().unwrap().len();
    let elsewhere = Elsewhere::nobody().await;
    let fields = [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "end_session_endpoint",
        "graphql_endpoint",
    ];
    for field in fields {
        pull(&world, "sandbox", &[(field, &elsewhere.url)]);
        let engine = &world.engine;
        let refusals: Vec<Error> = match field {
            "token_endpoint" => vec![
                engine.sign_in_start("sandbox", "").await.unwrap_err(),
                refreshed(&world, &id, 1).await.unwrap_err(),
                engine.client_token("sandbox", false).await.unwrap_err(),
                engine.session_from_refresh_token("sandbox", refresh_token.clone()).await.unwrap_err(),
            ],
            "authorization_endpoint" => vec![engine.sign_in_start("sandbox", "").await.unwrap_err()],
            "userinfo_endpoint" => vec![engine.session_userinfo(&id).await.unwrap_err()],
            "revocation_endpoint" => vec![engine.session_revoke(&id).await.unwrap_err()],
            "introspection_endpoint" => {
                vec![engine.session_introspect(&id, SessionSecret::AccessToken).await.unwrap_err()]
            }
            "end_session_endpoint" => vec![engine.session_sign_out(&id).await.unwrap_err()],
            _ => vec![engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err()],
        };
        for error in refusals {
            asks(&error, field, elsewhere.origin(), "the sandbox");
        }
    }
    assert_eq!(elsewhere.reached(), 0);
    assert_eq!(world.outside.opened.lock().unwrap().len(), opened, "no browser was opened");
    let sessions = world.engine.overview().await.connections.remove(0).sessions;
    assert_eq!(sessions.len(), 1, "a refused refresh token makes no session");
}

#[tokio::test]
async fn a_token_endpoint_that_changes_while_the_browser_is_away_gets_no_code() {
    let world = World::new();
    world.engine.sign_in_start("sandbox", "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    let elsewhere = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in("sandbox").unwrap();
    assert_eq!(sign_in.state, SignInState::Failed);
    assert_eq!(elsewhere.reached(), 0);
}

#[tokio::test]
async fn a_fresh_clone_asks_nothing_at_its_first_sign_in_and_from_then_on_it_does() {
    let world = World::new();
    let elsewhere = Elsewhere::before(world.url_of_running_token_endpoint().await).await;
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);
    let id = world.session_id().await;
    assert_eq!(elsewhere.reached(), 1, "the code was exchanged there");

    let other = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("token_endpoint", &other.url)]);
    asks(&refreshed(&world, &id, 1).await.unwrap_err(), "token_endpoint", other.origin(), elsewhere.origin());
    assert_eq!(other.reached(), 0);
}

#[tokio::test]
async fn a_fresh_clone_is_recorded_when_its_first_secret_is_entered() {
    let world = World::new();
    world.engine.client_secret_set("sandbox", Some(CONFIDENTIAL_CLIENT_SECRET.to_owned())).await.unwrap();
    let other = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("token_endpoint", &other.url)]);
    let error = world.engine.sign_in_start("sandbox", "").await.unwrap_err();
    asks(&error, "token_endpoint", other.origin(), "the sandbox");
}

#[tokio::test]
async fn an_origin_that_goes_and_comes_back_needs_no_question() {
    let world = World::new();
    let id = world.session_id().await;
    let elsewhere = Elsewhere::before(world.url_of(EndpointKind::Token).await).await;
    world.redirect(EndpointKind::Token, &elsewhere.url).await;
    assert!(refreshed(&world, &id, 1).await.is_ok(), "a person saved it in Bobbin");
    pull(&world, "sandbox", &[]);
    assert!(refreshed(&world, &id, 2).await.is_ok());
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);
    assert!(refreshed(&world, &id, 3).await.is_ok());
    assert_eq!(elsewhere.reached(), 2);
}

#[tokio::test]
async fn saving_something_else_does_not_vouch_for_what_another_hand_wrote() {
    let world = World::new();
    let id = world.session_id().await;
    let elsewhere = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);
    world.save_connection(|draft| draft.name = "Mine".to_owned()).await;
    let error = refreshed(&world, &id, 1).await.unwrap_err();
    asks(&error, "token_endpoint of Mine", elsewhere.origin(), "the sandbox");
    assert_eq!(elsewhere.reached(), 0);
}

#[tokio::test]
async fn a_yes_is_to_what_was_asked_and_not_to_what_the_file_says_by_then() {
    let world = World::new();
    let id = world.session_id().await;
    let (asked, later) = (Elsewhere::nobody().await, Elsewhere::nobody().await);
    pull(&world, "sandbox", &[("token_endpoint", &asked.url)]);
    let first = refreshed(&world, &id, 1).await.unwrap_err();
    pull(&world, "sandbox", &[("token_endpoint", &later.url)]);
    // Asked by something in the background, and read by nobody.
    let second = refreshed(&world, &id, 1).await.unwrap_err();
    agree(&world, "sandbox", &first).await;
    let third = refreshed(&world, &id, 1).await.unwrap_err();
    asks(&third, "token_endpoint", later.origin(), asked.origin());
    assert_eq!(later.reached(), 0);

    agree(&world, "sandbox", &third).await;
    let id = |error: &Error| error.view().question.clone().unwrap();
    let again = world.engine.connection_trust("sandbox", &id(&third)).await.unwrap_err();
    assert_eq!(again.code(), "question_gone", "there is nothing to say yes to");
    let words = |error: &Error| format!("{error}\n{}", error.view().hint.as_deref().unwrap());
    assert_ne!(words(&second), words(&third));
}

#[tokio::test]
async fn a_question_names_all_that_changed_and_one_yes_is_enough() {
    let world = World::new();
    let id = world.session_id().await;
    let (tokens, api) = (Elsewhere::nobody().await, Elsewhere::nobody().await);
    pull(&world, "sandbox", &[("token_endpoint", &tokens.url), ("graphql_endpoint", &api.url)]);
    let error = world.engine.query_run(run(&id, "{ user { __typename } }")).await.unwrap_err();
    assert!(error.view().hint.as_deref().unwrap().contains(tokens.origin()), "{error:?}");
    asks(&error, "graphql_endpoint", api.origin(), "the sandbox");
    agree(&world, "sandbox", &error).await;
    let error = refreshed(&world, &id, 1).await.unwrap_err();
    assert_ne!(error.code(), "endpoint_changed", "it was sent, and the answer is no token reply");
    assert_eq!(tokens.reached(), 1);
}

#[tokio::test]
async fn a_vault_session_moves_with_its_token_endpoint_when_a_person_agrees() {
    let world = World::new();
    let (slug, token) = world.vault().await;
    let id = world.engine.session_from_refresh_token(&slug, token).await.unwrap().id;
    let base = world.engine.sandbox().await.unwrap();
    let real = format!("{base}/v2.0/reference/gettoken");
    let elsewhere = Arc::new(AtomicUsize::new(0));
    let count = elsewhere.clone();
    let url = server(move |request| {
        count.fetch_add(1, Ordering::SeqCst);
        let real = real.clone();
        async move {
            let text = String::from_utf8(request).unwrap();
            let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
            let sent =
                reqwest::Client::new().post(real).header("Content-Type", "application/json").body(body);
            let reply = sent.send().await.unwrap();
            json(reply.status().as_u16(), &reply.text().await.unwrap())
        }
    })
    .await;
    pull(&world, &slug, &[("token_endpoint", &url), ("graphql_endpoint", &format!("{base}/graphql"))]);

    let error = refreshed(&world, &id, 2).await.unwrap_err();
    asks(&error, "token_endpoint", url.trim_end_matches('/'), &base);
    assert_eq!(elsewhere.load(Ordering::SeqCst), 0);

    agree(&world, &slug, &error).await;
    assert_eq!(refreshed(&world, &id, 2).await.unwrap().refresh.unwrap().generation, 3);
    assert_eq!(elsewhere.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_was_deleted_and_brought_back_remembers_where_it_may_send() {
    let world = World::new();
    let id = world.session_id().await;
    let elsewhere = Elsewhere::before(world.url_of(EndpointKind::Token).await).await;
    world.redirect(EndpointKind::Token, &elsewhere.url).await;
    world.engine.connection_delete("sandbox").await.unwrap();
    world.engine.connection_restore("sandbox").await.unwrap();
    assert!(refreshed(&world, &id, 1).await.is_ok());
    let other = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("token_endpoint", &other.url)]);
    asks(&refreshed(&world, &id, 2).await.unwrap_err(), "token_endpoint", other.origin(), elsewhere.origin());
}

#[tokio::test]
async fn a_file_that_was_away_while_there_was_something_to_lose_is_a_question_when_it_comes_back() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let key = Keeping::Key([7; 32]);
    let world = World::at(&folder, key.clone());
    let id = world.session_id().await;
    older_database(&folder);
    let file = folder.path().join("connections/sandbox.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    World::at(&folder, key.clone()).engine.settle().await.unwrap();
    let elsewhere = Elsewhere::nobody().await;
    std::fs::write(&file, text).unwrap();

    let world = World::at(&folder, key);
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);
    world.engine.settle().await.unwrap();
    let error = refreshed(&world, &id, 1).await.unwrap_err();
    asks(&error, "token_endpoint", elsewhere.origin(), "nowhere that Bobbin knows of");
    assert_eq!(elsewhere.reached(), 0);
}

#[tokio::test]
async fn an_older_database_asks_nothing_about_what_stands_and_asks_about_what_changes() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let key = Keeping::Key([7; 32]);
    let world = World::at(&folder, key.clone());
    let elsewhere = Elsewhere::before(world.url_of_running_token_endpoint().await).await;
    pull(&world, "sandbox", &[("token_endpoint", &elsewhere.url)]);
    let id = world.session_id().await;
    older_database(&folder);

    let world = World::at(&folder, key);
    world.engine.settle().await.unwrap();
    let before = elsewhere.reached();
    // The id_token is the earlier run's sandbox's, which has another address.
    let _ = refreshed(&world, &id, 1).await;
    assert_eq!(elsewhere.reached(), before + 1, "it was sent without a question");
    let other = Elsewhere::nobody().await;
    pull(&world, "sandbox", &[("token_endpoint", &other.url)]);
    asks(&refreshed(&world, &id, 2).await.unwrap_err(), "token_endpoint", other.origin(), elsewhere.origin());
    assert_eq!(other.reached(), 0);
}

/// Takes back what the fourth schema brought.
fn older_database(folder: &tempfile::TempDir) {
    let database = rusqlite::Connection::open(folder.path().join("bobbin.sqlite3")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    database
        .execute_batch(
            "DROP TABLE origins; ALTER TABLE sessions DROP COLUMN warnings; DROP TABLE replies;
             ALTER TABLE sign_ins DROP COLUMN taken; PRAGMA user_version = 3",
        )
        .unwrap();
}
