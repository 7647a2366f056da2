//! Saved queries, and operations that are sent.

use std::time::Duration;

use crate::world::{World, run};
use bobbin_engine::view::{
    Change, EndpointDraft, EndpointKind, ErrorView, ExchangeOutcome, ExchangePart, QueryDraft,
};
use tokio::io::AsyncReadExt as _;

#[tokio::test]
async fn the_first_saved_query_returns_data() {
    let world = World::new();
    let session = world.session_id().await;
    let query = world.engine.query("accounts/list-bank-accounts").await.unwrap();
    assert_eq!(query.name, "ListBankAccounts");
    let response = world.engine.query_run(run(&session, &query.document)).await.unwrap();
    assert_eq!((response.status, response.errors.len()), (200, 0), "{}", response.body);
    assert!(response.body.contains("bankAccounts"));
    assert!(response.size > 0);
}

#[tokio::test]
async fn edits_from_before_the_workspace_is_watched_are_told_even_if_no_query_can_be_listed() {
    let world = World::new();
    let folder = world.folder.path();
    std::fs::write(folder.join("connections/sandbox.toml"), "name = \"Theirs\"").unwrap();
    std::fs::rename(folder.join("queries"), folder.join("aside")).unwrap();
    std::fs::write(folder.join("queries"), "").unwrap();

    world.engine.settle().await.unwrap_err();

    let told = world.outside.changes.lock().unwrap().clone();
    assert!(told.contains(&Change::Connection { slug: "sandbox".to_owned() }), "{told:?}");
}

#[tokio::test]
async fn every_query_that_comes_with_the_sandbox_runs() {
    let world = World::new();
    let session = world.session_id().await;
    let queries = world.engine.overview().await.queries;
    assert_eq!(queries.len(), 4);
    for summary in queries {
        let query = world.engine.query(&summary.path).await.unwrap();
        let mut request = run(&session, &query.document);
        request.variables = query.variables;
        let response = world.engine.query_run(request).await.unwrap();
        assert_eq!(response.status, 200, "{}: {}", query.name, response.body);
        let unexpected = response.errors.iter().find(|error| error.missing_scopes.is_empty());
        assert!(unexpected.is_none(), "{}: {unexpected:?}", query.name);
    }
}

#[tokio::test]
async fn a_missing_scope_is_a_card_beside_the_data() {
    let world = World::new();
    let session = world.session_id().await;
    let document = "{ user { ... on User { id bankAccounts { name accountHolder { __typename } } } } }";
    let response = world.engine.query_run(run(&session, document)).await.unwrap();
    assert_eq!(response.status, 200, "{}", response.body);
    assert!(response.partial, "{}", response.body);
    assert_eq!(response.errors[0].missing_scopes, ["accountholders"]);
    assert_eq!(response.errors[0].card.code, "graphql_missing_scope");
    assert!(response.body.contains("\"bankAccounts\""));
    let row = world.engine.wire().into_iter().find(|row| row.target.starts_with("/graphql")).unwrap();
    assert_eq!(row.outcome, ExchangeOutcome::Partial);
}

#[tokio::test]
async fn a_run_with_the_same_id_is_sent_once() {
    let world = World::new();
    let session = world.session_id().await;
    let request = run(&session, "{ user { __typename } }");
    let (first, second) =
        tokio::join!(world.engine.query_run(request.clone()), world.engine.query_run(request));
    assert_eq!(
        first.unwrap().exchange,
        second.unwrap().exchange,
        "a reloaded page gets the first run's response"
    );
    let sent = world.engine.wire().into_iter().filter(|row| row.target.starts_with("/graphql")).count();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_run_whose_response_is_gone_is_not_sent_again() {
    let world = World::new();
    let session = world.session_id().await;
    let nth = |number: usize| run(&session, &format!("{{ user {{ __typename }} }} # {number}"));
    for number in 0..6 {
        world.engine.query_run(nth(number)).await.unwrap();
    }
    let refused = world.engine.query_run(nth(0)).await.unwrap_err();
    assert_eq!(ErrorView::from(refused).code, "run_response_gone");
    assert!(world.engine.query_run(nth(5)).await.is_ok(), "the last responses are kept");
    let sent = world.engine.wire().into_iter().filter(|row| row.target.starts_with("/graphql")).count();
    assert_eq!(sent, 6);
}

#[tokio::test]
async fn cancel_frees_the_connection() {
    let world = World::new();
    let session = world.session_id().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/graphql", listener.local_addr().unwrap());
    world
        .save_connection(|draft| draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Graphql, url }])
        .await;
    let request = run(&session, "{ user { __typename } }");
    let running = tokio::spawn({
        let (engine, request) = (world.engine.clone(), request.clone());
        async move { engine.query_run(request).await }
    });
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut bytes = [0; 4096];
    assert!(socket.read(&mut bytes).await.unwrap() > 0, "the request came");
    world.engine.query_cancel(&request.id);
    assert_eq!(running.await.unwrap().unwrap_err().code(), "run_cancelled");
    let rest = tokio::time::timeout(Duration::from_secs(5), async {
        while socket.read(&mut bytes).await.unwrap_or(0) > 0 {}
    });
    rest.await.expect("the socket is closed from our side");
    let row = world.engine.wire().into_iter().find(|row| row.target.starts_with("/graphql")).unwrap();
    assert_eq!(row.outcome, ExchangeOutcome::Cancelled);
}

#[tokio::test]
async fn variables_that_are_not_json_are_refused_with_their_place() {
    let world = World::new();
    let session = world.session_id().await;
    for (text, code) in [("{ \"first\": 3, }", "variables_malformed"), ("[1]", "variables_not_an_object")] {
        let mut request = run(&session, "{ user { __typename } }");
        request.id = text.to_owned();
        request.variables = text.to_owned();
        let error = world.engine.query_run(request).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
    let sent = world.engine.wire().into_iter().filter(|row| row.target.starts_with("/graphql")).count();
    assert_eq!(sent, 0);
}

#[tokio::test]
async fn a_page_instead_of_json_is_shown_as_it_came() {
    let world = World::new();
    let session = world.session_id().await;
    let token = world
        .connection()
        .await
        .endpoints
        .into_iter()
        .find(|endpoint| endpoint.kind == EndpointKind::Token)
        .unwrap();
    let url = token.url.unwrap().replace("/connect/token", "/no-such-page");
    world
        .save_connection(|draft| draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Graphql, url }])
        .await;
    let response = world.engine.query_run(run(&session, "{ user { __typename } }")).await.unwrap();
    assert_eq!(response.status, 404);
    assert_eq!(response.errors.len(), 1, "one card says what is wrong");
}

#[tokio::test]
async fn the_record_masks_the_tokens_and_reveals_one_at_a_time() {
    let world = World::new();
    world.session_id().await;
    let row = world.engine.wire().into_iter().find(|row| row.target.contains("authorization_code")).unwrap();
    let exchange = world.engine.exchange(&row.id).unwrap();
    let form = exchange.sections.iter().find(|section| section.part == ExchangePart::RequestBody).unwrap();
    for field in &form.fields {
        let secret = matches!(field.name.as_str(), "code" | "code_verifier");
        assert_eq!(field.secret, secret, "{}", field.name);
        assert_eq!(field.value.contains('•'), secret, "{} = {}", field.name, field.value);
    }
    let verifier =
        world.engine.exchange_reveal(&row.id, ExchangePart::RequestBody, Some("code_verifier")).unwrap();
    assert_eq!(verifier.len(), 43);
    let reply = exchange.sections.iter().find(|section| section.part == ExchangePart::ResponseBody).unwrap();
    assert!(reply.fields.iter().any(|field| field.name == "access_token" && field.secret));
    assert!(reply.fields.iter().any(|field| field.name == "expires_in" && !field.secret));
}

#[tokio::test]
async fn queries_are_made_saved_renamed_and_deleted_with_their_drafts() {
    let world = World::new();
    let made = world.engine.query_create("notes", "My query", "{ banks { name } }", "").await.unwrap();
    assert_eq!((made.path.as_str(), made.name.as_str()), ("notes/my-query", "My query"));
    let draft = QueryDraft { document: "{ banks { id } }".to_owned(), variables: String::new() };
    world.engine.query_draft(&made.path, Some(draft.clone())).await.unwrap();
    let moved = world.engine.query_rename(&made.path, "notes", "Other name").await.unwrap();
    assert_eq!(moved.path, "notes/other-name");
    assert_eq!(moved.draft, Some(draft), "what was typed moves along");
    let saved = world.engine.query_save(&moved.path, "{ banks { id name } }", "{}").await.unwrap();
    assert_eq!(saved.draft, None);
    let deleted = world.engine.query_delete(&saved.path).await.unwrap();
    assert!(deleted.document.contains("{ banks { id name } }"), "enough to create it again");
    assert_eq!(world.engine.query(&saved.path).await.unwrap_err().code(), "query_not_found");
}
