//! The SQLite file: its settings, its schema and how one version becomes the next.

use std::{
    fs::{self, File},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, config::DbConfig};

use crate::{
    damage,
    error::StoreError,
    in_use::InUse,
    seal::{Place, Sealer},
};

/// How long a call waits for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// What is sealed under [`KEY_CHECK`], to tell a lost key from a fresh database.
const KEY_CHECK_TEXT: &[u8] = b"bobbin";
const KEY_CHECK: Place<'static> = Place { table: "meta", column: "value", row: "key_check" };

/// Each entry brings the schema from its index to the next version; an entry that was released is never changed.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sign_ins (
        id TEXT PRIMARY KEY,
        connection TEXT NOT NULL,
        state_hash BLOB NOT NULL UNIQUE,
        state BLOB NOT NULL,
        nonce BLOB NOT NULL,
        code_verifier BLOB NOT NULL,
        redirect_uri TEXT NOT NULL,
        scopes TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        details BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        connection TEXT NOT NULL,
        label TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        access_token BLOB NOT NULL,
        token_type TEXT NOT NULL,
        access_issued_at INTEGER NOT NULL,
        access_expires_at INTEGER,
        id_token BLOB,
        refresh_token BLOB,
        refresh_issued_at INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        refresh_state TEXT NOT NULL,
        refresh_since INTEGER,
        scopes_requested TEXT NOT NULL,
        scopes_granted TEXT NOT NULL,
        verdict BLOB,
        extra BLOB NOT NULL
    ) STRICT;
    CREATE TABLE refreshes (
        session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        ok INTEGER NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX refreshes_session ON refreshes (session);
    CREATE TABLE drafts (
        key TEXT PRIMARY KEY,
        text BLOB NOT NULL
    ) STRICT;
    CREATE TABLE exchanges (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        exchange BLOB NOT NULL
    ) STRICT;
",
    "
    ALTER TABLE refreshes ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
    UPDATE refreshes SET lost = 1 WHERE rowid IN (
        SELECT max(refreshes.rowid) FROM refreshes JOIN sessions
            ON sessions.id = refreshes.session AND sessions.generation = refreshes.generation
        WHERE sessions.refresh_state = 'possibly_consumed' AND refreshes.ok = 0
        GROUP BY sessions.id
    );
",
    "
    ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'user';
    CREATE TABLE client_secrets (
        connection TEXT PRIMARY KEY,
        secret BLOB,
        key_pkcs8 BLOB,
        key_info BLOB
    ) STRICT;
    CREATE TABLE authorization_requests (
        id TEXT PRIMARY KEY,
        connection TEXT NOT NULL,
        state_hash BLOB NOT NULL UNIQUE,
        state BLOB NOT NULL,
        code_challenge TEXT NOT NULL,
        user_label TEXT NOT NULL,
        redirect_uri TEXT NOT NULL,
        scopes TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        outcome TEXT NOT NULL,
        detail BLOB,
        session TEXT
    ) STRICT;
",
    // NULL: had something to lose before origins were recorded; what its file says at the next start is recorded.
    "
    CREATE TABLE origins (
        connection TEXT PRIMARY KEY,
        origins BLOB
    ) STRICT;
    INSERT INTO origins (connection) SELECT connection FROM sessions UNION SELECT connection FROM client_secrets;
",
    // NULL: nothing was odd about the reply that brought the tokens.
    "
    ALTER TABLE sessions ADD COLUMN warnings BLOB;
",
    // `id` is a session's or a sign-in's. A sign-in that was taken has no verifier any more.
    "
    CREATE TABLE replies (
        id TEXT PRIMARY KEY,
        reply BLOB NOT NULL
    ) STRICT;
    ALTER TABLE sign_ins ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
",
];

/// A file of an older schema version that was brought up to date when it was opened; a new file is at version 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    pub from: i64,
    pub to: i64,
}

/// What a look at the file shows, before anything is written.
pub(crate) enum Found {
    /// No file, or one that never held a key check.
    Fresh,
    /// Something in it is sealed.
    Sealed,
    Damaged {
        reason: String,
        /// Something sealed can still be made out in it.
        sealed: bool,
    },
}

impl Found {
    /// Whether there is something that only the key it was sealed with can open.
    pub(crate) fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed | Self::Damaged { sealed: true, .. })
    }
}

/// Looks at the file without creating, migrating or fixing it.
pub(crate) fn look(path: &Path) -> Result<Found, StoreError> {
    // Who has it open has looked at it, and writes to it.
    let Some(_alone) = InUse::alone(path)? else { return glance(path) };
    damage::finish(path)?;
    match damage::examine(path)? {
        Some(reason) => Ok(Found::Damaged { sealed: damage::any_sealed(path)?, reason }),
        None => glance(path),
    }
}

fn glance(path: &Path) -> Result<Found, StoreError> {
    if !path.exists() {
        return Ok(Found::Fresh);
    }
    let connection = connect(path)?;
    if version(&connection, path)? == 0 {
        return Ok(Found::Fresh);
    }
    Ok(if key_check(&connection)?.is_some() { Found::Sealed } else { Found::Fresh })
}

/// Opens or creates the file, readable by its owner alone, and brings its schema up to date.
///
/// A key that does not fit what is in it changes nothing.
pub(crate) fn open(path: &Path, sealer: &Sealer) -> Result<(Connection, Option<Migration>), StoreError> {
    // SQLite gives the -wal and -shm files the mode of the database.
    open_private_file(path).map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
    let mut connection = connect(path)?;
    let migration = prepare(&mut connection, path, sealer)?;
    switch_to_wal(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, migration))
}

/// Opens a file for looking: its log is not worked into it when the connection ends.
pub(crate) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// The same schema, gone with the process.
pub(crate) fn open_in_memory(sealer: &Sealer) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&mut connection, Path::new(":memory:"), sealer)?;
    Ok(connection)
}

/// Creates the folder, with mode 700 where there are modes.
pub(crate) fn create_private_folder(dir: &Path) -> Result<(), StoreError> {
    create_folder(dir).map_err(|source| StoreError::Folder { path: dir.to_owned(), source })
}

/// SQLite's own patience does not cover this switch: of two processes that switch a fresh file, one is told "busy".
fn switch_to_wal(connection: &Connection) -> Result<(), StoreError> {
    let began = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && began.elapsed() < BUSY_TIMEOUT =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            switched => return Ok(switched?),
        }
    }
}

fn prepare(
    connection: &mut Connection,
    path: &Path,
    sealer: &Sealer,
) -> Result<Option<Migration>, StoreError> {
    connection.pragma_update(None, "synchronous", "full")?;
    // What is deleted is overwritten, and not merely unlinked.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Two processes may come here at once: the version is read under the write lock.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&transaction, path)?;
    let key_check = if from == 0 { None } else { key_check(&transaction)? };
    if let Some(sealed) = &key_check
        && !fits(sealer, sealed)
    {
        return Err(StoreError::WrongKey { path: path.to_owned() });
    }
    let to = known_version();
    migrate(&transaction, from, to)?;
    if key_check.is_none() {
        let text = sealer.seal(KEY_CHECK, KEY_CHECK_TEXT)?;
        transaction.execute("INSERT INTO meta (name, value) VALUES ('key_check', ?1)", [text])?;
    }
    transaction.commit()?;
    Ok((from != to).then_some(Migration { from, to }))
}

/// What the key is proved with; absent where nothing was sealed yet.
pub(crate) fn key_check(connection: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT value FROM meta WHERE name = 'key_check'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?)
}

fn fits(sealer: &Sealer, key_check: &[u8]) -> bool {
    sealer.unseal(KEY_CHECK, key_check).is_ok_and(|text| text == KEY_CHECK_TEXT)
}

/// Gives an empty database the schema of `version`.
pub(crate) fn create(connection: &Connection, version: i64) -> Result<(), StoreError> {
    migrate(connection, 0, version)
}

fn migrate(connection: &Connection, from: i64, to: i64) -> Result<(), StoreError> {
    for (number, migration) in (1_i64..=to).zip(MIGRATIONS) {
        if number > from {
            connection.execute_batch(migration)?;
            connection.pragma_update(None, "user_version", number)?;
        }
    }
    Ok(())
}

/// The version of the schema that this Bobbin writes.
pub(crate) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let known = known_version();
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found, known });
    }
    Ok(found)
}

#[cfg(unix)]
fn create_folder(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn create_folder(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir)
}

/// Opens the file, created where it is missing, with mode 600 where there are modes.
#[cfg(unix)]
pub(crate) fn open_private_file(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = File::options().create(true).append(true).mode(0o600).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(not(unix))]
pub(crate) fn open_private_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).append(true).open(path)
}
