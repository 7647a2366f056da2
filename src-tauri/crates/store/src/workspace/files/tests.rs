use std::{fs, path::Component};

use proptest::prelude::*;

use super::{FileError, LIMIT, inside, read, with_ending, write};

#[test]
fn paths_that_could_lead_elsewhere_are_refused_with_the_reason() {
    let base = tempfile::tempdir().unwrap();
    for path in [
        "",
        "..",
        "../x",
        "a/../b",
        "/etc/passwd",
        "a//b",
        "a/",
        ".git/config",
        "a\\b",
        "C:x",
        "a\0b",
        "a\nb",
        "nul",
        "com1",
        "AUX.graphql",
        "dot.",
        "space ",
        "a/b/c/d/e/f/g/h/i",
        &"x".repeat(121),
    ] {
        let error = inside(base.path(), path).unwrap_err();
        assert!(matches!(error, FileError::Name { .. }), "{path:?} gave {error:?}");
    }
}

#[test]
fn ordinary_paths_are_taken() {
    let base = tempfile::tempdir().unwrap();
    for path in ["a", "accounts/list-bank-accounts", "Zoë/été", "console", "com", "comet1", "a/b/c/d/e/f/g/h"]
    {
        assert_eq!(inside(base.path(), path).unwrap(), base.path().join(path));
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_workspace_are_not_followed() {
    let base = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), base.path().join("folder")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("x"), base.path().join("file.graphql")).unwrap();
    assert!(matches!(inside(base.path(), "folder/x"), Err(FileError::Link { .. })));
    let place = inside(base.path(), "file").unwrap();
    assert!(matches!(with_ending(&place, ".graphql"), Err(FileError::Link { .. })));
}

#[test]
fn a_file_of_one_mebibyte_is_taken_and_a_larger_one_is_not() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("file");
    let most = "x".repeat(usize::try_from(LIMIT).unwrap());
    write(&path, &most).unwrap();
    assert_eq!(read(&path).unwrap(), most);
    assert!(
        matches!(write(&path, format!("{most}x")), Err(FileError::TooLarge { size, .. }) if size == LIMIT + 1)
    );
    fs::write(&path, format!("{most}x")).unwrap();
    assert!(matches!(read(&path), Err(FileError::TooLarge { .. })));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("file");
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(matches!(read(&path), Err(FileError::NotText { .. })));
}

#[test]
fn a_write_leaves_nothing_beside_the_file() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("new/folder/file");
    write(&path, "first").unwrap();
    write(&path, "second").unwrap();
    assert_eq!(read(&path).unwrap(), "second");
    assert_eq!(fs::read_dir(base.path().join("new/folder")).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_team_can_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().unwrap();
    let plain = base.path().join("plain");
    fs::write(&plain, "").unwrap();
    let ours = base.path().join("ours");
    write(&ours, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&plain), "the umask decides, as for any other file");
}

proptest! {
    #[test]
    fn no_path_leads_out_of_its_folder(path in "[a./\\\\~: \u{0}-\u{7f}é-]{0,40}") {
        let base = std::path::Path::new("/nowhere/base");
        if let Ok(place) = inside(base, &path) {
            let below = place.strip_prefix(base).unwrap();
            prop_assert!(below.components().all(|part| matches!(part, Component::Normal(_))));
        }
    }
}
