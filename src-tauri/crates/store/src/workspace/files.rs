//! Reading and writing inside the workspace: bounded, atomic, and never outside it.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::FileError;

/// The largest file that is read or written, in bytes.
pub(crate) const LIMIT: u64 = 1024 * 1024;
/// The deepest folder below `queries/`.
const DEPTH: usize = 8;
/// The longest file or folder name, in bytes; most systems end at 255.
const NAME_LENGTH: usize = 120;

/// Creates a folder with those above it.
pub(crate) fn create_folders(dir: &Path) -> Result<(), FileError> {
    fs::create_dir_all(dir).map_err(|source| FileError::io(dir, source))
}

/// Reads a text of at most 1 MiB.
pub(crate) fn read(path: &Path) -> Result<String, FileError> {
    String::from_utf8(read_bytes(path)?).map_err(|_| FileError::NotText { path: path.to_owned() })
}

/// Reads at most 1 MiB of anything.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    let wrong = |source| FileError::io(path, source);
    let file = fs::File::open(path).map_err(wrong)?;
    let size = file.metadata().map_err(wrong)?.len();
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(wrong)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    check_size(path, size.max(read))?;
    Ok(bytes)
}

/// Writes a whole file or nothing: to a hidden file beside it, to the disk, then in its place.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), FileError> {
    let content = content.as_ref();
    check_size(path, u64::try_from(content.len()).unwrap_or(u64::MAX))?;
    let dir = path.parent().unwrap_or(Path::new("."));
    create_folders(dir)?;
    replace(dir, path, content).map_err(|source| FileError::io(path, source))
}

/// Removes a file; `NotFound` where there is none.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(|source| FileError::io(path, source))
}

/// The entries of a folder that are neither hidden nor links, sorted by name; none where the folder is gone.
pub(crate) fn entries(dir: &Path) -> Result<Vec<(String, fs::FileType)>, FileError> {
    let wrong = |source| FileError::io(dir, source);
    let mut entries = Vec::new();
    let listing = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(entries),
        listing => listing.map_err(wrong)?,
    };
    for entry in listing {
        let entry = entry.map_err(wrong)?;
        let kind = entry.file_type().map_err(wrong)?;
        // A name that is not UTF-8 could not be asked for again.
        if let Ok(name) = entry.file_name().into_string()
            && check_name(&name).is_ok()
            && !kind.is_symlink()
        {
            entries.push((name, kind));
        }
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(entries)
}

/// The place of `path`, names joined by `/`, below `base`; refused if it could lead anywhere else.
pub(crate) fn inside(base: &Path, path: &str) -> Result<PathBuf, FileError> {
    let refused = |reason| FileError::Name { given: shortened(path), reason };
    if path.split('/').count() > DEPTH {
        return Err(refused("it is more than eight folders deep"));
    }
    let mut place = base.to_owned();
    for name in path.split('/') {
        check_name(name).map_err(refused)?;
        place.push(name);
        if place.is_symlink() {
            return Err(FileError::Link { path: place });
        }
    }
    Ok(place)
}

/// `place` with `ending` after its name; refused if a link stands there.
pub(crate) fn with_ending(place: &Path, ending: &str) -> Result<PathBuf, FileError> {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    let path = place.with_file_name(name);
    if path.is_symlink() {
        return Err(FileError::Link { path });
    }
    Ok(path)
}

fn check_size(path: &Path, size: u64) -> Result<(), FileError> {
    if size > LIMIT {
        return Err(FileError::TooLarge { path: path.to_owned(), size, limit: LIMIT });
    }
    Ok(())
}

/// Whether a file or folder may have this name on every system that a team may use.
fn check_name(name: &str) -> Result<(), &'static str> {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    if name.is_empty() {
        return Err("a part of it is empty");
    }
    if name.starts_with('.') {
        return Err("a part of it begins with a dot");
    }
    if name.ends_with(['.', ' ']) {
        return Err("a part of it ends with a dot or a space");
    }
    if name.len() > NAME_LENGTH {
        return Err("a part of it is longer than 120 bytes");
    }
    if name.chars().any(|letter| letter.is_control() || "/\\:*?\"<>|".contains(letter)) {
        return Err("it holds one of \\ : * ? \" < > | or a control character");
    }
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let device = stem.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let numbered = device.len() + 1 == stem.len();
    let device_name = match DEVICES.iter().position(|known| *known == device) {
        Some(at) if at < 4 => device.len() == stem.len(),
        Some(_) => numbered,
        None => false,
    };
    if device_name {
        return Err("Windows keeps this name for a device");
    }
    Ok(())
}

fn replace(dir: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bobbin-").suffix(".tmp");
    // A team reads these files: the person's umask decides, not the temporary file's 600.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(dir)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(dir)
}

/// Makes the new name durable.
#[cfg(unix)]
pub(crate) fn sync_folder(dir: &Path) -> io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_dir: &Path) -> io::Result<()> {
    Ok(())
}

fn shortened(path: &str) -> String {
    let mut shown: String = path.chars().take(60).collect();
    if shown.len() < path.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
