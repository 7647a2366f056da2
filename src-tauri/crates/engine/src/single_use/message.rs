//! Requests and replies as they travel between two processes and stand in the store. They hold secrets.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bobbin_protocol::http::{Body, Field, HttpReply, HttpRequest, Method};
use serde::{Deserialize, Serialize};
use url::Url;

#[derive(Serialize, Deserialize)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    /// Base64, as it may be anything.
    body: String,
}

impl From<HttpReply> for Reply {
    fn from(reply: HttpReply) -> Self {
        Self { status: reply.status, headers: reply.headers, body: BASE64_STANDARD.encode(reply.body) }
    }
}

impl From<Reply> for HttpReply {
    fn from(reply: Reply) -> Self {
        Self {
            status: reply.status,
            headers: reply.headers,
            body: BASE64_STANDARD.decode(reply.body).unwrap_or_default(),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    post: bool,
    url: Url,
    headers: Vec<(String, String)>,
    body: Content,
}

#[derive(Serialize, Deserialize)]
enum Content {
    Empty,
    Form(Vec<(String, String)>),
    Json(Vec<(String, String)>),
    Text { content_type: String, text: String },
}

impl From<&HttpRequest> for Request {
    fn from(request: &HttpRequest) -> Self {
        Self {
            post: request.method == Method::Post,
            url: request.url.clone(),
            headers: pairs(&request.headers),
            body: match &request.body {
                Body::Empty => Content::Empty,
                Body::Form(fields) => Content::Form(pairs(fields)),
                Body::Json(fields) => Content::Json(pairs(fields)),
                Body::Text { content_type, text } => {
                    Content::Text { content_type: content_type.clone(), text: text.clone() }
                }
            },
        }
    }
}

impl From<Request> for HttpRequest {
    fn from(request: Request) -> Self {
        Self {
            method: if request.post { Method::Post } else { Method::Get },
            url: request.url,
            headers: fields(request.headers),
            body: match request.body {
                Content::Empty => Body::Empty,
                Content::Form(pairs) => Body::Form(fields(pairs)),
                Content::Json(pairs) => Body::Json(fields(pairs)),
                Content::Text { content_type, text } => Body::Text { content_type, text },
            },
        }
    }
}

fn pairs(fields: &[Field]) -> Vec<(String, String)> {
    fields.iter().map(|field| (field.name.clone(), field.value.expose().to_owned())).collect()
}

/// Which of them are secret no longer matters: they are sent and not recorded.
fn fields(pairs: Vec<(String, String)>) -> Vec<Field> {
    pairs.into_iter().map(|(name, value)| Field::secret(name, value)).collect()
}
