//! What a process did to files, from the log of `strace`.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// All strings whole and in hexadecimal, so that nothing in them can be taken for something else.
pub(crate) const OPTIONS: [&str; 10] = [
    "-f",
    "-y",
    "-xx",
    "-s4000000",
    "-qqq",
    "--seccomp-bpf",
    "-esignal=none",
    "-etrace=openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,\
     mkdir,mkdirat",
    "-o",
    // The file comes behind it.
    "--",
];

/// A call, from the line where it began to the one where it ended.
pub(crate) struct Operation {
    pub(crate) begin: usize,
    pub(crate) end: usize,
    pub(crate) what: What,
}

/// Paths are relative to the data folder.
pub(crate) enum What {
    /// Makes the file where it is not there.
    Create {
        path: PathBuf,
    },
    Resize {
        path: PathBuf,
        length: usize,
    },
    /// At the end of the file where no place is given.
    Write {
        path: PathBuf,
        place: Option<usize>,
        bytes: Vec<u8>,
    },
    Sync {
        path: PathBuf,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
}

#[derive(Default)]
pub(crate) struct Log {
    /// In the order of their ends.
    pub(crate) operations: Vec<Operation>,
    pub(crate) lines: usize,
    /// What was written to standard output, and where the call ended.
    said: Vec<(usize, String)>,
}

impl Log {
    /// Reads logs of processes that ran one after the other, of what they did in `folder`.
    pub(crate) fn read(files: &[PathBuf], folder: &Path) -> Self {
        let mut log = Self::default();
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            let mut begun: HashMap<&str, (usize, &str)> = HashMap::new();
            for line in text.lines() {
                log.lines += 1;
                let (process, call) = line.split_once(' ').unwrap_or((line, ""));
                let call = call.trim_start();
                if let Some(beginning) = call.strip_suffix(" <unfinished ...>") {
                    begun.insert(process, (log.lines, beginning));
                } else if let Some((_, rest)) =
                    call.strip_prefix("<... ").and_then(|it| it.split_once(" resumed>"))
                {
                    if let Some((line, beginning)) = begun.remove(process) {
                        log.add(line, &format!("{beginning}{rest}"), folder);
                    }
                } else {
                    log.add(log.lines, call, folder);
                }
            }
        }
        log
    }

    /// Where it was said that the session's first token is durable.
    pub(crate) fn signed_in(&self, session: &str) -> usize {
        let said = format!("\"value\":\"{session}\"");
        self.said.iter().find(|(_, text)| text.contains(&said)).expect("the sign-in was told of").0
    }

    /// Where it was said that each new pair is durable, in their order.
    pub(crate) fn refreshed(&self) -> impl Iterator<Item = usize> {
        self.said.iter().filter(|(_, text)| text.contains("\"durable\"")).map(|(place, _)| *place)
    }

    fn add(&mut self, begin: usize, call: &str, folder: &Path) {
        let Some(call) = Call::parse(call) else { return };
        let file = |at: usize| Some(call.strings.get(at).map(path)?.strip_prefix(folder).ok()?.to_owned());
        let end = self.lines;
        let mut add = |what| self.operations.push(Operation { begin, end, what });
        match call.name {
            "write" if call.numbers.first() == Some(&1) && file(0).is_none() => {
                self.said.push((end, String::from_utf8_lossy(&call.strings[1]).into_owned()));
            }
            "write" | "pwrite64" => {
                let Some(path) = file(0) else { return };
                // The descriptor, the length and then the place.
                let place = call.numbers.get(2).copied();
                add(What::Write { path, place, bytes: call.strings[1].clone() });
            }
            "openat" if call.text.contains("O_CREAT") || call.text.contains("O_TRUNC") => {
                // The folder that a relative path would start from comes first.
                let Some(path) = file(1) else { return };
                if call.text.contains("O_CREAT") {
                    add(What::Create { path: path.clone() });
                }
                if call.text.contains("O_TRUNC") {
                    add(What::Resize { path, length: 0 });
                }
            }
            "fsync" | "fdatasync" => {
                let Some(path) = file(0) else { return };
                add(What::Sync { path });
            }
            "ftruncate" => {
                let (Some(path), Some(length)) = (file(0), call.numbers.get(1)) else { return };
                add(What::Resize { path, length: *length });
            }
            "rename" | "renameat" | "renameat2" | "link" | "linkat" => {
                let mut paths =
                    (0..call.strings.len()).filter_map(file).filter(|path| *path != PathBuf::new());
                let (Some(from), Some(to)) = (paths.next(), paths.next()) else { return };
                add(if call.name.starts_with("link") {
                    What::Link { from, to }
                } else {
                    What::Rename { from, to }
                });
            }
            "unlink" | "unlinkat" => {
                let Some(path) = file(call.strings.len() - 1) else { return };
                add(What::Remove { path });
            }
            _ => {}
        }
    }
}

/// A call that succeeded: `pwrite64(17<path>, "bytes", 4096, 0) = 4096`.
struct Call<'a> {
    name: &'a str,
    text: &'a str,
    /// What stands in quotes or angle brackets, in its order.
    strings: Vec<Vec<u8>>,
    /// What stands bare, in its order.
    numbers: Vec<usize>,
}

impl<'a> Call<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (call, result) = text.rsplit_once(" = ")?;
        if result.starts_with('-') || result.starts_with('?') {
            return None;
        }
        let (name, arguments) = call.trim_end().strip_suffix(')')?.split_once('(')?;
        let (mut strings, mut numbers) = (Vec::new(), Vec::new());
        for argument in arguments.split(", ") {
            let bare = argument.split(['"', '<']).next().unwrap_or_default();
            numbers.extend(bare.parse::<usize>());
            let quoted = argument.split(['"', '<', '>']).nth(1);
            strings.extend(quoted.map(bytes));
        }
        Some(Self { name, text: call, strings, numbers })
    }
}

/// `\x61\x62`
fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map_or(0, |digit| digit.to_le_bytes()[0]);
    hexadecimal.as_bytes().chunks_exact(4).map(|byte| digit(byte[2]) << 4 | digit(byte[3])).collect()
}

fn path(bytes: &Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
