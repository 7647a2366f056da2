//! Where a row plays: a session bus with a key store, a provider behind the proxy, a data folder on a real disk.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use bobbin_tests::{PATIENCE, World};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::torture::{
    bobbin::Bobbin,
    person::Person,
    provider::{Provider, Registered},
    proxy::Proxy,
};

pub(crate) const CONNECTION: &str = "torture";

pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) proxy: Proxy,
    pub(crate) provider: Provider,
    client: Registered,
    root: TempDir,
    folder: PathBuf,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::on(World::new()).await
    }

    pub(crate) async fn on(world: World) -> Self {
        let proxy = Proxy::start();
        let provider = Provider::start(Some(&proxy.address));
        proxy.lead_to(&provider.address);
        let client = provider.register(json!({ "token_endpoint_auth_method": "none" })).await;
        // Where programs are built is a disk, which /tmp often is not.
        let root =
            tempfile::Builder::new().prefix("torture-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let folder = root.path().join("data");
        fs::create_dir(&folder).unwrap();
        Self { world, proxy, provider, client, root, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The place of another folder on the same disk.
    pub(crate) fn spare(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The name of the file system that the data folder is on.
    pub(crate) fn file_system(&self) -> String {
        let told = Command::new("stat").args(["--file-system", "--format=%T"]).arg(self.folder()).output();
        String::from_utf8_lossy(&told.unwrap().stdout).trim().to_owned()
    }

    /// Why nothing can be said here about what is durable.
    pub(crate) fn without_disk(&self) -> Option<String> {
        let name = self.file_system();
        matches!(name.as_str(), "tmpfs" | "ramfs").then(|| format!("{name} keeps nothing on a disk"))
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client.id
    }

    /// Starts Bobbin and waits until it has opened what it keeps.
    pub(crate) fn start(&self) -> Bobbin {
        self.start_as(self.world.command(this_program()))
    }

    /// The same with something around this program.
    pub(crate) fn start_as(&self, command: Command) -> Bobbin {
        opened(Bobbin::start(command, self.folder())).expect("the key store is not what this is about")
    }

    /// The same on another folder; the error is the state in which nothing is kept.
    pub(crate) fn start_on(&self, folder: &Path) -> Result<Bobbin, String> {
        opened(Bobbin::start(self.world.command(this_program()), folder))
    }

    /// Makes the connection that signs in.
    pub(crate) fn connect(&self, bobbin: &mut Bobbin) {
        let with = json!({ "issuer": self.proxy.address, "client": self.client.id });
        assert_eq!(bobbin.ask("connect", with).unwrap(), CONNECTION);
    }

    /// The session where its refresh token is good, else a new one in its place.
    pub(crate) async fn usable(&self, bobbin: &mut Bobbin, session: String) -> String {
        if bobbin.kept(&session).state == "ready" {
            return session;
        }
        bobbin.ask("forget", json!({ "session": session })).unwrap();
        self.sign_in(bobbin).await
    }

    /// What the provider knows of a refresh token: `ready`, `used` or `gone`.
    pub(crate) async fn refresh_token_state(&self, value: &str) -> String {
        let asked = reqwest::Client::new().get(self.provider.at("/refresh-token")).query(&[("value", value)]);
        let told: Value = asked.send().await.unwrap().json().await.unwrap();
        told["state"].as_str().unwrap().to_owned()
    }

    /// A new session, by its id.
    pub(crate) async fn sign_in(&self, bobbin: &mut Bobbin) -> String {
        let url = bobbin.ask("sign in", json!({ "connection": CONNECTION })).unwrap();
        let callback = Person::new("ada").allows(url.as_str().unwrap()).await;
        let with = json!({ "connection": CONNECTION, "url": callback.as_str() });
        bobbin.ask("come back", with).unwrap().as_str().unwrap().to_owned()
    }
}

/// Waits for a key store that is slow on a busy computer.
fn opened(mut bobbin: Bobbin) -> Result<Bobbin, String> {
    let began = Instant::now();
    loop {
        let state = bobbin.ask("key store", json!({}))?;
        if state == "ready" {
            return Ok(bobbin);
        }
        if state != "locked" || began.elapsed() > PATIENCE {
            return Err(format!("the key store or database is {state}"));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}
