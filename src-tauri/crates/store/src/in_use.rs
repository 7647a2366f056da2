//! Who has the database open, across processes: a damaged file is moved only when nobody has.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use crate::{database::open_private_file, error::StoreError};

/// The name of the lock file, after that of the database. It has no content.
const ENDING: &str = ".lock";

/// A lock of the operating system, which ends with its process.
pub(crate) struct InUse {
    _file: File,
}

impl InUse {
    /// For as long as the database is open; waits while somebody is [`InUse::alone`] with it.
    pub(crate) fn share(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { _file: locked(path, |file| file.lock_shared().map_err(TryLockError::Error))? })
    }

    /// For as long as the file is examined or moved; `None` where somebody has it open.
    pub(crate) fn alone(path: &Path) -> Result<Option<Self>, StoreError> {
        match locked(path, File::try_lock) {
            Ok(file) => Ok(Some(Self { _file: file })),
            Err(StoreError::Folder { source, .. }) if source.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn locked(path: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(ENDING);
    let failed = |source| StoreError::Folder { path: name.clone().into(), source };
    let file = open_private_file(Path::new(&name)).map_err(failed)?;
    match lock(&file) {
        // A file system without locks is one that no second computer shares.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        Err(error) => Err(failed(error.into())),
        Ok(()) => Ok(file),
    }
}
