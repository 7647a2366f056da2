//! The pages of a database file and its write-ahead log, read past SQLite (<https://www.sqlite.org/fileformat2.html>).

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

/// SQLite's default, which every file of ours has.
pub(super) const PAGE: usize = 4096;

const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const FRAME: usize = FRAME_HEADER + PAGE;
/// The two ways to add up a checksum: over little-endian words, or over big-endian ones with the last bit set.
const LOG_MAGIC: u32 = 0x377f_0682;

/// The pages as the last transaction left them.
pub(super) struct Pages {
    file: Option<File>,
    count: u32,
    log: Log,
}

impl Pages {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = open_if_there(path)?;
        let length = match &file {
            Some(file) => file.metadata()?.len(),
            None => 0,
        };
        let log = Log::read(path)?;
        let in_file = u32::try_from(length.div_ceil(PAGE as u64)).unwrap_or(u32::MAX);
        let count = log.pages.keys().copied().fold(in_file, u32::max);
        Ok(Self { file, count, log })
    }

    /// The number of the last page; the first is 1.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Whether the page was written by a later transaction than what is in the file itself.
    pub(super) fn is_in_log(&self, number: u32) -> bool {
        self.log.pages.contains_key(&number)
    }

    /// A page, with zeros where the file ends within it; `None` beyond the end and where the disk cannot read it.
    pub(super) fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        if let Some(frame) = self.log.pages.get(&number) {
            return Some(self.log.bytes[frame + FRAME_HEADER..frame + FRAME].to_vec());
        }
        let file = self.file.as_mut()?;
        let start = u64::from(number.checked_sub(1)?) * PAGE as u64;
        let mut page = Vec::with_capacity(PAGE);
        file.seek(SeekFrom::Start(start)).ok()?;
        // A part that cannot be read does not cost what came before it.
        let _ = file.take(PAGE as u64).read_to_end(&mut page);
        if page.is_empty() {
            return None;
        }
        page.resize(PAGE, 0);
        Some(page)
    }
}

/// The frames of a write-ahead log that are as they were written and belong to a transaction that ended.
#[derive(Default)]
pub(super) struct Log {
    bytes: Vec<u8>,
    /// Where the newest frame of each page begins.
    pages: HashMap<u32, usize>,
    /// Something before the end of a transaction is not as it was written: SQLite would pass that over in silence.
    pub(super) broken: bool,
}

impl Log {
    /// The log of the database at `path`.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let mut bytes = Vec::new();
        if let Some(mut file) = open_if_there(&beside(path, "-wal"))? {
            file.read_to_end(&mut bytes)?;
        }
        Ok(Self::parse(bytes))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    fn parse(bytes: Vec<u8>) -> Self {
        let starts = (LOG_HEADER..).step_by(FRAME).take_while(|start| start + FRAME <= bytes.len());
        let starts: Vec<usize> = starts.collect();
        let Some(first) = starts.first() else { return Self::default() };
        let big_endian = match word(&bytes, 0) & !1 {
            LOG_MAGIC => word(&bytes, 0) & 1 == 1,
            _ => cfg!(target_endian = "big"),
        };
        let header_is_whole = checksum((0, 0), &[&bytes[..24]], big_endian) == stored(&bytes, 24);
        // Frames of an earlier round of the log follow those of this one; they have other salts.
        let salts = if header_is_whole { &bytes[16..24] } else { &bytes[first + 8..first + 16] };
        let is_whole = |start: usize| {
            // Each checksum goes on from the one before, whatever became of the frame that it stands in.
            let before = if start == *first { 24 } else { start - FRAME + 16 };
            let content = [&bytes[start..start + 8], &bytes[start + FRAME_HEADER..start + FRAME]];
            &bytes[start + 8..start + 16] == salts
                && checksum(stored(&bytes, before), &content, big_endian) == stored(&bytes, start + 16)
        };
        let whole: Vec<bool> = starts.iter().map(|start| is_whole(*start)).collect();
        let ends_transaction = |number: &usize| whole[*number] && word(&bytes, starts[*number] + 4) != 0;
        let mut ends = (0..starts.len()).rev().filter(ends_transaction);
        let Some(newest) = ends.next() else { return Self::default() };
        let before = ends.next();
        let begins = before.map_or(0, |end| end + 1);
        // SQLite syncs a transaction before the next one begins, so a power cut tears the newest one alone, which was
        // not reported durable. SQLite leaves it out, too.
        let is_torn =
            header_is_whole && !whole[..begins].contains(&false) && whole[begins..newest].contains(&false);
        let Some(last) = (if is_torn { before } else { Some(newest) }) else { return Self::default() };
        let broken = !header_is_whole || whole[..last].contains(&false);
        let pages = (0..=last)
            .filter(|number| whole[*number])
            .map(|number| (word(&bytes, starts[number]), starts[number]))
            .collect();
        Self { bytes, pages, broken }
    }
}

/// The name of a file that SQLite keeps beside the database.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn open_if_there(path: &Path) -> io::Result<Option<File>> {
    match fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().map_or(0, u32::from_be_bytes)
}

fn stored(bytes: &[u8], at: usize) -> (u32, u32) {
    (word(bytes, at), word(bytes, at + 4))
}

fn checksum(before: (u32, u32), parts: &[&[u8]], big_endian: bool) -> (u32, u32) {
    let pairs = parts.iter().flat_map(|part| part.as_chunks::<8>().0);
    pairs.fold(before, |(one, two), pair| {
        let read = if big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        let (words, _) = pair.as_chunks::<4>();
        let one = one.wrapping_add(read(words[0])).wrapping_add(two);
        (one, two.wrapping_add(read(words[1])).wrapping_add(one))
    })
}
