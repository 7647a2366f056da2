//! Who holds an account.

use async_graphql::{SimpleObject, Union};

use crate::{
    bank::accounts::Account,
    people::{Document, Person},
};

/// A person or a company that holds an account.
#[derive(Union)]
pub(super) enum AccountHolder {
    Individual(Individual),
    Business(Business),
}

/// A natural person who holds an account.
///
/// This type requires the following scope:
///
/// `[accountholders]`
#[derive(SimpleObject)]
pub(super) struct Individual {
    full_name: Option<String>,
    given_name: Option<&'static str>,
    family_name: Option<&'static str>,
    email: Option<&'static str>,
    contact: Option<Contact>,
    home_address: Option<Address>,
    identifying_document: Option<IdentifyingDocument>,
}

/// A company that holds an account.
///
/// This type requires the following scope:
///
/// `[accountholders]`
#[derive(SimpleObject)]
pub(super) struct Business {
    name: Option<&'static str>,
    registration_number: Option<&'static str>,
    account_contact: Option<Individual>,
}

/// How to reach someone.
#[derive(SimpleObject)]
struct Contact {
    phone_number: Option<&'static str>,
}

/// Where someone lives.
#[derive(SimpleObject)]
struct Address {
    street: Option<&'static str>,
    city: Option<&'static str>,
    postal_code: Option<&'static str>,
    country: Option<&'static str>,
}

/// What someone identifies with.
#[derive(Union)]
enum IdentifyingDocument {
    IdentityDocument(IdentityDocument),
    Passport(Passport),
}

/// An identity document of the country.
///
/// This type requires the following scope:
///
/// `[accountholders]`
#[derive(SimpleObject)]
struct IdentityDocument {
    country: &'static str,
    number: &'static str,
}

/// A passport.
///
/// This type requires the following scope:
///
/// `[accountholders]`
#[derive(SimpleObject)]
struct Passport {
    country: &'static str,
    number: &'static str,
}

impl AccountHolder {
    pub(super) fn of(account: &Account) -> Self {
        let person = Individual::of(account.person);
        match account.company {
            Some((name, registration_number)) => Self::Business(Business {
                name: Some(name),
                registration_number: Some(registration_number),
                account_contact: Some(person),
            }),
            None => Self::Individual(person),
        }
    }
}

impl Individual {
    fn of(person: &'static Person) -> Self {
        let identifying_document = match person.document {
            Document::Identity { number } => {
                IdentifyingDocument::IdentityDocument(IdentityDocument { country: "ZA", number })
            }
            Document::Passport { number, country } => {
                IdentifyingDocument::Passport(Passport { country, number })
            }
        };
        Self {
            full_name: Some(person.name()),
            given_name: Some(person.given_name),
            family_name: Some(person.family_name),
            email: Some(person.email),
            contact: Some(Contact { phone_number: Some(person.phone) }),
            home_address: Some(Address {
                street: Some(person.street),
                city: Some(person.city),
                postal_code: Some(person.postal_code),
                country: Some("ZA"),
            }),
            identifying_document: Some(identifying_document),
        }
    }
}
