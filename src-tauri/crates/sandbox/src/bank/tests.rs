use super::{accounts::Kind, *};
use crate::people::PEOPLE;

const NOW: u64 = 1_795_230_000;

#[test]
fn every_person_has_an_account_and_every_account_a_history() {
    let bank = Bank::open(NOW);
    for person in &PEOPLE {
        assert!(bank.accounts_of(person.id).count() >= 2, "{}", person.name());
        for account in bank.accounts_of(person.id) {
            assert!(account.rows.len() > 30, "{} has a history", account.name);
        }
    }
}

#[test]
fn an_account_has_more_than_two_thousand_rows() {
    let bank = Bank::open(NOW);
    let account = bank.account("account/fnb/250655/62425239471").unwrap();
    assert!(account.rows.len() > 2_000, "{}", account.rows.len());
}

#[test]
fn running_balances_add_up_and_days_go_forward() {
    for account in Bank::open(NOW).accounts.values() {
        for pair in account.rows.windows(2) {
            assert_eq!(pair[0].balance + pair[1].cents, pair[1].balance, "{}", account.name);
            assert!(pair[0].days_ago >= pair[1].days_ago, "{}", account.name);
        }
    }
}

#[test]
fn balances_are_believable() {
    for account in Bank::open(NOW).accounts.values() {
        let balances = account.rows.iter().map(|row| row.balance);
        let (low, high) = (balances.clone().min().unwrap(), balances.max().unwrap());
        let (name, current) = (account.name, account.current_balance());
        match account.kind {
            Kind::Credit => assert!(low > -3_000_000 && high <= 0, "{name}: {low} to {high}"),
            Kind::Savings => assert!(low >= 0 && high < 60_000_000, "{name}: {low} to {high}"),
            Kind::Current => assert!(low >= 0 && high < 40_000_000, "{name}: {low} to {high}"),
        }
        assert!(account.available_balance() >= 0, "{name}: {current}");
    }
}

#[test]
fn what_leaves_one_account_for_another_arrives_there() {
    let bank = Bank::open(NOW);
    let sum = |path, description: &str| -> i64 {
        let rows = bank.account(path).unwrap().rows.iter();
        rows.filter(|row| row.description == description).map(|row| row.cents).sum()
    };
    let (current, savings) = ("account/fnb/250655/62425239471", "account/fnb/250655/62881002217");
    assert!(sum(current, "TRANSFER TO SAVINGS") < 0);
    assert_eq!(sum(current, "TRANSFER TO SAVINGS"), -sum(savings, "TRANSFER FROM CURRENT"));
    let card = "account/fnb/250655/5238550017641190";
    assert_eq!(sum(current, "CREDIT CARD PAYMENT"), -sum(card, "PAYMENT RECEIVED, THANK YOU"));
}

#[test]
fn a_later_day_moves_the_dates_and_nothing_else() {
    let (today, later) = (Bank::open(NOW), Bank::open(NOW + 10 * 24 * 60 * 60));
    for (path, account) in &today.accounts {
        assert_eq!(account.rows, later.accounts[path].rows);
    }
    assert_eq!(today.date(0).to_string(), "2026-11-21");
    assert_eq!(later.date(10), today.date(0));
}

#[test]
fn a_card_number_is_masked_and_others_are_not() {
    let bank = Bank::open(NOW);
    let shown = |path| bank.account(path).unwrap().shown_number();
    assert_eq!(shown("account/fnb/250655/5238550017641190"), "5238********1190");
    assert_eq!(shown("account/fnb/250655/62425239471"), "62425239471");
}
