use proptest::prelude::*;

use super::*;
use crate::http::HttpReply;

fn reply(body: &str) -> GraphqlReply {
    process_response(&HttpReply { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

#[test]
fn operations_are_listed_with_kind_name_and_line() {
    let document = "# saved\nquery ListBankAccounts {\n  user { __typename ... on User { id bankAccounts { name } } }\n}\r\n\r\nmutation Pay($amount: MoneyInput!) { pay(input: {amount: $amount}) { id } }\nsubscription Watch { x }\nfragment F on User { id }\n";
    let found = operations(document).unwrap();
    let listed: Vec<_> =
        found.iter().map(|operation| (operation.kind, operation.name.as_deref(), operation.line)).collect();
    assert_eq!(
        listed,
        [
            (OperationKind::Query, Some("ListBankAccounts"), 2),
            (OperationKind::Mutation, Some("Pay"), 6),
            (OperationKind::Subscription, Some("Watch"), 7),
        ]
    );
}

#[test]
fn each_of_many_operations_has_its_own_line() {
    let document = "query q {\r\n a\r}\n".repeat(300);
    let lines: Vec<_> = operations(&document).unwrap().iter().map(|operation| operation.line).collect();
    assert_eq!(lines, (0..300).map(|number| number * 3 + 1).collect::<Vec<u32>>());
}

#[test]
fn the_short_form_is_a_query_without_a_name() {
    let found = operations("{ banks { name } }").unwrap();
    assert_eq!(found, [Operation { kind: OperationKind::Query, name: None, line: 1 }]);
}

#[test]
fn an_empty_document_has_no_operation() {
    for document in ["", " \n ", "fragment F on User { id }"] {
        assert_eq!(operations(document), Ok(Vec::new()), "{document:?}");
    }
}

#[test]
fn a_malformed_document_is_told_with_its_place() {
    let error = operations("query A {\n  user {\n    id\n  \u{1f9f5} ]\n").unwrap_err();
    assert_eq!((error.line, error.column), (4, 3), "{error}");
    let error = operations("query A {\r\n  user(id: ) { id }\r\n}").unwrap_err();
    assert_eq!((error.line, error.column), (2, 12), "{error}");
    for document in ["query A {", "}", "quer A { a }", "query ($a) { a }", "{ a(b: \"x) }"] {
        assert!(operations(document).is_err(), "{document}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let deep = format!("{}a{}", "{a".repeat(20_000), "}".repeat(20_000));
    assert!(operations(&deep).is_err());
    let deep = format!("{{a(b: {}{})}}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(operations(&deep).is_err());
}

#[test]
fn a_request_asks_for_graphql_and_takes_json() {
    let endpoint = Url::parse("https://api.stitch.money/graphql").unwrap();
    let variables: Value =
        serde_json::from_str(r#"{"amount":{"quantity":1.00,"n":12345678901234567890123}}"#).unwrap();
    let request = build_request(&endpoint, &"t0ken".into(), "query A { a }", Some("A"), Some(&variables));
    let headers: Vec<_> =
        request.headers.iter().map(|header| format!("{}: {}", header.name, header.value.expose())).collect();
    assert_eq!(
        headers,
        ["Accept: application/graphql-response+json, application/json;q=0.9", "Authorization: Bearer t0ken",]
    );
    let Body::Text { content_type, text } = &request.body else {
        panic!("a GraphQL request is JSON");
    };
    assert_eq!(content_type, "application/json");
    assert_eq!(
        text,
        r#"{"query":"query A { a }","operationName":"A","variables":{"amount":{"quantity":1.00,"n":12345678901234567890123}}}"#
    );
    assert!(!format!("{request:?}").contains("t0ken"));
}

#[test]
fn what_was_not_given_is_not_sent() {
    let endpoint = Url::parse("https://api.stitch.money/graphql").unwrap();
    let request = build_request(&endpoint, &"t".into(), "{ a }", None, None);
    assert!(matches!(request.body, Body::Text { text, .. } if text == r#"{"query":"{ a }"}"#));
}

#[test]
fn numbers_keep_every_digit_and_members_their_order() {
    let body = r#"{"data":{"z":1.00,"a":12345678901234567890,"m":-0.10,"b":99999999999999999999.5}}"#;
    let reply = reply(body);
    assert!(reply.has_data);
    let shown = indented(body, 1000).unwrap();
    assert_eq!(shown.split_whitespace().collect::<String>(), body);
}

#[test]
fn stitchs_missing_scope_comes_with_partial_data() {
    let reply = reply(
        r#"{"errors":[{"message":"Token is missing the following scope: balances","locations":[{"line":6,"column":7}],"path":["node","currentBalance"],"extensions":{"code":"FORBIDDEN","missingScopes":["balances"]}}],"data":{"node":{"id":"…","name":"FNB Premier Cheque Account","currentBalance":null}}}"#,
    );
    assert!(reply.has_data);
    assert_eq!(
        reply.errors,
        [ReplyError {
            message: "Token is missing the following scope: balances".to_owned(),
            path: Some("node.currentBalance".to_owned()),
            code: Some("FORBIDDEN".to_owned()),
            line: Some(6),
            column: Some(7),
            missing_scopes: vec!["balances".to_owned()],
            user_interaction_url: None,
        }]
    );
}

#[test]
fn stitchs_unauthenticated_stands_beside_the_errors() {
    let reply = reply(
        r#"{"errors":[{"message":"UNAUTHENTICATED: Token is expired or malformed"}],"extensions":{"code":"UNAUTHENTICATED"}}"#,
    );
    assert!(!reply.has_data);
    assert_eq!(reply.errors[0].code.as_deref(), Some("UNAUTHENTICATED"));
}

#[test]
fn stitchs_user_interaction_comes_with_its_https_url() {
    let body = r#"{"errors":[{"message":"Reauthorization required to continue payment.","path":["userInitiatePayment"],"extensions":{"code":"USER_INTERACTION_REQUIRED","userInteractionUrl":"https://secure.stitch.money/connect/payment-request/48abfea6-cb5d-48c0-ac1e-c8983cbaee3f","id":"dWkvNDhhYmZlYTYtY2I1ZC00OGMwLWFjMWUtYzg5ODNjYmFlZTNm"}}],"data":{"userInitiatePayment":null}}"#;
    assert_eq!(
        reply(body).errors[0].user_interaction_url.as_deref(),
        Some("https://secure.stitch.money/connect/payment-request/48abfea6-cb5d-48c0-ac1e-c8983cbaee3f")
    );
    let hostile = body.replace("https://secure", "javascript://secure");
    assert_eq!(reply(&hostile).errors[0].user_interaction_url, None);
}

#[test]
fn a_path_through_lists_is_written_with_brackets() {
    let reply = reply(
        r#"{"errors":[{"message":"m","path":["user","bankAccounts",0,"transactions",12]},"plain text"]}"#,
    );
    assert_eq!(reply.errors[0].path.as_deref(), Some("user.bankAccounts[0].transactions[12]"));
    assert_eq!(reply.errors[1].message, "plain text");
}

#[test]
fn a_path_that_is_longer_than_any_document_is_cut() {
    let path = vec!["0"; 5000].join(",");
    let error = reply(&format!(r#"{{"errors":[{{"message":"m","path":["a",{path}]}}]}}"#)).errors.remove(0);
    assert_eq!(error.path.unwrap(), format!("a{}…", "[0]".repeat(99)));
}

#[test]
fn a_hundred_errors_are_read_and_the_others_counted() {
    let errors = vec![r#"{"message":"m"}"#; 250].join(",");
    let reply = reply(&format!(r#"{{"data":null,"errors":[{errors}]}}"#));
    assert_eq!((reply.errors.len(), reply.errors_left_out), (100, 150));
}

#[test]
fn an_error_of_any_size_is_cut_to_four_kibibytes() {
    for length in [5000, 500_000] {
        let long = "é".repeat(length);
        let body = format!(
            r#"{{"errors":[{{"message":"{long}","path":["{long}"]}},"{long}"],"extensions":{{"a":"{long}"}}}}"#
        );
        let reply = reply(&body);
        assert_eq!(reply.errors.len(), 2);
        for error in reply.errors {
            assert!(error.message.len() < 4200 && error.message.ends_with("é…"), "{length}");
            assert!(error.path.is_none_or(|path| path.len() < 4200));
        }
    }
}

#[test]
fn a_member_that_is_not_what_it_should_be_says_nothing() {
    let reply = reply(r#"{"errors":{"message":"m"},"extensions":7,"data":{},"other":[{}]}"#);
    assert!(reply.is_json && reply.errors.is_empty() && reply.has_data);
}

#[test]
fn what_is_not_json_is_left_to_the_raw_view() {
    for body in ["", "<html>", "{", "data"] {
        let reply = reply(body);
        assert_eq!((reply.is_json, reply.has_data), (false, false), "{body}");
    }
    for body in ["[]", "1", r#"{"errors":"x","data":null}"#] {
        let reply = reply(body);
        assert!(reply.is_json && reply.errors.is_empty() && !reply.has_data, "{body}");
    }
}

proptest! {
    #[test]
    fn any_document_is_parsed_or_refused(document in "[a-z{}()\\[\\]:$!@.\"#|&= \\n\\r,0-9-]{0,80}|\\PC{0,40}") {
        if let Err(error) = operations(&document) {
            prop_assert!(error.line >= 1 && error.column >= 1);
        }
    }

    #[test]
    fn any_response_is_read(body in "[\\[\\]{}\":,a-z0-9.-]{0,80}") {
        let _ = reply(&body);
        let _ = reply(&format!(r#"{{"errors":[{{"message":{body},"path":[{body}]}}],"extensions":{{}}}}"#));
    }
}
