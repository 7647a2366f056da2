//! A household's month: salary in, the fixed things out, shopping in between, and what is left goes to savings.
//!
//! The accounts are made together, so that a payment leaving one arrives in the other on the same day.

use super::{
    chance::Chance,
    ledger::{DAYS, Ledger, Row, pay_month},
    merchants::{CARD, DAILY, Merchant},
};

/// How a household lives; amounts in cents.
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) employer: &'static str,
    pub(super) salary: i64,
    pub(super) rent: i64,
    pub(super) landlord: &'static str,
    /// Purchases in ten days.
    pub(super) purchases: i64,
    /// Purchases with the credit card in ten days; none without a card.
    pub(super) card_purchases: i64,
    pub(super) opening: i64,
    pub(super) savings_opening: i64,
}

/// The rows of each account.
pub(super) struct Household {
    pub(super) current: Vec<Row>,
    pub(super) savings: Vec<Row>,
    pub(super) card: Vec<Row>,
}

/// The balance below which money comes back from savings, and how much is left when the month ends.
const LOW: i64 = 150_000;
const KEEP: i64 = 400_000;
const TOP_UP: i64 = 250_000;

/// Lives through all days.
pub(super) fn live(plan: &Plan) -> Household {
    let mut chance = Chance::new(plan.seed);
    let mut current = Ledger::new(plan.opening);
    let mut savings = Ledger::new(plan.savings_opening);
    let mut card = Ledger::new(0);
    for day in 0..DAYS {
        let (month, of_month) = pay_month(day);
        if of_month == 0 {
            // A rise of five percent a year, in steps that look like a payroll's.
            let years = i64::from(month / 12);
            let salary = plan.salary + plan.salary * years / 20;
            current.add(day, salary, format!("SALARY {}", plan.employer), Some(plan.employer));
        }
        for order in debit_orders(plan, of_month) {
            current.add(day, -order.1, order.0, None);
        }
        if of_month == 5 && card.balance() < 0 {
            let owed = -card.balance();
            current.add(day, -owed, "CREDIT CARD PAYMENT", Some("CARD"));
            card.add(day, owed, "PAYMENT RECEIVED, THANK YOU", Some("CURRENT"));
        }
        shop(&mut chance, &mut current, day, plan.purchases, &DAILY);
        shop(&mut chance, &mut card, day, plan.card_purchases, &CARD);
        balance_out(&mut current, &mut savings, day, of_month);
        if of_month == 29 {
            current.add(day, -6_900, "MONTHLY ACCOUNT FEE", None);
            // 7.2 percent a year.
            savings.add(day, savings.balance() * 6 / 1000, "INTEREST", None);
        }
    }
    Household { current: current.into_rows(), savings: savings.into_rows(), card: card.into_rows() }
}

fn debit_orders(plan: &Plan, of_month: u16) -> Vec<(&'static str, i64)> {
    match of_month {
        1 => vec![
            (plan.landlord, plan.rent),
            ("DISCOVERY HEALTH MEDICAL AID", 284_500),
            ("OUTSURANCE PREMIUM", 112_950),
        ],
        2 => vec![("VIRGIN ACTIVE", 59_900), ("AFRIHOST FIBRE", 79_700)],
        3 => vec![("VODACOM CONTRACT", 64_900), ("DSTV COMPACT", 46_900)],
        _ => Vec::new(),
    }
}

fn shop(chance: &mut Chance, ledger: &mut Ledger, day: u16, in_ten_days: i64, merchants: &[Merchant]) {
    let certain = in_ten_days / 10;
    let purchases = certain + i64::from(chance.percent(in_ten_days % 10 * 10));
    for _ in 0..purchases {
        if let Some(merchant) = choose(chance, merchants) {
            let cents = chance.between(merchant.low, merchant.high);
            let branch = chance.between(1000, 9999);
            ledger.add(day, -cents, merchant.description, Some(&format!("POS {branch}")));
        }
    }
}

fn choose<'a>(chance: &mut Chance, merchants: &'a [Merchant]) -> Option<&'a Merchant> {
    let total = merchants.iter().map(|merchant| merchant.weight).sum::<i64>();
    let mut ticket = chance.between(1, total.max(1));
    merchants.iter().find(|merchant| {
        ticket -= merchant.weight;
        ticket <= 0
    })
}

fn balance_out(current: &mut Ledger, savings: &mut Ledger, day: u16, of_month: u16) {
    let left = current.balance() - KEEP;
    if of_month == 28 && left > 50_000 {
        // Whole hundreds of rands, as people do.
        let moved = left / 10_000 * 10_000;
        current.add(day, -moved, "TRANSFER TO SAVINGS", Some("SAVINGS"));
        savings.add(day, moved, "TRANSFER FROM CURRENT", Some("CURRENT"));
    } else if current.balance() < LOW && savings.balance() > TOP_UP {
        current.add(day, TOP_UP, "TRANSFER FROM SAVINGS", Some("SAVINGS"));
        savings.add(day, -TOP_UP, "TRANSFER TO CURRENT", Some("CURRENT"));
    }
}
