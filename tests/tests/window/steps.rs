//! What several tests do on their way.

use bobbin_tests::{App, AuthorizationUrl, Decision, World};
use serde_json::json;

/// The test person whom the sandbox lists first.
pub(crate) const PERSON: &str = "Thandi Nkosi";
/// Where notices are shown.
pub(crate) const NOTICES: &str = ":is(footer, .toasts) ";

/// Starts a sign-in; gives the page that the browser was sent to.
pub(crate) async fn begin_sign_in(world: &World, app: &App) -> AuthorizationUrl {
    app.shows("This computer opens dev.bobbin.workbench links with Bobbin").await;
    app.click("button", "Sign in with browser").await;
    world.opened().await
}

/// Starts the sandbox, by a sign-in that is cancelled at once; gives its address.
pub(crate) async fn start_sandbox(world: &World, app: &App) -> String {
    let sandbox = begin_sign_in(world, app).await.origin();
    app.click("button", "Cancel").await;
    sign_in_is(app, "cancelled").await;
    sandbox
}

/// Makes a connection from the preset of that name and shows it.
pub(crate) async fn new_connection(app: &App, preset: &str) {
    app.click("button", "New connection").await;
    app.click("menuitem", &format!("{preset}*")).await;
    app.find("button", preset).await;
    app.is_current(preset).await;
}

/// Keeps pictures of what is shown now, in both themes.
pub(crate) async fn pictures(app: &App, view: &str) {
    for theme in ["light", "dark"] {
        app.use_theme(theme).await;
        app.screenshot(&format!("{view}-{theme}")).await;
    }
}

/// The ids of the exchanges whose method, path and purpose end so, as Wire lists them.
pub(crate) async fn exchanges(app: &App, target: &str) -> Vec<String> {
    let wire = app.invoke("wire", json!({})).await;
    let rows = wire.as_array().expect("Wire is a list").iter();
    let wanted = rows.filter(|row| row["target"].as_str().is_some_and(|it| it.ends_with(target)));
    wanted.filter_map(|row| row["id"].as_str()).map(str::to_owned).collect()
}

/// A field of a request's form, as a person sees it who presses its eye in Wire.
pub(crate) async fn sent(app: &App, exchange: &str, name: &str) -> String {
    let field = json!({ "id": exchange, "part": "request_body", "name": name });
    app.invoke("exchange_reveal", field).await.as_str().expect("what was sent is text").to_owned()
}

/// Signs in without a browser, where the browser is not what is tested; ends on the session.
pub(crate) async fn sign_in(world: &World, app: &App) {
    let callback = begin_sign_in(world, app).await.decide(Decision::Allow).await;
    world.open_link(&callback);
    app.find("heading", PERSON).await;
    app.find("table", "ID token claims").await;
}

/// Waits for the latest sign-in of the connection to be in that state.
pub(crate) async fn sign_in_is(app: &App, state: &str) {
    app.shows_at(&format!("[aria-label='Sign-in'][data-state='{state}']")).await;
}

/// Waits for a notice, known by its code: the quiet line in the status bar, or what stays until it is dismissed.
pub(crate) async fn notice(app: &App, code: &str) -> String {
    app.shows_at(&format!("{NOTICES}[data-code='{code}']")).await
}

/// The three tokens of the only session, asked for as the page does when a person reveals them.
pub(crate) async fn tokens(app: &App) -> Vec<String> {
    let overview = app.invoke("overview", json!({})).await;
    let id = overview["connections"][0]["sessions"][0]["id"].clone();
    let mut tokens = Vec::new();
    for secret in ["access_token", "id_token", "refresh_token"] {
        let token = app.invoke("session_reveal", json!({ "id": id, "secret": secret })).await;
        tokens.push(token.as_str().expect("a token is text").to_owned());
    }
    assert!(tokens.iter().all(|token| token.len() >= 43), "every token was given");
    tokens
}
