//! The rows of one account.

/// How many days of history there are. With months of 30.4 days, the last salary came twelve days ago.
pub(super) const DAYS: u16 = 987;

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) days_ago: u16,
    /// In cents; money that leaves is negative.
    pub(crate) cents: i64,
    /// The balance after it, in cents.
    pub(crate) balance: i64,
    pub(crate) description: String,
    pub(crate) reference: Option<String>,
}

/// Rows from the oldest to the newest, with the balance carried along.
#[derive(Debug)]
pub(super) struct Ledger {
    opening: i64,
    rows: Vec<Row>,
}

impl Ledger {
    /// An account that held `opening` cents before its first row.
    pub(super) fn new(opening: i64) -> Self {
        Self { opening, rows: Vec::new() }
    }

    /// The balance in cents.
    pub(super) fn balance(&self) -> i64 {
        self.rows.last().map_or(self.opening, |row| row.balance)
    }

    /// Adds a movement on a day counted from the start of history.
    pub(super) fn add(
        &mut self,
        day: u16,
        cents: i64,
        description: impl Into<String>,
        reference: Option<&str>,
    ) {
        self.rows.push(Row {
            days_ago: DAYS - 1 - day,
            cents,
            balance: self.balance() + cents,
            description: description.into(),
            reference: reference.map(String::from),
        });
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

/// Which pay month a day belongs to, and which day of it it is; a pay month starts with the salary.
pub(super) fn pay_month(day: u16) -> (u16, u16) {
    // 487 sixteenths are 30.4375 days, the mean month.
    let month = day * 16 / 487;
    (month, day - (month * 487).div_ceil(16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pay_month_has_its_thirty_days_or_one_more() {
        for day in 1..DAYS {
            let (before, (month, of_month)) = (pay_month(day - 1), pay_month(day));
            let next = if month == before.0 { before.1 + 1 } else { 0 };
            assert_eq!(of_month, next, "day {day} follows the day before it");
            assert!(of_month <= 30);
        }
    }

    #[test]
    fn the_last_salary_came_twelve_days_ago() {
        assert_eq!(pay_month(DAYS - 1).1, 12);
    }
}
