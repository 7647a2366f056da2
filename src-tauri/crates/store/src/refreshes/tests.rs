use std::{process::Child, thread};

use secrecy::ExposeSecret;

use super::RefreshRecord;
use crate::{
    RefreshMark,
    error::StoreError,
    testing::{Folder, in_child, open, refreshed, session, wait_for},
};

fn folder_with_session() -> Folder {
    let folder = Folder::new();
    folder.open().add_session(&session("one")).unwrap();
    folder
}

#[test]
fn a_refresh_is_in_flight_on_the_disk_before_it_may_be_sent() {
    let folder = folder_with_session();
    let store = folder.open();
    assert!(store.begin_refresh("one", 1, 2000).unwrap());

    let seen_elsewhere = folder.open().session("one").unwrap().unwrap();

    assert_eq!(seen_elsewhere.refresh_state, RefreshMark::InFlight { since: 2000 });
}

#[test]
fn a_second_refresh_of_the_same_token_is_not_begun() {
    let folder = folder_with_session();
    let store = folder.open();
    assert!(store.begin_refresh("one", 1, 2000).unwrap());
    assert!(!store.begin_refresh("one", 1, 2001).unwrap());
}

#[test]
fn a_rejected_token_an_older_generation_and_an_unknown_session_are_not_begun() {
    let folder = folder_with_session();
    let store = folder.open();
    assert!(!store.begin_refresh("one", 0, 2000).unwrap());
    assert!(!store.begin_refresh("two", 1, 2000).unwrap());
    store.begin_refresh("one", 1, 2000).unwrap();
    store.fail_refresh("one", (1, 2000), RefreshMark::Rejected, "invalid_grant", 2100).unwrap();
    assert!(!store.begin_refresh("one", 1, 2200).unwrap());
}

#[test]
fn a_possibly_consumed_token_may_be_tried_again() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    store.fail_refresh("one", (1, 2000), RefreshMark::PossiblyConsumed, "no reply", 2100).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);
    assert!(store.begin_refresh("one", 1, 2200).unwrap());
}

#[test]
fn a_finished_refresh_keeps_the_new_pair_and_what_people_changed_meanwhile() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    store.rename_session("one", "Renamed meanwhile").unwrap();
    store.finish_refresh(&refreshed(&session("one")), 2100).unwrap();

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
    store.finish_refresh(&second, 2000).unwrap();

    let error = store.finish_refresh(&second, 2100).unwrap_err();

    assert!(matches!(error, StoreError::Overtaken { came: 2, found: 2, .. }));
    assert_eq!(store.refresh_history("one").unwrap().len(), 1, "what was refused is not in the history");
}

#[test]
fn tokens_for_a_deleted_session_are_refused_aloud() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    store.delete_session("one").unwrap();
    let error = store.finish_refresh(&refreshed(&session("one")), 2100).unwrap_err();
    assert!(matches!(error, StoreError::UnknownSession { .. }));
}

#[test]
fn a_failure_that_comes_after_the_success_changes_nothing() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    store.finish_refresh(&refreshed(&session("one")), 2100).unwrap();
    store.fail_refresh("one", (1, 2000), RefreshMark::PossiblyConsumed, "too late", 2200).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::Ready);
    assert_eq!(store.refresh_history("one").unwrap().len(), 1);
}

#[test]
fn the_history_tells_every_refresh_in_order_and_goes_with_its_session() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    store.fail_refresh("one", (1, 2000), RefreshMark::PossiblyConsumed, "no reply", 2100).unwrap();
    store.begin_refresh("one", 1, 3000).unwrap();
    store.finish_refresh(&refreshed(&session("one")), 3100).unwrap();

    let record =
        |at, ok, detail: &str| RefreshRecord { at, generation: 1, ok, lost: !ok, detail: detail.to_owned() };
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
        let racers: Vec<_> = stores
            .iter()
            .map(|store| scope.spawn(|| usize::from(store.begin_refresh("one", 1, 2000).unwrap())))
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
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
            if store.begin_refresh("one", generation, 2000).unwrap() {
                std::fs::write(dir.join(format!("begun-{generation}-{}", std::process::id())), "").unwrap();
                let mut next = refreshed(&session("one"));
                next.generation = generation + 1;
                store.finish_refresh(&next, 2100).unwrap();
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
        assert!(store.begin_refresh("one", 1, 2000).unwrap());
        std::fs::write(dir.join("begun"), "").unwrap();
        loop {
            thread::park();
        }
    }
    let folder = folder_with_session();
    let mut child =
        folder.child("refreshes::tests::a_process_killed_in_flight_leaves_the_mark_for_the_next_start");
    wait_for("the mark", || folder.path().join("begun").exists());
    child.kill().unwrap();
    child.wait().unwrap();

    let kept = folder.open().session("one").unwrap().unwrap();
    assert_eq!(kept.refresh_state, RefreshMark::InFlight { since: 2000 });
}

#[test]
fn a_mark_of_a_process_that_ended_is_taken_over_when_its_time_is_up() {
    let folder = folder_with_session();
    let store = folder.open();
    assert!(store.begin_refresh("one", 1, 2000).unwrap());
    assert!(!folder.open().begin_refresh("one", 1, 47_000).unwrap(), "45 s later it may still be answered");
    assert!(folder.open().begin_refresh("one", 1, 47_001).unwrap());

    let history = store.refresh_history("one").unwrap();
    assert_eq!(history.len(), 1);
    assert!(history[0].lost && !history[0].ok, "{history:?}");
    store.fail_refresh("one", (1, 2000), RefreshMark::Ready, "of the first process", 47_002).unwrap();
    let kept = store.session("one").unwrap().unwrap();
    assert_eq!(kept.refresh_state, RefreshMark::InFlight { since: 47_001 }, "it cannot end the second one's");
}

#[test]
fn a_mark_from_the_future_does_not_hold_a_session_for_ever() {
    let folder = folder_with_session();
    let store = folder.open();
    assert!(store.begin_refresh("one", 1, 900_000).unwrap());
    assert!(store.begin_refresh("one", 1, 2000).unwrap(), "the clock was set back");
}

#[test]
fn a_token_that_was_lost_twice_is_not_sent_a_third_time() {
    let folder = folder_with_session();
    let store = folder.open();
    for since in [2000, 3000] {
        assert!(store.begin_refresh("one", 1, since).unwrap());
        store.fail_refresh("one", (1, since), RefreshMark::PossiblyConsumed, "no reply", since + 1).unwrap();
    }
    assert!(!store.begin_refresh("one", 1, 4000).unwrap());
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);
}

#[test]
fn a_token_that_was_lost_once_stays_in_doubt_until_it_is_replaced() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    store.fail_refresh("one", (1, 2000), RefreshMark::PossiblyConsumed, "no reply", 2100).unwrap();
    store.begin_refresh("one", 1, 3000).unwrap();
    store.fail_refresh("one", (1, 3000), RefreshMark::Ready, "not sent", 3100).unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::PossiblyConsumed);

    store.begin_refresh("one", 1, 4000).unwrap();
    store.finish_refresh(&refreshed(&session("one")), 4100).unwrap();

    assert_eq!(store.session("one").unwrap().unwrap().refresh_state, RefreshMark::Ready);
    assert!(store.begin_refresh("one", 2, 5000).unwrap());
}

#[test]
fn an_id_token_that_was_refused_turns_its_refresh_into_a_failed_one() {
    let folder = folder_with_session();
    let store = folder.open();
    store.begin_refresh("one", 1, 2000).unwrap();
    let second = refreshed(&session("one"));
    store.finish_refresh(&second, 2100).unwrap();
    store.update_id_token(&second, Some("wrong issuer")).unwrap();
    let history = store.refresh_history("one").unwrap();
    assert_eq!((history.len(), history[0].ok, history[0].lost), (1, false, false));
    assert_eq!(history[0].detail, "wrong issuer");
}

#[test]
fn a_session_is_brought_back_with_its_history_and_its_losses() {
    let folder = folder_with_session();
    let store = folder.open();
    for since in [2000, 3000] {
        store.begin_refresh("one", 1, since).unwrap();
        store.fail_refresh("one", (1, since), RefreshMark::PossiblyConsumed, "no reply", since + 1).unwrap();
    }
    let (kept, history) = (store.session("one").unwrap().unwrap(), store.refresh_history("one").unwrap());
    store.delete_session("one").unwrap();

    store.restore_session(&kept, &history).unwrap();

    assert_eq!(store.refresh_history("one").unwrap(), history);
    assert!(!store.begin_refresh("one", 1, 4000).unwrap(), "undo gives no third try");
}
