use secrecy::ExposeSecret;
use serde_json::json;

use crate::{
    AskedBy, RefreshFailure, RefreshMark, RequestOutcome, Session, Store, StoreError,
    testing::{Folder, begin, open, refreshed, session, sign_in},
};

fn reply() -> serde_json::Value {
    json!({ "body": "reply-plaintext" })
}

fn in_flight() -> (Folder, Store) {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    begin(&store, "one", 1, 2000);
    (folder, store)
}

fn taken() -> (Folder, Store) {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.take_sign_in("state-one").unwrap();
    (folder, store)
}

#[test]
fn a_refresh_whose_reply_is_kept_is_still_in_flight_after_its_process_ended() {
    let (folder, store) = in_flight();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);

    assert!(store.put_reply("one", &reply()).unwrap());

    let store = folder.open();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::InFlight { since: 2000 });
    assert_eq!(store.reply("one").unwrap(), Some(reply()));
    assert_eq!(store.unfinished_refreshes().unwrap(), ["one"]);
}

#[test]
fn a_refresh_that_ended_keeps_no_reply() {
    let ends: [fn(&Store); 4] = [
        |store| store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap(),
        |store| store.fail_refresh("one", (1, 2000), RefreshFailure::Unused, "429", 2100).unwrap(),
        |store| store.delete_session("one").unwrap(),
        |store| {
            let lock = store.try_lock_session("one").unwrap().unwrap();
            assert!(store.begin_refresh(&lock, 1, 3000, AskedBy::Person).unwrap());
        },
    ];
    for end in ends {
        let (_folder, store) = in_flight();
        store.put_reply("one", &reply()).unwrap();
        end(&store);
        assert_eq!(store.reply("one").unwrap(), None);
    }
}

#[test]
fn a_reply_that_nobody_could_read_stays_until_a_person_goes_on_without_it() {
    let (folder, store) = in_flight();
    store.put_reply("one", &reply()).unwrap();
    assert!(store.pass_over_reply("one").unwrap() && !store.pass_over_reply("one").unwrap());

    assert!(begin(&store, "one", 1, 3000).is_none(), "nothing is sent by itself");

    let store = folder.open();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);
    assert_eq!(store.reply("one").unwrap(), Some(reply()));
}

#[test]
fn a_reply_whose_pair_is_kept_already_is_not_kept_beside_it() {
    let (_folder, store) = in_flight();
    store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap();
    assert!(!store.put_reply("one", &reply()).unwrap());
    assert_eq!(store.reply("one").unwrap(), None);
}

#[test]
fn a_reply_that_nobody_would_read_is_not_kept() {
    let (folder, store) = taken();
    assert!(!store.put_reply("two", &reply()).unwrap());
    store.add_sign_in(&sign_in("waiting", "state-waiting")).unwrap();
    assert!(!store.put_reply("waiting", &reply()).unwrap(), "its code is not under way");
    let rows: i64 = folder.sql().query_row("SELECT count(*) FROM replies", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn a_sign_in_that_was_taken_is_found_again_without_its_verifier_and_waits_no_more() {
    let (folder, _store) = taken();
    let store = folder.open();

    let found = store.taken_sign_ins().unwrap().remove(0);

    let given = sign_in("one", "state-one");
    assert_eq!((found.id, found.state, found.details), (given.id, given.state, given.details));
    assert_eq!(found.nonce.expose_secret(), given.nonce.expose_secret());
    assert_eq!(found.code_verifier.expose_secret(), "");
    assert!(store.pending_sign_ins().unwrap().is_empty());
    assert!(store.pending_by_state("state-one").unwrap().is_none());
    assert!(!store.remove_sign_in("one").unwrap());
}

#[test]
fn a_finished_sign_in_leaves_its_session_and_nothing_else() {
    let (folder, store) = taken();
    store.put_reply("one", &reply()).unwrap();

    store.finish_sign_in("one", &session("new"), None, 3000).unwrap();

    let other = open(folder.path());
    assert!(other.session("new").unwrap().is_some());
    assert!(other.taken_sign_ins().unwrap().is_empty() && other.reply("one").unwrap().is_none());
    let request = other.requests().unwrap().remove(0);
    assert_eq!((request.outcome, request.session.as_deref()), (RequestOutcome::Succeeded, Some("new")));
}

#[test]
fn a_session_that_something_stands_against_is_kept_with_its_failed_request() {
    let (folder, store) = taken();
    store.put_reply("one", &reply()).unwrap();

    store.finish_sign_in("one", &session("new"), Some("no id_token"), 3000).unwrap();

    let other = open(folder.path());
    assert!(other.session("new").unwrap().is_some() && other.reply("one").unwrap().is_none());
    let request = other.requests().unwrap().remove(0);
    assert_eq!((request.outcome, request.detail.as_deref()), (RequestOutcome::Failed, Some("no id_token")));
}

#[test]
fn of_two_that_finish_one_sign_in_one_keeps_its_session() {
    let (folder, store) = taken();
    store.finish_sign_in("one", &session("first"), None, 3000).unwrap();
    let second = folder.open().finish_sign_in("one", &session("second"), None, 3000);
    assert!(matches!(second, Err(StoreError::UnknownSignIn { .. })));
    let ids: Vec<Session> = store.sessions().unwrap();
    assert_eq!(ids.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["first"]);
}

#[test]
fn a_sign_in_that_ends_without_a_session_leaves_nothing_but_its_request() {
    let (folder, store) = taken();
    store.put_reply("one", &reply()).unwrap();
    store.end_request("one", RequestOutcome::Failed, Some("why"), None, 3000).unwrap();
    assert!(folder.open().taken_sign_ins().unwrap().is_empty());
    assert_eq!(store.reply("one").unwrap(), None);
}

#[test]
fn an_hour_later_a_sign_in_without_a_reply_is_given_up_and_one_with_a_reply_is_not() {
    let hour_later = 1000 + 60 * 60 * 1000;
    let (_folder, store) = taken();
    store.put_reply("one", &reply()).unwrap();
    store.remove_expired_sign_ins(hour_later).unwrap();
    assert_eq!(store.taken_sign_ins().unwrap().len(), 1);

    store.delete_reply("one").unwrap();
    store.remove_expired_sign_ins(hour_later).unwrap();
    assert!(store.taken_sign_ins().unwrap().is_empty());
    assert_eq!(store.requests().unwrap()[0].outcome, RequestOutcome::Failed);
}
