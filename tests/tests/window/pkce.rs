use bobbin_tests::{App, World};
use serde_json::json;

use crate::steps::pictures;

/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn the_pair_of_rfc_7636_fits_and_another_one_does_not() {
    let world = World::new();
    let app = open(&world).await;
    pictures(&app, "empty").await;
    app.paste("code_verifier", VERIFIER).await;
    app.paste("code_challenge", CHALLENGE).await;
    app.shows("They fit").await;
    pictures(&app, "fits").await;

    app.paste("code_challenge", &CHALLENGE.replace('E', "F")).await;
    app.shows("They do not fit").await;
    app.shows(CHALLENGE).await;
    pictures(&app, "does-not-fit").await;
    app.click("button", "Use it").await;
    app.shows("They fit").await;
    app.press("Control+l").await;
    app.shows("Paste a verifier and a challenge").await;
    assert_eq!(value(&app, "code_verifier").await, "", "both fields are empty again");
}

#[tokio::test]
async fn what_breaks_the_rule_is_named_by_its_character_or_length() {
    let world = World::new();
    let app = open(&world).await;
    app.paste("code_verifier", &VERIFIER.replace('-', "+")).await;
    app.paste("code_challenge", &format!("{CHALLENGE}=")).await;
    app.shows("It holds \"+\" at place").await;
    app.shows("It ends with =").await;
    pictures(&app, "characters").await;
    app.paste("code_verifier", &VERIFIER[..42]).await;
    app.shows("It has 42 characters, where 43 to 128 belong").await;
    app.paste("code_challenge", &CHALLENGE[..40]).await;
    app.shows("It has 40 characters, where the 43").await;
    pictures(&app, "lengths").await;
    assert!(!app.text().await.contains("They"), "what breaks the rule is not compared");
}

#[tokio::test]
async fn a_generated_pair_fits_and_differs_each_time_with_the_keyboard_alone() {
    let world = World::new();
    let app = open(&world).await;
    app.press("Control+Enter").await;
    app.shows("They fit").await;
    let first = value(&app, "code_verifier").await;
    assert_eq!(first.len(), 43, "{first}");
    app.press("Control+Enter").await;
    let script = format!("return document.querySelector('main textarea').value !== {}", json!(first));
    app.until("another verifier", &script).await;
    app.shows("They fit").await;

    app.click("button", "Generate state and nonce").await;
    app.find("button", "Copy nonce").await;
    pictures(&app, "generated").await;
    app.click("button", "Copy state").await;
    app.click("textbox", "code_verifier").await;
    app.press("Control+a").await;
    app.press("Control+v").await;
    assert_eq!(value(&app, "code_verifier").await.len(), 43, "32 bytes as base64url");
    let verifier = value(&app, "code_verifier").await;
    app.close().await;
    for (path, content) in world.files() {
        let found = content.windows(verifier.len()).any(|window| window == verifier.as_bytes());
        assert!(!found, "{} holds a generated value", path.display());
    }
}

async fn open(world: &World) -> App {
    let app = world.app().await;
    app.press("Control+k").await;
    app.type_text("pkce").await;
    app.find("option", "PKCE pair checker*").await;
    app.press("Enter").await;
    app.find("heading", "PKCE pair checker").await;
    app
}

async fn value(app: &App, name: &str) -> String {
    app.find("textbox", name).await;
    let script = "return [...document.querySelectorAll('main textarea')]
        .find((field) => field.labels[0].textContent === arguments[0]).value";
    app.run(script, vec![json!(name)]).await.as_str().unwrap().to_owned()
}
