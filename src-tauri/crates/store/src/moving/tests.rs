use secrecy::ExposeSecret;
use serde_json::json;

use crate::{
    ClientKey, RefreshMark, RequestOutcome, Store,
    testing::{Folder, begin, random, refreshed, session, sign_in},
};

fn filled_memory() -> Store {
    let memory = Store::in_memory(random()).unwrap();
    memory.add_sign_in(&sign_in("waiting", "state-of-it")).unwrap();
    memory.add_sign_in(&sign_in("ended", "state-that-ended")).unwrap();
    memory.take_sign_in("state-that-ended").unwrap();
    memory.end_request("ended", RequestOutcome::Failed, Some("why"), None, 3000).unwrap();
    memory.put_client_secret("sandbox", Some(&"of memory".into())).unwrap();
    memory.add_session(&session("one")).unwrap();
    begin(&memory, "one", 1, 2000);
    memory.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap();
    memory.put_draft("query/a", "typed").unwrap();
    memory.put_exchange("exchange", 10, &json!({ "body": "of it" })).unwrap();
    memory
}

#[test]
fn a_refresh_that_is_under_way_is_locked_for_other_processes_once_it_has_moved() {
    let memory = Store::in_memory(random()).unwrap();
    memory.add_session(&session("one")).unwrap();
    let lock = begin(&memory, "one", 1, 2000).unwrap();
    let folder = Folder::new();

    folder.open().add_all_of(&memory).unwrap();

    let other = folder.open();
    assert!(other.try_lock_session("one").unwrap().is_none());
    assert_eq!(other.session("one").unwrap().unwrap().refresh_state, RefreshMark::InFlight { since: 2000 });
    drop(lock);
    assert!(other.try_lock_session("one").unwrap().is_some());
}

#[test]
fn everything_that_was_in_memory_is_in_the_database_afterwards() {
    let folder = Folder::new();
    folder.open().add_all_of(&filled_memory()).unwrap();

    let kept = folder.open();

    assert_eq!(kept.session("one").unwrap().unwrap().generation, 2);
    assert_eq!(kept.refresh_history("one").unwrap(), filled_memory().refresh_history("one").unwrap());
    assert_eq!(kept.requests().unwrap(), filled_memory().requests().unwrap());
    assert_eq!(kept.client_secrets("sandbox").unwrap().secret.unwrap().expose_secret(), "of memory");
    assert!(kept.take_sign_in("state-of-it").unwrap().is_some());
    assert_eq!(kept.draft("query/a").unwrap().as_deref(), Some("typed"));
    assert_eq!(kept.exchanges(10).unwrap(), [("exchange".to_owned(), json!({ "body": "of it" }))]);
}

#[test]
fn a_secret_that_was_given_in_memory_replaces_its_like_and_leaves_the_key_alone() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("sandbox", Some(&"older".into())).unwrap();
    let key = ClientKey { pkcs8: vec![1, 2].into(), info: json!({}) };
    store.put_client_key("sandbox", Some(&key)).unwrap();

    store.add_all_of(&filled_memory()).unwrap();

    let kept = store.client_secrets("sandbox").unwrap();
    assert_eq!(kept.secret.unwrap().expose_secret(), "of memory");
    assert_eq!(kept.key.unwrap().pkcs8.expose_secret(), [1, 2]);
}

#[test]
fn a_move_that_fails_leaves_the_database_as_it_was() {
    let folder = Folder::new();
    let store = folder.open();
    folder
        .sql()
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON exchanges BEGIN SELECT RAISE(ABORT, 'no room'); END",
        )
        .unwrap();

    assert!(store.add_all_of(&filled_memory()).is_err());

    assert!(store.sessions().unwrap().is_empty());
    assert!(store.pending_sign_ins().unwrap().is_empty());
    assert!(store.requests().unwrap().is_empty());
    assert!(store.client_secrets("sandbox").unwrap().secret.is_none());
    assert_eq!(store.draft("query/a").unwrap(), None);
}
