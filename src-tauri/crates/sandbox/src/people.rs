//! The test persons. All are invented; so are their numbers and addresses.

use crate::bank::institutions::{self, Institution};

/// Someone to sign in as.
#[derive(Debug)]
pub(crate) struct Person {
    /// The last part of the subject identifier, a UUID.
    pub(crate) id: &'static str,
    pub(crate) given_name: &'static str,
    pub(crate) family_name: &'static str,
    pub(crate) bank: &'static Institution,
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) document: Document,
    pub(crate) street: &'static str,
    pub(crate) city: &'static str,
    pub(crate) postal_code: &'static str,
    /// What the login page says of their data, so that one can choose.
    pub(crate) story: &'static str,
}

/// What a person identifies with.
#[derive(Debug)]
pub(crate) enum Document {
    Identity { number: &'static str },
    Passport { number: &'static str, country: &'static str },
}

impl Person {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The subject identifier for one client, as Stitch forms it.
    pub(crate) fn subject(&self, client_id: &str) -> String {
        format!("user/{client_id}/{}/{}", self.bank.id, self.id)
    }
}

/// The person of that id.
pub(crate) fn find(id: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.id == id)
}

pub(crate) static PEOPLE: [Person; 5] = [
    Person {
        id: "97ccc5fd-cb95-465b-a4dc-76139633b07b",
        given_name: "Thandi",
        family_name: "Nkosi",
        bank: &institutions::FNB,
        email: "thandi.nkosi@example.com",
        phone: "+27 82 555 0117",
        document: Document::Identity { number: "8806125555084" },
        street: "14 Jacaranda Street, Melville",
        city: "Johannesburg",
        postal_code: "2092",
        story: "Four accounts, over 2,000 transactions",
    },
    Person {
        id: "4b0f5a52-6d0e-4b43-9a3e-0d6f2c1f7a18",
        given_name: "Pieter",
        family_name: "van der Merwe",
        bank: &institutions::STANDARD_BANK,
        email: "pieter.vandermerwe@example.com",
        phone: "+27 83 555 0142",
        document: Document::Identity { number: "7502035555081" },
        street: "8 Dorp Street",
        city: "Stellenbosch",
        postal_code: "7600",
        story: "Current, savings and credit card",
    },
    Person {
        id: "c1f3b7a4-2a55-4d0c-8f61-5be0a7d9e3c2",
        given_name: "Ayesha",
        family_name: "Patel",
        bank: &institutions::ABSA,
        email: "ayesha.patel@example.com",
        phone: "+27 84 555 0168",
        document: Document::Identity { number: "9309215555087" },
        street: "221 Florida Road, Morningside",
        city: "Durban",
        postal_code: "4001",
        story: "Current and savings",
    },
    Person {
        id: "e8d2460b-93c7-4f1e-b0a5-7c4d19f68e35",
        given_name: "Tariro",
        family_name: "Moyo",
        bank: &institutions::CAPITEC,
        email: "tariro.moyo@example.com",
        phone: "+27 71 555 0193",
        document: Document::Passport { number: "EN555017", country: "ZW" },
        street: "3 Church Street, Arcadia",
        city: "Pretoria",
        postal_code: "0083",
        story: "Current and savings, holds a passport",
    },
    Person {
        id: "0a9e6c33-58b1-4e7d-a2f4-c6317d80b5ea",
        given_name: "Lerato",
        family_name: "Mokoena",
        bank: &institutions::NEDBANK,
        email: "lerato@mokoenadesign.example.com",
        phone: "+27 72 555 0125",
        document: Document::Identity { number: "9011305555089" },
        street: "57 Kloof Street, Gardens",
        city: "Cape Town",
        postal_code: "8001",
        story: "Current, savings and a business account",
    },
];
