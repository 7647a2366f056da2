//! A small studio's account, and a quiet account on which little happens.

use super::{
    chance::Chance,
    ledger::{DAYS, Ledger, Row, pay_month},
};

const CUSTOMERS: [&str; 6] = [
    "KAROO COFFEE ROASTERS",
    "TWO OCEANS TOURS",
    "SAGE CLINIC",
    "BLOEM & CO",
    "PROTEA PRINT",
    "HARBOUR BREWING",
];
const SUPPLIERS: [(&str, i64, i64); 5] = [
    ("ADOBE CREATIVE CLOUD", 99_900, 99_900),
    ("ORMS PRINT ROOM", 85_000, 640_000),
    ("CO-WORKING KLOOF STREET", 390_000, 390_000),
    ("FREELANCE DEVELOPER", 650_000, 1_450_000),
    ("TAKEALOT BUSINESS", 45_000, 380_000),
];

/// Invoices come in, suppliers and the owner are paid.
pub(super) fn studio(seed: u64) -> Vec<Row> {
    let mut chance = Chance::new(seed);
    let mut ledger = Ledger::new(4_810_000);
    let mut invoice = 1041;
    for day in 0..DAYS {
        let (_, of_month) = pay_month(day);
        if chance.percent(12)
            && let Some(customer) = pick(&mut chance, &CUSTOMERS)
        {
            let cents = chance.between(85, 420) * 10_000;
            ledger.add(day, cents, *customer, Some(&format!("INV {invoice}")));
            invoice += 1;
        }
        if chance.percent(15)
            && let Some((supplier, low, high)) = pick(&mut chance, &SUPPLIERS)
        {
            let cents = chance.between(*low, *high);
            if cents < ledger.balance() {
                ledger.add(day, -cents, *supplier, None);
            }
        }
        let spare = ledger.balance() - 3_000_000;
        if of_month == 0 && spare > 0 {
            ledger.add(day, -(spare / 100_000 * 100_000), "OWNER'S DRAWINGS", Some("L MOKOENA"));
        }
        if of_month == 27 {
            ledger.add(day, -31_500, "BUSINESS ACCOUNT FEE", None);
        }
    }
    ledger.into_rows()
}

/// A monthly deposit, a yearly withdrawal, and interest.
pub(super) fn quiet(opening: i64, deposit: i64, description: &str) -> Vec<Row> {
    let mut ledger = Ledger::new(opening);
    for day in 0..DAYS {
        let (month, of_month) = pay_month(day);
        if of_month == 3 {
            ledger.add(day, deposit, description, None);
        }
        if of_month == 20 && month % 12 == 11 {
            ledger.add(day, -(ledger.balance() / 300_000 * 100_000), "WITHDRAWAL", None);
        }
        if of_month == 29 {
            ledger.add(day, ledger.balance() * 5 / 1000, "INTEREST", None);
        }
    }
    ledger.into_rows()
}

fn pick<'a, T>(chance: &mut Chance, from: &'a [T]) -> Option<&'a T> {
    let last = i64::try_from(from.len()).unwrap_or_default() - 1;
    from.get(usize::try_from(chance.between(0, last)).unwrap_or_default())
}
