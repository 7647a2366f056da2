//! The GraphQL API.

mod refused;

use std::{collections::BTreeSet, time::Duration};

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::common::*;

const LIST: &str = "query ListBankAccounts { user { __typename ... on User { id bankAccounts { name } } } }";
const TRANSACTIONS: &str = "query TransactionsByBankAccount($accountId: ID!) { node(id: $accountId) { ... on BankAccount { transactions { edges { node { id amount reference description date runningBalance } } } } } }";
const PAYMENT: &str = "mutation CreatePaymentRequest($amount: MoneyInput!, $payerReference: String!, $beneficiaryReference: String!, $externalReference: String, $beneficiaryName: String!, $beneficiaryBankId: BankBeneficiaryBankId!, $beneficiaryAccountNumber: String!) {
  clientPaymentInitiationRequestCreate(input: {amount: $amount, payerReference: $payerReference, beneficiaryReference: $beneficiaryReference, externalReference: $externalReference,
    beneficiary: {bankAccount: {name: $beneficiaryName, bankId: $beneficiaryBankId, accountNumber: $beneficiaryAccountNumber}}}) { paymentInitiationRequest { id url } } }";
const VERIFICATION: &str = "query BankAccountVerification($accountNumber: String!, $bankId: BankAccountVerificationBankIdInput!, $accountHolder: AccountHolderBankAccountVerificationInput!) {
  client { verifyBankAccountDetails(input: {accountNumber: $accountNumber, bankId: $bankId, accountHolder: $accountHolder}) { accountVerificationResult accountOpen accountTypeVerificationResult } } }";
const RESULT: &str = "query Result($requestId: ID!) { node(id: $requestId) { ... on ReauthorizationRequired { status userInteractionUrl id } } }";

const PAGE: &str = "query($id: ID!, $first: UInt, $after: Cursor) { node(id: $id) { ... on BankAccount { transactions(first: $first, after: $after) { edges { cursor node { id amount runningBalance date } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }";

fn payment() -> Value {
    json!({
        "amount": {"quantity": "1.50", "currency": "ZAR"}, "payerReference": "Kombucha", "beneficiaryReference": "Invoice 17",
        "externalReference": "order-17", "beneficiaryName": "Sage Clinic", "beneficiaryBankId": "fnb",
        "beneficiaryAccountNumber": "62425239471",
    })
}

/// The data, of an answer without errors.
async fn data(visitor: &Visitor, token: &str, document: &str, variables: Value) -> Value {
    let (status, mut body) = visitor.query(Some(token), document, variables).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.get("errors").is_none(), "{body}");
    body["data"].take()
}

#[tokio::test]
async fn list_bank_accounts_runs() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    let data = data(&visitor, &token, LIST, Value::Null).await;
    assert_eq!(data["user"]["__typename"], "User");
    let names: Vec<_> = data["user"]["bankAccounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| text(&account["name"]))
        .collect();
    assert_eq!(
        names,
        ["FNB Premier Cheque Account", "FNB Savings Pocket", "FNB Credit Card", "FNB Fusion Account"]
    );
}

#[tokio::test]
async fn transactions_by_bank_account_runs_with_the_published_id_and_a_page_of_500() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    let data = data(&visitor, &token, TRANSACTIONS, json!({"accountId": FIRST_ACCOUNT})).await;
    let edges = data["node"]["transactions"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 500);
    let node = &edges[0]["node"];
    assert_eq!(node["amount"]["currency"], "ZAR");
    assert!(text(&node["amount"]["quantity"]).contains('.'));
    assert!(text(&node["date"]).ends_with("T00:00:00.000Z"));
}

#[tokio::test]
async fn create_payment_request_runs_and_is_found_again() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.client_access("client_paymentrequest").await;
    let made = data(&visitor, &token, PAYMENT, payment()).await;
    let made = &made["clientPaymentInitiationRequestCreate"]["paymentInitiationRequest"];
    let again = "query($id: ID!) { node(id: $id) { id ... on PaymentInitiationRequest { url amount beneficiary { bankId } } } }";
    let found = data(&visitor, &token, again, json!({"id": made["id"]})).await;
    assert_eq!(found["node"]["url"], made["url"]);
    assert_eq!(found["node"]["amount"], json!({"quantity": "1.50", "currency": "ZAR"}));
    assert_eq!(found["node"]["beneficiary"]["bankId"], "fnb");
    let page = visitor.get(text(&made["url"]).strip_prefix(&visitor.base).unwrap()).await;
    assert_eq!(page.status, StatusCode::OK, "the address leads somewhere");
}

#[tokio::test]
async fn bank_account_verification_runs() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.client_access("client_bankaccountverification").await;
    let document = |number: &str| json!({"individual": {"identifyingDocument": {"identityDocument": {"country": "ZA", "number": number}}}});
    for (bank, number, outcome) in [
        ("fnb", "8806125555084", "verified"),
        ("fnb", "1111111111111", "refuted"),
        ("investec", "8806125555084", "unknown"),
    ] {
        let variables =
            json!({"accountNumber": "62425239471", "bankId": bank, "accountHolder": document(number)});
        let data = data(&visitor, &token, VERIFICATION, variables).await;
        assert_eq!(data["client"]["verifyBankAccountDetails"]["accountVerificationResult"], outcome);
    }
    let neither = json!({"accountNumber": "62425239471", "bankId": "fnb", "accountHolder": {}});
    let (_, body) = visitor.query(Some(&token), VERIFICATION, neither).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn result_runs_with_the_published_id() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access("openid").await;
    let id = "dWkvNDhhYmZlYTYtY2I1ZC00OGMwLWFjMWUtYzg5ODNjYmFlZTNm";
    let data = data(&visitor, &token, RESULT, json!({"requestId": id})).await;
    assert_eq!(data["node"]["id"], id);
    assert_eq!(data["node"]["status"], "pending");
}

#[tokio::test]
async fn a_missing_scope_nulls_its_field_and_leaves_the_rest() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access("openid accounts").await;
    let document = "query($id: ID!) {\n  node(id: $id) {\n    id\n    ... on BankAccount {\n      name\n      currentBalance\n    }\n  }\n}";
    let (status, body) = visitor.query(Some(&token), document, json!({"id": FIRST_ACCOUNT})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body["errors"],
        json!([{
            "message": "Token is missing the following scope: balances",
            "locations": [{"line": 6, "column": 7}],
            "path": ["node", "currentBalance"],
            "extensions": {"code": "FORBIDDEN", "missingScopes": ["balances"]},
        }])
    );
    assert_eq!(
        body["data"]["node"],
        json!({"id": FIRST_ACCOUNT, "name": "FNB Premier Cheque Account", "currentBalance": null})
    );
}

#[tokio::test]
async fn each_scope_guards_what_it_names() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access("openid accounts").await;
    let account =
        |selection: &str| format!("{{ user {{ ... on User {{ bankAccounts {{ {selection} }} }} }} }}");
    for (document, scope, times) in [
        (account("availableBalance"), "balances", 4),
        (account("transactions { edges { node { amount } } }"), "transactions", 4),
        (account("accountHolder { __typename }"), "accountholders", 4),
        (account("accountNumber_PCI_UNSAFE"), "pci_unsafe", 4),
        ("{ client { verifyBankAccountDetails(input: {accountNumber: \"1\", bankId: fnb, accountHolder: {}}) { accountOpen } } }".into(), "client_bankaccountverification", 1),
    ] {
        let (_, body) = visitor.query(Some(&token), &document, Value::Null).await;
        let errors = body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), times, "{scope}: {body}");
        assert!(errors.iter().all(|error| error["extensions"]["missingScopes"] == json!([scope])), "{body}");
    }
    let token = visitor.access("openid").await;
    let (_, body) = visitor.query(Some(&token), LIST, Value::Null).await;
    assert_eq!(body["errors"][0]["path"], json!(["user", "bankAccounts"]));
    assert!(body["data"]["user"]["id"].is_string() && body["data"]["user"]["bankAccounts"].is_null());
}

#[tokio::test]
async fn pci_unsafe_shows_the_card_number_in_full() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access("openid accounts pci_unsafe").await;
    let document =
        "{ user { ... on User { bankAccounts { accountType accountNumber accountNumber_PCI_UNSAFE } } } }";
    let data = data(&visitor, &token, document, Value::Null).await;
    assert_eq!(
        data["user"]["bankAccounts"][2],
        json!({
            "accountType": "credit", "accountNumber": "5238********1190", "accountNumber_PCI_UNSAFE": "5238550017641190",
        })
    );
}

#[tokio::test]
async fn account_holders_are_people_and_companies_with_their_documents() {
    let (_sandbox, visitor) = sandbox().await;
    let document = "{ user { ... on User { bankAccounts { accountHolder { __typename ... on Individual { fullName identifyingDocument { __typename ... on Passport { country } } } ... on Business { name } } } } } }";
    for (person, index, expected) in [
        (
            "Tariro Moyo",
            0,
            json!({"__typename": "Individual", "fullName": "Tariro Moyo", "identifyingDocument": {"__typename": "Passport", "country": "ZW"}}),
        ),
        ("Lerato Mokoena", 2, json!({"__typename": "Business", "name": "Mokoena Design Studio (Pty) Ltd"})),
    ] {
        let token = text(&visitor.tokens(person, "openid accounts accountholders").await["access_token"]);
        let data = data(&visitor, &token, document, Value::Null).await;
        assert_eq!(data["user"]["bankAccounts"][index]["accountHolder"], expected);
    }
}

#[tokio::test]
async fn the_user_tells_which_scopes_were_granted() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access("openid accounts pci_unsafe offline_access").await;
    let data = data(&visitor, &token, "{ user { ... on User { scopes } } }", Value::Null).await;
    assert_eq!(data["user"]["scopes"], json!(["openid", "accounts", "pci_unsafe", "offline_access"]));
}

#[tokio::test]
async fn another_persons_account_is_not_found() {
    let (_sandbox, visitor) = sandbox().await;
    let token = text(&visitor.tokens("Ayesha Patel", SCOPES).await["access_token"]);
    let data = data(&visitor, &token, TRANSACTIONS, json!({"accountId": FIRST_ACCOUNT})).await;
    assert!(data["node"].is_null());
}

#[tokio::test]
async fn introspection_needs_no_token_and_opens_nothing_else() {
    let (_sandbox, visitor) = sandbox().await;
    let (status, body) = visitor
        .query(None, "query { ...S } fragment S on Query { __schema { types { name } } }", Value::Null)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(body["data"]["__schema"]["types"].as_array().unwrap().len() > 20);
    for document in
        ["{ __typename banks { name } }", "query A { __typename } query B { banks { name } }", "not graphql"]
    {
        assert_eq!(
            visitor.query(None, document, Value::Null).await.0,
            StatusCode::UNAUTHORIZED,
            "{document}"
        );
    }
}

#[tokio::test]
async fn descriptions_name_the_scope_in_stitchs_form() {
    let (_sandbox, visitor) = sandbox().await;
    let document = "{ __schema { types { name description fields { name description } } } }";
    let (_, body) = visitor.query(None, document, Value::Null).await;
    let types = body["data"]["__schema"]["types"].as_array().unwrap();
    let named = |list: &Value, name: &str| {
        list.as_array().unwrap().iter().find(|item| item["name"] == name).unwrap().clone()
    };
    for (name, scope) in [
        ("BankAccount", "accounts"),
        ("Transaction", "transactions"),
        ("Passport", "accountholders"),
        ("Individual", "accountholders"),
    ] {
        let description = text(&named(&json!(types), name)["description"]);
        assert!(
            description.ends_with(&format!("This type requires the following scope:\n\n`[{scope}]`")),
            "{description}"
        );
    }
    for (owner, field, scope) in [
        ("BankAccount", "currentBalance", "balances"),
        ("BankAccount", "accountNumber_PCI_UNSAFE", "pci_unsafe"),
        ("Client", "verifyBankAccountDetails", "client_bankaccountverification"),
        ("Mutation", "clientPaymentInitiationRequestCreate", "client_paymentrequest"),
    ] {
        let description = text(&named(&named(&json!(types), owner)["fields"], field)["description"]);
        assert!(
            description.ends_with(&format!("This field requires the following scope:\n\n`[{scope}]`")),
            "{description}"
        );
    }
}

#[tokio::test]
async fn money_has_no_fields_and_lists_of_accounts_no_edges() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    for document in [
        "{ user { ... on User { bankAccounts { currentBalance { quantity } } } } }",
        "{ user { ... on User { bankAccounts { edges { node { name } } } } } }",
        "{ user { id } }",
    ] {
        let (status, body) = visitor.query(Some(&token), document, Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body["data"].is_null() && body["errors"][0]["message"].is_string(), "{body}");
    }
}

async fn page(visitor: &Visitor, token: &str, first: Value, after: &Value) -> Value {
    let variables = json!({"id": FIRST_ACCOUNT, "first": first, "after": after});
    data(visitor, token, PAGE, variables).await["node"]["transactions"].take()
}

#[tokio::test]
async fn pages_cover_more_than_two_thousand_rows_each_once() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    let (mut seen, mut after, mut pages) = (BTreeSet::new(), Value::Null, 0);
    let mut rows = 0;
    loop {
        let page = page(&visitor, &token, Value::Null, &after).await;
        let edges = page["edges"].as_array().unwrap();
        rows += edges.len();
        seen.extend(edges.iter().map(|edge| text(&edge["node"]["id"])));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], pages > 0);
        after = page["pageInfo"]["endCursor"].clone();
        pages += 1;
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        assert_eq!(edges.len(), 500, "a page is full");
    }
    assert!(rows > 2_000 && seen.len() == rows, "{rows} rows, {} of them different", seen.len());
}

#[tokio::test]
async fn first_and_after_cut_a_page_and_too_much_is_cut_to_500() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    let whole = page(&visitor, &token, json!(4), &Value::Null).await;
    let second = page(&visitor, &token, json!(2), &whole["edges"][1]["cursor"]).await;
    assert_eq!(second["edges"], json!([whole["edges"][2], whole["edges"][3]]));
    assert_eq!(
        page(&visitor, &token, json!(10_000), &Value::Null).await["edges"].as_array().unwrap().len(),
        500
    );
    let (_, body) =
        visitor.query(Some(&token), PAGE, json!({"id": FIRST_ACCOUNT, "after": "nonsense"})).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn the_balance_of_an_account_is_that_of_its_newest_row() {
    let (_sandbox, visitor) = sandbox().await;
    for person in ["Thandi Nkosi", "Pieter van der Merwe", "Ayesha Patel", "Tariro Moyo", "Lerato Mokoena"] {
        let token = text(&visitor.tokens(person, SCOPES).await["access_token"]);
        let document = "{ user { ... on User { bankAccounts { name currentBalance transactions(first: 1) { edges { node { runningBalance } } } } } } }";
        let data = data(&visitor, &token, document, Value::Null).await;
        for account in data["user"]["bankAccounts"].as_array().unwrap() {
            assert_eq!(
                account["currentBalance"], account["transactions"]["edges"][0]["node"]["runningBalance"],
                "{account}"
            );
        }
    }
}

#[tokio::test]
async fn two_sandboxes_have_the_same_data() {
    let document = "{ user { ... on User { bankAccounts { id name currentBalance transactions { edges { node { id amount description date } } } } } } }";
    let mut answers = Vec::new();
    for _ in 0..2 {
        let (_sandbox, visitor) = sandbox().await;
        let token = visitor.access(SCOPES).await;
        answers.push(data(&visitor, &token, document, Value::Null).await);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn banks_and_categories_are_listed() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.client_access("client_refund").await;
    let document = "{ banks { bankId name universalBranchCode } transactionCategories { id name } }";
    let data = data(&visitor, &token, document, Value::Null).await;
    assert!(
        data["banks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|bank| *bank == json!({"bankId": "fnb", "name": "FNB", "universalBranchCode": "250655"}))
    );
    assert!(data["transactionCategories"].as_array().unwrap().len() > 3);
}

#[tokio::test]
async fn a_late_answer_is_under_way_for_a_while_and_whole() {
    let (sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    sandbox.set_faults(&["graphql-late"]).unwrap();
    let asking = visitor.query(Some(&token), "{ __typename }", Value::Null);
    tokio::pin!(asking);
    assert!(tokio::time::timeout(Duration::from_millis(700), &mut asking).await.is_err());
    assert_eq!(asking.await.1, json!({"data": {"__typename": "Query"}}));
}
