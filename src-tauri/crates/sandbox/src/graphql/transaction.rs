//! Transactions and their pages, after the Relay cursor connections specification.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{
    access::{bad_input, with_scope},
    id,
    scalars::{Cursor, Date, Money, UInt},
};
use crate::bank::{Bank, accounts::Account, ledger::Row};

/// The most transactions on one page, and how many there are when nothing is said.
const PAGE: usize = 500;

pub(super) struct Transaction {
    row: Row,
    path: String,
    date: Date,
}

impl Transaction {
    /// The transaction with that place in the history, counted from the oldest.
    pub(super) fn at(bank: &Bank, account: &Account, index: usize) -> Option<Self> {
        let row = account.rows.get(index)?.clone();
        let path = format!("{}/{index}", account.path().replacen("account", "transaction", 1));
        let date = Date(bank.date(row.days_ago));
        Some(Self { row, path, date })
    }
}

/// A movement of money into an account or out of it.
///
/// This type requires the following scope:
///
/// `[transactions]`
#[Object]
impl Transaction {
    pub(super) async fn id(&self) -> ID {
        id::encode(&self.path)
    }

    /// Positive when money came in, negative when it went out.
    async fn amount(&self) -> Money {
        Money(self.row.cents)
    }

    /// The balance after this transaction.
    ///
    /// This field requires the following scope:
    ///
    /// `[balances]`
    async fn running_balance(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        with_scope(ctx, "balances", || Money(self.row.balance))
    }

    /// What the holder's statement says.
    async fn description(&self) -> &str {
        &self.row.description
    }

    /// What the other side's statement says, where it is known.
    async fn reference(&self) -> Option<&str> {
        self.row.reference.as_deref()
    }

    /// The day of the transaction.
    async fn date(&self) -> Date {
        self.date
    }
}

/// A page of transactions.
#[derive(SimpleObject)]
pub(super) struct TransactionConnection {
    edges: Vec<TransactionEdge>,
    page_info: PageInfo,
}

/// A transaction and its place in the list.
#[derive(SimpleObject)]
struct TransactionEdge {
    cursor: Cursor,
    node: Transaction,
}

/// Where a page lies in the whole list.
#[derive(SimpleObject)]
struct PageInfo {
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<Cursor>,
    end_cursor: Option<Cursor>,
}

impl TransactionConnection {
    /// The page after a cursor. Cursors count from the oldest row, so that they stay right when rows are added.
    pub(super) fn page(
        bank: &Bank,
        account: &Account,
        first: Option<UInt>,
        after: Option<&Cursor>,
    ) -> Result<Self> {
        let total = account.rows.len();
        let size = first.map_or(PAGE, |first| usize::try_from(first.0).unwrap_or(PAGE).min(PAGE));
        let older_than = match after {
            None => total,
            Some(cursor) => position(cursor)
                .filter(|index| *index < total)
                .ok_or_else(|| bad_input("The cursor is not one that this list gave out."))?,
        };
        let from = older_than.saturating_sub(size);
        let edges: Vec<_> = (from..older_than)
            .rev()
            .filter_map(|index| {
                Some(TransactionEdge { cursor: cursor(index), node: Transaction::at(bank, account, index)? })
            })
            .collect();
        let page_info = PageInfo {
            has_next_page: from > 0,
            has_previous_page: older_than < total,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Ok(Self { edges, page_info })
    }
}

fn cursor(index: usize) -> Cursor {
    Cursor(id::encode(&format!("cursor/{index}")).0)
}

fn position(cursor: &Cursor) -> Option<usize> {
    id::decode(&cursor.0)?.strip_prefix("cursor/")?.parse().ok()
}
