//! GraphQL over HTTP: the operations of a document, a request, and what a response says.

mod indent;
mod response;

use apollo_parser::{
    Parser,
    cst::{CstNode, Definition, OperationDefinition},
};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

pub(crate) use self::response::{errors, has_data};
pub use self::{
    indent::indented,
    response::{GraphqlReply, ReplyError, process_response},
};
use crate::{
    Map,
    http::{Body, Field, HttpRequest, Method, bearer},
};

/// Deeper than any document that a person writes, and shallow enough for every stack.
const MAX_DEPTH: usize = 100;

/// More tokens than any document that a person writes.
const MAX_TOKENS: usize = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    Query,
    Mutation,
    Subscription,
}

/// One operation that a document can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub kind: OperationKind,
    /// Absent for the short form.
    pub name: Option<String>,
    /// Where it begins, from 1.
    pub line: u32,
}

/// The first place where a document is malformed. The server may see it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}, column {column}: {message}.")]
pub struct GraphqlError {
    pub message: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// The operations of a document, in their order.
pub fn operations(document: &str) -> Result<Vec<Operation>, GraphqlError> {
    if document.trim().is_empty() {
        return Ok(Vec::new());
    }
    let tree = Parser::new(document).recursion_limit(MAX_DEPTH).token_limit(MAX_TOKENS).parse();
    if let Some(error) = tree.errors().min_by_key(|error| error.index()) {
        let (line, column) = position(document, error.index());
        return Err(GraphqlError { message: error.message().trim_end_matches('.').to_owned(), line, column });
    }
    // From one to the next: each from the beginning would read a long document again and again.
    let (mut line, mut place) = (1, 0);
    let mut operations = Vec::new();
    for definition in tree.document().definitions() {
        if let Definition::OperationDefinition(operation) = definition {
            let start = usize::from(operation.syntax().text_range().start());
            line += position(&document[place..start], start - place).0 - 1;
            place = start;
            operations.push(read(&operation, line));
        }
    }
    Ok(operations)
}

/// Asks for the media type of GraphQL over HTTP, and takes plain JSON as well.
pub fn build_request(
    endpoint: &Url,
    access_token: &SecretString,
    document: &str,
    operation_name: Option<&str>,
    variables: Option<&Value>,
) -> HttpRequest {
    let mut members = Map::new();
    members.insert("query".to_owned(), document.into());
    if let Some(name) = operation_name {
        members.insert("operationName".to_owned(), name.into());
    }
    if let Some(variables) = variables {
        members.insert("variables".to_owned(), variables.clone());
    }
    let accept = "application/graphql-response+json, application/json;q=0.9";
    HttpRequest {
        method: Method::Post,
        url: endpoint.clone(),
        headers: vec![Field::plain("Accept", accept), bearer(access_token)],
        body: Body::Text {
            content_type: "application/json".to_owned(),
            text: Value::Object(members).to_string(),
        },
    }
}

fn read(operation: &OperationDefinition, line: u32) -> Operation {
    let kind = operation.operation_type();
    let kind = match kind {
        Some(kind) if kind.mutation_token().is_some() => OperationKind::Mutation,
        Some(kind) if kind.subscription_token().is_some() => OperationKind::Subscription,
        _ => OperationKind::Query,
    };
    Operation { kind, name: operation.name().map(|name| name.text().to_string()), line }
}

/// Line and column of a place in bytes; a place past the end is the end.
fn position(document: &str, index: usize) -> (u32, u32) {
    let before = document.char_indices().take_while(|(place, _)| *place < index).map(|(_, c)| c);
    let (mut line, mut column, mut last) = (1, 1, ' ');
    for c in before {
        if c == '\n' && last == '\r' {
            // The second half of one line end.
        } else if matches!(c, '\n' | '\r') {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
        last = c;
    }
    (line, column)
}

#[cfg(test)]
mod tests;
