//! What the API refuses.

use super::*;

#[tokio::test]
async fn a_payment_request_beyond_its_limits_is_refused() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.client_access("client_paymentrequest").await;
    for (field, value) in [
        ("payerReference", json!("13 characters")),
        ("beneficiaryReference", json!("a".repeat(21))),
        ("amount", json!({"quantity": "0.00", "currency": "ZAR"})),
    ] {
        let mut variables = payment();
        variables[field] = value;
        let (_, body) = visitor.query(Some(&token), PAYMENT, variables).await;
        assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{field}: {body}");
        assert!(body["data"]["clientPaymentInitiationRequestCreate"].is_null());
    }
}

#[tokio::test]
async fn a_missing_or_unknown_token_is_401_with_extensions_at_the_top() {
    let (_sandbox, visitor) = sandbox().await;
    for token in [None, Some("unknown")] {
        let (status, body) = visitor.query(token, LIST, Value::Null).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            body,
            json!({
                "errors": [{"message": "UNAUTHENTICATED: Token is expired or malformed"}],
                "extensions": {"code": "UNAUTHENTICATED"},
            })
        );
    }
    let url = format!("{}/graphql", visitor.base);
    let response = visitor.http.post(url).json(&json!({"query": LIST})).send().await.unwrap();
    assert!(response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
}

#[tokio::test]
async fn a_body_that_is_not_a_request_is_400() {
    let (_sandbox, visitor) = sandbox().await;
    let url = format!("{}/graphql", visitor.base);
    for body in ["", "[]", "{}", r#"{"query":1}"#, r#"{"query":"{__typename}","variables":[]}"#] {
        let response = visitor.http.post(&url).body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    let get = visitor.get("/graphql?query={__typename}").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_document_with_too_many_fields_is_refused() {
    let (_sandbox, visitor) = sandbox().await;
    let token = visitor.access(SCOPES).await;
    let fields: Vec<_> = (0..1_100).map(|number| format!("a{number}: user {{ __typename }}")).collect();
    let document = format!("{{ {} }}", fields.join(" "));
    let (_, body) = visitor.query(Some(&token), &document, Value::Null).await;
    assert!(text(&body["errors"][0]["message"]).contains("complex"), "{body}");
}
