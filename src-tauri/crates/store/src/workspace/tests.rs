use std::fs;

use super::{FileError, Workspace};

#[test]
fn every_query_that_can_be_saved_has_a_place_and_nothing_else_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let deepest = workspace.create_query("1/2/3/4/5/6/7", "Deepest", "{ x }", "{}").unwrap();
    for ending in ["graphql", "variables.json"] {
        let file = format!("queries/{deepest}.{ending}");
        assert_eq!(workspace.place_of(&file).unwrap(), folder.path().join(&file));
    }
    let sandbox = "connections/sandbox.toml";
    assert_eq!(workspace.place_of(sandbox).unwrap(), folder.path().join(sandbox));

    fs::create_dir(folder.path().join("connections/team")).unwrap();
    for other in ["connections/team/bank.toml", "connections/.toml", "queries/notes.txt", "bobbin.toml"] {
        fs::write(folder.path().join(other), "").unwrap();
        let refused = workspace.place_of(other);
        assert!(matches!(refused, Err(FileError::Name { .. })), "{other}: {refused:?}");
    }
    for outside in ["connections/../bobbin.toml", "queries/../../x.graphql", "/etc/x.toml", "connections", ""]
    {
        let refused = workspace.place_of(outside);
        assert!(matches!(refused, Err(FileError::Name { .. })), "{outside}: {refused:?}");
    }
    let gone = workspace.place_of("queries/gone.graphql");
    assert!(matches!(gone, Err(FileError::NotFound { .. })), "{gone:?}");
}
