//! Verifying that a bank account exists and belongs to someone.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use super::{
    access::{bad_input, require},
    enums::{self, AccountType, BankAccountVerificationBankIdInput, VerificationResult},
};
use crate::{
    bank::{Bank, accounts::Account},
    people::{Document, PEOPLE},
};

/// Longer than any account number or name.
const LONGEST: usize = 200;

/// An account to verify, and whose it should be.
#[derive(InputObject)]
struct BankAccountVerificationInput {
    account_number: String,
    bank_id: BankAccountVerificationBankIdInput,
    account_holder: AccountHolderBankAccountVerificationInput,
    /// Verified too, if it is given.
    account_type: Option<AccountType>,
    /// The bank's universal branch code, if it is left out.
    branch_code: Option<String>,
}

/// Exactly one of the two.
#[derive(InputObject)]
struct AccountHolderBankAccountVerificationInput {
    individual: Option<IndividualBankAccountVerificationInput>,
    business: Option<BusinessBankAccountVerificationInput>,
}

/// A person.
#[derive(InputObject)]
struct IndividualBankAccountVerificationInput {
    identifying_document: IdentifyingDocumentInput,
    initials: Option<String>,
    family_name: Option<String>,
}

/// A company.
#[derive(InputObject)]
struct BusinessBankAccountVerificationInput {
    registration: BusinessRegistrationInput,
    name: Option<String>,
}

/// Exactly one of the two.
#[derive(InputObject)]
struct IdentifyingDocumentInput {
    identity_document: Option<DocumentInput>,
    passport: Option<DocumentInput>,
}

/// A document by its number and its country's ISO 3166 code.
#[derive(InputObject)]
#[graphql(name = "IdentityDocumentInput")]
struct DocumentInput {
    number: String,
    country: String,
}

/// A company's entry in the register.
#[derive(InputObject)]
struct BusinessRegistrationInput {
    number: String,
    country: String,
}

/// What the bank says about an account.
#[allow(clippy::struct_field_names, reason = "the names are those of Stitch's schema")]
#[derive(SimpleObject)]
struct VerifiedBankAccountDetails {
    /// Whether the account exists and belongs to the holder.
    account_verification_result: VerificationResult,
    account_open: VerificationResult,
    account_accepts_credits: VerificationResult,
    /// Unknown if no account type was given.
    account_type_verification_result: VerificationResult,
}

pub(super) struct Client;

/// What a client can ask for in its own name.
#[Object]
impl Client {
    /// Compares what is known of an account and its holder with the bank's data.
    ///
    /// This field requires the following scope:
    ///
    /// `[client_bankaccountverification]`
    async fn verify_bank_account_details(
        &self,
        ctx: &Context<'_>,
        input: BankAccountVerificationInput,
    ) -> Option<Result<VerifiedBankAccountDetails>> {
        let verify = || {
            require(ctx, "client_bankaccountverification")?;
            input.verify(ctx.data::<Arc<Bank>>()?)
        };
        Some(verify())
    }
}

impl BankAccountVerificationInput {
    fn verify(&self, bank: &Bank) -> Result<VerifiedBankAccountDetails> {
        if self.account_number.len() > LONGEST {
            return Err(bad_input("The account number is too long."));
        }
        let bank_id = enums::name(self.bank_id).unwrap_or_default();
        let account = bank.account_by_number(bank_id, &self.account_number);
        let belongs = self.account_holder.holds(account.map(AsRef::as_ref))?;
        // The sandbox knows only the banks its persons are with.
        let known = PEOPLE.iter().any(|person| person.bank.id == bank_id);
        let branch_fits = account
            .zip(self.branch_code.as_deref())
            .is_none_or(|(account, code)| account.person.bank.branch_code == code);
        let result = |agrees| match (known, agrees) {
            (false, _) => VerificationResult::Unknown,
            (true, true) => VerificationResult::Verified,
            (true, false) => VerificationResult::Refuted,
        };
        let fits = |kind| account.is_some_and(|account| AccountType::from(account.kind) == kind);
        Ok(VerifiedBankAccountDetails {
            account_verification_result: result(belongs && branch_fits),
            account_open: result(account.is_some()),
            account_accepts_credits: result(account.is_some()),
            account_type_verification_result: self
                .account_type
                .map_or(VerificationResult::Unknown, |kind| result(fits(kind))),
        })
    }
}

impl AccountHolderBankAccountVerificationInput {
    fn holds(&self, account: Option<&Account>) -> Result<bool> {
        match (&self.individual, &self.business) {
            (Some(individual), None) => individual.holds(account),
            (None, Some(business)) => Ok(account.is_some_and(|account| business.holds(account))),
            _ => Err(bad_input("The account holder must be either an individual or a business.")),
        }
    }
}

impl IndividualBankAccountVerificationInput {
    fn holds(&self, account: Option<&Account>) -> Result<bool> {
        let document = &self.identifying_document;
        let (given, is_passport) = match (&document.identity_document, &document.passport) {
            (Some(document), None) => (document, false),
            (None, Some(passport)) => (passport, true),
            _ => {
                return Err(bad_input(
                    "The identifying document must be either an identity document or a passport.",
                ));
            }
        };
        let Some(person) = account.filter(|account| account.company.is_none()).map(|account| account.person)
        else {
            return Ok(false);
        };
        let document_fits = match person.document {
            Document::Identity { number } => !is_passport && given.number == number && given.country == "ZA",
            Document::Passport { number, country } => {
                is_passport && given.number == number && given.country == country
            }
        };
        let family_fits =
            self.family_name.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(person.family_name));
        let initials_fit = self.initials.as_deref().is_none_or(|initials| {
            person.given_name.get(..1).is_some_and(|first| initials.starts_with(first))
        });
        Ok(document_fits && family_fits && initials_fit)
    }
}

impl BusinessBankAccountVerificationInput {
    fn holds(&self, account: &Account) -> bool {
        account.company.is_some_and(|(name, number)| {
            self.registration.number == number
                && self.registration.country == "ZA"
                && self.name.as_deref().is_none_or(|given| given.eq_ignore_ascii_case(name))
        })
    }
}
