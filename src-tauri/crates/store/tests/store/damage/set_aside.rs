//! What is set aside, and what stays where it is.

use super::*;

#[test]
fn a_log_whose_database_is_gone_or_empty_is_not_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = ready(folder.path());
    store.add_session(&session(0)).unwrap();
    // Nothing was worked into the file yet: the log has everything.
    let wal = fs::read(log(folder.path())).unwrap();
    for main in [None, Some(&[][..])] {
        let (sessions, told) = recovered(main, Some(&wal), "a log alone");
        assert_eq!((sessions.len(), told), (1, true));
    }
}

#[test]
fn a_file_that_is_no_database_is_set_aside_and_a_fresh_one_begun() {
    let junk = b"this is not a database, however long it may be ".repeat(100);
    let (sessions, told) = recovered(Some(&junk), None, "junk");
    assert_eq!((sessions.len(), told), (0, true));
}

#[test]
fn a_second_damage_leaves_what_was_set_aside_before() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=3 {
        let junk = format!("junk {number} ").repeat(1000);
        fs::write(database(folder.path()), &junk).unwrap();
        let (_, recovery) = ready(folder.path());
        let name = format!("bobbin-damaged-{number}.sqlite3");
        assert_eq!(recovery.unwrap().set_aside, folder.path().join(&name));
        for earlier in 1..=number {
            let path = folder.path().join(format!("bobbin-damaged-{earlier}.sqlite3"));
            assert_eq!(fs::read_to_string(path).unwrap(), format!("junk {earlier} ").repeat(1000));
        }
    }
}

#[test]
fn another_key_leaves_a_damaged_file_where_it_is() {
    let Originals { mut closed, .. } = Originals::new();
    closed[..PAGE].fill(0);
    let folder = tempfile::tempdir().unwrap();
    fs::write(database(folder.path()), &closed).unwrap();

    let opened = Store::open_with_key(folder.path(), [8; 32], &random());

    assert_eq!(opened.state, KeyStoreState::KeyLost);
    assert!(!opened.store.persistent());
    assert_eq!(fs::read(database(folder.path())).unwrap(), closed);
    assert_eq!(ready(folder.path()).0.sessions().unwrap().len(), SESSIONS, "the right key recovers it");
}

#[test]
fn a_key_check_that_is_damaged_is_no_wrong_key() {
    let Originals { closed, .. } = Originals::new();
    for value in ["x'00'", "'text'", "zeroblob(46)"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(database(folder.path()), &closed).unwrap();
        let sql = Connection::open(database(folder.path())).unwrap();
        sql.execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'meta';
             PRAGMA writable_schema = RESET;",
        )
        .unwrap();
        sql.execute(&format!("UPDATE meta SET value = {value}"), []).unwrap();
        drop(sql);
        let (_, recovery) = ready(folder.path());
        assert_eq!(recovery.unwrap().sessions, SESSIONS, "{value}");
    }
}

#[test]
fn a_file_that_somebody_has_open_is_not_moved() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = ready(folder.path());
    fill(&store);
    let junk = vec![1; 10 * PAGE];
    fs::write(database(folder.path()), &junk).unwrap();

    let opened = open(folder.path());

    assert_eq!(opened.state, KeyStoreState::DatabaseFailed);
    assert!(opened.recovery.is_none() && !opened.store.persistent());
    assert_eq!(fs::read(database(folder.path())).unwrap(), junk);
    drop(store);
}

#[test]
fn a_file_that_is_locked_or_cannot_be_opened_is_named_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = ready(folder.path());
    fill(&store);
    drop(store);
    let before = fs::read(database(folder.path())).unwrap();
    let other = Connection::open(database(folder.path())).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT;").unwrap();

    let opened = open(folder.path());

    assert_eq!(opened.state, KeyStoreState::DatabaseFailed);
    assert!(opened.detail.unwrap().contains("database is locked"));
    drop(other);
    assert_eq!(fs::read(database(folder.path())).unwrap(), before);
    assert_eq!(ready(folder.path()).0.sessions().unwrap().len(), SESSIONS, "nothing was set aside");

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(database(folder.path())).unwrap();
    let opened = open(folder.path());
    assert_eq!(opened.state, KeyStoreState::DatabaseFailed);
    assert!(opened.recovery.is_none() && database(folder.path()).is_dir());
}

#[test]
fn a_recovery_that_was_interrupted_is_finished_or_begun_anew() {
    let Originals { closed, .. } = Originals::new();
    let junk = vec![1; 10 * PAGE];
    let folder = tempfile::tempdir().unwrap();
    fs::write(database(folder.path()), &junk).unwrap();
    fs::write(folder.path().join("bobbin.sqlite3.recovering"), &closed[..closed.len() / 2]).unwrap();
    let (store, recovery) = ready(folder.path());
    assert!(recovery.is_some() && store.sessions().unwrap().is_empty(), "half a database is none");
    drop(store);

    fs::write(database(folder.path()), &junk).unwrap();
    fs::write(log(folder.path()), &junk).unwrap();
    fs::write(folder.path().join("bobbin.sqlite3.recovered"), &closed).unwrap();
    let (store, recovery) = ready(folder.path());
    assert!(recovery.is_none(), "the damaged file was set aside before");
    assert_eq!(store.sessions().unwrap().len(), SESSIONS);
    let names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.iter().any(|name| name.ends_with("ing") || name.ends_with("ed")), "{names:?}");
}

#[test]
fn a_schema_version_that_no_bobbin_wrote_is_damage_and_one_of_a_newer_bobbin_is_not() {
    let Originals { closed, .. } = Originals::new();
    for (version, damage) in [(0, true), (-3, true), (1, true), (3, true), (99_999, true), (99, false)] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(database(folder.path()), &closed).unwrap();
        let sql = Connection::open(database(folder.path())).unwrap();
        sql.pragma_update(None, "user_version", version).unwrap();
        drop(sql);
        let opened = open(folder.path());
        if damage {
            assert_eq!(opened.state, KeyStoreState::Ready, "{version}: {:?}", opened.detail);
            assert_eq!(opened.recovery.unwrap().sessions, SESSIONS, "{version}");
        } else {
            assert_eq!(opened.state, KeyStoreState::DatabaseFailed);
            assert!(opened.detail.unwrap().contains("newer Bobbin"));
        }
    }
}
