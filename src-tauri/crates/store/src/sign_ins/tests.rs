use std::{process::Child, thread};

use secrecy::ExposeSecret;

use crate::testing::{Folder, in_child, open, sign_in, wait_for};

#[test]
fn a_sign_in_comes_back_whole_after_a_restart() {
    let folder = Folder::new();
    folder.open().add_sign_in(&sign_in("one", "state-one")).unwrap();

    let kept = folder.open().pending_by_state("state-one").unwrap().unwrap();

    let given = sign_in("one", "state-one");
    assert_eq!(kept.id, given.id);
    assert_eq!(kept.connection, given.connection);
    assert_eq!(kept.state, given.state);
    assert_eq!(kept.nonce.expose_secret(), given.nonce.expose_secret());
    assert_eq!(kept.code_verifier.expose_secret(), given.code_verifier.expose_secret());
    assert_eq!((kept.code_challenge, kept.user_label), (given.code_challenge, given.user_label));
    assert_eq!(kept.redirect_uri, given.redirect_uri);
    assert_eq!(kept.scopes, given.scopes);
    assert_eq!((kept.started_at, kept.expires_at), (given.started_at, given.expires_at));
    assert_eq!(kept.details, given.details);
}

#[test]
fn a_second_use_of_the_same_state_finds_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();

    assert!(store.take_sign_in("state-one").unwrap().is_some());
    assert!(store.take_sign_in("state-one").unwrap().is_none());
    assert!(folder.open().take_sign_in("state-one").unwrap().is_none(), "not after a restart either");
}

#[test]
fn a_strange_state_leaves_every_sign_in_where_it_is() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.add_sign_in(&sign_in("two", "state-two")).unwrap();

    assert!(store.take_sign_in("state-three").unwrap().is_none());
    assert!(store.take_sign_in("").unwrap().is_none());
    assert_eq!(store.pending_sign_ins().unwrap().len(), 2);
}

#[test]
fn two_sign_ins_are_each_found_by_their_own_state() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    store.add_sign_in(&sign_in("two", "state-two")).unwrap();

    assert_eq!(store.take_sign_in("state-two").unwrap().unwrap().id, "two");
    assert_eq!(store.pending_by_state("state-one").unwrap().unwrap().id, "one");
}

#[test]
fn the_same_state_cannot_wait_twice() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    assert!(store.add_sign_in(&sign_in("two", "state-one")).is_err());
}

#[test]
fn only_those_past_their_time_are_removed_and_handed_out() {
    let folder = Folder::new();
    let store = folder.open();
    let mut early = sign_in("early", "state-early");
    early.expires_at = 5000;
    store.add_sign_in(&early).unwrap();
    store.add_sign_in(&sign_in("late", "state-late")).unwrap();

    let removed = store.remove_expired_sign_ins(5000).unwrap();

    assert_eq!(removed.iter().map(|gone| gone.id.as_str()).collect::<Vec<_>>(), ["early"]);
    assert_eq!(store.pending_sign_ins().unwrap()[0].id, "late");
    assert!(!store.remove_sign_in("early").unwrap());
    assert!(store.remove_sign_in("late").unwrap());
}

#[test]
fn of_many_threads_with_their_own_connections_one_takes_the_sign_in() {
    let folder = Folder::new();
    folder.open().add_sign_in(&sign_in("one", "state-one")).unwrap();
    let stores: Vec<_> = (0..6).map(|_| folder.open()).collect();

    let taken: usize = thread::scope(|scope| {
        let takers: Vec<_> = stores
            .iter()
            .map(|store| scope.spawn(|| usize::from(store.take_sign_in("state-one").unwrap().is_some())))
            .collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).sum()
    });

    assert_eq!(taken, 1);
}

#[test]
fn of_several_processes_one_takes_the_sign_in() {
    if let Some(dir) = in_child() {
        let store = open(&dir);
        wait_for("the start", || dir.join("go").exists());
        if store.take_sign_in("state-one").unwrap().is_some() {
            std::fs::write(dir.join(format!("taken-by-{}", std::process::id())), "").unwrap();
        }
        return;
    }
    let folder = Folder::new();
    folder.open().add_sign_in(&sign_in("one", "state-one")).unwrap();
    let mut children: Vec<Child> =
        (0..3).map(|_| folder.child("sign_ins::tests::of_several_processes_one_takes_the_sign_in")).collect();
    thread::sleep(std::time::Duration::from_millis(300));
    std::fs::write(folder.path().join("go"), "").unwrap();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }

    let takers = std::fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("taken-by-"))
        .count();
    assert_eq!(takers, 1);
}

#[test]
fn what_is_printed_for_debugging_shows_no_secret() {
    let shown = format!("{:?}", sign_in("one", "state-one"));
    assert!(shown.contains("one") && !shown.contains("plaintext") && !shown.contains("state-one"), "{shown}");
}

#[test]
fn a_sign_in_that_cannot_be_unsealed_is_not_taken_away() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_sign_in(&sign_in("one", "state-one")).unwrap();
    folder.sql().execute("UPDATE sign_ins SET nonce = x'00'", []).unwrap();

    assert!(store.take_sign_in("state-one").is_err());

    let left: i64 = folder.sql().query_row("SELECT count(*) FROM sign_ins", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1);
}
