use std::{process::Child, thread};

use secrecy::ExposeSecret;

use super::{AskedBy, Doubt, RefreshFailure, RefreshRecord};
use crate::{
    RefreshMark,
    error::StoreError,
    testing::{Folder, begin, in_child, open, refreshed, session, wait_for},
};

const NO_REPLY: RefreshFailure = RefreshFailure::Doubtful(Doubt::NoReply);

fn folder_with_session() -> Folder {
    let folder = Folder::new();
    folder.open().add_session(&session("one")).unwrap();
    folder
}

#[test]
fn a_refresh_is_in_flight_on_the_disk_before_it_may_be_sent() {
    let folder = folder_with_session();
    let store = folder.open();
    let lock = begin(&store, "one", 1, 2000);
    assert!(lock.is_some());

    let seen_elsewhere = folder.open().session("one").unwrap().unwrap();

    assert_eq!(seen_elsewhere.refresh_state, RefreshMark::InFlight { since: 2000 });
}

#[test]
fn a_second_refresh_of_the_same_token_is_not_begun() {
    let folder = folder_with_session();
    let store = folder.open();
    let first = begin(&store, "one", 1, 2000);
    assert!(first.is_some());
    assert!(begin(&store, "one", 1, 2001).is_none());
    assert!(begin(&folder.open(), "one", 1, 2001).is_none(), "nor by another process");
}

#[test]
fn a_rejected_token_an_older_generation_and_an_unknown_session_are_not_begun() {
    let folder = folder_with_session();
    let store = folder.open();
    assert!(begin(&store, "one", 0, 2000).is_none());
    assert!(begin(&store, "two", 1, 2000).is_none());
    begin(&store, "one", 1, 2000);
    store.fail_refresh("one", (1, 2000), RefreshFailure::Rejected, "invalid_grant", 2100).unwrap();
    assert!(begin(&store, "one", 1, 2200).is_none());
}

#[test]
fn a_possibly_consumed_token_may_be_tried_again() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    store.fail_refresh("one", (1, 2000), NO_REPLY, "no reply", 2100).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);
    assert!(begin(&store, "one", 1, 2200).is_some());
}

#[test]
fn a_finished_refresh_keeps_the_new_pair_and_what_people_changed_meanwhile() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    store.rename_session("one", "Renamed meanwhile").unwrap();
    store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap();

    let kept = folder.open().session("one").unwrap().unwrap();

    assert_eq!(kept.access_token.expose_secret(), "second-access-plaintext");
    assert_eq!(kept.refresh_token.unwrap().expose_secret(), "second-refresh-plaintext");
    assert_eq!((kept.generation, kept.refresh_state), (2, RefreshMark::Ready));
    assert_eq!(kept.label, "Renamed meanwhile");
}

#[test]
fn tokens_of_a_generation_that_is_not_the_next_one_are_refused() {
    let folder = folder_with_session();
    let store = folder.open();
    let second = refreshed(&session("one"));
    store.finish_refresh(&second, "", 2000).unwrap();

    let error = store.finish_refresh(&second, "", 2100).unwrap_err();

    assert!(matches!(error, StoreError::Overtaken { came: 2, found: 2, .. }));
    assert_eq!(store.refresh_history("one").unwrap().len(), 1, "what was refused is not in the history");
}

#[test]
fn tokens_for_a_deleted_session_are_refused_aloud() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    store.delete_session("one").unwrap();
    let error = store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap_err();
    assert!(matches!(error, StoreError::UnknownSession { .. }));
}

#[test]
fn a_failure_that_comes_after_the_success_changes_nothing() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap();
    store.fail_refresh("one", (1, 2000), NO_REPLY, "too late", 2200).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::Ready);
    assert_eq!(store.refresh_history("one").unwrap().len(), 1);
}

#[test]
fn the_history_tells_every_refresh_in_order_and_goes_with_its_session() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    store.fail_refresh("one", (1, 2000), NO_REPLY, "no reply", 2100).unwrap();
    begin(&store, "one", 1, 3000);
    store.finish_refresh(&refreshed(&session("one")), "", 3100).unwrap();

    let record = |at, ok, detail: &str| RefreshRecord {
        at,
        generation: 1,
        ok,
        doubt: (!ok).then_some(Doubt::NoReply),
        detail: detail.to_owned(),
    };
    assert_eq!(
        store.refresh_history("one").unwrap(),
        [record(2100, false, "no reply"), record(3100, true, "")]
    );
    store.delete_session("one").unwrap();
    assert!(store.refresh_history("one").unwrap().is_empty());
}

#[test]
fn of_many_connections_at_once_one_begins_the_refresh() {
    let folder = folder_with_session();
    let stores: Vec<_> = (0..6).map(|_| folder.open()).collect();

    let begun: usize = thread::scope(|scope| {
        let racers: Vec<_> =
            stores.iter().map(|store| scope.spawn(|| begin(store, "one", 1, 2000))).collect();
        // Whoever began keeps the lock until all have tried.
        let locks: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
        locks.iter().flatten().count()
    });

    assert_eq!(begun, 1);
}

#[test]
fn of_several_processes_one_begins_each_refresh() {
    const ROUNDS: u32 = 20;
    if let Some(dir) = in_child() {
        let store = open(&dir);
        wait_for("the start", || dir.join("go").exists());
        for generation in 1..=ROUNDS {
            if let Some(_lock) = begin(&store, "one", generation, 2000) {
                std::fs::write(dir.join(format!("begun-{generation}-{}", std::process::id())), "").unwrap();
                let mut next = refreshed(&session("one"));
                next.generation = generation + 1;
                store.finish_refresh(&next, "", 2100).unwrap();
            }
            wait_for("the round's end", || store.session("one").unwrap().unwrap().generation > generation);
        }
        return;
    }
    let folder = folder_with_session();
    let mut children: Vec<Child> = (0..2)
        .map(|_| folder.child("refreshes::tests::of_several_processes_one_begins_each_refresh"))
        .collect();
    thread::sleep(std::time::Duration::from_millis(300));
    std::fs::write(folder.path().join("go"), "").unwrap();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }

    let mut begun = vec![0; ROUNDS as usize];
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(rest) = name.strip_prefix("begun-") {
            let generation: usize = rest.split('-').next().unwrap().parse().unwrap();
            begun[generation - 1] += 1;
        }
    }
    assert_eq!(begun, vec![1; ROUNDS as usize], "each generation's token leaves once");
    assert_eq!(folder.open().session("one").unwrap().unwrap().generation, ROUNDS + 1);
}

#[test]
fn a_process_killed_in_flight_leaves_the_mark_for_the_next_start() {
    if let Some(dir) = in_child() {
        let store = open(&dir);
        let _lock = begin(&store, "one", 1, 2000).unwrap();
        std::fs::write(dir.join("begun"), "").unwrap();
        loop {
            thread::park();
        }
    }
    let folder = folder_with_session();
    let mut child =
        folder.child("refreshes::tests::a_process_killed_in_flight_leaves_the_mark_for_the_next_start");
    wait_for("the mark", || folder.path().join("begun").exists());
    let state = || folder.open().session("one").unwrap().unwrap().refresh_state;
    assert_eq!(state(), RefreshMark::InFlight { since: 2000 });
    assert!(begin(&folder.open(), "one", 1, 900_000_000).is_none(), "no clock frees what a process holds");
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(state(), RefreshMark::PossiblyConsumed, "at once, whatever the clock says");
    assert!(begin(&folder.open(), "one", 1, 1000).is_some());
    let history = folder.open().refresh_history("one").unwrap();
    assert!(history.len() == 1 && history[0].doubt == Some(Doubt::NoReply) && !history[0].ok, "{history:?}");
}

#[test]
fn who_began_a_refresh_cannot_end_the_one_that_came_after() {
    let folder = folder_with_session();
    let store = folder.open();
    drop(begin(&store, "one", 1, 2000));
    let second = begin(&folder.open(), "one", 1, 3000);
    assert!(second.is_some(), "the first one ended without an outcome");
    store.fail_refresh("one", (1, 2000), RefreshFailure::Unused, "of the first", 3001).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::InFlight { since: 3000 });
}

#[test]
fn a_token_that_was_lost_twice_is_sent_a_third_time_only_for_a_person() {
    let folder = folder_with_session();
    let store = folder.open();
    for since in [2000, 3000] {
        assert!(begin(&store, "one", 1, since).is_some());
        store.fail_refresh("one", (1, since), NO_REPLY, "no reply", since + 1).unwrap();
    }
    assert!(begin(&store, "one", 1, 4000).is_none());
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);
    let lock = store.try_lock_session("one").unwrap().unwrap();
    assert!(store.begin_refresh(&lock, 1, 5000, AskedBy::Person).unwrap());
}

#[test]
fn a_token_that_had_an_unusable_reply_is_sent_again_only_for_a_person() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    let unusable = RefreshFailure::Doubtful(Doubt::UnusableReply);
    store.fail_refresh("one", (1, 2000), unusable, "500", 2100).unwrap();
    assert!(begin(&store, "one", 1, 3000).is_none());
    assert_eq!(store.refresh_history("one").unwrap()[0].doubt, Some(Doubt::UnusableReply));
    let lock = store.try_lock_session("one").unwrap().unwrap();
    assert!(store.begin_refresh(&lock, 1, 4000, AskedBy::Person).unwrap());
}

#[test]
fn a_token_that_was_lost_once_stays_in_doubt_until_it_is_replaced() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    store.fail_refresh("one", (1, 2000), NO_REPLY, "no reply", 2100).unwrap();
    begin(&store, "one", 1, 3000);
    store.fail_refresh("one", (1, 3000), RefreshFailure::Unused, "not sent", 3100).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);

    begin(&store, "one", 1, 4000);
    store.finish_refresh(&refreshed(&session("one")), "", 4100).unwrap();

    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::Ready);
    assert!(begin(&store, "one", 2, 5000).is_some());
}

#[test]
fn an_id_token_that_was_refused_turns_its_refresh_into_a_failed_one() {
    let folder = folder_with_session();
    let store = folder.open();
    begin(&store, "one", 1, 2000);
    let second = refreshed(&session("one"));
    store.finish_refresh(&second, "", 2100).unwrap();
    store.update_id_token(&second, Some("wrong issuer")).unwrap();
    let history = store.refresh_history("one").unwrap();
    assert_eq!((history.len(), history[0].ok, history[0].doubt), (1, false, None));
    assert_eq!(history[0].detail, "wrong issuer");
}

#[test]
fn a_session_is_brought_back_with_its_history_and_its_losses() {
    let folder = folder_with_session();
    let store = folder.open();
    for since in [2000, 3000] {
        begin(&store, "one", 1, since);
        store.fail_refresh("one", (1, since), NO_REPLY, "no reply", since + 1).unwrap();
    }
    let (kept, history) = (store.session("one").unwrap().unwrap(), store.refresh_history("one").unwrap());
    store.delete_session("one").unwrap();

    store.restore_session(&kept, &history).unwrap();

    assert_eq!(store.refresh_history("one").unwrap(), history);
    assert!(begin(&store, "one", 1, 4000).is_none(), "undo gives no third try");
}
