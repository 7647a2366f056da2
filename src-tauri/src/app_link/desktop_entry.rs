//! Desktop entries as openers read them, and the one of our own (Desktop Entry Specification 1.5).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// The characters that a program's path may not have without quotes ("The Exec key").
const RESERVED: &[char] =
    &[' ', '\t', '\n', '"', '\'', '\\', '>', '<', '~', '|', '&', ';', '$', '*', '?', '#', '(', ')', '`', '%'];

/// What of an entry decides whether a link arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DesktopEntry {
    file: PathBuf,
    /// The value of the `Exec` key, with its quotes.
    exec: String,
    mime_types: Vec<String>,
}

/// Why an opener would not start the program with the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The entry names no program, or one that is not there or cannot be started.
    Program(String),
    /// The link is left out: there is no `%u`.
    NoLink,
    /// `xdg-open` on a desktop that it does not know takes the quotes for a part of the name.
    Quoted,
}

impl DesktopEntry {
    pub(crate) fn read(file: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(file)?;
        let group = text.lines().map(str::trim).skip_while(|line| *line != "[Desktop Entry]").skip(1);
        let group: Vec<_> = group.take_while(|line| !line.starts_with('[')).collect();
        let value = |key: &str| {
            let line = group.iter().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
            unescape(line.unwrap_or_default().trim())
        };
        let mime_types = value("MimeType").split(';').map(str::trim).map(str::to_owned).collect();
        Ok(Self { file: file.to_owned(), exec: value("Exec"), mime_types })
    }

    /// The entry of that name: the first in the order of the folders, as every opener looks.
    pub(crate) fn find(name: &str, data_folders: &[PathBuf]) -> Option<Self> {
        let nested = name.replacen('-', "/", 1);
        data_folders.iter().map(|folder| folder.join("applications")).find_map(|folder| {
            [name, &nested].into_iter().find_map(|name| Self::read(&folder.join(name)).ok())
        })
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn takes(&self, mime_type: &str) -> bool {
        self.mime_types.iter().any(|taken| taken == mime_type)
    }

    /// The program that it starts, without quotes.
    pub(crate) fn program(&self) -> String {
        let exec = self.exec.trim_start();
        let Some(quoted) = exec.strip_prefix('"') else {
            return exec.split_whitespace().next().unwrap_or_default().replace("%%", "%");
        };
        let mut program = String::new();
        let mut characters = quoted.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => program.extend(characters.next()),
                other => program.push(other),
            }
        }
        program.replace("%%", "%")
    }

    /// What would go wrong when a link is opened; `knows_quotes` where the desktop's opener reads quotes.
    pub(crate) fn fault(&self, knows_quotes: bool, search_path: &[PathBuf]) -> Option<Fault> {
        let program = self.program();
        let found = if program.contains('/') {
            is_executable(Path::new(&program))
        } else {
            !program.is_empty() && search_path.iter().any(|folder| is_executable(&folder.join(&program)))
        };
        if !found {
            return Some(Fault::Program(program));
        }
        if self.exec.trim_start().starts_with('"') && !knows_quotes {
            return Some(Fault::Quoted);
        }
        // xdg-open adds the link where there is no code for it; the other openers leave it out.
        let codes = ["%u", "%U", "%f", "%F"];
        (!self.exec.split_whitespace().any(|word| codes.contains(&word))).then_some(Fault::NoLink)
    }
}

/// Writes our own entry, unless it is there just so.
pub(crate) fn write(file: &Path, program: &Path, mime_type: &str) -> io::Result<()> {
    let text = format!(
        "[Desktop Entry]\nType=Application\nName=Bobbin\nExec={} %u\nTerminal=false\nNoDisplay=true\nMimeType={mime_type};\n",
        exec_word(program)
    );
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = NamedTempFile::new_in(folder)?;
    fs::write(temporary.path(), text)?;
    make_readable(temporary.path())?;
    temporary.persist(file)?;
    Ok(())
}

/// A path as the `Exec` key holds it: with quotes only where it needs them, since not every opener reads them.
fn exec_word(program: &Path) -> String {
    let path = program.to_string_lossy();
    if !needs_quotes(program) {
        return path.into_owned();
    }
    let mut word = String::from('"');
    for character in path.chars() {
        match character {
            '"' | '`' | '$' | '\\' => word.push('\\'),
            '%' => word.push('%'),
            _ => {}
        }
        word.push(character);
    }
    word.push('"');
    escape(&word)
}

pub(crate) fn needs_quotes(program: &Path) -> bool {
    program.to_string_lossy().contains(RESERVED)
}

/// The escapes of every string value, which come on top of those within quotes ("Possible value types").
const ESCAPES: [(char, char); 4] = [('\\', '\\'), ('\n', 'n'), ('\t', 't'), ('\r', 'r')];

fn escape(value: &str) -> String {
    let mut text = String::new();
    for character in value.chars() {
        match ESCAPES.iter().find(|(plain, _)| *plain == character) {
            Some((_, escaped)) => text.extend(['\\', *escaped]),
            None => text.push(character),
        }
    }
    text
}

fn unescape(text: &str) -> String {
    let mut value = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        match characters.next() {
            Some('s') => value.push(' '),
            Some(other) => match ESCAPES.iter().find(|(_, escaped)| *escaped == other) {
                Some((plain, _)) => value.push(*plain),
                None => value.extend(['\\', other]),
            },
            None => value.push('\\'),
        }
    }
    value
}

/// An entry is as public as a program; temporary files are not.
fn make_readable(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o644))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIME: &str = "x-scheme-handler/dev.bobbin.workbench";

    fn entry(exec: &str) -> DesktopEntry {
        DesktopEntry {
            file: PathBuf::from("x.desktop"),
            exec: exec.to_owned(),
            mime_types: vec![MIME.to_owned()],
        }
    }

    fn path() -> Vec<PathBuf> {
        vec![PathBuf::from("/usr/bin"), PathBuf::from("/bin")]
    }

    #[test]
    fn our_entry_has_quotes_only_where_the_path_needs_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("applications/bobbin-handler.desktop");
        for (path, exec) in [
            ("/opt/bobbin/bobbin", "/opt/bobbin/bobbin"),
            ("/home/a b/bobbin", "\"/home/a b/bobbin\""),
            ("/home/a$b/bobbin", "\"/home/a\\\\$b/bobbin\""),
            ("/home/50%/bobbin", "\"/home/50%%/bobbin\""),
        ] {
            write(&file, Path::new(path), MIME).unwrap();
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.contains(&format!("\nExec={exec} %u\n")), "{path}: {text}");
            assert!(DesktopEntry::read(&file).unwrap().takes(MIME));
        }
    }

    #[test]
    fn any_path_is_read_back_from_our_entry() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bobbin-handler.desktop");
        for path in
            ["/a b/bobbin", "/$a/`b`/bobbin", "/\"a\"/bobbin", "/a\\b/\\n/bobbin", "/a\n\tb/50%/bobbin"]
        {
            write(&file, Path::new(path), MIME).unwrap();
            assert_eq!(DesktopEntry::read(&file).unwrap().program(), path);
        }
    }

    #[test]
    fn the_program_is_read_as_openers_read_it() {
        assert_eq!(entry("/usr/bin/env %u").program(), "/usr/bin/env");
        assert_eq!(entry("\"/home/a b/bobbin\" %u").program(), "/home/a b/bobbin");
        assert_eq!(entry("bobbin").program(), "bobbin");
        assert_eq!(entry("").program(), "");
    }

    #[test]
    fn an_entry_that_no_opener_can_start_is_told_from_one_that_loses_the_link() {
        let fault = |exec: &str, knows_quotes| entry(exec).fault(knows_quotes, &path());
        assert_eq!(fault("/bin/sh %u", false), None);
        assert_eq!(fault("sh %U", false), None);
        assert_eq!(fault("\"/bin/sh\" %u", true), None);
        assert_eq!(fault("\"/bin/sh\" %u", false), Some(Fault::Quoted));
        assert_eq!(fault("/bin/sh", true), Some(Fault::NoLink));
        assert_eq!(fault("/nowhere/bobbin %u", true), Some(Fault::Program("/nowhere/bobbin".to_owned())));
        assert_eq!(fault("/etc/passwd %u", true), Some(Fault::Program("/etc/passwd".to_owned())));
        assert_eq!(fault("", true), Some(Fault::Program(String::new())));
    }

    #[test]
    fn the_first_folder_with_the_entry_counts() {
        let (user, system) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = [user.path().to_owned(), system.path().to_owned()];
        assert_eq!(DesktopEntry::find("bobbin.desktop", &folders), None);
        write(&system.path().join("applications/bobbin.desktop"), Path::new("/usr/bin/bobbin"), MIME)
            .unwrap();
        assert_eq!(DesktopEntry::find("bobbin.desktop", &folders).unwrap().program(), "/usr/bin/bobbin");
        write(&user.path().join("applications/bobbin.desktop"), Path::new("/opt/bobbin"), MIME).unwrap();
        assert_eq!(DesktopEntry::find("bobbin.desktop", &folders).unwrap().program(), "/opt/bobbin");
    }

    #[test]
    fn other_groups_of_an_entry_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.desktop");
        fs::write(
            &file,
            "[Desktop Entry]\nExec=first %u\n[Desktop Action new]\nExec=second\nMimeType=a/b;\n",
        )
        .unwrap();
        let entry = DesktopEntry::read(&file).unwrap();
        assert_eq!(entry.program(), "first");
        assert!(!entry.takes("a/b"));
    }
}
