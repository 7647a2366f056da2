//! The commands of [`bobbin_api`] over HTTP on loopback, for `npm run dev` and the page's tests. It is never shipped.
//!
//! Everything behind it is real: the engine, the store, the sandbox. What a desktop would do is recorded instead, or
//! asked for by a test: the browser, the clipboard, the clock, the app links.
//!
//! It prints `{"url": …, "token": …}`, one line, and serves until its standard input ends. Every request bears the token.

mod outside;
mod world;

use std::{
    collections::HashMap,
    io::{self, Read as _, Write as _},
    process,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rand::Rng as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::world::World;

/// The worlds by their names, each with an engine and a folder of its own.
#[derive(Clone, Default)]
struct Worlds(Arc<Mutex<HashMap<String, Arc<World>>>>);

impl Worlds {
    fn get(&self, name: &str) -> Result<Arc<World>, StatusCode> {
        let worlds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        worlds.get(name).cloned().ok_or(StatusCode::NOT_FOUND)
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let token = random();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    writeln!(io::stdout(), "{}", json!({ "url": url, "token": token }))?;
    io::stdout().flush()?;
    let router = Router::new()
        .route("/worlds/{world}", post(begin).delete(end))
        .route("/worlds/{world}/call/{command}", post(call))
        .route("/worlds/{world}/events", get(events))
        .route("/worlds/{world}/outside", get(seen).post(happens))
        .with_state(Worlds::default())
        .layer(middleware::from_fn_with_state(Arc::new(format!("Bearer {token}")), bears_token));
    thread::spawn(end_with_input);
    axum::serve(listener, router).await
}

/// Its end is that of whoever started this.
fn end_with_input() {
    let _ = io::stdin().read_to_end(&mut Vec::new());
    process::exit(0);
}

fn random() -> String {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    u128::from_be_bytes(bytes).to_string()
}

async fn bears_token(State(expected): State<Arc<String>>, request: Request, next: Next) -> Response {
    match request.headers().get(header::AUTHORIZATION) {
        Some(given) if given.as_bytes() == expected.as_bytes() => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[derive(Deserialize)]
struct Beginning {
    /// Nothing outlives the process, as without a key store.
    #[serde(default)]
    memory: bool,
}

/// Starts a Bobbin for the first time; a second request for the same name starts it again on the same folder.
async fn begin(
    State(worlds): State<Worlds>,
    Path(name): Path<String>,
    Json(Beginning { memory }): Json<Beginning>,
) -> Result<(), (StatusCode, String)> {
    let before = worlds.get(&name).ok();
    let world = World::new(before.as_deref(), memory);
    let world = world.map_err(|why| (StatusCode::INTERNAL_SERVER_ERROR, why))?;
    worlds.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(world));
    Ok(())
}

async fn end(State(worlds): State<Worlds>, Path(name): Path<String>) {
    worlds.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
}

/// 422 with the error's view where the command was refused.
async fn call(
    State(worlds): State<Worlds>,
    Path((name, command)): Path<(String, String)>,
    Json(arguments): Json<Value>,
) -> Result<Response, StatusCode> {
    let world = worlds.get(&name)?;
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok(match world.api.call(&command, arguments).await {
        Ok(answer) => (json, answer).into_response(),
        Err(refused) => (StatusCode::UNPROCESSABLE_ENTITY, Json(refused)).into_response(),
    })
}

/// What the engine tells, a line of JSON each: `{"event": "changed", "payload": …}`.
async fn events(State(worlds): State<Worlds>, Path(name): Path<String>) -> Result<Body, StatusCode> {
    let told = worlds.get(&name)?.outside.listen();
    let lines = futures_util::stream::unfold(told, async |mut told| {
        let line = told.recv().await?;
        Some((Ok::<_, io::Error>(line), told))
    });
    Ok(Body::from_stream(lines))
}

/// What a desktop would have been asked to do.
async fn seen(State(worlds): State<Worlds>, Path(name): Path<String>) -> Result<Json<Value>, StatusCode> {
    Ok(Json(worlds.get(&name)?.outside.seen()))
}

/// What happens outside of Bobbin.
async fn happens(
    State(worlds): State<Worlds>,
    Path(name): Path<String>,
    Json(what): Json<outside::Event>,
) -> Result<(), StatusCode> {
    worlds.get(&name)?.happens(what).await;
    Ok(())
}
