//! What failed half-way or cannot be read, and how it is made whole again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod world;

use std::sync::Arc;

use bobbin_engine::{
    Keeping,
    view::{AuthenticationMethod, EndpointKind},
};
use tempfile::TempDir;
use world::World;

async fn bobbin() -> (Arc<TempDir>, World) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let world = World::at(&folder, Keeping::Key([7; 32]));
    world.engine.settle().await.unwrap();
    (folder, world)
}

fn sql(folder: &TempDir, statements: &str) {
    let database = rusqlite::Connection::open(folder.path().join("bobbin.sqlite3")).unwrap();
    database.execute_batch(statements).unwrap();
}

#[tokio::test]
async fn undo_can_be_tried_again_where_it_failed() {
    let (folder, world) = bobbin().await;
    let session = world.session_id().await;
    world.engine.connection_delete("sandbox").await.unwrap();
    sql(&folder, "CREATE TRIGGER stuck BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END");
    assert_eq!(world.engine.connection_restore("sandbox").await.unwrap_err().code(), "store_failed");

    sql(&folder, "DROP TRIGGER stuck");
    world.engine.connection_restore("sandbox").await.unwrap();

    assert_eq!(world.engine.overview().await.connections[0].sessions[0].id, session);
}

#[tokio::test]
async fn undo_mends_a_deletion_that_ended_half_way() {
    let (folder, world) = bobbin().await;
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
    let (folder, world) = bobbin().await;
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
    let (folder, world) = bobbin().await;
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

fn kept_secret(folder: &TempDir) -> Vec<u8> {
    let database = rusqlite::Connection::open(folder.path().join("bobbin.sqlite3")).unwrap();
    database.query_row("SELECT secret FROM client_secrets", [], |row| row.get(0)).unwrap()
}
