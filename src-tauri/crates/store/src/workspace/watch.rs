//! Notices edits from outside: an editor, a pull, a colleague's script.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{CreateKind, ModifyKind, RemoveKind},
};

use super::{CONNECTIONS, FileError, QUERIES};

/// Changes closer together than this are told once.
const QUIET: Duration = Duration::from_millis(200);
/// Under steady change, this is the longest wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    messages: Sender<Message>,
}

enum Message {
    Changed(Event),
    Stop,
}

impl Watcher {
    pub(super) fn start(dir: &Path, on_change: impl Fn() + Send + 'static) -> Result<Self, FileError> {
        let failed = |reason: String| FileError::Watch { path: dir.to_owned(), reason };
        // Some systems report real paths, whatever was asked for.
        let dir = &dir.canonicalize().map_err(|error| failed(error.to_string()))?;
        let (messages, received) = channel();
        let events = messages.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if let Ok(event) = event {
                let _ = events.send(Message::Changed(event));
            }
        })
        .map_err(|error| failed(error.to_string()))?;
        // The folder itself may hold much else, so only the two are watched to their depth.
        watcher.watch(dir, RecursiveMode::NonRecursive).map_err(|error| failed(error.to_string()))?;
        for folder in [CONNECTIONS, QUERIES] {
            watcher
                .watch(&dir.join(folder), RecursiveMode::Recursive)
                .map_err(|error| failed(error.to_string()))?;
        }
        let round = Round { dir: dir.to_owned(), watcher, received };
        thread::Builder::new()
            .name("workspace-watch".to_owned())
            .spawn(move || round.run(&on_change))
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { messages })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Stop);
    }
}

struct Round {
    dir: PathBuf,
    watcher: RecommendedWatcher,
    received: Receiver<Message>,
}

impl Round {
    fn run(mut self, on_change: &dyn Fn()) {
        while let Ok(Message::Changed(event)) = self.received.recv() {
            if !self.matters(&event) {
                continue;
            }
            if !self.settle() {
                return;
            }
            on_change();
        }
    }

    /// Waits until it is quiet; false where it is time to stop.
    fn settle(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match self.received.recv_timeout(QUIET) {
                Ok(Message::Changed(event)) => {
                    self.matters(&event);
                }
                Err(RecvTimeoutError::Timeout) => return true,
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    /// Whether the event is about a connection or query; a folder that came back is watched again.
    fn matters(&mut self, event: &Event) -> bool {
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        // The system lost events: anything may have changed.
        let mut matters = event.need_rescan();
        for path in &event.paths {
            let Ok(inner) = path.strip_prefix(&self.dir) else { continue };
            let mut names = inner.iter().filter_map(|name| name.to_str());
            let Some(top) = names.next().filter(|top| [CONNECTIONS, QUERIES].contains(top)) else { continue };
            if inner == Path::new(top) && path.is_dir() {
                let _ = self.watcher.watch(path, RecursiveMode::Recursive);
            }
            matters |= !names.any(|name| name.starts_with('.')) && is_ours(path, event.kind);
        }
        matters
    }
}

/// Our kinds of file, and folders; editors' backups and temporary files are neither.
fn is_ours(path: &Path, kind: EventKind) -> bool {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("toml" | "graphql" | "json") => true,
        Some(_) => false,
        None => !matches!(
            kind,
            EventKind::Create(CreateKind::File)
                | EventKind::Remove(RemoveKind::File)
                | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_))
        ),
    }
}

#[cfg(test)]
mod tests;
