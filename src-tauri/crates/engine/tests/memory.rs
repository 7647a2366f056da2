//! What a response may cost, whatever a server sends. Alone in its process, whose memory is measured.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "engine/server/mod.rs"]
mod server;
#[path = "engine/world/mod.rs"]
mod world;

use std::io::Write as _;

use bobbin_engine::view::EndpointKind;
use flate2::{Compression, write::GzEncoder};
use server::answers;
use world::{World, run};

const MIB: usize = 1024 * 1024;

/// The most that this process ever had, in MiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

fn reply(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// `{"data":[0,0,…]}` of so many bytes.
fn zeros(bytes: usize) -> Vec<u8> {
    format!(r#"{{"data":[0{}]}}"#, ",0".repeat(bytes / 2)).into_bytes()
}

#[tokio::test]
async fn a_response_of_any_kind_costs_a_few_times_its_size() {
    let world = World::new();
    let session = world.session_id().await;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(br#"{"data":[0"#).unwrap();
    // A little at a time: the test must not have it either.
    for _ in 0..100 {
        gzip.write_all(&b",0".repeat(MIB / 2)).unwrap();
    }
    gzip.write_all(b"]}").unwrap();
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < MIB / 4, "{} bytes", bomb.len());
    let before = peak();

    let bomb = answers(&[reply("Content-Encoding: gzip\r\n", &bomb)]).await;
    world.redirect(EndpointKind::Graphql, &bomb).await;
    let error = world.engine.query_run(run(&session, "{ bomb }")).await.unwrap_err();
    assert_eq!(error.code(), "reply_too_large");
    assert!(error.to_string().contains("unpacks to more than"), "{error}");
    let row = world.engine.wire().into_iter().find(|row| row.target == "/").unwrap();
    let exchange = world.engine.exchange(&row.id).unwrap();
    assert!(exchange.failure.unwrap().contains("unpacks to more than"));
    let shown = exchange.sections.into_iter().filter_map(|section| section.text);
    assert!(shown.collect::<String>().contains(r#"{"data":[0,0"#), "what arrived is in the record");
    let bombed = peak();

    let plain = answers(&[reply("", &zeros(20 * MIB))]).await;
    world.redirect(EndpointKind::Graphql, &plain).await;
    let response = world.engine.query_run(run(&session, "{ plain }")).await.unwrap();
    assert!(response.json && response.body.starts_with(r#"{"data":[0,0"#), "it is shown as it came");
    let all = peak();

    println!("peak memory: {before} MiB, {bombed} MiB after the bomb, {all} MiB after 20 MiB of zeros");
    // 20 MiB of zeros alone took 1,142 MiB as a tree.
    assert!(all - before < 400, "{before} MiB before, {all} MiB after");
}
