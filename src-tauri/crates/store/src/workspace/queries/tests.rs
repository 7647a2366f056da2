use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{FileError, QuerySummary, Workspace};

/// A workspace without the seeds.
fn empty() -> (TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("queries")).unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    (folder, workspace)
}

fn names(workspace: &Workspace) -> Vec<String> {
    workspace.queries().unwrap().into_iter().map(|query| query.name).collect()
}

#[test]
fn a_query_comes_back_as_it_was_saved() {
    let (folder, workspace) = empty();
    let path = workspace
        .create_query("accounts", "ListAccounts", "query ListAccounts { user }", "{\"a\":1}")
        .unwrap();
    assert_eq!(path, "accounts/list-accounts");

    let query = workspace.query(&path).unwrap();

    assert_eq!(
        query.document, "query ListAccounts { user }",
        "the operation gives the name: nothing is added"
    );
    assert_eq!((query.name.as_str(), query.folder.as_str()), ("ListAccounts", "accounts"));
    assert_eq!(query.variables, "{\"a\":1}");
    assert!(folder.path().join("queries/accounts/list-accounts.graphql").is_file());
    assert!(folder.path().join("queries/accounts/list-accounts.variables.json").is_file());
}

#[test]
fn a_name_that_no_operation_gives_is_written_as_a_comment() {
    let (_folder, workspace) = empty();
    let path = workspace.create_query("", "Account holders", "query A { x }\n", "").unwrap();
    let query = workspace.query(&path).unwrap();
    assert_eq!(query.document, "# Account holders\nquery A { x }\n");
    assert_eq!(query.name, "Account holders");
    assert_eq!(query.folder, "");
}

#[test]
fn a_comment_that_is_not_the_name_stays_where_it_is() {
    let (_folder, workspace) = empty();
    let path = workspace.create_query("", "Holders", "# Needs accountholders.\nquery A { x }", "").unwrap();
    assert_eq!(workspace.query(&path).unwrap().document, "# Holders\n# Needs accountholders.\nquery A { x }");

    let path = workspace.rename_query(&path, "", "Owners").unwrap();
    assert_eq!(workspace.query(&path).unwrap().document, "# Owners\n# Needs accountholders.\nquery A { x }");

    let path = workspace.rename_query(&path, "", "A").unwrap();
    assert_eq!(workspace.query(&path).unwrap().document, "# Needs accountholders.\nquery A { x }");
}

#[test]
fn a_file_from_outside_is_named_by_comment_then_operation_then_itself() {
    let (folder, workspace) = empty();
    let put = |file: &str, text: &str| fs::write(folder.path().join("queries").join(file), text).unwrap();
    put("a-comment.graphql", "# A comment\nquery Other { x }");
    put("by-operation.graphql", "# Unrelated words\nquery ByOperation { x }");
    put("by-file.graphql", "# Unrelated words\nquery Other { x }");
    put("not-text.graphql", "");
    fs::write(folder.path().join("queries/not-text.graphql"), [0xff]).unwrap();
    assert_eq!(names(&workspace), ["A comment", "By file", "ByOperation", "Not text"]);
    assert!(matches!(workspace.query("not-text"), Err(FileError::NotText { .. })), "opening it tells why");
}

#[test]
fn queries_are_listed_by_folder_and_noise_is_left_out() {
    let (folder, workspace) = empty();
    for (folder, name) in [("b", "Two"), ("", "Zero"), ("a", "One"), ("a/deep", "Deep")] {
        workspace.create_query(folder, name, "{ x }", "{}").unwrap();
    }
    let root = folder.path().join("queries");
    for noise in [".hidden.graphql", "notes.md", "x.graphql~", "x.variables.json", ".graphql"] {
        fs::write(root.join(noise), "").unwrap();
    }
    let listed: Vec<_> = workspace.queries().unwrap();
    let paths: Vec<_> = listed.iter().map(|query| query.path.as_str()).collect();
    assert_eq!(paths, ["zero", "a/one", "a/deep/deep", "b/two"]);
    assert_eq!(
        listed[2],
        QuerySummary { path: "a/deep/deep".to_owned(), name: "Deep".to_owned(), folder: "a/deep".to_owned() }
    );
}

#[test]
fn two_queries_of_one_name_get_two_files_and_two_names() {
    let (_folder, workspace) = empty();
    for expected in ["list", "list-2", "list-3"] {
        assert_eq!(workspace.create_query("", "List", "query List { x }", "").unwrap(), expected);
    }
    assert_eq!(names(&workspace), ["List", "List 2", "List 3"]);
}

#[test]
fn a_renamed_query_moves_with_its_variables_and_leaves_nothing() {
    let (folder, workspace) = empty();
    let path = workspace.create_query("old", "Before", "query Before { x }", "{}").unwrap();

    let renamed = workspace.rename_query(&path, "new", "After that").unwrap();

    assert_eq!(renamed, "new/after-that");
    let query = workspace.query(&renamed).unwrap();
    assert_eq!((query.name.as_str(), query.variables.as_str()), ("After that", "{}"));
    assert!(matches!(workspace.query(&path), Err(FileError::NotFound { .. })));
    assert!(!folder.path().join("queries/old").exists(), "an empty folder goes");
}

#[test]
fn only_the_spelling_of_a_name_may_change() {
    let (_folder, workspace) = empty();
    let path = workspace.create_query("", "list accounts", "{ x }", "").unwrap();
    assert_eq!(workspace.rename_query(&path, "", "List Accounts").unwrap(), path);
    assert_eq!(workspace.query(&path).unwrap().document, "# List Accounts\n{ x }");
}

#[test]
fn a_rename_never_overwrites_another_query() {
    let (_folder, workspace) = empty();
    workspace.create_query("", "Taken", "query Taken { first }", "").unwrap();
    let path = workspace.create_query("", "Other", "query Other { second }", "").unwrap();
    assert_eq!(workspace.rename_query(&path, "", "Taken").unwrap(), "taken-2");
    assert_eq!(workspace.query("taken").unwrap().document, "query Taken { first }");
}

#[test]
fn empty_variables_have_no_file() {
    let (folder, workspace) = empty();
    let path = workspace.create_query("", "List", "{ x }", "{}").unwrap();
    workspace.save_query(&path, "{ y }", "  \n").unwrap();
    assert_eq!(workspace.query(&path).unwrap().variables, "");
    assert!(!folder.path().join("queries/list.variables.json").exists());
}

#[test]
fn a_deleted_query_is_gone_with_its_variables() {
    let (folder, workspace) = empty();
    let path = workspace.create_query("a/b", "List", "{ x }", "{}").unwrap();
    workspace.delete_query(&path).unwrap();
    assert!(workspace.queries().unwrap().is_empty());
    assert!(!folder.path().join("queries/a").exists());
    assert!(folder.path().join("queries").exists());
    assert!(matches!(workspace.delete_query(&path), Err(FileError::NotFound { .. })));
}

#[test]
fn a_name_without_a_letter_or_with_a_line_break_is_refused() {
    let (_folder, workspace) = empty();
    for name in ["", "  ", "!?", "a\nquery Injected { x }", "nul"] {
        let error = workspace.create_query("", name, "{ x }", "").unwrap_err();
        assert!(matches!(error, FileError::Name { .. }), "{name:?} gave {error:?}");
    }
}

#[test]
fn a_path_cannot_lead_out_of_the_queries() {
    let (folder, workspace) = empty();
    fs::write(folder.path().join("secret.graphql"), "{ x }").unwrap();
    for path in ["../secret", "a/../../secret", "/secret", "", ".", "a\0"] {
        assert!(matches!(workspace.query(path), Err(FileError::Name { .. })), "{path:?}");
        assert!(matches!(workspace.save_query(path, "", ""), Err(FileError::Name { .. })), "{path:?}");
        assert!(matches!(workspace.delete_query(path), Err(FileError::Name { .. })), "{path:?}");
    }
    assert!(matches!(workspace.create_query("..", "x", "", ""), Err(FileError::Name { .. })));
    assert!(folder.path().join("secret.graphql").exists());
}

#[test]
fn a_queries_folder_that_was_deleted_is_empty_and_comes_back_with_the_next_query() {
    let (folder, workspace) = empty();
    fs::remove_dir_all(folder.path().join("queries")).unwrap();
    assert!(workspace.queries().unwrap().is_empty());
    workspace.create_query("", "List", "{ x }", "").unwrap();
    assert_eq!(names(&workspace), ["List"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_query_is_listed_under_the_name_it_was_given(name in "[A-Za-zé][A-Za-z0-9é _'-]{0,40}") {
        let (_folder, workspace) = empty();
        prop_assume!(!matches!(workspace.create_query("", &name, "query Other { x }", ""), Err(FileError::Name { .. })));
        prop_assert_eq!(names(&workspace), [name.trim()]);
    }
}
