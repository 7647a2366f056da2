//! The index page, and the keys and files that it gives to people.

use aws_lc_rs::{
    digest,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair,
        UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bobbin_sandbox::{
    CERTIFICATE_CLIENT_ID, CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, Config, EC_CLIENT_ID,
    PUBLIC_CLIENT_ID,
};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::common::*;

/// The bytes of a PEM block, read by hand.
pub(crate) fn block(pem: &str, tag: &str) -> Vec<u8> {
    let begin = format!("-----BEGIN {tag}-----\n");
    let body = between(pem, &begin, &format!("\n-----END {tag}-----\n")).expect("the file has the block");
    assert!(body.lines().all(|line| line.len() <= 64), "lines have at most 64 characters");
    STANDARD.decode(body.replace('\n', "")).unwrap()
}

/// The lines of a PEM file that are not base64.
fn frame(pem: &str) -> Vec<&str> {
    let mut inside = false;
    pem.lines()
        .filter(|line| {
            let marker = line.starts_with("-----");
            inside = if marker { line.starts_with("-----BEGIN") } else { inside };
            marker || !inside
        })
        .collect()
}

#[tokio::test]
async fn the_index_page_lists_every_client_and_what_it_proves_itself_with() {
    let (_sandbox, visitor) = sandbox().await;
    let page = visitor.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("<h1>Sandbox: nothing here is real</h1>"));
    for shown in [
        PUBLIC_CLIENT_ID,
        CONFIDENTIAL_CLIENT_ID,
        CONFIDENTIAL_CLIENT_SECRET,
        CERTIFICATE_CLIENT_ID,
        EC_CLIENT_ID,
        REDIRECT,
        "https://localhost:9000/return",
        "http://127.0.0.1:8765/callback",
        "http://localhost:8765/callback",
    ] {
        assert!(page.html.contains(&format!("<code>{shown}</code>")), "{shown}");
    }
    assert!(page.html.contains(&format!("<code>{}/v2.0/reference/gettoken</code>", visitor.base)));
    let links: Vec<_> =
        page.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links, ["/sandbox/client.pem", "/sandbox/credentials.json", "/sandbox/ec-client.pem"]);
    for link in links {
        let file = visitor.get(link).await;
        assert_eq!(file.status, StatusCode::OK, "{link}");
        let disposition = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\"sandbox-"), "{disposition}");
    }
}

#[tokio::test]
async fn the_index_page_runs_its_own_script_alone_and_asks_the_sandbox_alone() {
    let (_sandbox, visitor) = sandbox().await;
    let page = visitor.get("/").await;
    let script = between(&page.html, "<script>", "</script>").unwrap();
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, script.as_bytes()));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains(&format!("script-src 'sha256-{hash}';")), "{policy}");
    assert!(policy.ends_with("; connect-src 'self'"), "{policy}");
}

#[tokio::test]
async fn the_certificate_file_has_the_order_and_the_key_id_of_a_providers() {
    let (_sandbox, visitor) = sandbox().await;
    let pem = visitor.get("/sandbox/client.pem").await.html;
    let certificate = block(&pem, "CERTIFICATE");
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
    let id: Vec<_> = sha1.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    let local_key_id = format!("    localKeyID: {} ", id.join(" "));
    assert_eq!(
        frame(&pem),
        [
            "Bag Attributes",
            &local_key_id,
            "subject=O = Bobbin, CN = Sandbox client",
            "issuer=O = Bobbin, CN = Sandbox client",
            "-----BEGIN CERTIFICATE-----",
            "-----END CERTIFICATE-----",
            "Bag Attributes",
            &local_key_id,
            "Key Attributes: <No Attributes>",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
        ]
    );
    let key = RsaKeyPair::from_pkcs8(&block(&pem, "PRIVATE KEY")).unwrap();
    assert_eq!(key.public_modulus_len(), 256, "2048 bits");
    let public = key.public_key().as_ref();
    assert!(certificate.windows(public.len()).any(|part| part == public), "the certificate is for this key");
}

#[tokio::test]
async fn the_ec_file_holds_a_p256_key_alone() {
    let (_sandbox, visitor) = sandbox().await;
    let pem = visitor.get("/sandbox/ec-client.pem").await.html;
    assert_eq!(frame(&pem), ["-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----"]);
    let der = block(&pem, "EC PRIVATE KEY");
    let key = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap();
    let signature = key.sign(&aws_lc_rs::rand::SystemRandom::new(), b"signed").unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key());
    assert!(public.verify(b"signed", signature.as_ref()).is_ok());
}

#[tokio::test]
async fn the_credentials_file_describes_the_client_with_the_certificate() {
    let (_sandbox, visitor) = sandbox().await;
    let credentials: Value =
        serde_json::from_str(&visitor.get("/sandbox/credentials.json").await.html).unwrap();
    assert_eq!(credentials["id"], CERTIFICATE_CLIENT_ID);
    assert_eq!(credentials["redirectUrls"][0], REDIRECT);
    assert_eq!(credentials["refreshTokenUsage"], "OneTimeOnly");
    assert_eq!(credentials["identityTokenLifetime"], 300);
    assert_eq!(credentials["slidingRefreshTokenLifetime"], 365 * 24 * 60 * 60);
    let scopes = credentials["allowedScopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("offline_access")) && scopes.contains(&json!("client_refund")));
}

async fn files(visitor: &Visitor) -> [String; 2] {
    [visitor.get("/sandbox/client.pem").await.html, visitor.get("/sandbox/ec-client.pem").await.html]
}

#[tokio::test]
async fn a_restart_keeps_the_keys_beside_the_state_file() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { state_file: Some(folder.path().join("sandbox.json")), ..Config::default() };
    let (running, visitor) = sandbox_with(config()).await;
    let before = files(&visitor).await;
    running.shutdown().await;
    let (_sandbox, visitor) = sandbox_with(config()).await;
    assert_eq!(files(&visitor).await, before);
    for name in ["sandbox-client.pem", "sandbox-ec-client.pem"] {
        let metadata = std::fs::metadata(folder.path().join(name)).unwrap();
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600, "{name}");
        assert!(metadata.is_file());
    }
}

#[tokio::test]
async fn without_a_state_file_each_start_has_keys_of_its_own() {
    let ((_one, first), (_two, second)) = (sandbox().await, sandbox().await);
    let (first, again, second) = (files(&first).await, files(&first).await, files(&second).await);
    assert_eq!(first, again, "one start keeps them");
    assert!(first[0] != second[0] && first[1] != second[1]);
}

#[tokio::test]
async fn a_damaged_key_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox-client.pem");
    std::fs::write(&path, "-----BEGIN PRIVATE KEY-----\nnonsense").unwrap();
    let state_file = Some(folder.path().join("sandbox.json"));
    let (_sandbox, visitor) = sandbox_with(Config { state_file, ..Config::default() }).await;
    let pem = visitor.get("/sandbox/client.pem").await.html;
    block(&pem, "PRIVATE KEY");
    assert_eq!(std::fs::read_to_string(path).unwrap(), pem);
}
