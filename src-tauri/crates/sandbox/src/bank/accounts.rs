//! Who has which accounts.

use super::{
    business,
    household::{self, Household, Plan},
    ledger::Row,
};
use crate::people::{PEOPLE, Person};

/// One account with its history.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) person: &'static Person,
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    /// In full; what is shown of a card is masked.
    pub(crate) number: &'static str,
    /// The company that holds it, with its registration number; otherwise the person does.
    pub(crate) company: Option<(&'static str, &'static str)>,
    /// From the oldest to the newest, never empty.
    pub(crate) rows: Vec<Row>,
}

/// The kind of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Current,
    Savings,
    Credit,
}

/// What a credit card may owe, in cents.
const CREDIT_LIMIT: i64 = 3_000_000;

impl Account {
    /// What the account's id says when it is decoded.
    pub(crate) fn path(&self) -> String {
        format!("account/{}/{}/{}", self.person.bank.id, self.person.bank.branch_code, self.number)
    }

    /// The balance in cents.
    pub(crate) fn current_balance(&self) -> i64 {
        self.rows.last().map_or(0, |row| row.balance)
    }

    /// What can be spent in cents: purchases of the last two days are still reserved, and a card has its limit.
    pub(crate) fn available_balance(&self) -> i64 {
        match self.kind {
            Kind::Savings => self.current_balance(),
            Kind::Credit => CREDIT_LIMIT + self.current_balance(),
            Kind::Current => {
                let recent = self.rows.iter().rev().take_while(|row| row.days_ago < 2);
                self.current_balance() + recent.map(|row| row.cents.min(0)).sum::<i64>()
            }
        }
    }

    /// The number as a statement shows it.
    pub(crate) fn shown_number(&self) -> String {
        match self.kind {
            Kind::Credit => {
                let (start, end) = (self.number.get(..4), self.number.get(self.number.len() - 4..));
                format!("{}********{}", start.unwrap_or_default(), end.unwrap_or_default())
            }
            Kind::Current | Kind::Savings => self.number.into(),
        }
    }
}

/// All accounts of all persons, in the order in which they are shown.
pub(super) fn all() -> Vec<Account> {
    let [thandi, pieter, ayesha, tariro, lerato] = &PEOPLE;
    let mut accounts = Vec::new();
    let mut open = |person, kind, name, number, rows| {
        accounts.push(Account { person, kind, name, number, company: None, rows });
    };

    let Household { current, savings, card } = household::live(&Plan {
        seed: 0x7468_616e,
        employer: "JACARANDA MEDIA",
        salary: 4_265_000,
        rent: 1_150_000,
        landlord: "MELVILLE PROPERTIES RENT",
        purchases: 23,
        card_purchases: 3,
        opening: 820_000,
        savings_opening: 4_150_000,
    });
    open(thandi, Kind::Current, "FNB Premier Cheque Account", "62425239471", current);
    open(thandi, Kind::Savings, "FNB Savings Pocket", "62881002217", savings);
    open(thandi, Kind::Credit, "FNB Credit Card", "5238550017641190", card);
    let rent = business::quiet(3_920_000, 185_000, "FLATLET RENT RECEIVED");
    open(thandi, Kind::Current, "FNB Fusion Account", "62771955020", rent);

    let Household { current, savings, card } = household::live(&Plan {
        seed: 0x7069_6574,
        employer: "STELLENBOSCH UNIVERSITY",
        salary: 3_285_000,
        rent: 980_000,
        landlord: "STANDARD BANK HOME LOAN",
        purchases: 14,
        card_purchases: 2,
        opening: 1_240_000,
        savings_opening: 8_800_000,
    });
    open(pieter, Kind::Current, "MyMo Plus Current Account", "10155502846", current);
    open(pieter, Kind::Savings, "PureSave", "10155507713", savings);
    open(pieter, Kind::Credit, "Titanium Credit Card", "5221550038206674", card);

    let Household { current, savings, .. } = household::live(&Plan {
        seed: 0x6179_6573,
        employer: "UMHLANGA ENGINEERING",
        salary: 2_665_000,
        rent: 840_000,
        landlord: "MORNINGSIDE LETTINGS",
        purchases: 13,
        card_purchases: 0,
        opening: 460_000,
        savings_opening: 2_275_000,
    });
    open(ayesha, Kind::Current, "Gold Value Bundle Cheque", "4055512883", current);
    open(ayesha, Kind::Savings, "TruSave", "9355520147", savings);

    let Household { current, savings, .. } = household::live(&Plan {
        seed: 0x7461_7269,
        employer: "TSHWANE LOGISTICS",
        salary: 2_035_000,
        rent: 520_000,
        landlord: "ARCADIA RESIDENCE RENT",
        purchases: 9,
        card_purchases: 0,
        opening: 310_000,
        savings_opening: 640_000,
    });
    open(tariro, Kind::Current, "Global One Account", "1355540926", current);
    open(tariro, Kind::Savings, "Global One Save", "1355547718", savings);

    let Household { current, savings, .. } = household::live(&Plan {
        seed: 0x6c65_7261,
        employer: "MOKOENA DESIGN STUDIO",
        salary: 2_745_000,
        rent: 920_000,
        landlord: "KLOOF STREET RENTALS",
        purchases: 13,
        card_purchases: 0,
        opening: 705_000,
        savings_opening: 1_830_000,
    });
    open(lerato, Kind::Current, "MiGoals Plus", "1155503364", current);
    open(lerato, Kind::Savings, "JustSave", "1155509042", savings);
    accounts.push(Account {
        person: lerato,
        kind: Kind::Current,
        name: "Business Current Account",
        number: "1155560271",
        company: Some(("Mokoena Design Studio (Pty) Ltd", "2019/555014/07")),
        rows: business::studio(0x7374_7564),
    });
    accounts
}
