//! A database that is damaged is set aside under a new name, and what can be read of it goes on in a fresh one.
//!
//! The rows are read past SQLite, page by page: a page that is gone costs the rows on it and no others.

mod pages;
mod records;
mod tables;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode};

use self::{
    pages::{Log, Pages, beside},
    records::Record,
    tables::Tables,
};
use crate::{database, error::StoreError, in_use::InUse, seal::Sealer, workspace::files::sync_folder};

/// How long a start waits for the check of a large file; damage that is not found then is met later.
const CHECK_TIMEOUT: Duration = Duration::from_millis(800);
/// More versions ahead of ours than any Bobbin will be.
const ABSURD: i64 = 1000;
/// The endings of what SQLite may keep as one database.
const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// What was done about a damaged database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// What showed the damage, in SQLite's words or ours.
    pub reason: String,
    /// Where the damaged file is now, with its log beside it.
    pub set_aside: PathBuf,
    pub sessions: usize,
    /// Everything else that was recovered.
    pub other_records: usize,
}

/// Why the file counts as damaged; `None` where nothing speaks against it.
///
/// Nobody else may have the file open meanwhile. A file that is busy or cannot be opened is an error, and no damage.
pub(crate) fn examine(path: &Path) -> Result<Option<String>, StoreError> {
    let failed = |source| StoreError::Folder { path: path.to_owned(), source };
    let log = Log::read(path).map_err(failed)?;
    let length = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        metadata => metadata.map_err(failed)?.len(),
    };
    if length == 0 {
        // SQLite would delete the log.
        return Ok((!log.is_empty()).then(|| "the file is gone and its log is there".to_owned()));
    }
    if log.broken {
        return Ok(Some("its log is damaged".to_owned()));
    }
    let checked = database::connect(path).and_then(|connection| check(&connection, path));
    checked.or_else(|error| suspicion(&error).map(Some).ok_or(error))
}

fn check(connection: &Connection, path: &Path) -> Result<Option<String>, StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = database::known_version();
    if (known + 1..known + ABSURD).contains(&version) {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found: version, known });
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if version > known || version < 0 || (version == 0) != (tables == 0) {
        return Ok(Some(format!("its schema version is {version}")));
    }
    if version > 0 {
        database::key_check(connection)?;
    }
    check_pages(connection)
}

/// The first thing that SQLite finds, also in the indexes, within [`CHECK_TIMEOUT`].
fn check_pages(connection: &Connection) -> Result<Option<String>, StoreError> {
    let handle = connection.get_interrupt_handle();
    let (done, checking) = channel::<()>();
    let watch = thread::spawn(move || {
        if checking.recv_timeout(CHECK_TIMEOUT) == Err(RecvTimeoutError::Timeout) {
            handle.interrupt();
        }
    });
    let found = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    drop(done);
    // It cannot panic.
    let _ = watch.join();
    match found {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(None),
        found => Ok(Some(found?.replace('\n', " ")).filter(|found| found != "ok")),
    }
}

/// What an error at opening says against the file itself; `None` where it says nothing.
pub(crate) fn suspicion(error: &StoreError) -> Option<String> {
    let is_damage = match error {
        // What every sound file of ours takes.
        StoreError::Sqlite(
            rusqlite::Error::SqlInputError { .. } | rusqlite::Error::InvalidColumnType(..),
        ) => true,
        StoreError::Sqlite(error) => matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown)
        ),
        // Unless nothing else fits the key either.
        StoreError::WrongKey { .. } => return Some("its key check is damaged".to_owned()),
        _ => false,
    };
    is_damage.then(|| error.to_string())
}

/// Whether something that was sealed can be made out in the damaged file: then its key is worth keeping.
pub(crate) fn any_sealed(path: &Path) -> Result<bool, StoreError> {
    let (records, tables) = read(path)?;
    Ok(tables.any_sealed(&records))
}

/// Puts a fresh database with what can be read into the place of the damaged one, which is set aside.
///
/// With a key that fits nothing in it, all stays as it is; so it does where somebody else has it open, with `None`.
pub(crate) fn recover(path: &Path, reason: String, sealer: &Sealer) -> Result<Option<Recovery>, StoreError> {
    let Some(_alone) = InUse::alone(path)? else { return Ok(None) };
    let (records, tables) = read(path)?;
    if tables.is_wrong_key(&records, sealer) {
        return Err(StoreError::WrongKey { path: path.to_owned() });
    }
    let unfinished = beside(path, ".recovering");
    let counts = write(&unfinished, &tables, &records, sealer);
    let set_aside = counts.and_then(|counts| {
        let failed = |source| StoreError::Folder { path: path.to_owned(), source };
        Ok((set_aside(path).map_err(failed)?, counts))
    });
    let (set_aside, counts) = match set_aside {
        Ok(done) => done,
        Err(error) => {
            // It holds nothing that is not in the damaged file.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
    };
    let failed = |source| StoreError::Folder { path: path.to_owned(), source };
    fs::rename(&unfinished, recovered(path)).map_err(failed)?;
    finish(path)?;
    let count = |sessions: bool| {
        let of_kind = counts.iter().filter(|(table, _)| (*table == "sessions") == sessions);
        of_kind.filter(|(table, _)| *table != "meta").map(|(_, count)| count).sum()
    };
    Ok(Some(Recovery { reason, set_aside, sessions: count(true), other_records: count(false) }))
}

/// Brings the recovered database to its place, also where an earlier run ended before it could.
pub(crate) fn finish(path: &Path) -> Result<(), StoreError> {
    let recovered = recovered(path);
    if !recovered.exists() {
        return Ok(());
    }
    let put_in_place = || {
        // They are set aside, and a log of another database must not meet the new one.
        for ending in FILES.iter().filter(|ending| !ending.is_empty()) {
            remove_if_there(&beside(path, ending))?;
        }
        fs::rename(&recovered, path)?;
        sync_folder_of(path)
    };
    put_in_place().map_err(|source| StoreError::Folder { path: path.to_owned(), source })
}

/// Whole and on the disk, with the damaged file set aside, and not in its place yet.
fn recovered(path: &Path) -> PathBuf {
    beside(path, ".recovered")
}

fn read(path: &Path) -> Result<(Vec<Record>, Tables), StoreError> {
    let failed = |source| StoreError::Folder { path: path.to_owned(), source };
    let mut pages = Pages::open(path).map_err(failed)?;
    let likely = pages.page(1).and_then(|page| page.get(60..)?.first_chunk().copied());
    let records = records::records(&mut pages);
    let tables = Tables::of(&records, likely.map_or(0, |version| i64::from(i32::from_be_bytes(version))))?;
    Ok((records, tables))
}

fn write<'a>(
    path: &Path,
    tables: &'a Tables,
    records: &[Record],
    sealer: &Sealer,
) -> Result<Vec<(&'a str, usize)>, StoreError> {
    let failed = |source| StoreError::Folder { path: path.to_owned(), source };
    // An earlier run ended before it was whole.
    remove_if_there(path).map_err(failed)?;
    database::open_private_file(path).map_err(failed)?;
    let mut connection = database::connect(path)?;
    let transaction = connection.transaction()?;
    database::create(&transaction, tables.version)?;
    let counts = tables.insert(&transaction, records, sealer)?;
    transaction.commit()?;
    Ok(counts)
}

/// Gives the damaged file and what stands beside it a second name, which nothing had before.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let mut number = 1;
    let free = loop {
        let name = path.with_file_name(format!("bobbin-damaged-{number}.sqlite3"));
        let taken = FILES.iter().any(|ending| beside(&name, ending).exists());
        if !taken {
            break name;
        }
        number += 1;
    };
    for ending in FILES {
        let (from, to) = (beside(path, ending), beside(&free, ending));
        let is_there = fs::metadata(&from).is_ok_and(|file| ending.is_empty() || file.len() > 0);
        if is_there && fs::hard_link(&from, &to).is_err() {
            // A file system without links.
            fs::copy(&from, &to)?;
            fs::File::open(&to)?.sync_all()?;
        }
    }
    sync_folder_of(path)?;
    Ok(free)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
