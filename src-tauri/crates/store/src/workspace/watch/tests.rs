use std::{
    fs,
    path::Path,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use super::Watcher;
use crate::Workspace;

/// Long enough for a debounced call on a busy machine.
const SOON: Duration = Duration::from_secs(5);
/// Long enough to be sure that none is under way.
const SILENCE: Duration = Duration::from_millis(700);

fn watched(folder: &Path) -> (Workspace, Watcher, Receiver<()>) {
    let workspace = Workspace::open(folder).unwrap();
    let (changes, received) = channel();
    let watcher = workspace.watch(move || changes.send(()).unwrap()).unwrap();
    (workspace, watcher, received)
}

fn quiet(changes: &Receiver<()>) -> bool {
    changes.recv_timeout(SILENCE).is_err()
}

#[test]
fn an_edit_from_outside_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (_workspace, _watcher, changes) = watched(folder.path());
    for number in 0..5 {
        fs::write(folder.path().join("connections/sandbox.toml"), format!("name = \"{number}\"")).unwrap();
    }
    changes.recv_timeout(SOON).unwrap();
    assert!(quiet(&changes), "five writes at once are one change");
}

#[test]
fn new_deleted_and_moved_files_and_folders_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (_workspace, _watcher, changes) = watched(folder.path());
    let queries = folder.path().join("queries");
    let told = |what: &str| {
        changes.recv_timeout(SOON).unwrap_or_else(|_| panic!("{what} was not told"));
        assert!(quiet(&changes), "{what} was told twice");
    };
    fs::create_dir_all(queries.join("new/deep")).unwrap();
    told("a new folder");
    fs::write(queries.join("new/deep/list.graphql"), "{ x }").unwrap();
    told("a file in a new folder");
    fs::rename(queries.join("new/deep/list.graphql"), queries.join("list.graphql")).unwrap();
    told("a moved file");
    fs::remove_file(queries.join("list.graphql")).unwrap();
    told("a deleted file");
}

#[test]
fn reading_temporary_files_and_other_folders_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, _watcher, changes) = watched(folder.path());
    workspace.connections().unwrap();
    workspace.queries().unwrap();
    fs::write(folder.path().join("queries/.list.graphql.swp"), "x").unwrap();
    fs::write(folder.path().join("queries/list.graphql~"), "x").unwrap();
    fs::write(folder.path().join("queries/4913"), "x").unwrap();
    fs::remove_file(folder.path().join("queries/4913")).unwrap();
    fs::write(folder.path().join("connections/.bobbin-x.tmp"), "x").unwrap();
    fs::write(folder.path().join("bobbin.sqlite3"), "x").unwrap();
    fs::create_dir_all(folder.path().join(".git/objects")).unwrap();
    fs::write(folder.path().join(".git/index"), "x").unwrap();
    assert!(quiet(&changes));
}

#[test]
fn a_folder_that_was_replaced_is_watched_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_workspace, _watcher, changes) = watched(folder.path());
    fs::remove_dir_all(folder.path().join("queries")).unwrap();
    changes.recv_timeout(SOON).unwrap();
    fs::create_dir(folder.path().join("queries")).unwrap();
    changes.recv_timeout(SOON).unwrap();
    while !quiet(&changes) {}

    fs::write(folder.path().join("queries/list.graphql"), "{ x }").unwrap();

    changes.recv_timeout(SOON).expect("a file in the folder that came back is told");
}

#[test]
fn a_dropped_watcher_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let (_workspace, watcher, changes) = watched(folder.path());
    drop(watcher);
    thread::sleep(Duration::from_millis(100));
    fs::write(folder.path().join("queries/list.graphql"), "{ x }").unwrap();
    assert!(quiet(&changes));
}
