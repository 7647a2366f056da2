use serde_json::json;

use crate::{
    ClientKey, Origin, RefreshRecord, Store, StoreError,
    testing::{Folder, session, sign_in},
};

/// Every table with a row "good" and a row "bad".
fn filled() -> Folder {
    let folder = Folder::new();
    let store = folder.open();
    for name in ["bad", "good"] {
        let refresh = |detail: &str| RefreshRecord {
            at: 1,
            generation: 1,
            ok: false,
            doubt: None,
            detail: detail.to_owned(),
        };
        store.restore_session(&session(name), &[refresh("bad"), refresh("good")]).unwrap();
        store.add_sign_in(&sign_in(name, &format!("state of {name}"))).unwrap();
        store.put_client_secret(name, Some(&"secret".into())).unwrap();
        let key = ClientKey { pkcs8: vec![1].into(), info: json!({}) };
        store.put_client_key(name, Some(&key)).unwrap();
        let origin = Origin { field: "issuer".to_owned(), origin: "https://a.example".to_owned() };
        store.trust_origins(name, &[origin]).unwrap();
        store.put_draft(name, "text").unwrap();
        store.put_exchange(name, 10, &json!({})).unwrap();
    }
    folder
}

/// The names of the rows that the table's list has.
fn listed(store: &Store, table: &str) -> Vec<String> {
    let mut names: Vec<String> = match table {
        "sessions" => store.sessions().unwrap().into_iter().map(|it| it.id).collect(),
        "refreshes" => store.refresh_history("good").unwrap().into_iter().map(|it| it.detail).collect(),
        "sign_ins" => store.pending_sign_ins().unwrap().into_iter().map(|it| it.id).collect(),
        "authorization_requests" => store.requests().unwrap().into_iter().map(|it| it.id).collect(),
        "client_secrets" => store.all_client_secrets().unwrap().into_iter().map(|it| it.0).collect(),
        "origins" => store.all_origins().unwrap().into_iter().map(|it| it.0).collect(),
        "drafts" => store.drafts().unwrap().into_iter().map(|it| it.0).collect(),
        "exchanges" => store.exchanges(10).unwrap().into_iter().map(|it| it.0).collect(),
        other => panic!("no list of {other}"),
    };
    names.sort();
    names
}

/// Each table with its rows' name and what can be wrong with a column.
const BAD: &[(&str, &str, &[&str])] = &[
    (
        "sessions",
        "id",
        &[
            "generation = -1",
            "generation = 4294967296",
            "generation = 'many'",
            "created_at = 'then'",
            "access_token = 'text'",
            "access_token = x'00'",
            "extra = x'00'",
            "label = CAST(x'ff' AS TEXT)",
            "label = x'00'",
            "kind = 'nobody'",
            "refresh_state = 'unknown'",
            "scopes_granted = CAST(x'ff' AS TEXT)",
        ],
    ),
    ("refreshes", "detail", &["generation = -1", "at = 'then'", "ok = 'yes'"]),
    (
        "sign_ins",
        "id",
        &[
            "expires_at = 'then'",
            "code_verifier = x'00'",
            "nonce = 'text'",
            "scopes = CAST(x'ff' AS TEXT)",
            "details = x'00'",
        ],
    ),
    (
        "authorization_requests",
        "id",
        &["started_at = 'then'", "outcome = 'unknown'", "state = x'00'", "user_label = CAST(x'ff' AS TEXT)"],
    ),
    ("client_secrets", "connection", &["secret = x'00'", "key_pkcs8 = 'text'", "key_info = x'00'"]),
    ("origins", "connection", &["origins = x'00'", "origins = 'text'"]),
    ("drafts", "key", &["text = x'00'", "text = 'text'"]),
    ("exchanges", "id", &["at = 'then'", "exchange = x'00'", "exchange = 'text'"]),
];

#[test]
fn a_row_that_cannot_be_read_costs_itself_alone_and_is_named_and_left_as_it_is() {
    for (table, name, wrongs) in BAD {
        for wrong in *wrongs {
            let folder = filled();
            let sql = folder.sql();
            // A damaged file has values in its columns that SQLite itself would refuse.
            sql.execute_batch(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')');
                 PRAGMA writable_schema = RESET;",
            )
            .unwrap();
            let changed =
                sql.execute(&format!("UPDATE {table} SET {wrong} WHERE {name} = 'bad'"), []).unwrap();
            assert!(changed > 0, "{table}: {wrong}");
            let count = || -> i64 {
                sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
            };
            let before = count();

            let store = folder.open();

            assert_eq!(listed(&store, table), ["good"], "{table}: {wrong}");
            let told = store.left_out().unwrap();
            let column = wrong.split(' ').next().unwrap();
            assert!(told.starts_with("One record in the database cannot be read: "), "{told}");
            let place = format!("{table}.{column} of \"");
            assert!(told.contains(&place), "{told}");
            assert_eq!(count(), before, "{table}: {wrong}");
            for (other, ..) in BAD.iter().filter(|(other, ..)| other != table) {
                assert_eq!(listed(&store, other), ["bad", "good"], "{other} beside {table}: {wrong}");
            }
        }
    }
}

#[test]
fn many_rows_that_cannot_be_read_are_counted_and_some_of_them_named() {
    let folder = Folder::new();
    for number in 0..8 {
        folder.open().add_session(&session(&number.to_string())).unwrap();
    }
    folder.sql().execute("UPDATE sessions SET extra = x'00' WHERE id <> '0'", []).unwrap();

    let store = folder.open();

    assert_eq!(store.sessions().unwrap().len(), 1);
    let told = store.left_out().unwrap();
    assert!(told.starts_with("7 records in the database cannot be read: sessions.extra of \"1\""), "{told}");
    assert!(told.ends_with("; and 2 more."), "{told}");
    folder.sql().execute("DELETE FROM sessions WHERE id <> '0'", []).unwrap();
    store.sessions().unwrap();
    assert_eq!(store.left_out(), None, "what is gone is told no longer");
}

#[test]
fn what_vouches_for_nothing_is_not_replaced_by_what_a_file_says() {
    let folder = filled();
    folder.sql().execute("UPDATE origins SET origins = x'00' WHERE connection = 'bad'", []).unwrap();
    folder.sql().execute_batch("DELETE FROM sessions; DELETE FROM client_secrets").unwrap();
    let store = folder.open();
    let first = [Origin { field: "issuer".to_owned(), origin: "https://b.example".to_owned() }];

    assert_eq!(store.trust_first_origins("bad", &first).unwrap(), []);

    let kept: Vec<u8> = folder
        .sql()
        .query_row("SELECT origins FROM origins WHERE connection = 'bad'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, [0]);
    store.trust_origins("bad", &first).unwrap();
    assert_eq!(store.origins("bad").unwrap(), first, "a person's yes counts");
}

#[test]
fn one_row_that_cannot_be_read_says_which_value_when_it_is_asked_for_by_name() {
    let folder = filled();
    folder.sql().execute("UPDATE sessions SET generation = -1 WHERE id = 'bad'", []).unwrap();
    let store = folder.open();
    let error = store.session("bad").unwrap_err();
    assert!(
        matches!(&error, StoreError::Content { table: "sessions", column, row, .. } if column == "generation" && row == "bad"),
        "{error}"
    );
    assert!(store.session("good").unwrap().is_some());
}
