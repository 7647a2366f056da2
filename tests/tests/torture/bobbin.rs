//! A Bobbin in a process of its own, asked through its standard input and output.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::torture::{driver, time::now};

/// Longer than a request may take.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) struct Bobbin {
    process: Child,
    /// Its end is the process's.
    input: Option<ChildStdin>,
    asked: u64,
    said: Arc<Said>,
}

/// What the process has said so far.
#[derive(Default)]
struct Said(Mutex<Lines>, Condvar);

#[derive(Default)]
struct Lines {
    answers: HashMap<u64, Value>,
    /// When each new pair was on the disk, by its process's own word.
    durable: Vec<i64>,
    ended: bool,
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) generation: u64,
    /// `ready`, `in_flight`, `possibly_consumed` or `rejected`.
    pub(crate) state: String,
    pub(crate) refresh_token: String,
}

impl Bobbin {
    /// Runs `command`, which is this program or something around it, on a data folder.
    pub(crate) fn start(mut command: Command, folder: &Path) -> Self {
        command.arg(driver::WORD).arg(folder);
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        let mut process = spawned.unwrap_or_else(|error| panic!("the driver cannot be started: {error}"));
        let said = Arc::new(Said::default());
        let output = process.stdout.take().unwrap();
        thread::spawn({
            let said = said.clone();
            move || said.listen(output)
        });
        Self { input: process.stdin.take(), process, asked: 0, said }
    }

    /// Asks and does not wait; the number is what [`Bobbin::answer`] knows the question by.
    pub(crate) fn tell(&mut self, what: &str, mut with: Value) -> u64 {
        self.asked += 1;
        with["do"] = what.into();
        with["number"] = self.asked.into();
        // One that was killed hears nothing, and its answer tells that.
        let _ = self.input.as_mut().map(|input| input.write_all(format!("{with}\n").as_bytes()));
        self.asked
    }

    /// What it answered: `Err` with the code of a refusal.
    pub(crate) fn answer(&self, number: u64) -> Result<Value, String> {
        let Said(lines, changed) = &*self.said;
        let waiting = |lines: &mut Lines| !lines.answers.contains_key(&number) && !lines.ended;
        let (mut lines, _) = changed.wait_timeout_while(lines.lock().unwrap(), PATIENCE, waiting).unwrap();
        let answer = lines.answers.remove(&number);
        let mut answer =
            answer.unwrap_or_else(|| panic!("the driver gave no answer; ended: {}", lines.ended));
        match answer["error"].as_str() {
            Some(code) => Err(code.to_owned()),
            None => Ok(answer["value"].take()),
        }
    }

    pub(crate) fn ask(&mut self, what: &str, with: Value) -> Result<Value, String> {
        let number = self.tell(what, with);
        self.answer(number)
    }

    pub(crate) fn kept(&mut self, session: &str) -> Kept {
        let kept = self.ask("session", json!({ "session": session })).expect("the session is there");
        let text = |name: &str| kept[name].as_str().unwrap().to_owned();
        Kept {
            generation: kept["generation"].as_u64().unwrap(),
            state: text("state"),
            refresh_token: text("refreshToken"),
        }
    }

    /// When each new pair was durable, in the order of the refreshes.
    pub(crate) fn durable(&self) -> Vec<i64> {
        self.said.0.lock().unwrap().durable.clone()
    }

    /// Lets it end by itself.
    pub(crate) fn end(mut self) {
        self.input = None;
        self.process.wait().unwrap();
    }

    /// Ends it in the middle of whatever it does, and says when.
    pub(crate) fn kill(&mut self) -> i64 {
        let moment = now();
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        moment
    }
}

impl Bobbin {
    /// Ends it and the processes that send for it, as a power button does.
    pub(crate) fn kill_with_senders(&mut self) -> i64 {
        let senders = children(self.process.id());
        let moment = self.kill();
        for sender in senders {
            // It may have ended by itself.
            let _ = kill_process(sender, Signal::KILL);
        }
        moment
    }
}

/// The processes that `parent` started and that have not ended.
fn children(parent: u32) -> Vec<Pid> {
    let is_child = |id: i32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // Behind the name in parentheses, which can hold anything: the state, and then the parent.
        let behind = stat.rsplit_once(") ").map(|(_, behind)| behind.to_owned()).unwrap_or_default();
        behind.split(' ').nth(1) == Some(&parent.to_string())
    };
    let names = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter_map(|name| name.parse().ok()).filter(|id| is_child(*id)).filter_map(Pid::from_raw).collect()
}

impl Drop for Bobbin {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Said {
    fn listen(&self, output: ChildStdout) {
        for line in BufReader::new(output).lines() {
            let Some(line) = line.ok().and_then(|line| serde_json::from_str::<Value>(&line).ok()) else {
                break;
            };
            let mut lines = self.0.lock().unwrap();
            if let Some(moment) = line["durable"].as_i64() {
                lines.durable.push(moment);
            } else if let Some(number) = line["number"].as_u64() {
                lines.answers.insert(number, line);
            }
            self.1.notify_all();
        }
        self.0.lock().unwrap().ended = true;
        self.1.notify_all();
    }
}
