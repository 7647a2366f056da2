use std::{collections::BTreeMap, fs};

use super::{ConnectionFile, FileError, Workspace};
use bobbin_protocol::settings::RedirectMethod;

use crate::{Lifetimes, Parameters, Redirect};

fn connection(name: &str) -> ConnectionFile {
    ConnectionFile {
        name: name.to_owned(),
        preset: "stitch-test".to_owned(),
        client_id: "test-1".to_owned(),
        scopes: vec!["openid".to_owned(), "accounts".to_owned()],
        redirect: Some(Redirect {
            method: RedirectMethod::Paste,
            uri: "https://localhost:9000/return".to_owned(),
        }),
        authentication: None,
        client_tokens: None,
        refresh: None,
        lifetimes: Lifetimes::default(),
        headers: BTreeMap::new(),
        parameters: Parameters::default(),
        endpoints: BTreeMap::from([("token_endpoint".to_owned(), "https://example.test/token".to_owned())]),
    }
}

/// A workspace with `text` as its connection `broken`, and what reading it says.
fn error_of(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    fs::write(folder.path().join("connections/broken.toml"), text).unwrap();
    workspace.connection("broken").unwrap_err().to_string()
}

const GOOD: &str = r#"name = "Mine"
preset = "sandbox"
client_id = "test-1"
scopes = ["openid"]

[redirect]
method = "app_link"
uri = "dev.bobbin.workbench:/oauth/callback"
"#;

#[test]
fn a_connection_comes_back_as_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let slug = workspace.create_connection(&connection("Stitch Test")).unwrap();
    assert_eq!(slug, "stitch-test");
    assert_eq!(workspace.connection(&slug).unwrap(), connection("Stitch Test"));
    assert!(folder.path().join("connections/stitch-test.toml").is_file());
}

#[test]
fn a_file_is_written_in_an_order_that_people_read() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    workspace.save_connection("mine", &connection("Mine")).unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join("connections/mine.toml")).unwrap(),
        r#"name = "Mine"
preset = "stitch-test"
client_id = "test-1"
scopes = ["openid", "accounts"]

[redirect]
method = "paste"
uri = "https://localhost:9000/return"

[endpoints]
token_endpoint = "https://example.test/token"
"#
    );
}

#[test]
fn two_connections_of_one_name_get_two_files() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    assert_eq!(workspace.create_connection(&connection("Bank")).unwrap(), "bank");
    assert_eq!(workspace.create_connection(&connection("Bank")).unwrap(), "bank-2");
    assert_eq!(workspace.create_connection(&connection("bank!")).unwrap(), "bank-3");
    assert_eq!(workspace.create_connection(&connection("?")).unwrap(), "connection");
}

#[test]
fn the_sandbox_is_listed_first_and_the_others_by_file_name() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    for slug in ["zulu", "alpha"] {
        workspace.save_connection(slug, &connection(slug)).unwrap();
    }
    for noise in [".hidden.toml", "notes.txt", "alpha.toml~", ".toml"] {
        fs::write(folder.path().join("connections").join(noise), "").unwrap();
    }
    fs::create_dir(folder.path().join("connections/folder.toml")).unwrap();
    let slugs: Vec<_> = workspace.connections().unwrap().into_iter().map(|(slug, _)| slug).collect();
    assert_eq!(slugs, ["sandbox", "alpha", "zulu"]);
}

#[test]
fn a_broken_file_is_listed_with_its_error_beside_the_good_ones() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    fs::write(folder.path().join("connections/broken.toml"), "name = ").unwrap();
    let listed = workspace.connections().unwrap();
    assert!(
        listed
            .iter()
            .any(|(slug, read)| slug == "broken" && matches!(read, Err(FileError::Malformed { .. })))
    );
    assert!(listed.iter().any(|(slug, read)| slug == "sandbox" && read.is_ok()));
}

#[test]
fn an_unknown_key_is_refused_by_its_line_and_name() {
    let error = error_of(&GOOD.replace("client_id", "cleint_id"));
    assert!(error.contains("broken.toml, line 3"), "{error}");
    assert!(error.contains("unknown field `cleint_id`") && error.contains("`client_id`"), "{error}");

    let error = error_of(&format!("{GOOD}port = 1\n"));
    assert!(error.contains("line 9") && error.contains("`port`"), "{error}");
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_by_its_line_and_key() {
    let error = error_of(&GOOD.replace("\"test-1\"", "7"));
    assert!(
        error.contains("line 3") && error.contains("client_id") && error.contains("expected a string"),
        "{error}"
    );

    let error = error_of(&GOOD.replace("app_link", "carrier_pigeon"));
    assert!(error.contains("line 7") && error.contains("`app_link`") && error.contains("`paste`"), "{error}");
}

#[test]
fn a_key_that_is_missing_is_named() {
    let error = error_of(&GOOD.replace("client_id = \"test-1\"\n", ""));
    assert!(error.contains("broken.toml") && error.contains("missing field `client_id`"), "{error}");
}

#[test]
fn text_that_is_no_toml_is_refused_by_its_line() {
    let error = error_of("name = \"Mine\"\nthis is not toml\n");
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_deleted_connection_is_gone_and_its_slug_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    workspace.save_connection("mine", &connection("Mine")).unwrap();
    workspace.delete_connection("mine").unwrap();
    assert!(matches!(workspace.connection("mine"), Err(FileError::NotFound { .. })));
    assert!(matches!(workspace.delete_connection("mine"), Err(FileError::NotFound { .. })));
}

#[test]
fn a_connection_whose_file_cannot_be_read_can_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let too_large = vec![b'#'; 1024 * 1024 + 1];
    for (name, content) in
        [("broken", b"name = ".as_slice()), ("latin", b"name = \"\xe9\""), ("large", &too_large)]
    {
        let path = folder.path().join(format!("connections/{name}.toml"));
        fs::write(&path, content).unwrap();
        assert!(workspace.connection(name).is_err(), "{name}");

        workspace.delete_connection(name).unwrap();

        assert!(!path.exists(), "{name}");
    }
}

#[test]
fn a_slug_cannot_lead_to_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    for slug in ["../queries/x", "a/b", "", "..", ".hidden"] {
        assert!(matches!(workspace.connection(slug), Err(FileError::Name { .. })), "{slug:?}");
        assert!(
            matches!(workspace.save_connection(slug, &connection("x")), Err(FileError::Name { .. })),
            "{slug:?}"
        );
        assert!(matches!(workspace.delete_connection(slug), Err(FileError::Name { .. })), "{slug:?}");
    }
}

#[test]
fn a_file_that_is_no_connection_can_be_put_back_as_it_was_and_each_content_has_its_revision() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let content = b"name = \"\xe9\"\r\n";
    fs::write(folder.path().join("connections/broken.toml"), content).unwrap();
    let (bytes, revision) =
        (workspace.connection_bytes("broken").unwrap(), workspace.connection_revision("broken").unwrap());
    workspace.delete_connection("broken").unwrap();
    assert!(matches!(workspace.connection_revision("broken"), Err(FileError::NotFound { .. })));

    workspace.restore_connection("broken", &bytes).unwrap();

    assert_eq!(fs::read(folder.path().join("connections/broken.toml")).unwrap(), content);
    assert_eq!(workspace.connection_revision("broken").unwrap(), revision);
    workspace.restore_connection("broken", b"name = 1").unwrap();
    assert_ne!(workspace.connection_revision("broken").unwrap(), revision);
}
