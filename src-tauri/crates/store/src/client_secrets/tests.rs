use std::fs;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{ClientKey, ClientSecrets, Unreadable};
use crate::{StoreError, testing::Folder};

fn secret() -> SecretString {
    "secret-plaintext".into()
}

fn key() -> ClientKey {
    ClientKey {
        pkcs8: vec![0x30, 0x82, 0, 255, 10].into(),
        info: json!({ "kid": "E306", "subject": "info-plaintext" }),
    }
}

/// Secret, key and info in the open.
fn parts(secrets: &ClientSecrets) -> (Option<&str>, Option<(&[u8], &Value)>) {
    (
        secrets.secret.as_ref().map(ExposeSecret::expose_secret),
        secrets.key.as_ref().map(|key| (key.pkcs8.expose_secret(), &key.info)),
    )
}

fn rows(folder: &Folder) -> i64 {
    folder.sql().query_row("SELECT count(*) FROM client_secrets", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_connection_without_secrets_has_neither() {
    let folder = Folder::new();
    assert_eq!(parts(&folder.open().client_secrets("mine").unwrap()), (None, None));
}

#[test]
fn secret_and_key_come_back_whole_after_a_restart() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    store.put_client_key("mine", Some(&key())).unwrap();
    store.put_client_secret("other", Some(&"another".into())).unwrap();

    let kept = folder.open().client_secrets("mine").unwrap();

    let info = json!({ "kid": "E306", "subject": "info-plaintext" });
    let der: &[u8] = &[0x30, 0x82, 0, 255, 10];
    assert_eq!(parts(&kept), (Some("secret-plaintext"), Some((der, &info))));
}

#[test]
fn each_is_replaced_and_forgotten_without_the_other() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    store.put_client_key("mine", Some(&key())).unwrap();

    store.put_client_secret("mine", Some(&"second".into())).unwrap();
    let kept = store.client_secrets("mine").unwrap();
    assert_eq!((kept.secret.unwrap().expose_secret(), kept.key.is_some()), ("second", true));

    store.put_client_key("mine", None).unwrap();
    let kept = store.client_secrets("mine").unwrap();
    assert_eq!((kept.secret.is_some(), kept.key.is_some()), (true, false));

    store.put_client_secret("mine", None).unwrap();
    assert_eq!(parts(&store.client_secrets("mine").unwrap()), (None, None));
    assert_eq!(rows(&folder), 0, "nothing of them is left");
}

#[test]
fn deleted_secrets_can_be_restored() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    store.put_client_key("mine", Some(&key())).unwrap();

    let deleted = store.delete_client_secrets("mine").unwrap();
    assert_eq!((parts(&store.client_secrets("mine").unwrap()), rows(&folder)), ((None, None), 0));

    store.restore_client_secrets("mine", &deleted).unwrap();
    assert_eq!(parts(&folder.open().client_secrets("mine").unwrap()), parts(&deleted));
}

#[test]
fn what_came_meanwhile_gives_way_to_what_is_restored() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    let deleted = store.delete_client_secrets("mine").unwrap();
    store.put_client_key("mine", Some(&key())).unwrap();

    store.restore_client_secrets("mine", &deleted).unwrap();

    assert_eq!(parts(&store.client_secrets("mine").unwrap()), (Some("secret-plaintext"), None));
}

#[test]
fn deleting_where_there_is_nothing_hands_out_nothing() {
    let folder = Folder::new();
    assert_eq!(parts(&folder.open().delete_client_secrets("mine").unwrap()), (None, None));
}

#[test]
fn a_forgotten_secret_is_in_no_file_even_sealed() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    let sealed: Vec<u8> =
        folder.sql().query_row("SELECT secret FROM client_secrets", [], |row| row.get(0)).unwrap();
    let is_in_a_file = || {
        fs::read_dir(folder.path()).unwrap().any(|file| {
            fs::read(file.unwrap().path()).unwrap().windows(sealed.len()).any(|window| window == sealed)
        })
    };
    assert!(is_in_a_file());

    store.put_client_secret("mine", None).unwrap();

    assert!(!is_in_a_file());
}

#[test]
fn a_secret_of_one_connection_does_not_open_at_another() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    folder.sql().execute("UPDATE client_secrets SET connection = 'other'", []).unwrap();

    let error = store.client_secrets("other").unwrap_err();

    assert!(matches!(error, StoreError::Unsealable { table: "client_secrets", column: "secret", .. }));
    assert!(store.delete_client_secrets("other").is_err(), "what cannot be opened is not deleted");
    assert_eq!(rows(&folder), 1);
}

#[test]
fn one_that_cannot_be_read_hides_neither_the_other_nor_itself_and_is_never_deleted() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_client_secret("mine", Some(&secret())).unwrap();
    store.put_client_key("mine", Some(&key())).unwrap();
    folder.sql().execute("UPDATE client_secrets SET secret = x'00'", []).unwrap();

    let kept = store.readable_client_secrets("mine").unwrap();
    assert_eq!(kept.unreadable, Unreadable { secret: true, key: false });
    assert!(kept.secret.is_none() && kept.key.is_some());

    store.restore_client_secrets("mine", &kept).unwrap();
    let left: Vec<u8> =
        folder.sql().query_row("SELECT secret FROM client_secrets", [], |row| row.get(0)).unwrap();
    assert_eq!(left, [0], "undo leaves it where it is");

    store.put_client_secret("mine", Some(&secret())).unwrap();
    assert_eq!(store.readable_client_secrets("mine").unwrap().unreadable, Unreadable::default());
}

#[test]
fn what_is_printed_of_secrets_shows_none() {
    let secrets = ClientSecrets { secret: Some(secret()), key: Some(key()), ..ClientSecrets::default() };
    let shown = format!("{secrets:?} {:?}", secrets.key);
    assert!(
        shown.contains("secret: true") && !shown.contains("plaintext") && !shown.contains("48"),
        "{shown}"
    );
}
