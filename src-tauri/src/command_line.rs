//! The command line. It is read before anything else, so that `--help` needs no display.

use std::{ffi::OsString, path::PathBuf};

use bobbin_engine::SingleUseProgram;
use lexopt::Arg::{Long, Short, Value};

use crate::{
    build_info::{BUILD_DATE, COMMIT, VERSION},
    profile::APP_ID,
};

pub(crate) const HELP: &str = "\
Bobbin is a desktop workbench for GraphQL APIs behind OAuth 2.0 and OpenID Connect.

Usage: bobbin [OPTIONS]
       bobbin LINK

Arguments:
  LINK             A dev.bobbin.workbench: link. The browser opens it to finish a sign-in.

Options:
  --data-dir DIR   Use DIR as the data folder. It is a profile of its own, with its own
                   window, sessions and key. Bobbin creates DIR if it does not exist.
  --workspace DIR  Open the connections and queries in DIR
  -h, --help       Print this help
  -V, --version    Print version, commit and build date

Exit status: 0 after Bobbin was closed or an open one took over, 1 if it could not start or
draw its window, 2 if the command line is wrong.
";

/// Not in the help: Bobbin alone starts itself with it, see [`single_use_program`].
const SINGLE_USE: &str = "single-use-request";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Help,
    Version,
    /// Sends one request for the Bobbin that started this process.
    SingleUse,
    Start(Options),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// As it was written; so is the workspace.
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) workspace: Option<PathBuf>,
    pub(crate) link: Option<String>,
}

/// Reads the arguments behind the program's name. The error is one line for a person.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Request, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut options = Options::default();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Request::Help),
            Long("version") | Short('V') => return Ok(Request::Version),
            Long(SINGLE_USE) if options == Options::default() => return Ok(Request::SingleUse),
            Long("data-dir") => options.data_dir = Some(folder(&mut parser)?),
            Long("workspace") => options.workspace = Some(folder(&mut parser)?),
            Value(value) => match value.into_string() {
                Ok(link) if is_link(&link) && options.link.is_none() => options.link = Some(link),
                Ok(text) => return Err(format!("unexpected argument '{text}'")),
                Err(_) => return Err("unexpected argument that is not UTF-8".to_owned()),
            },
            other => return Err(other.unexpected().to_string()),
        }
    }
    if options.link.is_some() && (options.data_dir.is_some() || options.workspace.is_some()) {
        return Err(
            "a link cannot be combined with options: links always open the default profile".to_owned()
        );
    }
    Ok(Request::Start(options))
}

pub(crate) fn version() -> String {
    format!("bobbin {VERSION} ({COMMIT}, {BUILD_DATE})\n")
}

/// How Bobbin starts itself to send what works once.
pub(crate) fn single_use_program() -> Option<SingleUseProgram> {
    let path = if cfg!(target_os = "linux") {
        // The program that runs, also where a newer package has taken its place.
        "/proc/self/exe".into()
    } else if cfg!(unix) {
        std::env::current_exe().ok()?
    } else {
        return None;
    };
    Some(SingleUseProgram { path, arguments: vec![format!("--{SINGLE_USE}").into()] })
}

fn folder(parser: &mut lexopt::Parser) -> Result<PathBuf, String> {
    let path = PathBuf::from(parser.value().map_err(|error| error.to_string())?);
    if path.as_os_str().is_empty() {
        return Err("the name of a folder is empty".to_owned());
    }
    Ok(path)
}

/// Whether the text begins with our scheme.
fn is_link(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(APP_ID))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Request, String> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn without_arguments_the_default_profile_starts() {
        assert_eq!(parsed(&[]), Ok(Request::Start(Options::default())));
    }

    #[test]
    fn a_link_is_taken_to_the_letter() {
        for link in [
            "dev.bobbin.workbench:/oauth/callback?code=a%2Bb&state=s",
            "dev.bobbin.workbench:/oauth/%2e/callback?code=a&state=s",
            "DEV.bobbin.workbench:/x/../oauth/callback",
        ] {
            let options = Options { link: Some(link.to_owned()), ..Options::default() };
            assert_eq!(parsed(&[link]), Ok(Request::Start(options)));
        }
    }

    #[test]
    fn folders_are_taken_in_both_spellings() {
        let options =
            Options { data_dir: Some("/a".into()), workspace: Some("/b c".into()), ..Options::default() };
        assert_eq!(
            parsed(&["--data-dir", "/a", "--workspace=/b c"]),
            Ok(Request::Start(options)),
            "a value follows its option or an equals sign"
        );
    }

    #[test]
    fn help_and_version_have_short_names() {
        assert_eq!(parsed(&["-h"]), Ok(Request::Help));
        assert_eq!(parsed(&["--help"]), Ok(Request::Help));
        assert_eq!(parsed(&["-V"]), Ok(Request::Version));
        assert_eq!(parsed(&["--version"]), Ok(Request::Version));
    }

    #[test]
    fn bobbin_starts_itself_with_an_argument_that_only_it_knows() {
        let arguments = single_use_program().map(|program| program.arguments).unwrap_or_default();
        if cfg!(unix) {
            assert_eq!(parse(arguments), Ok(Request::SingleUse));
        }
        assert_eq!(parsed(&["--single-use-request"]), Ok(Request::SingleUse));
        assert!(!HELP.contains(SINGLE_USE));
    }

    #[test]
    fn anything_else_is_refused() {
        let callback = "dev.bobbin.workbench:/oauth/callback?code=a&state=s";
        for arguments in [
            &["--verbose"][..],
            &["-x"],
            &["https://example.com"],
            &["--data-dir"],
            &["--data-dir="],
            &[callback, "x"],
            &[callback, callback],
            &["--data-dir", "/a", callback],
            &[callback, "--workspace", "/b"],
            &["--data-dir", "/a", "--single-use-request"],
            &[callback, "--single-use-request"],
        ] {
            assert!(parsed(arguments).is_err(), "{arguments:?} was accepted");
        }
    }

    #[test]
    fn the_help_fits_a_screen() {
        assert!(HELP.lines().count() <= 24);
        assert!(HELP.lines().all(|line| line.len() <= 96));
    }
}
