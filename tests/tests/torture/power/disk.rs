//! What is on the disk after a power cut.
//!
//! A sync makes a file's own writes durable, and with them every name that was made or changed before, as the journal
//! of a file system does. Of the writes since, any can be there whole, in part or not at all; of the names since, the
//! first ones.

use std::{collections::BTreeMap, fs, path::Path, path::PathBuf};

use rand::{RngExt as _, rngs::StdRng};

use super::log::{Log, What};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

#[derive(Default)]
struct Disk {
    /// Every file that ever was.
    files: Vec<File>,
    /// As a process sees them.
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// The names after each change since, and where the change ended.
    later_names: Vec<(usize, BTreeMap<PathBuf, usize>)>,
}

#[derive(Default)]
struct File {
    length: usize,
    durable: Vec<u8>,
    /// Where each change ended, and the change.
    later: Vec<(usize, Change)>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

/// Puts into `folder` what may be left when the power goes at line `cut`.
pub(crate) fn replay(log: &Log, cut: usize, chance: &mut StdRng, folder: &Path) {
    let mut disk = Disk::default();
    for operation in log.operations.iter().filter(|operation| operation.begin <= cut) {
        match &operation.what {
            // One that had not come back has promised nothing.
            What::Sync { path } if operation.end <= cut => disk.sync(path, operation.begin),
            What::Sync { .. } => {}
            what => disk.change(what, operation.end),
        }
    }
    disk.put(folder, chance);
}

impl Disk {
    fn change(&mut self, what: &What, end: usize) {
        match what {
            What::Create { path } if self.names.contains_key(path) => {}
            What::Create { path } => {
                self.files.push(File::default());
                self.rename(end, |names, newest| {
                    names.insert(path.clone(), newest);
                });
            }
            What::Resize { path, length } => {
                let Some(file) = self.file(path) else { return };
                file.length = *length;
                file.later.push((end, Change::Resize(*length)));
            }
            What::Write { path, place, bytes } => {
                let Some(file) = self.file(path) else { return };
                let place = place.unwrap_or(file.length);
                file.length = file.length.max(place + bytes.len());
                file.later.push((end, Change::Write(place, bytes.clone())));
            }
            What::Link { from, to } => self.rename(end, |names, _| {
                let file = names.get(from).copied();
                names.extend(file.map(|file| (to.clone(), file)));
            }),
            What::Rename { from, to } => self.rename(end, |names, _| {
                let file = names.remove(from);
                names.extend(file.map(|file| (to.clone(), file)));
            }),
            What::Remove { path } => self.rename(end, |names, _| {
                names.remove(path);
            }),
            What::Sync { .. } => {}
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        self.names.get(path).map(|file| &mut self.files[*file])
    }

    /// `change` is given the number of the newest file, too.
    fn rename(&mut self, end: usize, change: impl FnOnce(&mut BTreeMap<PathBuf, usize>, usize)) {
        change(&mut self.names, self.files.len().saturating_sub(1));
        self.later_names.push((end, self.names.clone()));
    }

    /// What had ended before `begin` is durable: the file's writes, and all names.
    fn sync(&mut self, path: &Path, begin: usize) {
        let durable = self.later_names.iter().take_while(|(end, _)| *end < begin).count();
        if let Some((_, names)) = self.later_names.drain(..durable).next_back() {
            self.durable_names = names;
        }
        if let Some(file) = self.file(path) {
            let later = std::mem::take(&mut file.later);
            let (before, after) = later.into_iter().partition(|(end, _)| *end < begin);
            file.later = after;
            let before: Vec<(usize, Change)> = before;
            for (_, change) in before {
                change.apply(&mut file.durable, |_| true);
            }
        }
    }

    fn put(&mut self, folder: &Path, chance: &mut StdRng) {
        let reached = chance.random_range(0..=self.later_names.len());
        let names = if reached == 0 { &self.durable_names } else { &self.later_names[reached - 1].1 };
        // From nothing of what was not synced to all of it.
        let share = f64::from(chance.random_range(0..=4)) / 4.0;
        fs::create_dir_all(folder).unwrap();
        for (name, file) in names {
            let File { durable, later, .. } = &self.files[*file];
            let mut content = durable.clone();
            for (_, change) in later {
                let torn = chance.random_ratio(1, 3);
                if torn {
                    change.apply(&mut content, |_| chance.random_bool(share));
                } else if chance.random_bool(share) {
                    change.apply(&mut content, |_| true);
                }
            }
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}

impl Change {
    /// Changes those sectors of the content that `reached` the disk.
    fn apply(&self, content: &mut Vec<u8>, mut reached: impl FnMut(usize) -> bool) {
        match self {
            Self::Resize(length) => {
                if reached(0) {
                    content.resize(*length, 0);
                }
            }
            Self::Write(place, bytes) => {
                let end = place + bytes.len();
                for sector in place / SECTOR..end.div_ceil(SECTOR) {
                    if !reached(sector) {
                        continue;
                    }
                    let (from, to) = ((sector * SECTOR).max(*place), ((sector + 1) * SECTOR).min(end));
                    if content.len() < to {
                        content.resize(to, 0);
                    }
                    content[from..to].copy_from_slice(&bytes[from - place..to - place]);
                }
            }
        }
    }
}
