use bobbin_tests::{App, Decision, Page, World};

use crate::{
    clients::{use_certificate, use_secret},
    pasted::{OLD_ID_TOKEN, UNDECODABLE, inspect},
    steps::{PERSON, begin_sign_in, new_connection, sign_in, sign_in_is},
};

/// What is wrong with the views of a test, so that one run tells all of it.
#[derive(Default)]
struct Violations(Vec<String>);

impl Violations {
    /// Checks what is shown now, and keeps a picture of it.
    async fn of(&mut self, page: &Page, view: &str) {
        page.screenshot(view).await;
        self.0.extend(page.violations(view).await);
    }

    async fn in_both_themes(&mut self, app: &App, view: &str) {
        for theme in ["light", "dark"] {
            app.use_theme(theme).await;
            self.of(app, &format!("{view}-{theme}")).await;
        }
    }

    fn are_none(&self) {
        assert!(self.0.is_empty(), "axe-core found:\n{}", self.0.join("\n"));
    }
}

#[tokio::test]
async fn the_connection_has_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    app.find("heading", "Sandbox").await;
    violations.in_both_themes(&app, "first").await;
    begin_sign_in(&world, &app).await;
    app.click("button", "Paste callback…").await;
    app.fill("Callback URL", "?state=none").await;
    app.click("button", "Continue").await;
    app.shows_at("[aria-label='Sign-in'] [role=alert]").await;
    violations.in_both_themes(&app, "waiting").await;
    violations.are_none();
}

#[tokio::test]
async fn the_session_has_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    violations.in_both_themes(&app, "session").await;
    app.click("radio", "Raw").await;
    violations.in_both_themes(&app, "raw").await;
    app.click("button", "Refresh…").await;
    violations.in_both_themes(&app, "refresh").await;
    app.click("button", "More actions").await;
    app.find("menuitem", "Rename").await;
    violations.of(&app, "menu").await;
    violations.are_none();
}

#[tokio::test]
async fn the_query_and_the_wire_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "ListBankAccounts").await;
    violations.in_both_themes(&app, "query").await;
    app.press("Control+Enter").await;
    app.shows_at("[aria-label=Response][data-status='200']").await;
    violations.in_both_themes(&app, "response").await;
    app.click("button", "Wire · *").await;
    app.click("button", "*/connect/token authorization_code*").await;
    app.shows("code_verifier").await;
    violations.in_both_themes(&app, "wire").await;
    app.press("Control+k").await;
    app.find("listbox", "Found").await;
    violations.of(&app, "palette").await;
    violations.are_none();
}

#[tokio::test]
async fn the_ways_to_prove_a_client_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    use_secret(&app, "Body").await;
    app.click("button", "Import credentials…").await;
    violations.in_both_themes(&app, "secret").await;
    app.click("button", "Cancel").await;
    app.click("button", "*checks passed").await;
    app.shows_at("[aria-labelledby=client-heading] [data-level]").await;
    violations.in_both_themes(&app, "findings").await;
    app.click("radio", "None").await;
    use_certificate(&world, &app).await;
    app.click("button", "Preview assertion").await;
    app.shows("\"jti\"").await;
    violations.in_both_themes(&app, "key").await;
    app.click("button", "Get client token").await;
    app.find("heading", "No ID token").await;
    violations.in_both_themes(&app, "client-token").await;
    violations.are_none();
}

#[tokio::test]
async fn other_providers_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    for preset in ["Vault", "OpenID provider", "Inspecting only"] {
        new_connection(&app, preset).await;
        app.press("Enter").await;
        violations.in_both_themes(&app, &preset.to_lowercase().replace(' ', "-")).await;
    }
    app.fill(
        "Token reply",
        r#"{ "access_token": "a", "token_type": "Bearer", "expires_in": 900, "user_id": "u-1" }"#,
    )
    .await;
    app.click("button", "Start session").await;
    app.find("heading", "No ID token").await;
    violations.in_both_themes(&app, "pasted").await;
    app.click("button", "Vault").await;
    app.click("button", "Endpoints *").await;
    app.click("button", "Extra *").await;
    app.click("button", "X-Merchant-ID").await;
    app.find("textbox", "Name of header 1").await;
    violations.in_both_themes(&app, "endpoints-and-headers").await;
    violations.are_none();
}

#[tokio::test]
async fn requests_and_the_providers_answers_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    sign_in(&world, &app).await;
    app.click("button", "User info").await;
    app.find("table", "User info").await;
    violations.in_both_themes(&app, "user-info").await;
    app.click("button", "Authorization requests").await;
    app.find("table", "Authorization requests").await;
    app.click_at("tr[data-outcome] button").await;
    app.shows("code_challenge").await;
    violations.in_both_themes(&app, "requests").await;
    app.click("button", "Clear ended…").await;
    violations.in_both_themes(&app, "clear").await;
    violations.are_none();
}

#[tokio::test]
async fn inspect_and_the_pkce_checker_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    app.press("Control+i").await;
    app.find("heading", "Inspect").await;
    violations.in_both_themes(&app, "inspect-empty").await;
    inspect(&app, UNDECODABLE).await;
    violations.in_both_themes(&app, "inspect-problem").await;
    inspect(&app, &format!("{{\"id_token\":\"{OLD_ID_TOKEN}\",\"token_type\":\"mac\"}}")).await;
    app.click("button", "Check against…*").await;
    app.click("button", "Expiry, failed*").await;
    app.click("button", "Signature, skipped*").await;
    violations.in_both_themes(&app, "inspect-reply").await;

    app.click("button", "PKCE pair checker").await;
    app.click("button", "Generate a pair").await;
    app.click("button", "Generate state and nonce").await;
    app.find("button", "Copy nonce").await;
    violations.in_both_themes(&app, "pkce-fits").await;
    app.fill("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").await;
    app.shows("They do not fit").await;
    violations.in_both_themes(&app, "pkce-does-not-fit").await;
    app.fill("code_verifier", "too short+").await;
    app.shows("43 to 128 belong").await;
    violations.in_both_themes(&app, "pkce-broken").await;
    violations.are_none();
}

#[tokio::test]
async fn the_fault_menu_and_a_refused_sign_in_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    // The view above the menu has its last line then, and moves no more.
    app.shows("Redirect check passed").await;
    app.click("button", "Simulate provider faults*").await;
    app.click("button", "id_token*").await;
    app.click("checkbox", "nonce of another request").await;
    app.shows("The sandbox is simulating faults: nonce of another request").await;
    violations.in_both_themes(&app, "faults").await;
    let callback = begin_sign_in(&world, &app).await.decide(Decision::Allow).await;
    world.open_link(&callback);
    sign_in_is(&app, "failed").await;
    app.click("button", "Nonce, failed*").await;
    violations.in_both_themes(&app, "refused").await;
    violations.are_none();
}

#[tokio::test]
async fn the_sandbox_pages_have_no_violation() {
    let mut violations = Violations::default();
    let world = World::new();
    let app = world.app().await;
    let page = begin_sign_in(&world, &app).await;
    let browser = world.browser(&page).await;
    browser.find("button", PERSON).await;
    violations.of(&browser, "login").await;
    browser.sign_in_as(PERSON).await;
    violations.of(&browser, "consent").await;
    violations.are_none();
}
