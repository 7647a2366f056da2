//! What a Bobbin does with a database that it cannot read, or not all of.

use super::*;

#[tokio::test]
async fn what_cannot_be_taken_up_is_told_and_the_sessions_are_there() {
    let folder = folder();
    let session = bobbin(&folder).await.session_id().await;
    sql(&folder, "DROP TABLE sign_ins");

    let world = next_bobbin(&folder).await;

    assert_eq!(world.last_notice().as_deref(), Some("store_failed"));
    assert!(world.engine.session(&session).await.is_ok());
}

#[test]
fn a_damaged_database_is_set_aside_told_and_its_sessions_go_on() {
    let folder = folder();
    let session = process(async { bobbin(&folder).await.session_id().await });
    let database = folder.path().join("bobbin.sqlite3");
    sql(&folder, "PRAGMA wal_checkpoint(TRUNCATE)");
    // The page that leads to everything is gone.
    let mut damaged = std::fs::read(&database).unwrap();
    let first = damaged.len().min(4096);
    damaged[..first].fill(0);
    std::fs::write(&database, damaged).unwrap();
    process(async {
        let world = next_bobbin(&folder).await;
        let notice = world.outside.notices.lock().unwrap().last().cloned().unwrap();
        assert_eq!(notice.code, "database_recovered");
        assert!(notice.message.contains("1 session and "), "{}", notice.message);
        let aside = folder.path().join("bobbin-damaged-1.sqlite3");
        let path = aside.display().to_string();
        assert!(notice.hint.unwrap().contains(&path));
        let status = world.engine.status();
        assert_eq!(status.key_store, KeyStoreState::Ready);
        assert!(status.key_store_detail.unwrap().contains(&path), "it can be read again later");
        assert!(aside.exists());
        let refreshed = world.engine.session_refresh(&session, 1, None).await.unwrap();
        assert_eq!(refreshed.refresh.unwrap().generation, 2);
    });
}

#[tokio::test]
async fn damage_that_is_met_while_it_runs_is_named_and_deletes_nothing() {
    let folder = folder();
    let world = bobbin(&folder).await;
    world.session_id().await;
    let database = folder.path().join("bobbin.sqlite3");
    sql(&folder, "PRAGMA wal_checkpoint(TRUNCATE)");
    let length = std::fs::metadata(&database).unwrap().len();
    std::fs::write(&database, vec![1; usize::try_from(length).unwrap()]).unwrap();
    // What a process has read already stays with it; a write of another one makes it read again.
    let refused = world.engine.requests().await.unwrap_err();

    assert_eq!(refused.code(), "store_damaged");
    assert!(refused.view().hint.as_ref().unwrap().contains("Nothing was deleted"));
    let overview = world.engine.overview().await;
    assert!(overview.status.key_store_detail.unwrap().contains("damaged"));
    assert_eq!(std::fs::read(&database).unwrap(), vec![1; usize::try_from(length).unwrap()]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_and_the_other_sessions_stay() {
    let folder = folder();
    let world = bobbin(&folder).await;
    let (bad, good) = (world.session_id().await, world.session_id().await);
    sql(&folder, &format!("UPDATE sessions SET generation = -1 WHERE id = '{bad}'"));

    let world = next_bobbin(&folder).await;

    let overview = world.engine.overview().await;
    let sessions: Vec<_> = overview.connections[0].sessions.iter().map(|it| it.id.clone()).collect();
    assert_eq!(sessions, [good]);
    assert_eq!(overview.status.key_store, KeyStoreState::Ready, "and they are saved");
    let detail = overview.status.key_store_detail.unwrap();
    assert!(detail.contains(&format!("sessions.generation of \"{bad}\"")), "{detail}");
    assert_eq!(world.engine.session(&bad).await.unwrap_err().code(), "secret_unreadable");
}
