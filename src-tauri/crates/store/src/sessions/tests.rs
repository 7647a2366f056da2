use secrecy::ExposeSecret;

use super::{RefreshMark, Session, SessionKind};
use crate::{
    error::StoreError,
    testing::{Folder, begin, in_child, open, refreshed, session, wait_for},
};

#[test]
fn a_session_comes_back_whole_after_a_restart() {
    let folder = Folder::new();
    folder.open().add_session(&session("one")).unwrap();

    let kept = folder.open().session("one").unwrap().unwrap();

    let given = session("one");
    assert_eq!((kept.kind, kept.label), (given.kind, given.label));
    assert_eq!(kept.connection, given.connection);
    assert_eq!(kept.access_token.expose_secret(), given.access_token.expose_secret());
    assert_eq!(kept.id_token.unwrap().expose_secret(), given.id_token.unwrap().expose_secret());
    assert_eq!(kept.refresh_token.unwrap().expose_secret(), given.refresh_token.unwrap().expose_secret());
    assert_eq!(kept.token_type, given.token_type);
    assert_eq!(kept.access_issued_at, given.access_issued_at);
    assert_eq!(kept.access_expires_at, given.access_expires_at);
    assert_eq!((kept.created_at, kept.refresh_issued_at), (given.created_at, given.refresh_issued_at));
    assert_eq!((kept.generation, kept.refresh_state), (given.generation, given.refresh_state));
    assert_eq!(kept.scopes_requested, given.scopes_requested);
    assert_eq!(kept.scopes_granted, given.scopes_granted);
    assert_eq!(kept.verdict, given.verdict);
    assert_eq!(kept.extra, given.extra);
}

#[test]
fn a_session_without_lifetime_id_token_or_refresh_token_is_kept_as_such() {
    let folder = Folder::new();
    let store = folder.open();
    let mut bare = session("bare");
    (bare.access_expires_at, bare.id_token, bare.refresh_token, bare.verdict) = (None, None, None, None);
    store.add_session(&bare).unwrap();

    let kept = store.session("bare").unwrap().unwrap();

    assert!(kept.access_expires_at.is_none() && kept.verdict.is_none());
    assert!(kept.id_token.is_none() && kept.refresh_token.is_none());
}

#[test]
fn every_kind_is_kept_through_a_refresh_too() {
    let folder = Folder::new();
    let store = folder.open();
    for kind in [SessionKind::User, SessionKind::Client, SessionKind::Manual] {
        let given = Session { kind, ..session(&format!("{kind:?}")) };
        store.add_session(&given).unwrap();
        begin(&store, &given.id, 1, 2000);
        store.finish_refresh(&refreshed(&given), "", 2100).unwrap();
        assert_eq!(store.session(&given.id).unwrap().unwrap().kind, kind);
    }
}

#[test]
fn a_session_can_begin_with_a_refresh_token_alone() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&Session { access_token: "".into(), ..session("one") }).unwrap();

    assert_eq!(store.session("one").unwrap().unwrap().access_token.expose_secret(), "");

    begin(&store, "one", 1, 2000);
    store.finish_refresh(&refreshed(&session("one")), "", 2100).unwrap();
    assert_eq!(
        store.session("one").unwrap().unwrap().access_token.expose_secret(),
        "second-access-plaintext"
    );
}

#[test]
fn numbers_in_a_verdict_keep_every_digit() {
    let folder = Folder::new();
    let store = folder.open();
    let mut given = session("one");
    given.verdict = serde_json::from_str(r#"{"amount":1.00,"id":12345678901234567890123}"#).unwrap();
    store.add_session(&given).unwrap();

    let kept = store.session("one").unwrap().unwrap().verdict.unwrap();

    assert_eq!(kept.to_string(), r#"{"amount":1.00,"id":12345678901234567890123}"#);
}

#[test]
fn every_mark_is_kept() {
    let folder = Folder::new();
    let store = folder.open();
    let marks = [
        RefreshMark::Ready,
        RefreshMark::InFlight { since: 5 },
        RefreshMark::PossiblyConsumed,
        RefreshMark::Rejected,
    ];
    for (number, mark) in marks.into_iter().enumerate() {
        let mut given = session(&number.to_string());
        given.refresh_state = mark;
        // Else the one in flight would be one of a process that ended.
        let _lock = store.try_lock_session(&given.id).unwrap();
        store.add_session(&given).unwrap();
        assert_eq!(store.session(&number.to_string()).unwrap().unwrap().refresh_state, mark);
    }
}

#[test]
fn sessions_are_listed_oldest_first() {
    let folder = Folder::new();
    let store = folder.open();
    for (id, created_at) in [("b", 20), ("a", 30), ("c", 10)] {
        let mut given = session(id);
        given.created_at = created_at;
        store.add_session(&given).unwrap();
    }
    let listed: Vec<_> = store.sessions().unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(listed, ["c", "b", "a"]);
}

#[test]
fn a_second_session_of_the_same_id_is_refused_and_the_first_stays() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    assert!(store.add_session(&refreshed(&session("one"))).is_err());
    assert_eq!(store.session("one").unwrap().unwrap().generation, 1);
}

#[test]
fn a_label_can_be_changed_and_a_session_that_is_gone_says_so() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    store.rename_session("one", "My account").unwrap();
    assert_eq!(store.session("one").unwrap().unwrap().label, "My account");

    store.delete_session("one").unwrap();

    assert!(store.session("one").unwrap().is_none());
    assert!(
        matches!(store.rename_session("one", "x"), Err(StoreError::UnknownSession { id }) if id == "one")
    );
}

#[test]
fn an_id_token_is_replaced_only_in_the_generation_it_belongs_to() {
    let folder = Folder::new();
    let store = folder.open();
    let mut given = session("one");
    store.add_session(&given).unwrap();
    given.id_token = Some("newer-identity".into());
    store.update_id_token(&given, None).unwrap();
    given.generation = 2;
    given.id_token = Some("of-another-generation".into());
    store.update_id_token(&given, None).unwrap();

    let kept = store.session("one").unwrap().unwrap();
    assert_eq!(kept.id_token.unwrap().expose_secret(), "newer-identity");
}

#[test]
fn a_session_survives_a_process_that_is_killed_the_moment_it_was_kept() {
    if let Some(dir) = in_child() {
        let store = open(&dir);
        store.add_session(&session("one")).unwrap();
        std::fs::write(dir.join("kept"), "").unwrap();
        loop {
            std::thread::park();
        }
    }
    let folder = Folder::new();
    let mut child =
        folder.child("sessions::tests::a_session_survives_a_process_that_is_killed_the_moment_it_was_kept");
    wait_for("the session", || folder.path().join("kept").exists());
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(folder.open().sessions().unwrap().len(), 1);
}

#[test]
fn a_token_that_was_tampered_with_is_refused_and_left_alone() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    store.add_session(&session("two")).unwrap();
    let sql = folder.sql();
    let mut sealed: Vec<u8> =
        sql.query_row("SELECT access_token FROM sessions WHERE id = 'one'", [], |row| row.get(0)).unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    sql.execute("UPDATE sessions SET access_token = ?1 WHERE id = 'one'", [&sealed]).unwrap();

    let error = store.session("one").unwrap_err();

    assert!(
        matches!(&error, StoreError::Unsealable { table: "sessions", column: "access_token", row } if row == "one")
    );
    let listed: Vec<_> = store.sessions().unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(listed, ["two"], "one broken session does not hide the others");
    let still: Vec<u8> =
        sql.query_row("SELECT access_token FROM sessions WHERE id = 'one'", [], |row| row.get(0)).unwrap();
    assert_eq!(still, sealed, "what cannot be unsealed is never deleted");
}

#[test]
fn tokens_swapped_between_rows_or_columns_are_refused() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    store.add_session(&session("two")).unwrap();
    folder
        .sql()
        .execute_batch(
            "UPDATE sessions SET refresh_token = (SELECT refresh_token FROM sessions WHERE id = 'two') WHERE id = 'one';
             UPDATE sessions SET access_token = id_token WHERE id = 'two';",
        )
        .unwrap();

    assert!(matches!(store.session("one"), Err(StoreError::Unsealable { column: "refresh_token", .. })));
    assert!(matches!(store.session("two"), Err(StoreError::Unsealable { column: "access_token", .. })));
}

#[test]
fn a_sealed_value_cut_short_is_refused() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    folder.sql().execute("UPDATE sessions SET extra = x'00'", []).unwrap();
    assert!(matches!(store.session("one"), Err(StoreError::Unsealable { column: "extra", .. })));
}

#[test]
fn what_is_printed_for_debugging_shows_no_secret() {
    let shown = format!("{:?}", session("one"));
    assert!(shown.contains("one") && !shown.contains("plaintext"), "{shown}");
}

#[test]
fn a_name_that_a_person_changed_meanwhile_is_not_overwritten() {
    let folder = Folder::new();
    let store = folder.open();
    store.add_session(&session("one")).unwrap();
    assert!(store.rename_session_from("one", "Thandi Nkosi", "Thandi").unwrap());
    assert!(!store.rename_session_from("one", "Thandi Nkosi", "Sipho").unwrap());
    assert_eq!(store.session("one").unwrap().unwrap().label, "Thandi");
}
