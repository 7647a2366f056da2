//! The profile of this process: its folders, and the name by which its window and its key are known.
//!
//! Each data folder is a profile. The default one receives app links.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use tauri::utils::config::{AppDirectoriesOverride, Config};

use crate::{command_line::Options, private};

/// The identifier of the default profile, and the scheme of the app link.
pub(crate) const APP_ID: &str = "dev.bobbin.workbench";
/// Holds the random part of another profile's identifier, so that it stays when the folder is moved.
const ID_FILE: &str = "profile-id";

pub(crate) struct Profile {
    /// [`APP_ID`], with a random part behind it for another profile.
    pub(crate) identifier: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) log_dir: PathBuf,
    /// The data folder itself unless the command line names another one.
    pub(crate) workspace_dir: PathBuf,
    /// The data folder that could not be used, and why.
    pub(crate) trouble: Option<String>,
    spare: Spare,
}

impl Profile {
    /// Prepares the folders. A data folder that cannot be used is replaced by a temporary one.
    pub(crate) fn open(options: &Options) -> Result<Self, String> {
        let usual = dirs::data_dir().map(|dir| dir.join(APP_ID));
        let data_dir = absolute(options.data_dir.as_deref())?.or_else(|| usual.clone());
        let workspace = absolute(options.workspace.as_deref())?;
        if let Some(workspace) = workspace.as_ref().filter(|workspace| !workspace.is_dir()) {
            return Err(format!("the workspace {} is not a folder", workspace.display()));
        }
        let Some(data_dir) = data_dir else {
            let trouble = "This user has no home folder.".to_owned();
            return Ok(Self::in_spare(APP_ID.to_owned(), workspace, trouble));
        };
        let usable = prepare(&data_dir);
        let identifier = match &usual {
            Some(usual) if !same(usual, &data_dir) => format!("{APP_ID}.p{}", profile_id(&data_dir)),
            _ => APP_ID.to_owned(),
        };
        if let Err(error) = usable {
            let trouble = format!("{} cannot be used ({error}).", data_dir.display());
            return Ok(Self::in_spare(identifier, workspace, trouble));
        }
        Ok(Self {
            log_dir: log_dir(&data_dir, identifier == APP_ID),
            workspace_dir: workspace.unwrap_or_else(|| data_dir.clone()),
            identifier,
            data_dir,
            trouble: None,
            spare: Spare::default(),
        })
    }

    /// Keeps everything in a temporary folder from now on.
    fn in_spare(identifier: String, workspace: Option<PathBuf>, trouble: String) -> Self {
        let spare = Spare::default();
        let dir = spare.path.clone();
        Self {
            identifier,
            log_dir: dir.join("logs"),
            workspace_dir: workspace.unwrap_or_else(|| dir.clone()),
            data_dir: dir,
            trouble: Some(trouble),
            spare,
        }
    }

    pub(crate) fn is_default(&self) -> bool {
        self.identifier == APP_ID
    }

    /// Makes Tauri, its plugins and the web view use this profile.
    pub(crate) fn apply(&self, config: &mut Config) {
        config.identifier.clone_from(&self.identifier);
        let is_spare = self.trouble.is_some();
        if is_spare || !self.is_default() {
            config.app.app_directories_override = Some(AppDirectoriesOverride::Root(self.data_dir.clone()));
        }
    }

    /// Creates the temporary folder that stands in for one that cannot be used.
    ///
    /// Not before it is known that this process opens a window: one that hands over its command line removes nothing.
    pub(crate) fn create_spare(&self) -> Result<&Path, String> {
        let Spare { path, created } = &self.spare;
        if !created.load(Ordering::SeqCst) {
            private::create_new_folder(path).map_err(|error| {
                format!("neither the data folder nor a temporary folder can be used ({error}); set TMPDIR to a folder that can be written")
            })?;
            created.store(true, Ordering::SeqCst);
        }
        Ok(path)
    }

    /// Removes the temporary folder, if there is one.
    pub(crate) fn close(&self) {
        if self.spare.created.swap(false, Ordering::SeqCst) {
            let _ = fs::remove_dir_all(&self.spare.path);
        }
    }
}

/// A temporary folder with a name of its own.
struct Spare {
    path: PathBuf,
    created: AtomicBool,
}

impl Default for Spare {
    fn default() -> Self {
        let name = format!("bobbin-{:016x}", rand::random::<u64>());
        Self { path: std::env::temp_dir().join(name), created: AtomicBool::new(false) }
    }
}

fn absolute(path: Option<&Path>) -> Result<Option<PathBuf>, String> {
    let absolute = path.map(std::path::absolute).transpose();
    absolute.map_err(|error| {
        format!("the current folder cannot be read ({error}); name folders by absolute paths")
    })
}

/// Creates the folder. One that cannot be written is still good for showing the connections in it.
fn prepare(data_dir: &Path) -> io::Result<()> {
    private::create_folder(data_dir)?;
    if data_dir.join("connections").is_dir() {
        return Ok(());
    }
    tempfile::tempfile_in(data_dir).map(drop)
}

/// Where the system's programs log; a profile's own data folder holds its log on every system.
fn log_dir(data_dir: &Path, is_default: bool) -> PathBuf {
    let platform = match std::env::consts::OS {
        "macos" => dirs::home_dir().map(|home| home.join("Library/Logs").join(APP_ID)),
        _ => dirs::data_local_dir().map(|dir| dir.join(APP_ID).join("logs")),
    };
    platform.filter(|_| is_default).unwrap_or_else(|| data_dir.join("logs"))
}

/// Whether both name one folder, in whatever spelling.
pub(crate) fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Reads or makes up the profile's id; a folder that cannot keep it gets another one each time.
fn profile_id(data_dir: &Path) -> String {
    let file = data_dir.join(ID_FILE);
    let fresh = format!("{:016x}", rand::random::<u64>());
    let kept = write_new(&file, &fresh).map(|()| fresh.clone()).or_else(|_| fs::read_to_string(&file));
    kept.ok().filter(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).unwrap_or(fresh)
}

/// Of two processes that start at once, the first one's file stays, and it is complete when it is there.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let dir = path.parent().unwrap_or(path);
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.persist_noclobber(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(data_dir: &Path) -> Profile {
        Profile::open(&Options { data_dir: Some(data_dir.to_owned()), ..Options::default() }).unwrap()
    }

    #[test]
    fn the_default_profile_has_the_configured_identifier() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], APP_ID);
        assert_eq!(config["plugins"]["deep-link"]["desktop"]["schemes"], serde_json::json!([APP_ID]));
    }

    #[test]
    fn each_data_folder_has_an_identifier_that_stays() {
        let root = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| root.path().join(name));
        let identifier = profile(&one).identifier;
        assert!(identifier.starts_with("dev.bobbin.workbench.p"), "{identifier}");
        assert_ne!(profile(&two).identifier, identifier);
        assert_eq!(profile(&one).identifier, identifier);

        let moved = root.path().join("moved");
        fs::rename(&one, &moved).unwrap();
        assert_eq!(profile(&moved).identifier, identifier, "a moved profile finds its key");
    }

    #[test]
    fn a_data_folder_that_is_a_file_is_replaced_and_stays() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "content").unwrap();
        let profile = profile(&file);
        assert_ne!(profile.data_dir, file);
        assert!(profile.trouble.as_ref().unwrap().contains("file"));
        assert!(!profile.is_default());
        assert!(!profile.data_dir.exists(), "a process that hands over leaves nothing behind");
        assert_eq!(profile.create_spare().unwrap(), profile.data_dir);
        assert!(profile.data_dir.is_dir());
        profile.close();
        assert!(!profile.data_dir.exists());
        assert_eq!(fs::read_to_string(file).unwrap(), "content");
    }

    #[test]
    fn a_workspace_that_is_not_there_is_refused() {
        let options = Options { workspace: Some("/no/such/folder".into()), ..Options::default() };
        assert!(Profile::open(&options).is_err_and(|error| error.contains("/no/such/folder")));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_data_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        profile(&dir);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        assert_eq!(mode(&dir.join(ID_FILE)), 0o600);
    }
}
