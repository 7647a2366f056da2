//! What a fresh workspace begins with: the sandbox and four queries that run there at once.

use std::{fs, path::Path};

use super::{FileError, Workspace, files};

const FILES: [(&str, &str); 6] = [
    ("connections/sandbox.toml", include_str!("seeds/sandbox.toml")),
    ("queries/accounts/list-bank-accounts.graphql", include_str!("seeds/list-bank-accounts.graphql")),
    ("queries/accounts/account-balances.graphql", include_str!("seeds/account-balances.graphql")),
    (
        "queries/accounts/transactions-by-account.graphql",
        include_str!("seeds/transactions-by-account.graphql"),
    ),
    (
        "queries/accounts/transactions-by-account.variables.json",
        include_str!("seeds/transactions-by-account.variables.json"),
    ),
    ("queries/accounts/account-holders.graphql", include_str!("seeds/account-holders.graphql")),
];

/// Plain writes: the first start waits for them, and nothing in them could be lost.
pub(super) fn write(workspace: &Workspace) -> Result<(), FileError> {
    for (name, text) in FILES {
        let path = workspace.dir.join(name);
        files::create_folders(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(&path, text).map_err(|source| FileError::io(path, source))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
