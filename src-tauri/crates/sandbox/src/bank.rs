//! The invented banks' data behind the GraphQL API.
//!
//! It is made from a fixed seed: every start, on every computer, gives the same accounts, amounts, balances and ids.
//! Only the dates move: history is counted back from the day the sandbox starts, so that a demonstration always shows
//! transactions up to today, while whatever a test compares stays as it was.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

pub(crate) mod accounts;
mod business;
mod chance;
mod household;
pub(crate) mod institutions;
pub(crate) mod ledger;
mod merchants;

use accounts::Account;

/// Everything the banks know.
#[derive(Debug)]
pub(crate) struct Bank {
    today: Date,
    /// By the path inside the account's id, `account/<bank>/<branch>/<number>`.
    accounts: BTreeMap<String, Arc<Account>>,
    /// The same paths in the order in which a person sees them.
    order: Vec<String>,
}

impl Bank {
    /// All accounts, dated up to the UTC day of `now` in seconds since 1970.
    pub(crate) fn open(now: u64) -> Self {
        let now = i64::try_from(now).ok().and_then(|now| Timestamp::from_second(now).ok());
        let today = now.unwrap_or_default().to_zoned(TimeZone::UTC).date();
        let accounts = accounts::all();
        let order = accounts.iter().map(Account::path).collect();
        let accounts = accounts.into_iter().map(|account| (account.path(), Arc::new(account))).collect();
        Self { today, accounts, order }
    }

    /// The accounts of one person.
    pub(crate) fn accounts_of(&self, person: &str) -> impl Iterator<Item = &Arc<Account>> {
        self.order
            .iter()
            .filter_map(|path| self.accounts.get(path))
            .filter(move |account| account.person.id == person)
    }

    pub(crate) fn account(&self, path: &str) -> Option<&Arc<Account>> {
        self.accounts.get(path)
    }

    /// The account with this number, for verification.
    pub(crate) fn account_by_number(&self, bank: &str, number: &str) -> Option<&Arc<Account>> {
        self.accounts.values().find(|account| account.person.bank.id == bank && account.number == number)
    }

    /// The date that many days ago.
    pub(crate) fn date(&self, days_ago: u16) -> Date {
        self.today.saturating_sub(i64::from(days_ago).days())
    }
}

#[cfg(test)]
mod tests;
