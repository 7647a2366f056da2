//! The provider's process. Each test is a client of its own there.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
};

use serde_json::{Value, json};

pub(crate) const APP_LINK: &str = "dev.bobbin.workbench:/oauth/callback";

pub(crate) struct Provider {
    pub(crate) issuer: String,
    /// Where it listens itself; its issuer may be something in between.
    pub(crate) address: String,
    /// By `rsa` and `p256`: the private key's `pem`, and the `jwk` that a client registers.
    client_keys: Value,
    _process: Child,
    /// The process ends when this closes, however the tests end.
    _open: ChildStdin,
}

impl Provider {
    /// The one that all tests share.
    pub(crate) fn get() -> &'static Self {
        static PROVIDER: OnceLock<Provider> = OnceLock::new();
        PROVIDER.get_or_init(|| Self::start(None))
    }

    /// Starts one that goes by `issuer`, or by its own address.
    pub(crate) fn start(issuer: Option<&str>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/provider.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .args(issuer)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node starts the provider");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line)
            .expect("the provider says where it is; if its packages are missing: npm ci --prefix tests");
        Self {
            issuer: text(&said, "issuer"),
            address: text(&said, "address"),
            client_keys: said["clientKeys"].clone(),
            _open: process.stdin.take().unwrap(),
            _process: process,
        }
    }

    pub(crate) fn client_key(&self, kind: &str) -> ClientKey {
        let key = &self.client_keys[kind];
        ClientKey { kid: text(key, "kid"), pem: text(key, "pem"), jwk: key["jwk"].clone() }
    }

    /// Registers a client (RFC 7591) with `metadata` beside what each client has.
    pub(crate) async fn register(&self, metadata: Value) -> Registered {
        let mut body = json!({
            "application_type": "native",
            "redirect_uris": [APP_LINK],
            "grant_types": ["authorization_code", "refresh_token"],
        });
        body.as_object_mut().unwrap().extend(metadata.as_object().cloned().unwrap_or_default());
        let reply = reqwest::Client::new().post(self.at("/reg")).json(&body).send().await.unwrap();
        let status = reply.status();
        let reply: Value = reply.json().await.unwrap();
        assert!(status.is_success(), "the provider refused {body}: {reply}");
        Registered {
            id: text(&reply, "client_id"),
            secret: reply["client_secret"].as_str().map(str::to_owned),
        }
    }

    /// What a client sent to the token, revocation and introspection endpoints, oldest first.
    pub(crate) async fn seen(&self, client_id: &str) -> Vec<Value> {
        let query = [("client_id", client_id)];
        reqwest::Client::new().get(self.at("/seen")).query(&query).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

pub(crate) struct ClientKey {
    pub(crate) kid: String,
    pub(crate) pem: String,
    pub(crate) jwk: Value,
}

pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_else(|| panic!("{object} has no {name}")).to_owned()
}
