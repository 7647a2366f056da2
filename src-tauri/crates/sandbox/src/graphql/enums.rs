//! Enumerations, in the lower case in which Stitch writes them.

use async_graphql::{Enum, resolver_utils::EnumType};

use crate::bank::{accounts, institutions::Institution};

/// Stitch gives each use of a bank an enumeration of its own.
macro_rules! bank_ids {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
        #[graphql(rename_items = "snake_case")]
        pub(super) enum $name {
            Absa, AfricanBank, Capitec, DiscoveryBank, Fnb, Investec, Nedbank, StandardBank,
            #[graphql(name = "tymebank")]
            TymeBank,
        }
    )*};
}

bank_ids! {
    /// The bank at which an account is held.
    BankId;
    /// A bank that can receive a payment.
    BankBeneficiaryBankId;
    /// A bank that can verify an account.
    BankAccountVerificationBankIdInput;
}

/// The name of an enumeration's value, as it stands in a document.
pub(super) fn name<E: EnumType>(value: E) -> Option<&'static str> {
    E::items().iter().find(|item| item.value == value).map(|item| item.name)
}

fn value<E: EnumType>(name: &str) -> Option<E> {
    E::items().iter().find(|item| item.name == name).map(|item| item.value)
}

impl BankId {
    pub(super) fn of(institution: &Institution) -> Option<Self> {
        value(institution.id)
    }
}

/// The kind of a bank account.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "snake_case")]
pub(super) enum AccountType {
    Current,
    Savings,
    Credit,
}

impl From<accounts::Kind> for AccountType {
    fn from(kind: accounts::Kind) -> Self {
        match kind {
            accounts::Kind::Current => Self::Current,
            accounts::Kind::Savings => Self::Savings,
            accounts::Kind::Credit => Self::Credit,
        }
    }
}

/// An ISO 4217 currency code.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "UPPERCASE")]
pub(super) enum CurrencyCode {
    Zar,
}

/// What a person granted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "lowercase")]
pub(super) enum Scope {
    OpenId,
    Accounts,
    Transactions,
    Balances,
    AccountHolders,
    #[graphql(name = "pci_unsafe")]
    PciUnsafe,
    BankStatements,
    PaymentInitiationRequest,
    #[graphql(name = "offline_access")]
    OfflineAccess,
}

impl Scope {
    pub(super) fn of(name: &str) -> Option<Self> {
        value(name)
    }
}

/// The outcome of verifying one detail.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "snake_case")]
pub(super) enum VerificationResult {
    /// The bank's data agrees.
    Verified,
    /// The bank's data disagrees.
    Refuted,
    /// The bank cannot tell.
    Unknown,
}

/// How far a request to the user has come.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "snake_case")]
pub(super) enum ReauthorizationStatus {
    Pending,
    Complete,
    Failed,
}

/// A set of names for what money was spent on.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "snake_case")]
pub(super) enum TransactionCategorySet {
    Consumer,
}
