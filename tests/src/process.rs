//! Child processes that end with the test, however it ends.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::wait::PATIENCE;

/// A child in a process group of its own; dropping it ends the group.
pub(crate) struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it says on standard error, and on standard output unless that is piped, goes to a file in `logs`.
    pub(crate) fn start(command: &mut Command, logs: &Path) -> Self {
        let name = command.get_args().skip_while(|argument| *argument != "--").nth(1).unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let log = logs.join(format!("{}.log", name.rsplit('/').next().unwrap_or("child")));
        let file = File::options().create(true).append(true).open(&log).unwrap();
        command.stderr(file).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} could not be started: {error}"));
        Self { child, name, log }
    }

    pub(crate) fn id(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// The first line that the child writes to its piped standard output.
    pub(crate) fn first_line(&mut self) -> String {
        let output = self.child.stdout.take().expect("standard output is piped");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            let _ = sender.send(read.map(|_| line));
        });
        match receiver.recv_timeout(PATIENCE) {
            Ok(Ok(line)) if !line.is_empty() => line.trim().to_owned(),
            _ => panic!("{} did not say that it is ready:\n{}", self.name, self.said()),
        }
    }

    /// What it wrote to its log so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn stdin(&mut self) -> std::process::ChildStdin {
        self.child.stdin.take().expect("standard input is piped")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = Pid::from_raw(self.id()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// A command that is killed when the thread that started it ends, so that an interrupted run leaves nothing behind.
pub(crate) fn bound(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program.as_ref());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The direct children of a process.
pub(crate) fn children(id: i32) -> Vec<i32> {
    let list = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

pub(crate) fn is_running(id: i32) -> bool {
    // A zombie has ended; only its parent has not asked yet.
    let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    status.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

pub(crate) fn kill(id: i32) {
    signal(id, Signal::KILL);
}

pub(crate) fn signal(id: i32, signal: Signal) {
    if let Some(process) = Pid::from_raw(id) {
        let _ = kill_process(process, signal);
    }
}

/// Ends what was started with this mark in its environment, also what left its group, such as an opened program.
pub(crate) fn sweep(mark: &str) {
    marked(mark).into_iter().for_each(kill);
}

/// The processes of a world that run a program of this name, the oldest first.
pub(crate) fn of_world(mark: &str, name: &str) -> Vec<i32> {
    let program = |id: &i32| fs::read_link(format!("/proc/{id}/exe"));
    let runs =
        |id: &i32| program(id).is_ok_and(|program| program.file_name().is_some_and(|file| file == name));
    let mut found: Vec<i32> = marked(mark).into_iter().filter(runs).collect();
    found.sort_unstable();
    found
}

/// What was started with this mark in its environment, and is not this program.
fn marked(mark: &str) -> Vec<i32> {
    let own = std::process::id().cast_signed();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        *id != own && environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    })
    .collect()
}
