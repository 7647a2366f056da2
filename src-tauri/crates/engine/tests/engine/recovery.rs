//! What failed half-way or cannot be read, and how it is made whole again.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::server::{forwarded, json, server, slow};
use crate::world::{Person, World, bobbin, draft, folder, next_bobbin, nobody_has_it_open, process, sql};
use bobbin_engine::{
    AtStake,
    view::{AuthenticationMethod, EndpointDraft, EndpointKind, RefreshState, RequestOutcome},
};
use tempfile::TempDir;

const DAMAGE: &str = "PRAGMA writable_schema = on;
     UPDATE sqlite_schema SET sql = 'CREATE TABLE damaged' WHERE name = 'refreshes';
     PRAGMA schema_version = 9999;";

#[tokio::test]
async fn undo_can_be_tried_again_where_it_failed() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    world.engine.connection_delete("sandbox").await.unwrap();
    sql(&folder, "CREATE TRIGGER stuck BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END");
    assert_eq!(world.engine.connection_restore("sandbox").await.unwrap_err().code(), "store_failed");

    sql(&folder, "DROP TRIGGER stuck");
    world.engine.connection_restore("sandbox").await.unwrap();

    assert_eq!(world.engine.overview().await.connections[0].sessions[0].id, session);
}

#[tokio::test]
async fn undo_fixes_a_deletion_that_ended_half_way() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    sql(&folder, "CREATE TRIGGER stuck BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END");
    let error = world.engine.connection_delete("sandbox").await.unwrap_err();
    assert_eq!(error.code(), "connection_deleted_in_part");
    assert!(world.engine.overview().await.connections[0].broken.is_none(), "the file goes last");

    sql(&folder, "DROP TRIGGER stuck");
    world.engine.connection_restore("sandbox").await.unwrap();

    let overview = world.engine.overview().await;
    assert!(overview.connections[0].broken.is_none());
    assert_eq!(overview.connections[0].sessions[0].id, session);
}

#[tokio::test]
async fn undo_brings_back_everything_after_a_deletion_that_was_finished_at_the_second_try() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let session = world.session_id().await;
    world.engine.client_secret_set("sandbox", Some("s3cret".to_owned())).await.unwrap();
    let token_endpoint = world.url_of(EndpointKind::Token).await;
    world.redirect(EndpointKind::Token, &token_endpoint).await;
    sql(
        &folder,
        "CREATE TRIGGER stuck BEFORE DELETE ON client_secrets BEGIN SELECT RAISE(ABORT, 'no room'); END",
    );
    let error = world.engine.connection_delete("sandbox").await.unwrap_err();
    assert_eq!(error.code(), "connection_deleted_in_part");

    // As where only the file was left, in a folder that cannot be written.
    sql(&folder, "DROP TRIGGER stuck; DELETE FROM client_secrets");
    world.engine.connection_delete("sandbox").await.unwrap();
    world.engine.connection_restore("sandbox").await.unwrap();

    assert!(world.connection().await.authentication.secret_present);
    let refreshed = world.engine.session_refresh(&session, 1, None).await.unwrap();
    assert_eq!(refreshed.refresh.unwrap().generation, 2, "its credentials may go where they went before");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_said_at_its_field_and_can_be_entered_again() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let secret = || Some("s3cret".to_owned());
    world.engine.client_secret_set("sandbox", secret()).await.unwrap();
    let post = AuthenticationMethod::ClientSecretPost;
    world.save_connection(|draft| draft.authentication_method = post).await;
    sql(&folder, "UPDATE client_secrets SET secret = x'00'");

    let connection = world.connection().await;
    let problem = connection.problems.iter().find(|problem| problem.field == "authentication").unwrap();
    assert_eq!(problem.message, "The kept client secret cannot be read; enter it again.");
    assert!(!connection.authentication.secret_present);
    assert!(world.engine.sign_in_start("sandbox", "").await.is_err(), "nothing is sent without it");
    world.engine.connection_delete("sandbox").await.unwrap();
    world.engine.connection_restore("sandbox").await.unwrap();
    assert_eq!(kept_secret(&folder), [0], "it is left as it was, whatever is done around it");

    world.engine.client_secret_set("sandbox", secret()).await.unwrap();
    let connection = world.connection().await;
    assert!(connection.authentication.secret_present);
    assert!(connection.problems.iter().all(|problem| problem.field != "authentication"));
}

#[test]
fn a_new_pair_that_a_damaged_database_does_not_take_is_there_after_its_recovery() {
    let folder = folder();
    let session = process(async {
        let world = bobbin(&folder).await;
        let session = world.session_id().await;
        let token_endpoint = world.url_of(EndpointKind::Token).await;
        let (slow, arrived, go) = slow(&token_endpoint).await;
        world.redirect(EndpointKind::Token, &slow).await;
        let refresh = tokio::spawn({
            let (engine, session) = (world.engine.clone(), session.clone());
            async move { engine.session_refresh(&session, 1, None).await }
        });
        arrived.notified().await;
        sql(&folder, DAMAGE);
        go.notify_one();
        let error = refresh.await.unwrap().unwrap_err();
        assert_eq!(error.code(), "session_unsaved");
        assert!(error.to_string().contains("damaged"), "{error}");
        assert_eq!(world.engine.at_stake().await, AtStake::Nothing, "the pair is safe");
        session
    });
    nobody_has_it_open(&folder);
    process(async {
        let world = next_bobbin(&folder).await;
        let kept = world.engine.session(&session).await.unwrap();
        let refresh = kept.refresh.unwrap();
        assert_eq!((refresh.generation, refresh.state), (2, RefreshState::Ready));
        world.redirect(EndpointKind::Token, "").await;
        let next = world.engine.session_refresh(&session, 2, None).await.unwrap();
        assert_eq!(next.refresh.unwrap().generation, 3, "the token that was saved is the one that works");
        assert!(!folder.path().join("unsaved-tokens").exists());
    });
}

#[test]
fn a_sign_in_whose_tokens_a_damaged_database_does_not_take_ends_well_after_its_recovery() {
    let folder = folder();
    let started = process(async {
        let world = bobbin(&folder).await;
        let token_endpoint = world.url_of_running_token_endpoint().await;
        let jwks_uri = world.url_of(EndpointKind::Jwks).await;
        let code_sent = Arc::new(AtomicBool::new(false));
        let tokens = server({
            let code_sent = code_sent.clone();
            move |request| {
                code_sent.store(true, Ordering::SeqCst);
                let token_endpoint = token_endpoint.clone();
                async move { forwarded(&token_endpoint, &request).await }
            }
        })
        .await;
        let keys = server({
            let folder = folder.clone();
            move |_| {
                let (jwks_uri, again) = (jwks_uri.clone(), code_sent.load(Ordering::SeqCst));
                if again {
                    // The reply with the tokens is in the database already.
                    sql(&folder, DAMAGE);
                }
                async move {
                    if again {
                        json(200, &reqwest::get(jwks_uri).await.unwrap().text().await.unwrap())
                    } else {
                        json(200, "{\"keys\":[]}")
                    }
                }
            }
        })
        .await;
        world
            .save_connection(|draft| {
                draft.endpoints = vec![
                    EndpointDraft { kind: EndpointKind::Token, url: tokens },
                    EndpointDraft { kind: EndpointKind::Jwks, url: keys },
                ];
            })
            .await;
        let started = world.engine.sign_in_start("sandbox", "").await.unwrap();
        let link = Person::allows(&world.opened()).await;
        world.engine.app_link(&link).await;
        let failure = world.engine.sign_in("sandbox").unwrap().failure.unwrap();
        assert_eq!(failure.code, "session_unsaved");
        assert!(failure.message.contains("damaged"), "{}", failure.message);
        started.id
    });
    nobody_has_it_open(&folder);
    process(async {
        let world = next_bobbin(&folder).await;
        let sessions = world.engine.overview().await.connections.remove(0).sessions;
        assert_eq!(sessions.len(), 1);
        let requests = world.engine.requests().await.unwrap();
        let request = requests.iter().find(|request| request.id == started).unwrap();
        assert_eq!(request.outcome, RequestOutcome::Succeeded);
        assert_eq!(request.session.as_ref(), Some(&sessions[0].id));
        assert!(world.engine.sign_in("sandbox").is_none(), "nothing is left to go on with");
    });
}

fn kept_secret(folder: &TempDir) -> Vec<u8> {
    let database = rusqlite::Connection::open(folder.path().join("bobbin.sqlite3")).unwrap();
    database.query_row("SELECT secret FROM client_secrets", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_connection_whose_file_cannot_be_read_is_deleted_and_comes_back_byte_for_byte() {
    let world = World::new();
    let path = world.folder.path().join("connections/sandbox.toml");
    let content = b"name = \"Sandbox\"\nclient_id = \xff\n";
    std::fs::write(&path, content).unwrap();
    assert!(world.engine.overview().await.connections[0].broken.is_some());

    assert_eq!(world.engine.connection_delete("sandbox").await.unwrap(), "sandbox");
    assert!(!path.exists());
    world.engine.connection_restore("sandbox").await.unwrap();

    assert_eq!(std::fs::read(&path).unwrap(), content);
}

#[tokio::test]
async fn a_form_is_saved_only_over_the_file_that_it_shows() {
    let world = World::new();
    let mut draft = draft(world.connection().await);
    draft.name = "Mine".to_owned();
    let path = world.folder.path().join("connections/sandbox.toml");
    let theirs = std::fs::read_to_string(&path).unwrap().replace("Sandbox", "Theirs");
    std::fs::write(&path, &theirs).unwrap();

    let refused = world.engine.connection_save("sandbox", draft.clone()).await.unwrap_err();

    assert_eq!(refused.code(), "connection_changed_outside");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), theirs, "nothing was written");
    draft.revision = world.connection().await.revision;
    world.engine.connection_save("sandbox", draft).await.unwrap();
    assert_eq!(world.connection().await.name, "Mine");
}

#[tokio::test]
async fn a_connection_whose_file_is_gone_can_be_deleted_and_its_sessions_come_back() {
    let world = World::new();
    let session = world.session_id().await;
    std::fs::remove_file(world.folder.path().join("connections/sandbox.toml")).unwrap();

    world.engine.connection_delete("sandbox").await.unwrap();
    assert!(world.engine.session(&session).await.is_err());

    world.engine.connection_restore("sandbox").await.unwrap();
    assert_eq!(world.engine.session(&session).await.unwrap().id, session);
}
