//! Files of the sandbox's own: replaced whole, and readable by their owner alone.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Replaces the file atomically: whoever reads sees the old or the new one, also after a power cut.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&fresh, path)
}

/// At most `largest` bytes; `None` for a file that is absent or larger, which is not one of ours.
pub(crate) fn read(path: &Path, largest: u64) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(metadata) if metadata.len() > largest => Ok(None),
        Ok(_) => fs::read(path).map(Some),
    }
}
