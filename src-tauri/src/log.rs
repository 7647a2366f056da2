//! The log: what happened, by codes and durations, in a few small files of the platform's log folder.
//!
//! Only events of the shell and the engine are written. They hold no URL, header, body, label or token;
//! the libraries' own events could, so they are left out.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::private;

/// The size at which a file is put aside.
const MAX_BYTES: u64 = 1024 * 1024;
/// With the one that is written to.
const MAX_FILES: usize = 5;

/// Sends the events of this process to `bobbin.log` in `folder`.
pub(crate) fn start(folder: &Path) -> io::Result<()> {
    private::create_folder(folder)?;
    let file = RotatingFile::open(folder, MAX_BYTES)?;
    let ours =
        Targets::new().with_target("bobbin_lib", Level::INFO).with_target("bobbin_engine", Level::INFO);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
    tracing_subscriber::registry().with(ours).with(lines).try_init().map_err(io::Error::other)
}

/// `bobbin.log`, with older lines in `bobbin.1.log` to `bobbin.4.log`.
struct RotatingFile {
    folder: PathBuf,
    max_bytes: u64,
    file: File,
    bytes: u64,
}

impl RotatingFile {
    fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        let file = private::file().create(true).append(true).open(path(folder, 0))?;
        let bytes = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), max_bytes, file, bytes })
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..MAX_FILES).rev() {
            let newer = path(&self.folder, number - 1);
            if newer.exists() {
                fs::rename(newer, path(&self.folder, number))?;
            }
        }
        *self = Self::open(&self.folder, self.max_bytes)?;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > self.max_bytes {
            // A file that grows beyond its bound is better than a line that is lost.
            let _ = self.rotate();
        }
        let written = self.file.write(line)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn path(folder: &Path, number: usize) -> PathBuf {
    folder.join(if number == 0 { "bobbin.log".to_owned() } else { format!("bobbin.{number}.log") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_move_on_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = RotatingFile::open(folder.path(), 10).unwrap();
        for number in 0..20 {
            log.write_all(format!("line {number:02}\n").as_bytes()).unwrap();
        }
        let content = |number| fs::read_to_string(path(folder.path(), number)).unwrap();
        assert_eq!(content(0), "line 19\n");
        assert_eq!(content(4), "line 15\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MAX_FILES);
    }

    #[test]
    fn a_later_run_appends() {
        let folder = tempfile::tempdir().unwrap();
        for _run in 0..2 {
            RotatingFile::open(folder.path(), 100).unwrap().write_all(b"started\n").unwrap();
        }
        assert_eq!(fs::read_to_string(path(folder.path(), 0)).unwrap(), "started\nstarted\n");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_log() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut log = RotatingFile::open(folder.path(), 4).unwrap();
        log.write_all(b"one\n").unwrap();
        log.write_all(b"two\n").unwrap();
        for number in [0, 1] {
            let mode = fs::metadata(path(folder.path(), number)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
