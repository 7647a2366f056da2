//! A server that answers as a test wants, in place of one of the sandbox's endpoints.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// Starts a server; `answer` gets each request in turn and gives the bytes to reply with, or none to hang up.
pub(crate) async fn server<F>(mut answer: impl FnMut(Vec<u8>) -> F + Send + 'static) -> String
where
    F: Future<Output = Vec<u8>> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let request = request(&mut socket).await;
            let reply = answer(request).await;
            let _ = socket.write_all(&reply).await;
        }
    });
    url
}

/// A server that gives these replies, the last one again and again.
pub(crate) async fn answers(replies: &[Vec<u8>]) -> String {
    let mut replies: Vec<_> = replies.iter().rev().cloned().collect();
    server(move |_| {
        let reply = if replies.len() > 1 { replies.pop().unwrap() } else { replies[0].clone() };
        async move { reply }
    })
    .await
}

pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Word\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

thread_local! {
    /// One for each test, which has a thread of its own: to make it reads all of the system's certificates.
    static HTTP: reqwest::Client = reqwest::Client::new();
}

/// What the token endpoint at `url` answers to the same form.
pub(crate) async fn forwarded(url: &str, request: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(request.to_vec()).unwrap();
    let (_, form) = text.split_once("\r\n\r\n").unwrap();
    let request = HTTP
        .with(Clone::clone)
        .post(url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let reply = request.send().await.unwrap();
    json(reply.status().as_u16(), &reply.text().await.unwrap())
}

/// A server before the token endpoint at `url`: a request that arrived waits until it may go.
pub(crate) async fn slow(url: &str) -> (String, Arc<Notify>, Arc<Notify>) {
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = server({
        let (url, arrived, go) = (url.to_owned(), arrived.clone(), go.clone());
        move |request| {
            let (url, arrived, go) = (url.clone(), arrived.clone(), go.clone());
            async move {
                arrived.notify_one();
                go.notified().await;
                forwarded(&url, &request).await
            }
        }
    })
    .await;
    (slow, arrived, go)
}

async fn request(socket: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return request;
            }
        }
        match socket.read(&mut bytes).await {
            Ok(0) | Err(_) => return request,
            Ok(count) => request.extend_from_slice(&bytes[..count]),
        }
    }
}
