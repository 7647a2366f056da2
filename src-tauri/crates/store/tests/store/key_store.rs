//! The store with a real key store: GNOME Keyring behind the Secret Service, on a session bus of its own.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::session_bus::{FOLDER, Keyring, SilentPrompter, on_session_bus};
use bobbin_store::{KeyStoreState, Opened, Random, Store};

const SERVICE: &str = "dev.bobbin.workbench";
const USER: &str = "database-key";
/// The entry itself, past the store.
fn entry() -> keyring::Entry {
    use keyring_core::api::CredentialStoreApi;
    let store = zbus_secret_service_keyring_store::Store::new().unwrap();
    keyring::Entry { inner: store.build(SERVICE, USER, None).unwrap() }
}

/// Bytes from the system, as in the app.
fn random() -> Random {
    Arc::new(|bytes| {
        use std::io::Read;
        fs::File::open("/dev/urandom").unwrap().read_exact(bytes).unwrap();
    })
}

fn open(folder: &Path) -> Opened {
    Store::open(&folder.join("data"), SERVICE, &random())
}

fn ready(folder: &Path) -> Store {
    let opened = open(folder);
    assert_eq!((opened.state, opened.detail), (KeyStoreState::Ready, None));
    assert!(opened.store.persistent());
    opened.store
}

fn database(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("data/bobbin.sqlite3")).unwrap()
}

#[test]
fn what_is_kept_is_there_after_a_restart() {
    let Some(folder) = on_session_bus("key_store::what_is_kept_is_there_after_a_restart") else { return };
    let _keyring = Keyring::unlocked();
    ready(&folder).put_draft("key", "text").unwrap();
    assert_eq!(ready(&folder).draft("key").unwrap().as_deref(), Some("text"));
}

#[test]
fn the_key_is_thirty_two_bytes_in_the_key_store_and_in_no_file() {
    let Some(folder) =
        on_session_bus("key_store::the_key_is_thirty_two_bytes_in_the_key_store_and_in_no_file")
    else {
        return;
    };
    let _keyring = Keyring::unlocked();
    let store = ready(&folder);
    store.put_draft("key", "text").unwrap();
    let text = entry().get_password().unwrap();
    assert_eq!(text.len(), 43, "32 bytes in base64url without padding");
    let key = {
        use base64::Engine;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap()
    };
    for file in fs::read_dir(folder.join("data")).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for form in [&key, text.as_bytes()] {
            assert!(
                !bytes.windows(form.len()).any(|window| window == form),
                "{} holds the key",
                path.display()
            );
        }
    }
}

#[test]
fn a_lost_key_is_told_and_nothing_is_touched() {
    let Some(folder) = on_session_bus("key_store::a_lost_key_is_told_and_nothing_is_touched") else { return };
    let _keyring = Keyring::unlocked();
    ready(&folder).put_draft("key", "text").unwrap();
    let before = database(&folder);
    let key = entry().get_password().unwrap();
    entry().delete_credential().unwrap();

    let opened = open(&folder);

    assert_eq!(opened.state, KeyStoreState::KeyLost);
    assert!(!opened.store.persistent());
    opened.store.put_draft("key", "in memory").unwrap();
    assert_eq!(database(&folder), before);
    assert!(entry().get_password().is_err(), "no new key is made beside a sealed database");

    entry().set_password(&key).unwrap();
    assert_eq!(
        ready(&folder).draft("key").unwrap().as_deref(),
        Some("text"),
        "the key brought back opens it"
    );
}

#[test]
fn an_entry_that_is_no_key_is_not_overwritten() {
    let Some(folder) = on_session_bus("key_store::an_entry_that_is_no_key_is_not_overwritten") else {
        return;
    };
    let _keyring = Keyring::unlocked();
    entry().set_password("someone else's").unwrap();
    let opened = open(&folder);
    assert_eq!(opened.state, KeyStoreState::KeyLost);
    assert!(opened.detail.unwrap().contains("not a key of 32 bytes"));
    assert_eq!(entry().get_password().unwrap(), "someone else's");
}

#[test]
fn many_first_starts_at_once_agree_on_one_key() {
    let Some(folder) = on_session_bus("key_store::many_first_starts_at_once_agree_on_one_key") else {
        return;
    };
    let _keyring = Keyring::unlocked();
    thread::scope(|scope| {
        for number in 0..4 {
            let folder = &folder;
            scope.spawn(move || ready(folder).put_draft(&number.to_string(), "text").unwrap());
        }
    });
    let store = ready(&folder);
    for number in 0..4 {
        assert_eq!(store.draft(&number.to_string()).unwrap().as_deref(), Some("text"));
    }
}

#[test]
fn a_locked_keyring_ends_within_its_time_and_leaves_the_file_alone() {
    let Some(folder) =
        on_session_bus("key_store::a_locked_keyring_ends_within_its_time_and_leaves_the_file_alone")
    else {
        return;
    };
    let unlocked = Keyring::unlocked();
    ready(&folder).put_draft("key", "text").unwrap();
    let before = database(&folder);
    drop(unlocked);
    let locked = Keyring::locked();

    let began = Instant::now();
    let opened = open(&folder);

    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!(opened.state, KeyStoreState::Locked, "{:?}", opened.detail);
    assert!(!opened.store.persistent());
    assert_eq!(database(&folder), before);

    drop(locked);
    let _unlocked = Keyring::unlocked();
    assert_eq!(
        ready(&folder).draft("key").unwrap().as_deref(),
        Some("text"),
        "trying again works once it is open"
    );
}

#[test]
fn a_keyring_that_hangs_holds_up_neither_the_start_nor_the_end() {
    let name = "key_store::a_keyring_that_hangs_holds_up_neither_the_start_nor_the_end";
    let began = Instant::now();
    let Some(folder) = on_session_bus(name) else {
        assert!(began.elapsed() < Duration::from_secs(15), "the process took {:?} to end", began.elapsed());
        return;
    };
    let keyring = Keyring::unlocked();
    ready(&folder).put_draft("key", "text").unwrap();
    keyring.signal("-STOP");

    let began = Instant::now();
    let opened = open(&folder);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());

    assert_eq!(opened.state, KeyStoreState::Locked);
    assert!(opened.detail.unwrap().contains("has not answered for 2 s"));
    assert!(!opened.store.persistent());
    keyring.signal("-CONT");
    let late = opened.late.unwrap().wait();
    assert_eq!(late.state, KeyStoreState::Ready);
    assert_eq!(late.store.draft("key").unwrap().as_deref(), Some("text"), "its late answer opens it");
    assert_eq!(
        ready(&folder).draft("key").unwrap().as_deref(),
        Some("text"),
        "trying again works once it answers"
    );
    // The test ends with the keyring hanging once more and a thread that waits for it.
    keyring.signal("-STOP");
    assert_eq!(open(&folder).state, KeyStoreState::Locked);
}

#[test]
fn a_prompt_that_nobody_answers_keeps_no_other_try_waiting() {
    let Some(folder) = on_session_bus("key_store::a_prompt_that_nobody_answers_keeps_no_other_try_waiting")
    else {
        return;
    };
    let unlocked = Keyring::unlocked();
    ready(&folder).put_draft("key", "text").unwrap();
    let before = database(&folder);
    drop(unlocked);
    let _keyring = Keyring::locked();
    let _prompter = SilentPrompter::start();

    let opened = open(&folder);
    assert_eq!(opened.state, KeyStoreState::Locked);
    assert!(opened.late.is_some(), "the prompt is still open");
    assert_eq!(database(&folder), before);

    Keyring::unlock();
    assert_eq!(ready(&folder).draft("key").unwrap().as_deref(), Some("text"));
}

#[test]
fn a_first_start_that_waits_for_a_prompt_keeps_no_other_try_waiting_and_makes_one_key() {
    let name =
        "key_store::a_first_start_that_waits_for_a_prompt_keeps_no_other_try_waiting_and_makes_one_key";
    let Some(folder) = on_session_bus(name) else { return };
    drop(Keyring::unlocked());
    let _keyring = Keyring::locked();
    let _prompter = SilentPrompter::start();

    for _ in 0..2 {
        let opened = open(&folder);
        assert_eq!(opened.state, KeyStoreState::Locked, "{:?}", opened.detail);
        assert!(opened.late.is_some() && !folder.join("data/bobbin.sqlite3").exists());
    }

    Keyring::unlock();
    ready(&folder).put_draft("key", "text").unwrap();
    let key = entry().get_password().unwrap();
    assert_eq!(ready(&folder).draft("key").unwrap().as_deref(), Some("text"));
    assert_eq!(entry().get_password().unwrap(), key);
}

#[test]
fn a_key_store_that_is_lost_while_it_is_asked_is_said_and_found_again() {
    let Some(folder) =
        on_session_bus("key_store::a_key_store_that_is_lost_while_it_is_asked_is_said_and_found_again")
    else {
        return;
    };
    let keyring = Keyring::unlocked();
    ready(&folder).put_draft("key", "text").unwrap();
    let before = database(&folder);
    keyring.signal("-STOP");
    let opened = open(&folder);
    drop(keyring);

    let late = opened.late.unwrap().wait();

    assert_ne!(late.state, KeyStoreState::Ready);
    assert!(late.detail.is_some() && !late.store.persistent());
    assert_eq!(database(&folder), before);
    let _keyring = Keyring::unlocked();
    assert_eq!(ready(&folder).draft("key").unwrap().as_deref(), Some("text"));
}

#[test]
fn without_a_default_keyring_the_store_is_in_memory_and_says_so_quickly() {
    let Some(folder) =
        on_session_bus("key_store::without_a_default_keyring_the_store_is_in_memory_and_says_so_quickly")
    else {
        return;
    };
    let began = Instant::now();
    let opened = open(&folder);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert!(!opened.store.persistent());
    assert!(!folder.join("data/bobbin.sqlite3").exists(), "no file is made");
    assert_eq!(opened.state, KeyStoreState::Absent, "{:?}", opened.detail);
}

#[test]
fn without_a_session_bus_the_key_store_is_absent_at_once() {
    let folder = tempfile::tempdir().unwrap();
    if std::env::var_os(FOLDER).is_none() {
        let status = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "key_store::without_a_session_bus_the_key_store_is_absent_at_once",
                "--nocapture",
            ])
            .env_remove("DISPLAY")
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/no-bus", folder.path().display()))
            .env("XDG_RUNTIME_DIR", folder.path())
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let began = Instant::now();
    let opened = open(folder.path());
    assert!(began.elapsed() < Duration::from_secs(1), "it took {:?}", began.elapsed());
    assert_eq!(opened.state, KeyStoreState::Absent);
    assert!(opened.detail.unwrap().contains("Install and start GNOME Keyring"));
    assert!(!folder.path().join("data/bobbin.sqlite3").exists(), "no file is made");
    opened.store.put_draft("key", "text").unwrap();
    assert_eq!(opened.store.draft("key").unwrap().as_deref(), Some("text"));
}
