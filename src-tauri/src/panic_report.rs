//! A report of each panic, as a file beside the log. Nothing is sent anywhere.
//!
//! A formatted message can hold anything, a token included, so only a constant one is written.

use std::{
    backtrace::Backtrace,
    fs,
    io::{self, Write as _},
    panic::{self, PanicHookInfo},
    path::{Path, PathBuf},
    sync::OnceLock,
    thread,
};

use crate::{
    build_info::{BUILD_DATE, COMMIT, VERSION},
    private,
};

const MAX_REPORTS: usize = 5;
/// The time of a report, in UTC, as its name has it; names sort by time.
const TIME: &str = "%Y-%m-%dT%H-%M-%S%.6fZ";
/// Holds the name of the newest report that a person was told about.
const TOLD: &str = "panic-told";
/// The store survives a panic of the key store's library on this thread, and tells about it.
const KEY_STORE_THREAD: &str = "key-store";

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// From now on a panic leaves a report, in the folder that [`write_to`] names.
pub(crate) fn install() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if let Some(folder) = FOLDER.get()
            && thread::current().name() != Some(KEY_STORE_THREAD)
        {
            // Where there is no room for a report, the panic is still told on standard error.
            let _ = write(folder, info);
        }
        previous(info);
    }));
}

/// Names the folder of the reports, once.
pub(crate) fn write_to(folder: &Path) {
    let _ = FOLDER.set(folder.to_owned());
}

/// The newest report that nobody was told about yet.
pub(crate) fn untold(folder: &Path) -> Option<Report> {
    let path = reports(folder).ok()?.pop()?;
    let name = path.file_name()?.to_str()?.to_owned();
    if fs::read_to_string(folder.join(TOLD)).is_ok_and(|told| told >= name) {
        return None;
    }
    let time = jiff::civil::DateTime::strptime("panic-%Y-%m-%dT%H-%M-%S%.fZ.txt", &name).ok()?;
    Some(Report { time: time.strftime("%Y-%m-%d at %H:%M UTC").to_string(), path })
}

pub(crate) struct Report {
    /// For people, in UTC.
    pub(crate) time: String,
    pub(crate) path: PathBuf,
}

impl Report {
    /// Notes that a person has been told, so that the next start does not tell again.
    pub(crate) fn note_told(&self) {
        let Some(name) = self.path.file_name() else { return };
        let told =
            private::file().create(true).truncate(true).write(true).open(self.path.with_file_name(TOLD));
        if let Err(error) = told.and_then(|mut file| file.write_all(name.as_encoded_bytes())) {
            tracing::warn!(%error, "a report will be told again");
        }
    }
}

fn write(folder: &Path, info: &PanicHookInfo<'_>) -> io::Result<()> {
    private::create_folder(folder)?;
    let time = jiff::Timestamp::now().strftime(TIME);
    let mut file =
        private::file().create_new(true).write(true).open(folder.join(format!("panic-{time}.txt")))?;
    let message = info.payload().downcast_ref::<&'static str>();
    let location = info.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    file.write_all(
        format!(
            "Bobbin {VERSION} ({COMMIT}, {BUILD_DATE})\n\
             System: {} {}\n\
             Thread: {}\n\
             Location: {location}\n\
             Message: {}\n\n{}\n",
            std::env::consts::OS,
            std::env::consts::ARCH,
            thread::current().name().unwrap_or("unnamed"),
            message.unwrap_or(&"left out, as it could hold a secret"),
            Backtrace::force_capture(),
        )
        .as_bytes(),
    )?;
    let reports = reports(folder)?;
    for old in &reports[..reports.len().saturating_sub(MAX_REPORTS)] {
        fs::remove_file(old)?;
    }
    Ok(())
}

/// From the oldest to the newest.
fn reports(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let is_report = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("panic-") && path.extension().is_some_and(|extension| extension == "txt")
    };
    let paths = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut reports: Vec<_> = paths.filter(is_report).collect();
    reports.sort();
    Ok(reports)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reports after a thread of that name has panicked. The hook belongs to the process, so there is one test.
    fn after_panic(folder: &Path, thread: &str, work: fn()) -> Vec<String> {
        let thread = thread::Builder::new().name(thread.to_owned()).spawn(work).unwrap();
        assert!(thread.join().is_err());
        reports(folder).unwrap().iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    #[test]
    fn a_panic_leaves_a_report_without_what_its_message_holds() {
        let folder = tempfile::tempdir().unwrap();
        write_to(folder.path());
        install();

        let reports = after_panic(folder.path(), KEY_STORE_THREAD, || panic!("the library broke off"));
        assert_eq!(reports, Vec::<String>::new(), "the key store's thread may panic");

        let reports = after_panic(folder.path(), "worker", || {
            let token = String::from("eyJhbGciOiJSUzI1NiJ9.secret");
            panic!("no room for {token}");
        });
        let [report] = &reports[..] else { panic!("one report is there") };
        assert!(!report.contains("eyJhbGciOiJSUzI1NiJ9"), "a token is in the report");
        for part in
            [VERSION, COMMIT, "Thread: worker", "panic_report.rs:", std::env::consts::OS, "panic_report::"]
        {
            assert!(report.contains(part), "{part} is missing in:\n{report}");
        }

        let reports = after_panic(folder.path(), "worker", || panic!("a constant"));
        assert!(reports.iter().any(|report| report.contains("Message: a constant")));

        assert!(untold(folder.path()).is_some());
        let newest = untold(folder.path()).expect("it counts as told only when that is noted");
        assert!(newest.time.ends_with(" UTC"), "{}", newest.time);
        newest.note_told();
        assert!(untold(folder.path()).is_none(), "each report is told once");

        for _ in 0..MAX_REPORTS {
            after_panic(folder.path(), "worker", || panic!("once more"));
        }
        assert_eq!(super::reports(folder.path()).unwrap().len(), MAX_REPORTS);
        assert!(untold(folder.path()).is_some(), "a newer report is told again");
    }
}
