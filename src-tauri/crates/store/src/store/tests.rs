use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use secrecy::ExposeSecret;
use serde_json::json;

use crate::{
    ClientKey, Doubt, KeyStoreState, Migration, RefreshMark, RequestOutcome, Session, SessionKind, Store,
    StoreError,
    database::{self, Found},
    testing::{Folder, begin, key, random, refreshed, session, sign_in},
};

/// Every secret of the values in `testing` holds this word.
const PLAINTEXT: &[u8] = b"plaintext";

fn fill(store: &Store) {
    store.add_sign_in(&sign_in("one", "state-plaintext")).unwrap();
    store.add_session(&session("one")).unwrap();
    begin(store, "one", 1, 2000);
    store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap();
    store.end_request("one", RequestOutcome::Failed, Some("detail-plaintext"), None, 2200).unwrap();
    store.add_sign_in(&sign_in("two", "second-state-plaintext")).unwrap();
    store.put_client_secret("sandbox", Some(&"secret-plaintext".into())).unwrap();
    let key = ClientKey { pkcs8: b"pkcs8-plaintext".to_vec().into(), info: json!("info-plaintext") };
    store.put_client_key("sandbox", Some(&key)).unwrap();
    store.put_draft("queries/a", "draft-plaintext").unwrap();
    begin(store, "one", 2, 2300);
    assert!(store.put_reply("one", &json!({ "body": "reply-plaintext" })).unwrap());
    store.put_exchange("one", 10, &json!({ "body": "exchange-plaintext" })).unwrap();
}

/// Every file of a folder and of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_secret_is_readable_in_any_file_of_the_database() {
    let folder = Folder::new();
    let store = folder.open();
    fill(&store);
    let (mut seen, mut all) = (Vec::new(), Vec::new());
    for path in files(folder.path()) {
        let bytes = fs::read(&path).unwrap();
        let leaks = bytes.windows(PLAINTEXT.len()).any(|window| window == PLAINTEXT);
        assert!(!leaks, "{} holds a secret", path.display());
        all.extend(bytes);
        seen.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    seen.sort();
    assert_eq!(
        seen,
        ["bobbin.sqlite3", "bobbin.sqlite3-shm", "bobbin.sqlite3-wal", "bobbin.sqlite3.lock", "one"]
    );
    assert!(
        all.windows(12).any(|window| window == b"Thandi Nkosi"),
        "the search would find a secret: it finds the label, which is none"
    );
}

#[test]
fn the_same_text_is_sealed_differently_each_time() {
    let folder = Folder::new();
    let store = folder.open();
    let sealed = |store: &Store| -> Vec<u8> {
        store.put_draft("same", "text").unwrap();
        folder.sql().query_row("SELECT text FROM drafts", [], |row| row.get(0)).unwrap()
    };
    assert_ne!(sealed(&store), sealed(&store));
}

#[test]
fn a_draft_is_kept_replaced_and_deleted() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_draft("key", "first").unwrap();
    store.put_draft("key", "second").unwrap();
    assert_eq!(folder.open().draft("key").unwrap().as_deref(), Some("second"));
    assert!(store.delete_draft("key").unwrap());
    assert!(!store.delete_draft("key").unwrap());
    assert_eq!(store.draft("key").unwrap(), None);
}

#[test]
fn another_key_is_a_lost_key_and_nothing_is_changed() {
    let folder = Folder::new();
    fill(&folder.open());
    let before = fs::read(folder.database()).unwrap();

    let refusal = folder.try_open(&key(8)).err().unwrap();

    assert_eq!(refusal.state, KeyStoreState::KeyLost);
    assert!(refusal.detail.contains("nothing was deleted"), "{}", refusal.detail);
    assert_eq!(fs::read(folder.database()).unwrap(), before);
    assert_eq!(folder.open().sessions().unwrap().len(), 1, "the right key opens it again");
}

/// Every file of the folder with what is in it, but for the lock and SQLite's own index of the log.
fn contents(folder: &Folder) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = files(folder.path());
    files.retain(|path| !["-shm", ".lock"].iter().any(|ending| path.to_string_lossy().ends_with(ending)));
    files.sort();
    let contents = files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap()));
    // A log that has nothing in it is as good as none.
    contents.filter(|(_, content)| !content.is_empty()).collect()
}

#[test]
fn another_key_migrates_nothing_and_writes_no_key_check() {
    let folder = Folder::new();
    fs::write(folder.database(), VERSION_2).unwrap();
    let before = contents(&folder);

    assert_eq!(folder.try_open(&key(8)).err().unwrap().state, KeyStoreState::KeyLost);

    assert!(contents(&folder) == before, "a file was changed");
    assert_eq!(folder.open().migration(), Some(Migration { from: 2, to: 6 }));
}

#[test]
fn another_key_leaves_the_log_of_a_process_that_was_killed_as_it_is() {
    let folder = Folder::new();
    let copy = Folder::new();
    let store = folder.open();
    fill(&store);
    // What a killed process leaves: a log that was not worked into the database.
    for path in [folder.database(), folder.path().join("bobbin.sqlite3-wal")] {
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let before = contents(&copy);

    assert_eq!(copy.try_open(&key(8)).err().unwrap().state, KeyStoreState::KeyLost);
    database::look(&copy.database()).unwrap();

    assert!(contents(&copy) == before, "a file was changed");
    assert_eq!(copy.open().sessions().unwrap().len(), 1);
}

#[test]
fn a_schema_of_a_newer_bobbin_is_refused_with_a_clear_sentence() {
    let folder = Folder::new();
    fill(&folder.open());
    folder.sql().pragma_update(None, "user_version", 99).unwrap();

    let refusal = folder.try_open(&key(7)).err().unwrap();

    assert_eq!(refusal.state, KeyStoreState::DatabaseFailed);
    for part in ["schema version 99", "bobbin.sqlite3", "newer Bobbin", "install that version"] {
        assert!(refusal.detail.contains(part), "\"{part}\" is missing in: {}", refusal.detail);
    }
    assert!(matches!(database::look(&folder.database()), Err(StoreError::NewerSchema { found: 99, .. })));
}

#[test]
fn an_empty_file_is_migrated_to_the_present_schema() {
    let folder = Folder::new();
    fs::write(folder.database(), "").unwrap();
    assert!(matches!(database::look(&folder.database()), Ok(Found::Fresh)));

    fill(&folder.open());

    let version: i64 = folder.sql().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 6);
    assert!(matches!(database::look(&folder.database()), Ok(Found::Sealed)));
}

#[test]
fn a_look_creates_nothing() {
    let folder = Folder::new();
    assert!(matches!(database::look(&folder.database()), Ok(Found::Fresh)));
    assert!(!folder.database().exists());
}

#[test]
fn the_store_in_memory_does_all_that_the_other_does() {
    let store = Store::in_memory(random()).unwrap();
    fill(&store);
    assert!(!store.persistent());
    assert_eq!(store.session("one").unwrap().unwrap().generation, 2);
    assert!(store.take_sign_in("state-plaintext").unwrap().is_some());
}

#[test]
fn every_commit_reaches_the_disk_before_it_returns() {
    let folder = Folder::new();
    let store = folder.open();
    let settings = store
        .run(|connection| {
            Ok((
                connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))?,
                connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))?,
                connection.pragma_query_value(None, "foreign_keys", |row| row.get::<_, bool>(0))?,
                connection.pragma_query_value(None, "secure_delete", |row| row.get::<_, i64>(0))?,
                connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, i64>(0))?,
            ))
        })
        .unwrap();
    assert_eq!(settings, ("wal".to_owned(), 2, true, 1, 5000), "synchronous 2 is FULL");
}

#[test]
fn many_can_open_a_fresh_database_at_once() {
    for _ in 0..20 {
        let folder = Folder::new();
        thread::scope(|scope| {
            for number in 0..6 {
                let folder = &folder;
                scope.spawn(move || {
                    folder.open().add_session(&session(&number.to_string())).unwrap();
                });
            }
        });
        assert_eq!(folder.open().sessions().unwrap().len(), 6);
    }
}

#[test]
fn one_store_serves_many_threads() {
    let store = Store::in_memory(random()).unwrap();
    thread::scope(|scope| {
        for number in 0..8 {
            let store = &store;
            scope.spawn(move || store.add_session(&session(&number.to_string())).unwrap());
        }
    });
    assert_eq!(store.sessions().unwrap().len(), 8);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fill(&folder.open());
    let store = folder.open();
    store.put_draft("key", "text").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in files(folder.path()) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!(mode(&folder.path().join("locks")), 0o700);
}

/// Written by a Bobbin of the second schema with the values of `testing`; `two` had lost a reply.
const VERSION_2: &[u8] = include_bytes!("tests/version-2.sqlite3");

#[test]
fn a_database_of_the_second_schema_keeps_all_it_had_and_takes_what_is_new() {
    let folder = Folder::new();
    fs::write(folder.database(), VERSION_2).unwrap();

    let migrated = folder.open();

    let one = migrated.session("one").unwrap().unwrap();
    assert_eq!((one.generation, one.kind), (2, SessionKind::User));
    assert_eq!(one.access_token.expose_secret(), "second-access-plaintext");
    assert_eq!(migrated.session("two").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);
    assert_eq!(migrated.refresh_history("two").unwrap()[0].detail, "no reply");
    assert_eq!(migrated.draft("queries/a").unwrap().as_deref(), Some("draft-plaintext"));
    assert_eq!(migrated.exchanges(9).unwrap(), [("one".to_owned(), json!({ "body": "exchange-plaintext" }))]);
    let waiting = migrated.take_sign_in("state-plaintext").unwrap().unwrap();
    assert_eq!(waiting.code_verifier.expose_secret(), "verifier-plaintext");
    assert_eq!((waiting.code_challenge.as_str(), waiting.user_label.as_str()), ("", ""));
    assert!(migrated.requests().unwrap().is_empty());

    migrated.add_sign_in(&sign_in("new", "state-new")).unwrap();
    migrated.add_session(&Session { kind: SessionKind::Client, ..session("new") }).unwrap();
    migrated.put_client_secret("mine", Some(&"secret".into())).unwrap();
    let again = folder.open();
    assert_eq!(again.requests().unwrap().len(), 1);
    assert_eq!(again.session("new").unwrap().unwrap().kind, SessionKind::Client);
    assert!(again.client_secrets("mine").unwrap().secret.is_some());
}

#[test]
fn a_database_of_the_first_schema_keeps_its_sessions_and_knows_the_loss_it_had() {
    let folder = Folder::new();
    fs::write(folder.database(), VERSION_2).unwrap();
    folder.sql().execute_batch("ALTER TABLE refreshes DROP COLUMN lost; PRAGMA user_version = 1;").unwrap();

    let migrated = folder.open();

    assert_eq!(migrated.sessions().unwrap().len(), 2);
    let history = migrated.refresh_history("two").unwrap();
    assert_eq!((history.len(), history[0].doubt), (1, Some(Doubt::NoReply)));
}
