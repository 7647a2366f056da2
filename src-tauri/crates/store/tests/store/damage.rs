//! Database files that are damaged: what can be read goes on, nothing is deleted, and it is told.

mod set_aside;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use bobbin_store::{
    KeyStoreState, Opened, Origin, Random, Recovery, RefreshMark, RefreshRecord, Session, SessionKind, Store,
};
use rusqlite::Connection;
use secrecy::ExposeSecret;
use serde_json::json;
use tempfile::TempDir;

const KEY: [u8; 32] = [7; 32];
const PAGE: usize = 4096;
const SESSIONS: usize = 24;

/// SplitMix64, so that every run damages the same places.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

fn random() -> Random {
    static CHANCE: AtomicU64 = AtomicU64::new(1);
    Arc::new(|bytes| {
        let filled = Chance(CHANCE.fetch_add(1, Ordering::Relaxed) << 32).bytes(bytes.len());
        bytes.copy_from_slice(&filled);
    })
}

fn open(folder: &Path) -> Opened {
    Store::open_with_key(folder, KEY, &random())
}

fn ready(folder: &Path) -> (Store, Option<Recovery>) {
    let opened = open(folder);
    assert_eq!((opened.state, opened.detail), (KeyStoreState::Ready, None));
    assert!(opened.store.persistent());
    (opened.store, opened.recovery)
}

fn database(folder: &Path) -> PathBuf {
    folder.join("bobbin.sqlite3")
}

fn log(folder: &Path) -> PathBuf {
    folder.join("bobbin.sqlite3-wal")
}

fn id(number: usize) -> String {
    format!("{number:032x}")
}

fn session(number: usize) -> Session {
    let token = |name: &str| Some(format!("{name}-{number}-").repeat(40).into());
    Session {
        id: id(number),
        connection: "sandbox".to_owned(),
        kind: SessionKind::User,
        label: format!("Person {number}"),
        created_at: 1000,
        access_token: format!("access-{number}").into(),
        token_type: "Bearer".to_owned(),
        access_issued_at: 1000,
        access_expires_at: Some(901_000),
        id_token: token("identity"),
        refresh_token: token("refresh"),
        refresh_issued_at: 1000,
        generation: 1,
        refresh_state: RefreshMark::Ready,
        scopes_requested: vec!["openid".to_owned()],
        scopes_granted: vec!["openid".to_owned()],
        verdict: Some(json!({ "sub": number })),
        extra: Vec::new(),
        warnings: Vec::new(),
    }
}

fn refreshed(number: usize) -> Session {
    Session { generation: 2, access_token: format!("second-{number}").into(), ..session(number) }
}

/// A database with something in every table.
fn fill(store: &Store) {
    let mut chance = Chance(1);
    for number in 0..SESSIONS {
        let history = [1, 2, 3].map(|at| RefreshRecord {
            at,
            generation: 1,
            ok: false,
            doubt: None,
            detail: "no reply".to_owned(),
        });
        store.restore_session(&session(number), &history).unwrap();
    }
    for number in 0..20 {
        // Some are longer than a page, most are not.
        let body = "x".repeat(chance.below(if number % 5 == 0 { 12_000 } else { 600 }));
        store.put_exchange(&format!("exchange {number}"), number, &json!({ "body": body })).unwrap();
        store.put_draft(&format!("draft {number}"), &"y".repeat(chance.below(600))).unwrap();
    }
    let origins = [Origin { field: "issuer".to_owned(), origin: "https://a.example".to_owned() }];
    for number in 0..8 {
        let slug = format!("connection {number}");
        store.put_client_secret(&slug, Some(&"secret".into())).unwrap();
        store.trust_origins(&slug, &origins).unwrap();
    }
}

/// A database that a Bobbin closed, and one with a log as a killed Bobbin leaves it; half its sessions were refreshed.
struct Originals {
    closed: Vec<u8>,
    killed: (Vec<u8>, Vec<u8>),
}

impl Originals {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = ready(folder.path());
        fill(&store);
        drop(store);
        let closed = fs::read(database(folder.path())).unwrap();
        assert!(!log(folder.path()).exists(), "who closes last works the log in");
        let (store, _) = ready(folder.path());
        for number in (0..SESSIONS).step_by(2) {
            let lock = store.try_lock_session(&id(number)).unwrap().unwrap();
            store.begin_refresh(&lock, 1, 2000, bobbin_store::AskedBy::Need).unwrap();
            store.finish_refresh(&refreshed(number), "", 2100).unwrap();
        }
        let killed = (fs::read(database(folder.path())).unwrap(), fs::read(log(folder.path())).unwrap());
        Self { closed, killed }
    }
}

/// A folder that waits for no disk, where there is one: several hundred databases are opened twice.
fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// What each seed gives.
fn in_parallel<T: Send>(seeds: u64, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    const THREADS: u64 = 4;
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..THREADS)
            .map(|first| {
                let seeds = (first..seeds).step_by(usize::try_from(THREADS).unwrap());
                scope.spawn(move || seeds.map(work).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// The sessions that none of the `touched` pieces of 4096 bytes mentions.
fn untouched<'a>(touched: impl Iterator<Item = &'a [u8]>) -> BTreeSet<usize> {
    let texts: Vec<_> = touched.map(String::from_utf8_lossy).collect();
    let mentioned = |number: &usize| texts.iter().any(|text| text.contains(&id(*number)));
    (0..SESSIONS).filter(|number| !mentioned(number)).collect()
}

/// What is different: damaged pages, and those that are not there any more.
fn touched_pages<'a>(before: &'a [u8], after: &[u8]) -> Vec<&'a [u8]> {
    let page_of = |number: usize| after.get(number * PAGE..).map(|rest| &rest[..PAGE.min(rest.len())]);
    let pages = before.chunks(PAGE).enumerate();
    pages.filter(|(number, page)| page_of(*number) != Some(*page)).map(|(_, page)| page).collect()
}

/// Opens the damaged files in a folder of their own and checks all that holds whatever was damaged.
///
/// Returns the generations of the sessions that are there.
fn recovered(main: Option<&[u8]>, wal: Option<&[u8]>, what: &str) -> (BTreeMap<usize, u32>, bool) {
    let folder = in_memory();
    for (path, bytes) in [(database(folder.path()), main), (log(folder.path()), wal)] {
        if let Some(bytes) = bytes {
            fs::write(path, bytes).unwrap();
        }
    }
    let (store, recovery) = ready(folder.path());
    if let Some(recovery) = &recovery {
        assert_eq!(recovery.set_aside, folder.path().join("bobbin-damaged-1.sqlite3"));
        assert_eq!(fs::read(&recovery.set_aside).ok().as_deref(), main, "{what}: the file is set aside");
        let wal_aside = folder.path().join("bobbin-damaged-1.sqlite3-wal");
        assert_eq!(
            fs::read(wal_aside).ok().as_deref(),
            wal.filter(|wal| !wal.is_empty()),
            "{what}: so is its log"
        );
        assert!(!recovery.reason.is_empty());
    }
    let mut generations = BTreeMap::new();
    for session in store.sessions().unwrap() {
        let number = usize::from_str_radix(&session.id, 16).unwrap();
        let expected = if session.generation == 1 { self::session(number) } else { refreshed(number) };
        let access = session.access_token.expose_secret();
        assert_eq!(access, expected.access_token.expose_secret(), "{what}: {number}");
        let refresh_token = session.refresh_token.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!(refresh_token, expected.refresh_token.as_ref().map(ExposeSecret::expose_secret));
        generations.insert(number, session.generation);
    }
    if let Some(recovery) = &recovery {
        assert!(recovery.sessions >= generations.len(), "{what}: {recovery:?}");
    }
    let count = generations.len();
    store.add_session(&session(1000)).unwrap();
    store.put_exchange("new", 1_000_000, &json!({})).unwrap();
    drop(store);
    let (store, again) = ready(folder.path());
    assert_eq!(again, None, "{what}: what was recovered is sound");
    assert_eq!(store.sessions().unwrap().len(), count + 1, "{what}: and keeps what is new");
    drop(store);
    assert!(
        Connection::open(database(folder.path()))
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| Ok(row.get::<_, String>(0)? == "ok"))
            .unwrap()
    );
    (generations, recovery.is_some())
}

#[test]
fn a_page_has_the_size_that_the_recovery_counts_on() {
    let folder = tempfile::tempdir().unwrap();
    drop(ready(folder.path()));
    let size: i64 = Connection::open(database(folder.path()))
        .unwrap()
        .pragma_query_value(None, "page_size", |row| row.get(0))
        .unwrap();
    assert_eq!(size, 4096);
}

#[test]
fn damage_anywhere_in_the_file_costs_what_is_on_the_damaged_pages_and_no_more() {
    let Originals { closed, .. } = Originals::new();
    let pages = closed.len() / PAGE;
    let outcomes = in_parallel(300, |seed| {
        let mut chance = Chance(seed << 20);
        let mut damaged = closed.clone();
        let kind = seed % 6;
        match kind {
            0 => {
                let length = 1 + chance.below(9000);
                let at = chance.below(closed.len() - length);
                damaged.splice(at..at + length, chance.bytes(length));
            }
            1 => {
                let at = chance.below(pages) * PAGE;
                damaged[at..at + PAGE].fill(0);
            }
            // Written to the wrong place.
            2 => {
                let (from, to) = (chance.below(pages) * PAGE, chance.below(pages) * PAGE);
                damaged.copy_within(from..from + PAGE, to);
            }
            3 => damaged.truncate(chance.below(closed.len())),
            4 => {
                let length = 1 + chance.below(200);
                damaged.splice(..length, chance.bytes(length));
            }
            _ => {
                for _ in 0..20 {
                    let at = chance.below(closed.len());
                    damaged[at] ^= 1 << chance.below(8);
                }
            }
        }
        let safe = untouched(touched_pages(&closed, &damaged).into_iter());
        let (sessions, told) = recovered(Some(&damaged), None, &format!("seed {seed}, kind {kind}"));
        for number in &safe {
            assert!(sessions.contains_key(number), "seed {seed}, kind {kind}: session {number} is lost");
        }
        (told, sessions.len())
    });
    let noticed = outcomes.iter().filter(|(told, _)| *told).count();
    let kept: usize = outcomes.iter().map(|(_, sessions)| sessions).sum();
    let lost = 300 * SESSIONS - kept;
    println!("300 damaged files: {noticed} set aside, {kept} sessions there, {lost} on damaged pages");
    assert!(noticed > 200, "{noticed}");
}

#[test]
fn damage_anywhere_in_the_log_costs_what_is_in_the_damaged_frames_and_no_more() {
    let Originals { killed: (main, wal), .. } = Originals::new();
    let frame = PAGE + 24;
    let outcomes = in_parallel(200, |seed| {
        let mut chance = Chance(seed << 21);
        let mut damaged = wal.clone();
        let kind = seed % 4;
        match kind {
            0 => {
                let length = 1 + chance.below(5000);
                let at = chance.below(wal.len() - length);
                damaged.splice(at..at + length, chance.bytes(length));
            }
            1 => {
                let at = 32 + chance.below((wal.len() - 32) / frame) * frame;
                damaged[at..at + frame].fill(0);
            }
            2 => damaged.truncate(chance.below(wal.len())),
            _ => {
                let length = 1 + chance.below(32);
                damaged.splice(..length, chance.bytes(length));
            }
        }
        let (sessions, told) = recovered(Some(&main), Some(&damaged), &format!("seed {seed}, kind {kind}"));
        assert_eq!(sessions.len(), SESSIONS, "seed {seed}, kind {kind}: the file itself has them all");
        let piece = |start: usize, bytes: &[u8]| bytes.get(start..start + frame).map(<[u8]>::to_vec);
        let starts = (32..wal.len()).step_by(frame);
        let touched: Vec<Vec<u8>> = starts
            .filter(|start| piece(*start, &wal) != piece(*start, &damaged))
            .filter_map(|start| piece(start, &wal))
            .collect();
        for number in
            untouched(touched.iter().map(Vec::as_slice)).into_iter().filter(|number| number % 2 == 0)
        {
            // SQLite itself would forget every transaction after the first damaged frame.
            assert_eq!(sessions[&number], 2, "seed {seed}, kind {kind}: the pair of {number} is lost");
        }
        told
    });
    let noticed = outcomes.into_iter().filter(|told| *told).count();
    println!("200 damaged logs: {noticed} set aside");
    assert!(noticed > 120, "{noticed}");
}

#[test]
fn a_newest_transaction_that_a_power_cut_tore_is_left_out_and_is_no_damage() {
    let folder = in_memory();
    let (store, _) = ready(folder.path());
    store.add_session(&session(1)).unwrap();
    let before = fs::read(log(folder.path())).unwrap().len();
    let large = Session { extra: vec![("more".to_owned(), "z".repeat(20_000))], ..session(2) };
    store.add_session(&large).unwrap();
    let (main, mut wal) = (fs::read(database(folder.path())).unwrap(), fs::read(log(folder.path())).unwrap());
    let frame = PAGE + 24;
    assert!(wal.len() >= before + 4 * frame, "the transaction has frames between its first and its last");
    for torn in (before + frame..wal.len() - frame).step_by(frame) {
        // The frame's header is on the disk, and its page is not.
        wal[torn + 24..torn + frame].fill(0);
        let (sessions, told) = recovered(Some(&main), Some(&wal), &format!("torn at {torn}"));
        assert_eq!(sessions.into_keys().collect::<Vec<_>>(), [1], "torn at {torn}");
        assert!(!told, "torn at {torn}: nothing is set aside");
    }
}

#[test]
fn everything_in_every_table_is_recovered_where_only_the_way_there_is_damaged() {
    let Originals { mut closed, .. } = Originals::new();
    closed[..PAGE].fill(0);
    let folder = tempfile::tempdir().unwrap();
    fs::write(database(folder.path()), &closed).unwrap();

    let (store, recovery) = ready(folder.path());

    let recovery = recovery.unwrap();
    // Histories, exchanges, drafts, secrets and origins.
    assert_eq!((recovery.sessions, recovery.other_records), (SESSIONS, SESSIONS * 3 + 20 + 20 + 8 + 8));
    assert_eq!(store.refresh_history(&id(3)).unwrap().iter().map(|it| it.at).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.exchanges(1000).unwrap().len(), 20);
    assert!(store.client_secrets("connection 7").unwrap().secret.is_some());
    assert_eq!(store.origins("connection 7").unwrap().len(), 1);
    assert!(store.draft("draft 19").unwrap().is_some());
}
