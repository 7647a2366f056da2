use std::fs;

use super::Workspace;
use bobbin_protocol::settings::RedirectMethod;

#[test]
fn a_fresh_workspace_has_the_sandbox_and_four_queries() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(&folder.path().join("new")).unwrap();

    let sandbox = workspace.connection("sandbox").unwrap();
    assert_eq!((sandbox.name.as_str(), sandbox.preset.as_str()), ("Sandbox", "sandbox"));
    assert_eq!(sandbox.client_id, "test-18fbd892-3b73-43c3-a854-c6f78c681349");
    assert_eq!(sandbox.scopes, ["openid", "accounts", "balances", "transactions", "offline_access"]);
    let redirect = sandbox.redirect.unwrap();
    assert_eq!(redirect.method, RedirectMethod::AppLink);
    assert_eq!(redirect.uri, "dev.bobbin.workbench:/oauth/callback");
    assert!(sandbox.endpoints.is_empty());

    let queries = workspace.queries().unwrap();
    let names: Vec<_> = queries.iter().map(|query| query.name.as_str()).collect();
    assert_eq!(names, ["AccountBalances", "Account holders", "ListBankAccounts", "Transactions by account"]);
    assert!(queries.iter().all(|query| query.folder == "accounts"));
    assert!(workspace.query("accounts/transactions-by-account").unwrap().variables.contains("\"first\": 20"));
}

#[test]
fn a_deleted_seed_does_not_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    workspace.delete_connection("sandbox").unwrap();
    workspace.delete_query("accounts/account-holders").unwrap();

    let workspace = Workspace::open(folder.path()).unwrap();

    assert!(workspace.connections().unwrap().is_empty());
    assert_eq!(workspace.queries().unwrap().len(), 3);
}

#[test]
fn a_teams_workspace_gets_no_seeds() {
    for existing in ["connections", "queries"] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(existing)).unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        assert!(workspace.connections().unwrap().is_empty() && workspace.queries().unwrap().is_empty());
    }
}

#[test]
fn saving_a_seed_unchanged_changes_no_byte_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let path = folder.path().join("connections/sandbox.toml");
    let before = fs::read_to_string(&path).unwrap();
    workspace.save_connection("sandbox", &workspace.connection("sandbox").unwrap()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}
