use std::fs;

use secrecy::ExposeSecret;
use serde_json::json;

use super::{AuthorizationRequest, RequestOutcome};
use crate::{
    Store,
    testing::{Folder, random, sign_in},
};

/// An hour after the sign-ins of `testing` began.
const HOUR_LATER: i64 = 1000 + 60 * 60 * 1000;

fn waiting(id: &str, state: &str) -> AuthorizationRequest {
    AuthorizationRequest {
        id: id.to_owned(),
        connection: "sandbox".to_owned(),
        state: state.to_owned(),
        code_challenge: format!("challenge-of-{id}"),
        user_label: "Customer 42".to_owned(),
        redirect_uri: "dev.bobbin.workbench:/oauth/callback".to_owned(),
        scopes: vec!["openid".to_owned(), "accounts".to_owned()],
        started_at: 1000,
        ended_at: None,
        outcome: RequestOutcome::Waiting,
        detail: None,
        session: None,
    }
}

fn ids(store: &Store) -> Vec<String> {
    store.requests().unwrap().into_iter().map(|request| request.id).collect()
}

/// How the request of the sign-in `one` stands.
fn outcome(store: &Store) -> RequestOutcome {
    store.request_by_state("state-one").unwrap().unwrap().outcome
}

#[test]
fn each_sign_in_that_begins_is_in_the_list_after_a_restart() {
    let folder = Folder::new();
    folder.open().add_sign_in(&sign_in("one", "state-one")).unwrap();
    assert_eq!(folder.open().requests().unwrap(), [waiting("one", "state-one")]);
}

#[test]
fn the_list_begins_with_the_newest() {
    let folder = Folder::new();
    let store = folder.open();
    for (id, started_at) in [("b", 20), ("c", 30), ("a", 10), ("d", 30)] {
        let mut begun = sign_in(id, id);
        begun.started_at = started_at;
        store.add_sign_in(&begun).unwrap();
    }
    assert_eq!(ids(&store), ["d", "c", "b", "a"]);
}

#[test]
fn a_request_is_found_by_its_state_long_after_its_sign_in_is_over() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.add_sign_in(&sign_in("two", "state-two")).unwrap();
    store.take_sign_in("state-one").unwrap();
    assert!(store.end_request("one", RequestOutcome::Succeeded, None, Some("session-1"), 5000).unwrap());

    let found = folder.open().request_by_state("state-one").unwrap().unwrap();

    assert_eq!(
        found,
        AuthorizationRequest {
            outcome: RequestOutcome::Succeeded,
            ended_at: Some(5000),
            session: Some("session-1".to_owned()),
            ..waiting("one", "state-one")
        }
    );
    assert_eq!(store.request_by_state("state-three").unwrap(), None);
}

#[test]
fn a_request_ends_once() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();

    assert!(store.end_request("one", RequestOutcome::Failed, Some("access_denied"), None, 5000).unwrap());
    assert!(!store.end_request("one", RequestOutcome::Succeeded, None, Some("session-1"), 6000).unwrap());
    assert!(!store.end_request("strange", RequestOutcome::Failed, None, None, 6000).unwrap());

    let kept = store.request_by_state("state-one").unwrap().unwrap();
    assert_eq!((kept.outcome, kept.ended_at), (RequestOutcome::Failed, Some(5000)));
    assert_eq!((kept.detail.as_deref(), kept.session), (Some("access_denied"), None));
}

#[test]
fn every_outcome_is_kept() {
    let folder = Folder::new();
    let store = folder.open();
    for outcome in [
        RequestOutcome::Waiting,
        RequestOutcome::Succeeded,
        RequestOutcome::Failed,
        RequestOutcome::Cancelled,
        RequestOutcome::Expired,
    ] {
        let id = format!("{outcome:?}");
        store.add_sign_in(&sign_in(&id, &id)).unwrap();
        store.end_request(&id, outcome, None, None, 5000).unwrap();
        assert_eq!(store.request_by_state(&id).unwrap().unwrap().outcome, outcome);
    }
}

#[test]
fn a_label_can_be_changed_while_the_sign_in_waits_and_after_it() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();

    assert!(store.label_request("one", "Customer 43").unwrap());
    assert_eq!(store.take_sign_in("state-one").unwrap().unwrap().user_label, "Customer 43");
    assert!(store.label_request("one", "").unwrap());

    assert_eq!(store.request_by_state("state-one").unwrap().unwrap().user_label, "");
    assert!(!store.label_request("strange", "x").unwrap());
}

#[test]
fn a_cleared_list_has_only_those_that_wait() {
    let folder = Folder::new();
    let store = folder.open();
    for id in ["one", "two", "three"] {
        store.add_sign_in(&sign_in(id, id)).unwrap();
    }
    store.end_request("one", RequestOutcome::Cancelled, None, None, 5000).unwrap();
    store.end_request("three", RequestOutcome::Failed, None, None, 5000).unwrap();

    assert_eq!(store.clear_requests().unwrap(), 2);

    assert_eq!(ids(&store), ["two"]);
    assert!(store.take_sign_in("two").unwrap().is_some(), "its sign-in waits still");
}

#[test]
fn of_those_that_ended_the_last_thousand_are_kept_and_of_those_that_wait_all() {
    let store = Store::in_memory(random()).unwrap();
    for number in 0..1005 {
        let id = number.to_string();
        store.add_sign_in(&sign_in(&id, &id)).unwrap();
        if number != 2 {
            store.end_request(&id, RequestOutcome::Failed, None, None, 5000 + number).unwrap();
        }
    }
    let kept = ids(&store);
    assert_eq!((kept.len(), kept[1000].as_str(), kept[999].as_str()), (1001, "2", "5"));
}

#[test]
fn the_request_of_a_sign_in_that_expired_says_so() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();

    store.remove_expired_sign_ins(600_999).unwrap();
    assert_eq!(outcome(&store), RequestOutcome::Waiting, "its time is not over");
    store.remove_expired_sign_ins(601_000).unwrap();

    let ended = store.request_by_state("state-one").unwrap().unwrap();
    assert_eq!((ended.outcome, ended.ended_at), (RequestOutcome::Expired, Some(601_000)));
}

#[test]
fn a_request_whose_sign_in_was_cut_off_does_not_wait_for_ever() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.take_sign_in("state-one").unwrap();

    store.remove_expired_sign_ins(HOUR_LATER - 1).unwrap();
    assert_eq!(outcome(&store), RequestOutcome::Waiting, "its tokens may be on their way");
    store.remove_expired_sign_ins(HOUR_LATER).unwrap();

    let ended = store.request_by_state("state-one").unwrap().unwrap();
    assert_eq!((ended.outcome, ended.ended_at), (RequestOutcome::Failed, Some(HOUR_LATER)));
    assert!(ended.detail.unwrap().contains("Bobbin ended"));
}

#[test]
fn a_request_whose_code_is_under_way_is_not_ended_by_a_clock_that_was_set_ahead() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    let lock = store.try_lock_session("one").unwrap();
    store.take_sign_in("state-one").unwrap();

    folder.open().remove_expired_sign_ins(HOUR_LATER).unwrap();
    assert_eq!(outcome(&store), RequestOutcome::Waiting);
    assert_eq!(store.taken_sign_ins().unwrap().len(), 1);

    drop(lock);
    folder.open().remove_expired_sign_ins(HOUR_LATER).unwrap();
    assert_eq!(outcome(&store), RequestOutcome::Failed);
}

#[test]
fn no_byte_of_a_verifier_is_in_any_file_once_its_sign_in_is_over() {
    let folder = Folder::new();
    let store = folder.open();
    // Enough rows, of uneven size, that pages fill, split and are joined again.
    for number in 0..60 {
        let mut begun = sign_in(&number.to_string(), &format!("state-{number}"));
        begun.details = json!("x".repeat(number * 367 % 6000));
        store.add_sign_in(&begun).unwrap();
    }
    let sealed = sealed_verifiers(&folder);
    assert_eq!(sealed.len(), 60);
    assert!(sealed.iter().all(|(_, bytes)| is_in_a_file(&folder, bytes)), "the search finds those that wait");

    let mut over = Vec::new();
    for step in 0..60 {
        // Neither first come first served nor the reverse.
        let number = (step * 37 % 60).to_string();
        let state = format!("state-{number}");
        match step % 2 {
            0 => {
                let taken = store.take_sign_in(&state).unwrap().unwrap();
                assert_eq!(taken.code_verifier.expose_secret(), "verifier-plaintext");
            }
            _ => assert!(store.remove_sign_in(&number).unwrap()),
        }
        over.push(number);
        // What was overwritten could come back with a page that is rebuilt later.
        let looked_for = if step % 10 == 9 { &over[..] } else { &over[step..] };
        for (id, bytes) in sealed.iter().filter(|(id, _)| looked_for.contains(id)) {
            assert!(!is_in_a_file(&folder, bytes), "the verifier of {id} is there after step {step}");
        }
    }
    assert_eq!(ids(&store).len(), 60, "their requests stay");
}

fn sealed_verifiers(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let sql = folder.sql();
    let mut statement = sql.prepare("SELECT id, code_verifier FROM sign_ins").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Whether a run of sixteen of the bytes is anywhere in the database's files.
fn is_in_a_file(folder: &Folder, bytes: &[u8]) -> bool {
    let part = &bytes[24..40];
    fs::read_dir(folder.path())
        .unwrap()
        .any(|file| fs::read(file.unwrap().path()).unwrap().windows(16).any(|window| window == part))
}

#[test]
fn a_sign_in_whose_request_cannot_be_kept_does_not_begin() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.take_sign_in("state-one").unwrap();

    assert!(store.add_sign_in(&sign_in("two", "state-one")).is_err(), "a state belongs to one request");

    assert!(store.pending_sign_ins().unwrap().is_empty());
}

#[test]
fn a_request_that_cannot_be_unsealed_is_left_out_and_left_alone() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.add_sign_in(&sign_in("two", "state-two")).unwrap();
    folder
        .sql()
        .execute_batch(
            "UPDATE authorization_requests SET state =
             (SELECT state FROM authorization_requests WHERE id = 'two') WHERE id = 'one'",
        )
        .unwrap();

    assert_eq!(ids(&store), ["two"]);
    assert!(store.request_by_state("state-one").is_err());
    let rows: i64 =
        folder.sql().query_row("SELECT count(*) FROM authorization_requests", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 2);
}

#[test]
fn what_is_printed_of_a_request_shows_no_state() {
    let shown = format!("{:?}", waiting("one", "state-one"));
    assert!(shown.contains("one") && shown.contains("Waiting") && !shown.contains("state-one"), "{shown}");
}
