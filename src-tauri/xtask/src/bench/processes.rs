//! Process trees and their memory, from Linux's /proc.

use std::fs::{read_dir, read_to_string};
use std::path::Path;

use anyhow::{Context, Result};

/// A process and all that came from it.
pub(crate) fn tree(root: u32) -> Result<Vec<u32>> {
    let parents: Vec<(u32, u32)> = read_dir("/proc")
        .context("cannot read /proc")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, parent(&read_to_string(format!("/proc/{id}/stat")).ok()?)?)))
        .collect();
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(&id) = tree.get(next) {
        tree.extend(parents.iter().filter(|(_, parent)| *parent == id).map(|(child, _)| child));
        next += 1;
    }
    Ok(tree)
}

/// Proportional set size of the whole tree, MiB: memory that processes share is counted once.
pub(crate) fn memory_of_tree(root: u32) -> Result<f64> {
    let kib: u32 = tree(root)?
        .into_iter()
        // One that ended in between has no memory any more.
        .filter_map(|id| pss(&read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?))
        .sum();
    Ok(f64::from(kib) / 1024.0)
}

/// Whether a process of this name runs; the kernel knows the first 15 letters only.
pub(crate) fn is_any_named(name: &str) -> bool {
    let Ok(entries) = read_dir("/proc") else { return false };
    entries.filter_map(|entry| read_to_string(entry.ok()?.path().join("comm")).ok()).any(|comm| {
        let comm = comm.trim_end();
        !comm.is_empty() && name.starts_with(comm) && comm.len() == name.len().min(15)
    })
}

pub(crate) fn is_running(id: u32) -> bool {
    Path::new("/proc").join(id.to_string()).exists()
}

/// The parent in `proc_pid_stat(5)`: the second field after the name, which may hold anything.
fn parent(stat: &str) -> Option<u32> {
    stat[stat.rfind(')')? + 1..].split_whitespace().nth(1)?.parse().ok()
}

/// KiB.
fn pss(rollup: &str) -> Option<u32> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_found_behind_a_name_with_spaces_and_brackets() {
        assert_eq!(parent("4711 (Web (Content) x) S 42 1 1 0"), Some(42));
        assert_eq!(parent(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_very_test_is_a_process_that_is_found_by_name() {
        let own = std::fs::read_to_string("/proc/self/comm").unwrap();
        assert!(is_any_named(own.trim_end()));
        assert!(!is_any_named("no-such-process"));
    }

    #[test]
    fn the_proportional_size_is_read_and_not_one_of_its_parts() {
        let rollup = "00400000-7ffd Rollup\nRss: 900 kB\nPss:     512 kB\nPss_Anon: 100 kB\n";
        assert_eq!(pss(rollup), Some(512));
    }
}
