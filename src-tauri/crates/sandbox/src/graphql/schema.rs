//! The roots of the schema.

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, ID, Interface, Object, Result, Schema, SimpleObject, Union};

use super::{
    access::{Viewer, bad_input, require},
    account::BankAccount,
    enums::{BankId, TransactionCategorySet},
    id,
    payment::{
        ClientPaymentInitiationRequestCreateInput, ClientPaymentInitiationRequestCreateResult,
        PaymentInitiationRequest, Payments,
    },
    reauthorization::ReauthorizationRequired,
    transaction::Transaction,
    user::User,
    verification::Client,
};
use crate::bank::{Bank, accounts::Account, institutions};

pub(super) type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// Documents deeper or with more fields than this are refused; introspection by the usual tools passes.
const DEEPEST: usize = 24;
const MOST_FIELDS: usize = 1_000;

/// Builds the schema over the banks' data.
pub(super) fn build(bank: Arc<Bank>, base_url: &str) -> ApiSchema {
    Schema::build(Query, Mutation, EmptySubscription)
        .data(bank)
        .data(Payments::new(base_url))
        .limit_depth(DEEPEST)
        .limit_complexity(MOST_FIELDS)
        .finish()
}

/// Something with an id, by which `node` finds it again.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Identifies this object among all others."))]
pub(super) enum Node {
    User(User),
    BankAccount(BankAccount),
    Transaction(Transaction),
    PaymentInitiationRequest(PaymentInitiationRequest),
    ReauthorizationRequired(ReauthorizationRequired),
}

/// Who is signed in, or what they have to do first.
#[derive(Union)]
pub(super) enum UserResult {
    User(User),
    ReauthorizationRequired(ReauthorizationRequired),
}

/// A bank whose customers can sign in.
#[derive(SimpleObject)]
#[graphql(name = "Bank")]
struct ListedBank {
    bank_id: Option<BankId>,
    name: &'static str,
    /// The branch code that is valid for all branches.
    universal_branch_code: &'static str,
}

/// What money was spent on.
#[derive(SimpleObject)]
struct TransactionCategory {
    id: ID,
    name: &'static str,
}

const CATEGORIES: [&str; 8] =
    ["Groceries", "Eating out", "Transport", "Home", "Health", "Communication", "Income", "Transfers"];

pub(super) struct Query;

/// The root of all queries.
#[Object]
impl Query {
    /// The banks whose customers can sign in.
    async fn banks(&self) -> Vec<ListedBank> {
        institutions::ALL
            .iter()
            .map(|institution| ListedBank {
                bank_id: BankId::of(institution),
                name: institution.name,
                universal_branch_code: institution.branch_code,
            })
            .collect()
    }

    /// What a client can ask for with a client token.
    async fn client(&self) -> Client {
        Client
    }

    /// The object of that id, if the token may see it.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Option<Result<Option<Node>>> {
        Some(find(ctx, &id))
    }

    /// The categories of a set.
    async fn transaction_categories(
        &self,
        #[graphql(default_with = "TransactionCategorySet::Consumer")] category_set: TransactionCategorySet,
    ) -> Vec<TransactionCategory> {
        match category_set {
            TransactionCategorySet::Consumer => CATEGORIES
                .iter()
                .map(|name| TransactionCategory { id: id::encode(&format!("category/{name}")), name })
                .collect(),
        }
    }

    /// The person whose token it is.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<UserResult>> {
        Some(require(ctx, "openid").and_then(|()| User::of(ctx).map(UserResult::User)))
    }
}

fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let path = id::decode(id).ok_or_else(|| bad_input("The id is not one that this API gave out."))?;
    let parts: Vec<_> = path.split('/').collect();
    Ok(match parts.as_slice() {
        ["user", ..] => {
            require(ctx, "openid")?;
            let user = User::of(ctx)?;
            (user.path() == path).then_some(Node::User(user))
        }
        ["account", ..] => {
            require(ctx, "accounts")?;
            own_account(ctx, &path)?.map(|account| Node::BankAccount(BankAccount(account)))
        }
        ["transaction", institution, branch, number, index] => {
            require(ctx, "transactions")?;
            let bank = ctx.data::<Arc<Bank>>()?;
            let account = own_account(ctx, &format!("account/{institution}/{branch}/{number}"))?;
            account
                .and_then(|account| Transaction::at(bank, &account, index.parse().ok()?))
                .map(Node::Transaction)
        }
        ["payreq", request] => {
            require(ctx, "client_paymentrequest")?;
            ctx.data::<Payments>()?.find(request).map(Node::PaymentInitiationRequest)
        }
        ["ui", request] => ReauthorizationRequired::find(request).map(Node::ReauthorizationRequired),
        _ => None,
    })
}

/// Another person's account is as good as none.
fn own_account(ctx: &Context<'_>, path: &str) -> Result<Option<Arc<Account>>> {
    let Some((person, _)) = ctx.data::<Viewer>()?.person() else { return Ok(None) };
    let account = ctx.data::<Arc<Bank>>()?.account(path);
    Ok(account.filter(|account| account.person.id == person.id).cloned())
}

pub(super) struct Mutation;

/// The root of all mutations.
#[Object]
impl Mutation {
    /// Asks for a payment, and gives the address at which the payer approves it.
    ///
    /// This field requires the following scope:
    ///
    /// `[client_paymentrequest]`
    async fn client_payment_initiation_request_create(
        &self,
        ctx: &Context<'_>,
        input: ClientPaymentInitiationRequestCreateInput,
    ) -> Option<Result<ClientPaymentInitiationRequestCreateResult>> {
        let create = || {
            require(ctx, "client_paymentrequest")?;
            ctx.data::<Payments>()?.create(ctx, input)
        };
        Some(create())
    }
}
