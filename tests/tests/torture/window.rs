//! Bobbin's real window in a scene: the application with a connection to the provider behind the proxy.

use std::{fs, time::Duration};

use bobbin_tests::{App, until};
use serde_json::json;

use crate::torture::{
    bobbin::Kept,
    person::Person,
    scene::{CONNECTION, Scene},
};

/// What spends something that works once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Exchange,
    Refresh,
}

/// One after the other.
pub(crate) fn leg(round: usize) -> Leg {
    if round.is_multiple_of(2) { Leg::Exchange } else { Leg::Refresh }
}

impl Scene {
    /// Writes the connection's file, as a person may who has it from a colleague.
    pub(crate) fn furnish_window(&self) {
        let (issuer, client) = (&self.proxy.address, self.client_id());
        let file = format!(
            "name = \"Torture\"\npreset = \"openid\"\nclient_id = \"{client}\"\n\
             scopes = [\"openid\", \"profile\", \"offline_access\"]\n\n\
             [redirect]\nmethod = \"app_link\"\nuri = \"dev.bobbin.workbench:/oauth/callback\"\n\n\
             [parameters.authorize]\nprompt = \"consent\"\n\n\
             [endpoints]\nissuer = \"{issuer}\"\ngraphql_endpoint = \"{issuer}/graphql\"\n",
        );
        let folder = self.world.data_folder().join("connections");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{CONNECTION}.toml")), file).unwrap();
    }

    /// Waits until the window has opened what it keeps.
    pub(crate) async fn window(&self) -> App {
        let app = self.world.app().await;
        app.until_answer("overview", json!({}), |overview| overview["status"]["keyStore"] == "ready").await;
        app
    }

    /// Sends something that works once on its way, and waits until the proxy has it; gives its number there.
    ///
    /// `session` is the one that is refreshed.
    pub(crate) async fn spend(&self, app: &App, leg: Leg, session: &str) -> usize {
        let number = self.proxy.count();
        match leg {
            Leg::Exchange => {
                let callback = self.callback(app).await;
                self.world.open_link(&callback);
            }
            Leg::Refresh => {
                let generation = kept_by(app, session).await.generation;
                let arguments = json!({ "id": session, "generation": generation, "scopes": null });
                app.send("session_refresh", arguments).await;
            }
        }
        until("the request to reach the provider", || (self.proxy.count() > number).then_some(())).await;
        number
    }

    /// A whole sign-in; gives the session.
    pub(crate) async fn sign_in_by_window(&self, app: &App) -> String {
        let before = sessions(app).await;
        self.spend(app, Leg::Exchange, "").await;
        let new = |sessions: &[String]| sessions.iter().find(|session| !before.contains(session)).cloned();
        for _ in 0..600 {
            if let Some(session) = new(&sessions(app).await) {
                return session;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no session came of the sign-in")
    }

    /// Up to where the browser is sent back to Bobbin.
    async fn callback(&self, app: &App) -> String {
        app.invoke("sign_in_start", json!({ "connection": CONNECTION, "userLabel": "" })).await;
        let page = self.world.opened().await;
        Person::new("ada").allows(page.as_str()).await.to_string()
    }
}

/// The ids of all sessions.
pub(crate) async fn sessions(app: &App) -> Vec<String> {
    let overview = app.invoke("overview", json!({})).await;
    let connections = overview["connections"].as_array().unwrap();
    let ours = connections.iter().find(|connection| connection["slug"] == CONNECTION).unwrap();
    let sessions = ours["sessions"].as_array().unwrap();
    sessions.iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn kept_by(app: &App, session: &str) -> Kept {
    loop {
        let refresh = app.invoke("session", json!({ "id": session })).await["refresh"].take();
        let token = app.invoke("session_reveal", json!({ "id": session, "secret": "refresh_token" })).await;
        // The reply of an earlier process may be read meanwhile.
        if app.invoke("session", json!({ "id": session })).await["refresh"] == refresh {
            return Kept {
                generation: refresh["generation"].as_u64().unwrap(),
                state: refresh["state"].as_str().unwrap().to_owned(),
                refresh_token: token.as_str().unwrap().to_owned(),
            };
        }
    }
}

/// Whether some session has this refresh token, now or within ten seconds.
pub(crate) async fn comes_to_keep(app: &App, refresh_token: &str) -> bool {
    for _ in 0..100 {
        for session in sessions(app).await {
            if kept_by(app, &session).await.refresh_token == refresh_token {
                return true;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}
