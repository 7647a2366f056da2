use super::Origin;
use crate::{
    Store,
    testing::{Folder, random, session},
};

fn at(field: &str, origin: &str) -> Origin {
    Origin { field: field.to_owned(), origin: origin.to_owned() }
}

fn there() -> Vec<Origin> {
    vec![at("token_endpoint", "https://sso.test"), at("graphql_endpoint", "https://api.test")]
}

fn other() -> Vec<Origin> {
    vec![at("token_endpoint", "https://other.test")]
}

/// A database as version 3 wrote it.
fn of_version_3() -> Folder {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    store.put_client_secret("with-secret", Some(&"s".into())).unwrap();
    drop(store);
    let undo = "ALTER TABLE sessions DROP COLUMN warnings; DROP TABLE origins; DROP TABLE replies;
        ALTER TABLE sign_ins DROP COLUMN taken; PRAGMA user_version = 3";
    folder.sql().execute_batch(undo).unwrap();
    folder
}

#[test]
fn origins_add_up_and_outlive_a_restart_the_latest_last() {
    let folder = Folder::new();
    let store = folder.open();
    store.trust_origins("mine", &there()).unwrap();
    store.trust_origins("mine", &other()).unwrap();
    store.trust_origins("mine", &there()[..1]).unwrap();

    let known = folder.open().origins("mine").unwrap();

    assert_eq!(known, [there()[1].clone(), other()[0].clone(), there()[0].clone()]);
    assert!(folder.open().origins("another").unwrap().is_empty());
}

#[test]
fn the_first_origins_are_recorded_where_there_is_nothing_to_lose_and_only_there() {
    let folder = Folder::new();
    let store = folder.open();
    assert_eq!(store.trust_first_origins("fresh", &there()).unwrap(), there());
    assert_eq!(store.trust_first_origins("fresh", &other()).unwrap(), there(), "the first stay the first");

    store.add_session(&session("one")).unwrap();
    assert!(store.trust_first_origins("sandbox", &other()).unwrap().is_empty(), "it has a session");
    store.put_client_secret("secret", Some(&"s".into())).unwrap();
    assert!(store.trust_first_origins("secret", &other()).unwrap().is_empty(), "it has a secret");
}

#[test]
fn deleted_origins_are_handed_out() {
    let folder = Folder::new();
    let store = folder.open();
    store.trust_origins("mine", &there()).unwrap();
    assert_eq!(store.delete_origins("mine").unwrap(), there());
    assert!(store.origins("mine").unwrap().is_empty());
    assert!(store.delete_origins("mine").unwrap().is_empty());
}

#[test]
fn a_record_of_another_connection_vouches_for_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    store.trust_origins("mine", &there()).unwrap();
    folder.sql().execute("UPDATE origins SET connection = 'other'", []).unwrap();
    assert!(store.origins("other").unwrap().is_empty());
    store.trust_origins("other", &other()).unwrap();
    assert_eq!(store.origins("other").unwrap(), other(), "a person's word takes its place");
}

#[test]
fn an_older_database_names_the_connections_whose_files_are_to_be_read() {
    let folder = of_version_3();
    let store = folder.open();
    let mut waiting = store.connections_without_origins().unwrap();
    waiting.sort();
    assert_eq!(waiting, ["sandbox", "with-secret"]);

    store.trust_origins("sandbox", &there()).unwrap();
    // Its file was not there.
    store.trust_origins("with-secret", &[]).unwrap();

    assert!(folder.open().connections_without_origins().unwrap().is_empty(), "once");
    assert_eq!(folder.open().origins("sandbox").unwrap(), there());
    assert!(folder.open().trust_first_origins("with-secret", &other()).unwrap().is_empty());
}

#[test]
fn a_fresh_database_has_no_file_to_read_and_what_memory_says_does_not_add_to_what_is_known() {
    let folder = Folder::new();
    let store = folder.open();
    assert!(store.connections_without_origins().unwrap().is_empty());
    store.trust_origins("known", &there()).unwrap();
    let memory = Store::in_memory(random()).unwrap();
    memory.trust_origins("known", &other()).unwrap();
    memory.trust_origins("new", &other()).unwrap();

    store.add_all_of(&memory).unwrap();

    assert_eq!(store.origins("known").unwrap(), there());
    assert_eq!(store.origins("new").unwrap(), other());
}
