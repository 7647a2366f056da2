//! However Bobbin ends while a reply is under way, it is there at the next start.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use bobbin_sandbox::Sandbox;
use bobbin_tests::{App, Decision, Desktop, Manager, Screen, Signal, World, until};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::steps::{PERSON, begin_sign_in, sign_in};

const SCREEN: Desktop = Desktop::new(Manager::Openbox, 1440, 900);
const WAYLAND: Desktop = Desktop::new(Manager::WestonHeadless, 1440, 900);

/// A provider that lives longer than the window; its token endpoint's replies can be held back.
struct Provider {
    _sandbox: Sandbox,
    gate: Arc<watch::Sender<bool>>,
    requests: watch::Receiver<usize>,
}

impl Provider {
    /// Starts it and makes the world's first connection one to it.
    async fn new(world: &World) -> Self {
        let sandbox = bobbin_sandbox::start(bobbin_sandbox::Config::default()).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let door = format!("http://127.0.0.1:{port}");
        let gate = Arc::new(watch::Sender::new(true));
        let (count, requests) = watch::channel(0);
        tokio::spawn({
            let (gate, address) = (gate.clone(), sandbox.address());
            async move {
                while let Ok((near, _)) = listener.accept().await {
                    count.send_modify(|count| *count += 1);
                    tokio::spawn(pass_on(near, address, port, gate.subscribe()));
                }
            }
        });
        let base = sandbox.base_url();
        let file = format!(
            "name = \"Sandbox\"\npreset = \"sandbox\"\nclient_id = \"{}\"\n\
             scopes = [\"openid\", \"accounts\", \"offline_access\"]\n\n\
             [redirect]\nmethod = \"app_link\"\nuri = \"dev.bobbin.workbench:/oauth/callback\"\n\n\
             [endpoints]\nissuer = \"{base}\"\nauthorization_endpoint = \"{base}/connect/authorize\"\n\
             token_endpoint = \"{door}/connect/token\"\nuserinfo_endpoint = \"{base}/connect/userinfo\"\n\
             jwks_uri = \"{base}/.well-known/openid-configuration/jwks\"\n\
             revocation_endpoint = \"{base}/connect/revocation\"\n\
             introspection_endpoint = \"{base}/connect/introspect\"\n\
             end_session_endpoint = \"{base}/connect/endsession\"\ngraphql_endpoint = \"{base}/graphql\"\n",
            bobbin_sandbox::PUBLIC_CLIENT_ID
        );
        let folder = world.data_folder().join("connections");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("sandbox.toml"), file).unwrap();
        Self { _sandbox: sandbox, gate, requests }
    }

    fn hold(&self) {
        self.gate.send_replace(false);
    }

    fn answer(&self) {
        self.gate.send_replace(true);
    }

    fn requests(&self) -> usize {
        *self.requests.borrow()
    }

    async fn has_been_asked(&self, times: usize) {
        until("the request to reach the provider", || (self.requests() >= times).then_some(())).await;
    }
}

/// Takes a request to the sandbox at once, and its reply back when the gate is open.
async fn pass_on(near: TcpStream, to: SocketAddr, port: u16, mut open: watch::Receiver<bool>) {
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = TcpStream::connect(to).await.unwrap().into_split();
    let mut head = vec![0; 16 * 1024];
    let length = near_in.read(&mut head).await.unwrap();
    // The sandbox answers to its own name alone.
    let head = String::from_utf8(head[..length].to_vec()).unwrap();
    let head = head.replace(&format!("host: 127.0.0.1:{port}"), &format!("host: {to}"));
    far_out.write_all(head.as_bytes()).await.unwrap();
    tokio::spawn(async move { copy(&mut near_in, &mut far_out).await });
    open.wait_for(|open| *open).await.unwrap();
    let _ = copy(&mut far_in, &mut near_out).await;
    let _ = near_out.shutdown().await;
}

async fn session(app: &App) -> Value {
    let overview = app.invoke("overview", json!({})).await;
    let id = overview["connections"][0]["sessions"][0]["id"].clone();
    app.invoke("session", json!({ "id": id })).await
}

/// Waits for the only session to have the tokens of that generation, unspent.
async fn is_at(app: &App, generation: u32) {
    app.click("button", PERSON).await;
    app.shows(&format!("generation {generation}")).await;
    let refresh = session(app).await["refresh"].clone();
    assert_eq!((&refresh["generation"], &refresh["state"]), (&json!(generation), &json!("ready")));
}

/// Sends the refresh token away and does not wait for what comes of it.
async fn spend(app: &App, generation: u32) {
    let id = session(app).await["id"].clone();
    app.send("session_refresh", json!({ "id": id, "generation": generation, "scopes": null })).await;
}

#[tokio::test]
async fn a_refresh_outlives_a_closed_window_and_the_ends_of_a_session() {
    let mut world = World::on(SCREEN);
    let provider = Provider::new(&world).await;
    let app = world.app().await;
    sign_in(&world, &app).await;
    let mut app = Some(app);
    for (ending, generation) in ["window", "term", "hup", "bus", "display"].into_iter().zip(1..) {
        let open = match app.take() {
            Some(app) => app,
            None => world.app().await,
        };
        is_at(&open, generation).await;
        provider.hold();
        let before = provider.requests();
        spend(&open, generation).await;
        provider.has_been_asked(before + 1).await;
        match ending {
            "window" => open.close().await,
            "term" => open.ends_on(Signal::TERM).await,
            "hup" => open.ends_on(Signal::HUP).await,
            "bus" => {
                world.change_bus();
                open.has_ended().await;
            }
            _ => {
                world.change_screen(SCREEN);
                open.has_ended().await;
            }
        }
        provider.answer();
        let next = world.app().await;
        is_at(&next, generation + 1).await;
        assert_eq!(provider.requests(), before + 1, "after {ending}: nothing was sent twice");
        app = Some(next);
    }
}

#[tokio::test]
async fn a_link_that_shows_nothing_keeps_no_closed_bobbin_alive() {
    let world = World::new();
    let screen = Screen::of(&world);
    let app = world.app().await;
    sign_in(&world, &app).await;
    // The embedded sandbox ends with the process, so the process waits for its reply.
    app.invoke("sandbox_faults_set", json!({ "ids": ["token-late"] })).await;
    spend(&app, 1).await;
    until("the refresh to begin", || {
        let log = std::fs::read_to_string(world.log()).ok()?;
        log.contains("refresh in flight").then_some(())
    })
    .await;
    screen.manage("windowactivate", &[]);
    screen.press("alt+F4");
    until("the window to be hidden", || (!screen.has_window("Bobbin")).then_some(())).await;

    let stray = world.bobbin(&["dev.bobbin.workbench:/oauth/callback?code=c&state=stray"]).spawn();
    app.has_ended().await;
    drop(stray);
}

#[tokio::test]
async fn a_sign_in_outlives_a_display_that_goes_away() {
    sign_in_outlives_the_display(SCREEN).await;
}

#[tokio::test]
async fn a_sign_in_outlives_a_wayland_compositor_that_goes_away() {
    sign_in_outlives_the_display(WAYLAND).await;
}

async fn sign_in_outlives_the_display(desktop: Desktop) {
    let mut world = World::on(desktop);
    let provider = Provider::new(&world).await;
    let app = world.app().await;
    let callback = begin_sign_in(&world, &app).await.decide(Decision::Allow).await;
    provider.hold();
    world.open_link(&callback);
    provider.has_been_asked(1).await;
    world.change_screen(desktop);
    app.has_ended().await;

    let app = world.app().await;
    provider.answer();

    app.find("button", PERSON).await;
    is_at(&app, 1).await;
    assert_eq!(provider.requests(), 1);
}
