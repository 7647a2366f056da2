//! Requests for a payment. They are kept for a day, in memory; no money moves.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{ComplexObject, Context, ID, InputObject, Result, SimpleObject};

use super::{
    access::bad_input,
    enums::{BankBeneficiaryBankId, CurrencyCode},
    id,
    scalars::{Date, Decimal, Link, Money},
};
use crate::{bank::Bank, clock, expiring::Expiring, secret};

const LIMIT: usize = 500;
const LIFETIME: u64 = 24 * 60 * 60;

/// An amount and its currency.
#[derive(InputObject)]
struct MoneyInput {
    quantity: Decimal,
    currency: CurrencyCode,
}

/// The account that gets the money.
#[derive(InputObject)]
struct BankBeneficiaryInput {
    /// At most 20 characters.
    name: String,
    bank_id: BankBeneficiaryBankId,
    account_number: String,
}

/// Who gets the money.
#[derive(InputObject)]
struct BeneficiaryInput {
    bank_account: BankBeneficiaryInput,
}

/// A payment to ask for.
#[derive(InputObject)]
pub(super) struct ClientPaymentInitiationRequestCreateInput {
    amount: MoneyInput,
    /// For the payer's statement, at most 12 characters.
    payer_reference: String,
    /// For the beneficiary's statement, at most 20 characters.
    beneficiary_reference: String,
    /// For the client, at most 4,096 characters.
    external_reference: Option<String>,
    beneficiary: BeneficiaryInput,
}

/// A request for a payment that waits for its payer.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub(super) struct PaymentInitiationRequest {
    #[graphql(skip)]
    key: String,
    /// Where the payer approves it.
    url: Link,
    created: Date,
    amount: Money,
    payer_reference: String,
    beneficiary_reference: String,
    external_reference: Option<String>,
    beneficiary: BankBeneficiary,
}

#[ComplexObject]
impl PaymentInitiationRequest {
    pub(super) async fn id(&self) -> ID {
        id::encode(&format!("payreq/{}", self.key))
    }
}

/// An account that gets money.
#[derive(SimpleObject, Debug, Clone)]
struct BankBeneficiary {
    name: String,
    bank_id: BankBeneficiaryBankId,
    account_number: String,
}

/// The request that was made.
#[derive(SimpleObject)]
pub(super) struct ClientPaymentInitiationRequestCreateResult {
    payment_initiation_request: PaymentInitiationRequest,
}

/// The requests of this run.
pub(super) struct Payments {
    base_url: String,
    requests: Mutex<Expiring<PaymentInitiationRequest>>,
}

impl Payments {
    pub(super) fn new(base_url: &str) -> Self {
        Self { base_url: base_url.into(), requests: Mutex::new(Expiring::new(LIMIT)) }
    }

    pub(super) fn find(&self, key: &str) -> Option<PaymentInitiationRequest> {
        self.requests().get(key, clock::now()).cloned()
    }

    pub(super) fn create(
        &self,
        ctx: &Context<'_>,
        input: ClientPaymentInitiationRequestCreateInput,
    ) -> Result<ClientPaymentInitiationRequestCreateResult> {
        let account = input.beneficiary.bank_account;
        at_most(&input.payer_reference, "payerReference", 12)?;
        at_most(&input.beneficiary_reference, "beneficiaryReference", 20)?;
        at_most(&account.name, "name", 20)?;
        at_most(&account.account_number, "accountNumber", 20)?;
        at_most(input.external_reference.as_deref().unwrap_or_default(), "externalReference", 4096)?;
        if input.amount.quantity.0 == 0 {
            return Err(bad_input("The amount must be more than nothing."));
        }
        // The one currency there is; named so that another one is met here.
        let CurrencyCode::Zar = input.amount.currency;
        let key = secret::session_id();
        let payment_initiation_request = PaymentInitiationRequest {
            key: key.clone(),
            url: Link(format!("{}/connect/payment-request/{key}", self.base_url)),
            created: Date(ctx.data::<Arc<Bank>>()?.date(0)),
            amount: Money(input.amount.quantity.0),
            payer_reference: input.payer_reference,
            beneficiary_reference: input.beneficiary_reference,
            external_reference: input.external_reference,
            beneficiary: BankBeneficiary {
                name: account.name,
                bank_id: account.bank_id,
                account_number: account.account_number,
            },
        };
        self.requests().insert(key, payment_initiation_request.clone(), clock::now(), LIFETIME);
        Ok(ClientPaymentInitiationRequestCreateResult { payment_initiation_request })
    }

    fn requests(&self) -> MutexGuard<'_, Expiring<PaymentInitiationRequest>> {
        // Each change is one insert, so a panic elsewhere leaves nothing half done.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn at_most(value: &str, name: &str, limit: usize) -> Result<()> {
    let length = value.chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(bad_input(format!("The {name} may have {limit} characters; it has {length}.")))
}
