//! Folders and files that only their owner can read.

use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
};

/// Creates the folder and those above it that do not exist, each with mode 0700 where there are modes.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    folder().recursive(true).create(path)
}

/// The same for a folder that nobody else may have created, such as one in a folder of everybody's.
pub(crate) fn create_new_folder(path: &Path) -> io::Result<()> {
    folder().create(path)
}

fn folder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Options that create files with mode 0600 where there are modes.
pub(crate) fn file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
