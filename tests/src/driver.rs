//! WebDriver servers and their sessions.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::Command,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value};

use crate::{
    process::Process,
    wait::{PATIENCE, until},
    world::World,
};

/// A WebDriver server with the one session that it serves.
pub(crate) struct Driver {
    pub(crate) process: Process,
    pub(crate) client: Client,
}

impl Driver {
    /// `capabilities` is a JSON object; its program starts with the session.
    pub(crate) async fn start(world: &World, program: &str, capabilities: Value) -> Self {
        let capabilities: Map<String, Value> = match capabilities {
            Value::Object(members) => members,
            other => panic!("capabilities must be an object: {other}"),
        };
        // WebKitWebDriver meets its browser at a port that it picks blindly; one in use gives no session, ever.
        for _ in 0..2 {
            if let Some(driver) = Self::try_start(world, program, capabilities.clone()).await {
                return driver;
            }
        }
        let last = Self::try_start(world, program, capabilities).await;
        last.unwrap_or_else(|| panic!("{program} gave no session, three times"))
    }

    /// `None` where no session came in time; the server and its program are ended then.
    async fn try_start(world: &World, program: &str, capabilities: Map<String, Value>) -> Option<Self> {
        let port = free_port();
        let mut command: Command = world.command(program);
        // Lets a program be driven that is started from here.
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let process = Process::start(&mut command, &world.path("logs"));
        until(&format!("{program} to listen"), || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()).await;
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let session = tokio::time::timeout(PATIENCE, builder.capabilities(capabilities).connect(&address));
        match session.await {
            Ok(Ok(client)) => Some(Self { process, client }),
            Ok(Err(error)) => panic!("{program} gave no session: {error}\n{}", process.said()),
            Err(_) => None,
        }
    }
}

/// A port that nobody listens on now.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
