//! The person behind a user token.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{
    access::{Viewer, bad_input, with_scope},
    account::BankAccount,
    enums::Scope,
    id,
};
use crate::{bank::Bank, people::Person};

pub(super) struct User {
    person: &'static Person,
    client_id: String,
    scopes: Vec<String>,
}

impl User {
    /// The person whose token it is; a client token has none.
    pub(super) fn of(ctx: &Context<'_>) -> Result<Self> {
        let viewer = ctx.data::<Viewer>()?;
        let (person, client_id) = viewer.person().ok_or_else(|| bad_input("A client token has no user."))?;
        Ok(Self { person, client_id: client_id.into(), scopes: viewer.scopes().to_vec() })
    }

    /// What the id says when it is decoded; the same as the id_token's `sub`.
    pub(super) fn path(&self) -> String {
        self.person.subject(&self.client_id)
    }
}

/// The person who signed in. Everything that needs a user token starts here.
#[Object]
impl User {
    pub(super) async fn id(&self) -> ID {
        id::encode(&self.path())
    }

    /// The accounts that the person gave access to, all of them and without pages.
    async fn bank_accounts(&self, ctx: &Context<'_>) -> Option<Result<Vec<BankAccount>>> {
        // Not null at Stitch, where a missing scope takes the user with it; here the rest of the user stays.
        with_scope(ctx, "accounts", || {
            let bank = ctx.data_opt::<Arc<Bank>>();
            bank.into_iter()
                .flat_map(|bank| bank.accounts_of(self.person.id))
                .cloned()
                .map(BankAccount)
                .collect()
        })
    }

    /// The scopes that the person granted with this token.
    async fn scopes(&self) -> Vec<Scope> {
        self.scopes.iter().filter_map(|scope| Scope::of(scope)).collect()
    }
}
