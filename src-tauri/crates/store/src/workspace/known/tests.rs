use std::fs;

use tempfile::TempDir;

use crate::Workspace;

fn opened() -> (TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    (folder, workspace)
}

/// The connections and then the queries that were edited.
fn edited(workspace: &Workspace) -> Vec<String> {
    let connections = workspace.edited_connections().unwrap();
    connections.into_iter().chain(workspace.edited_queries().unwrap()).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_bobbin_writes_itself_counts_as_no_edit_and_what_others_do_with_it_does() {
    let (folder, workspace) = opened();
    let path = workspace.create_query("own", "First", "{ x }", "{}").unwrap();
    workspace.save_query(&path, "{ y }", "").unwrap();
    workspace.rename_query(&path, "", "Second").unwrap();
    let mut connection = workspace.connection("sandbox").unwrap();
    connection.name = "Renamed".to_owned();
    workspace.save_connection("sandbox", &connection).unwrap();
    assert_eq!(edited(&workspace), NOTHING);

    fs::write(folder.path().join("queries/second.variables.json"), "{}").unwrap();
    fs::remove_file(folder.path().join("connections/sandbox.toml")).unwrap();
    assert_eq!(edited(&workspace), ["sandbox", "second"]);
    assert_eq!(edited(&workspace), NOTHING, "an edit is told once");
}

#[test]
fn an_edit_before_anybody_watches_is_told() {
    let (folder, workspace) = opened();
    fs::write(folder.path().join("connections/sandbox.toml"), "name = \"Theirs\"").unwrap();
    fs::write(folder.path().join("queries/new.graphql"), "{ x }").unwrap();
    let _watcher = workspace.watch(|| {}).unwrap();
    assert_eq!(edited(&workspace), ["sandbox", "new"]);
}

#[test]
fn an_edit_that_a_save_came_upon_is_told_all_the_same() {
    let (folder, workspace) = opened();
    let file = folder.path().join("connections/sandbox.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("name = \"Sandbox\"", "name = \"Theirs\""))
        .unwrap();
    for client_id in ["mine", "mine-too"] {
        let mut connection = workspace.connection("sandbox").unwrap();
        assert_eq!(connection.name, "Theirs");
        connection.client_id = client_id.to_owned();
        workspace.save_connection("sandbox", &connection).unwrap();
    }
    fs::write(folder.path().join("queries/new.graphql"), "{ x }").unwrap();
    workspace.save_query("new", "{ y }", "").unwrap();

    assert_eq!(edited(&workspace), ["sandbox", "new"]);
    workspace.save_query("new", "{ z }", "").unwrap();
    assert_eq!(edited(&workspace), NOTHING);
}

#[test]
fn queries_that_cannot_be_listed_hide_no_edited_connection_and_are_told_when_they_can() {
    let (folder, workspace) = opened();
    let (queries, aside) = (folder.path().join("queries"), folder.path().join("aside"));
    fs::rename(&queries, &aside).unwrap();
    // No folder, whoever asks: what the system forbids, it does not forbid to root.
    fs::write(&queries, "").unwrap();
    fs::write(folder.path().join("connections/new.toml"), "").unwrap();
    workspace.edited_queries().unwrap_err();
    assert_eq!(workspace.edited_connections().unwrap().into_iter().collect::<Vec<_>>(), ["new"]);

    fs::remove_file(&queries).unwrap();
    fs::rename(&aside, &queries).unwrap();
    fs::write(queries.join("accounts/account-balances.graphql"), "{ x }").unwrap();
    assert_eq!(edited(&workspace), ["accounts/account-balances"]);
}

#[test]
fn what_one_bobbin_writes_another_on_the_same_folder_tells_as_edited() {
    let (folder, one) = opened();
    let other = Workspace::open(folder.path()).unwrap();
    let path = one.create_query("", "First", "{ x }", "").unwrap();
    one.delete_connection("sandbox").unwrap();
    assert_eq!(edited(&other), ["sandbox", "first"]);
    assert_eq!(edited(&one), NOTHING);

    other.save_query(&path, "{ y }", "").unwrap();
    assert_eq!(edited(&one), ["first"]);
    assert_eq!(edited(&other), NOTHING);
}
