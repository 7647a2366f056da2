//! A bank account.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{
    access::{require, with_scope},
    enums::{AccountType, BankId, CurrencyCode},
    holder::AccountHolder,
    id,
    scalars::{Cursor, Money, UInt},
    transaction::TransactionConnection,
};
use crate::bank::{Bank, accounts::Account};

pub(super) struct BankAccount(pub(super) Arc<Account>);

/// An account of a person at a bank.
///
/// This type requires the following scope:
///
/// `[accounts]`
#[Object]
impl BankAccount {
    pub(super) async fn id(&self) -> ID {
        id::encode(&self.0.path())
    }

    async fn account_type(&self) -> AccountType {
        self.0.kind.into()
    }

    /// The name of the account, which its holder may have chosen.
    async fn name(&self) -> &str {
        self.0.name
    }

    /// The number as the bank shows it; that of a card is masked.
    async fn account_number(&self) -> String {
        self.0.shown_number()
    }

    /// The number in full, also that of a card.
    ///
    /// This field requires the following scope:
    ///
    /// `[pci_unsafe]`
    #[graphql(name = "accountNumber_PCI_UNSAFE")]
    async fn account_number_pci_unsafe(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        with_scope(ctx, "pci_unsafe", || self.0.number.into())
    }

    async fn bank_id(&self) -> Option<BankId> {
        BankId::of(self.0.person.bank)
    }

    async fn branch_code(&self) -> Option<&str> {
        Some(self.0.person.bank.branch_code)
    }

    async fn currency(&self) -> CurrencyCode {
        CurrencyCode::Zar
    }

    /// What is in the account, whether or not pending purchases have cleared.
    ///
    /// This field requires the following scope:
    ///
    /// `[balances]`
    async fn current_balance(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        with_scope(ctx, "balances", || Money(self.0.current_balance()))
    }

    /// What can be spent: without what pending purchases have reserved, and with a card's credit.
    ///
    /// This field requires the following scope:
    ///
    /// `[balances]`
    async fn available_balance(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        with_scope(ctx, "balances", || Money(self.0.available_balance()))
    }

    /// Who holds the account.
    async fn account_holder(&self, ctx: &Context<'_>) -> Option<Result<AccountHolder>> {
        with_scope(ctx, "accountholders", || AccountHolder::of(&self.0))
    }

    /// The movements of the account, newest first.
    async fn transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 500; 500 when it is left out.")] first: Option<UInt>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<Cursor>,
    ) -> Option<Result<TransactionConnection>> {
        let page = || {
            require(ctx, "transactions")?;
            TransactionConnection::page(ctx.data::<Arc<Bank>>()?, &self.0, first, after.as_ref())
        };
        Some(page())
    }
}
