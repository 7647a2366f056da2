//! Where the sandbox listens, how it starts and stops, and what it says of itself.

use std::net::{Ipv4Addr, TcpListener, TcpStream};

use crate::common::*;
use bobbin_sandbox::{Config, StartError, start};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let (sandbox, _) = sandbox().await;
    assert_eq!(sandbox.address().ip(), Ipv4Addr::LOCALHOST);
    let port = sandbox.address().port();
    let elsewhere = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        // No packet is sent: connecting only asks which address would be used.
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    // 127.0.0.2 is this machine as well, and another address.
    let mut others = vec![std::net::IpAddr::from([127, 0, 0, 2])];
    others.extend(elsewhere.map(|address| address.ip()).ok().filter(|ip| !ip.is_loopback()));
    for other in others {
        assert!(TcpStream::connect((other, port)).is_err(), "{other} answers");
    }
}

#[tokio::test]
async fn it_answers_as_soon_as_it_has_started() {
    let begun = std::time::Instant::now();
    let sandbox = start(Config::default()).await.unwrap();
    let started = begun.elapsed();
    assert!(TcpStream::connect(sandbox.address()).is_ok());
    assert!(started.as_millis() < 300, "{started:?}");
}

#[tokio::test]
async fn a_taken_port_falls_back_to_a_free_one_or_fails_as_asked() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let sandbox = start(Config { port, fallback: true, state_file: None }).await.unwrap();
    assert_ne!(sandbox.address().port(), port);
    let error = start(Config { port, fallback: false, state_file: None }).await.unwrap_err();
    assert!(matches!(error, StartError::Listen { port: said, .. } if said == port), "{error}");
}

#[tokio::test]
async fn at_the_next_start_a_taken_port_is_stood_in_for_by_the_same_one() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let config = Config { port, fallback: true, state_file: None };
    let first = start(config.clone()).await.unwrap();
    let address = first.address();
    assert!((1..=9).contains(&(address.port() - port)), "{port} is stood in for by {address}");
    first.shutdown().await;
    assert_eq!(start(config).await.unwrap().address(), address, "sessions name it as their issuer");
}

#[tokio::test]
async fn after_shutdown_nobody_listens() {
    let (sandbox, visitor) = sandbox().await;
    visitor.get("/.well-known/openid-configuration").await;
    let address = sandbox.address();
    sandbox.shutdown().await;
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn discovery_names_endpoints_under_the_issuer() {
    let (sandbox, visitor) = sandbox().await;
    let page = visitor.get("/.well-known/openid-configuration").await;
    let metadata: Value = serde_json::from_str(&page.html).unwrap();
    assert_eq!(metadata["issuer"], sandbox.base_url());
    for (name, path) in [
        ("authorization_endpoint", "/connect/authorize"),
        ("token_endpoint", "/connect/token"),
        ("userinfo_endpoint", "/connect/userinfo"),
        ("revocation_endpoint", "/connect/revocation"),
        ("introspection_endpoint", "/connect/introspect"),
        ("end_session_endpoint", "/connect/endsession"),
        ("jwks_uri", "/.well-known/openid-configuration/jwks"),
    ] {
        assert_eq!(metadata[name], format!("{}{path}", sandbox.base_url()));
    }
}

#[tokio::test]
async fn discovery_names_the_methods_of_client_authentication() {
    let (_sandbox, visitor) = sandbox().await;
    let page = visitor.get("/.well-known/openid-configuration").await;
    let metadata: Value = serde_json::from_str(&page.html).unwrap();
    let proofs = ["client_secret_post", "client_secret_basic", "private_key_jwt"];
    let with_none = ["none", proofs[0], proofs[1], proofs[2]];
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(with_none));
    assert_eq!(metadata["revocation_endpoint_auth_methods_supported"], json!(with_none));
    assert_eq!(metadata["introspection_endpoint_auth_methods_supported"], json!(proofs));
    assert_eq!(
        metadata["token_endpoint_auth_signing_alg_values_supported"],
        json!(["RS256", "PS256", "ES256"])
    );
}

#[tokio::test]
async fn the_key_set_has_one_public_rsa_key() {
    let (_sandbox, visitor) = sandbox().await;
    let page = visitor.get("/.well-known/openid-configuration/jwks").await;
    let keys: Value = serde_json::from_str(&page.html).unwrap();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    let members: Vec<_> = keys["keys"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["kty", "use", "kid", "e", "n", "alg"], "no private member");
    assert_eq!(text(&keys["keys"][0]["n"]).len(), 342, "2048 bits");
}

#[tokio::test]
async fn a_name_that_someone_pointed_here_is_not_served() {
    let (sandbox, visitor) = sandbox().await;
    let url = format!("{}/.well-known/openid-configuration", sandbox.base_url());
    let rebound = visitor.http.get(&url).header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
    let local = format!("localhost:{}", sandbox.address().port());
    let local = visitor.http.get(&url).header(header::HOST, local).send().await.unwrap();
    assert_eq!(local.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let (_sandbox, visitor) = sandbox().await;
    let long = visitor.get(&format!("/connect/authorize?state={}", "a".repeat(9000))).await;
    assert_eq!(long.status, StatusCode::URI_TOO_LONG);
    let large = visitor.post("/connect/token", &[("code", "a".repeat(300 * 1024))]).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
