//! `cargo xtask bench`: our start-up and memory beside those of a window that does nothing, and the parsers' times.

mod bare;
mod desktop;
mod processes;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{cargo, run, succeeds};
use crate::workspace::{binary, scratch};
use crate::{app, needs, packages, page};
use desktop::Desktop;

/// What is measured is what ships.
pub(crate) const PROFILE: &str = "dist";

/// How much more than the bare window ours may take.
const TIME_LIMIT: f64 = 1.25;
const MEMORY_LIMIT: f64 = 1.15;

/// When the first view is answered, the measured application writes the file that this names.
const READY_FILE: &str = "BOBBIN_READY_FILE";
const TIMEOUT: Duration = Duration::from_mins(1);
/// From the first view until memory is read.
const SETTLE: Duration = Duration::from_secs(2);

/// WebKitGTK's switch for its DMABUF renderer; Bobbin sets it to 1 for itself where it is not set.
const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// How both are started: each time with the same settings of WebKitGTK. The worse ratio counts.
const CONDITIONS: [Condition; 2] = [
    Condition { name: "as it ships", bare: "1", ours: None },
    Condition { name: "WebKit defaults", bare: "0", ours: Some("0") },
];

struct Condition {
    name: &'static str,
    /// The value of [`RENDERER`] for the bare window.
    bare: &'static str,
    /// The one for ours.
    ours: Option<&'static str>,
}

struct Sample {
    /// Seconds from exec to the first view answered.
    ready: f64,
    /// Proportional set size of the process tree, MiB.
    memory: f64,
}

struct Subject {
    name: &'static str,
    binary: PathBuf,
    home: PathBuf,
    samples: Vec<Sample>,
}

impl Subject {
    fn new(name: &'static str, binary: PathBuf) -> Result<Self> {
        let home = scratch("bench")?.join(name);
        if home.exists() {
            std::fs::remove_dir_all(&home)?;
        }
        Ok(Self { name, binary, home, samples: Vec::new() })
    }

    fn median(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        median(self.samples.iter().map(of).collect())
    }
}

/// Whether ours is within its limits.
pub(crate) fn start(runs: usize) -> Result<bool> {
    if !cfg!(target_os = "linux") {
        bail!("the measurement reads /proc and draws on Xvfb: it runs on Linux only");
    }
    if runs == 0 {
        bail!("at least one run is needed");
    }
    app::ensure_system()?;
    packages::ensure(needs::TEST)?;
    page::build()?;
    run(&mut cargo(&format!("build --profile {PROFILE} --package bobbin --features custom-protocol")))?;
    let mut subjects =
        [Subject::new("bare window", bare::build()?)?, Subject::new("Bobbin", binary(PROFILE)?)?];

    if processes::is_any_named("WebKitWebProcess") {
        eprintln!(
            "Other WebKit windows are open. They share memory with both, so that the ratio looks worse."
        );
    }

    let (mut time, mut memory) = (0.0_f64, 0.0_f64);
    for condition in &CONDITIONS {
        let ratios = compare(condition, &mut subjects, runs)?;
        (time, memory) = (time.max(ratios.0), memory.max(ratios.1));
    }
    println!("the worse of both    {time:>14.2} × {memory:>18.2} ×");
    println!("allowed              {TIME_LIMIT:>14.2} × {MEMORY_LIMIT:>18.2} ×");
    Ok(time <= TIME_LIMIT && memory <= MEMORY_LIMIT)
}

/// Prints one table; how many times the bare window's start and memory ours took.
fn compare(condition: &Condition, subjects: &mut [Subject; 2], runs: usize) -> Result<(f64, f64)> {
    let name = condition.name;
    for subject in &mut *subjects {
        subject.samples.clear();
    }
    // The first run of each fills the disk's cache and makes its folders; it is not counted.
    for round in 0..=runs {
        let renderers = [Some(condition.bare), condition.ours];
        for (subject, renderer) in subjects.iter_mut().zip(renderers) {
            let sample = measure(&subject.binary, &subject.home, renderer)
                .with_context(|| format!("{} could not be measured", subject.name))?;
            if round > 0 {
                eprintln!(
                    "{name}: {round:>2}/{runs} {:<12} {:.3} s {:>6.1} MiB",
                    subject.name, sample.ready, sample.memory
                );
                subject.samples.push(sample);
            }
        }
    }
    let [bare, ours] = subjects
        .each_ref()
        .map(|subject| (subject.median(|sample| sample.ready), subject.median(|sample| sample.memory)));
    let (time, memory) = (ours.0 / bare.0, ours.1 / bare.1);
    println!("{name:<14}, medians of {runs}   first view answered   memory (PSS of the tree)");
    println!("bare window          {:>14.3} s {:>18.1} MiB", bare.0, bare.1);
    println!("Bobbin               {:>14.3} s {:>18.1} MiB", ours.0, ours.1);
    println!("ratio                {time:>14.2} × {memory:>18.2} ×");
    println!();
    Ok((time, memory))
}

/// Whether every parser is within its limits, of which its program tells.
pub(crate) fn parse() -> Result<bool> {
    succeeds(&mut cargo("bench --quiet --package bobbin-protocol --bench parse"))
}

fn measure(binary: &Path, home: &Path, renderer: Option<&str>) -> Result<Sample> {
    let desktop = Desktop::start(home)?;
    let ready_file = home.join("ready");
    if ready_file.exists() {
        std::fs::remove_file(&ready_file)?;
    }
    let mut command = desktop.command(binary);
    command.env(READY_FILE, &ready_file).envs(renderer.map(|value| (RENDERER, value)));
    let before = Instant::now();
    let app = desktop::Running::start(&mut command)?;
    while !ready_file.exists() {
        if before.elapsed() > TIMEOUT {
            bail!("no view was answered within {} s", TIMEOUT.as_secs());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let ready = before.elapsed().as_secs_f64();
    std::thread::sleep(SETTLE);
    let memory = processes::memory_of_tree(app.id())?;
    let tree = processes::tree(app.id())?;
    drop(app);
    // The web view's processes notice a moment later; the next run wants the machine for itself.
    while tree.iter().any(|id| processes::is_running(*id)) && before.elapsed() < TIMEOUT {
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(Sample { ready, memory })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    #[allow(clippy::float_cmp, reason = "halves of small numbers are exact")]
    fn a_median_ignores_the_one_slow_run() {
        assert_eq!(median(vec![0.5, 9.0, 0.25]), 0.5);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 90.0]), 3.0);
    }
}
