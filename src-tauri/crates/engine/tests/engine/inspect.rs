//! What is pasted is recognised, explained and checked as far as what is known allows; nothing of it is kept.

use crate::world::World;
use bobbin_engine::view::{CheckOutcome, InspectRequest, InspectionView, SessionSecret};

fn pasted(text: &str) -> InspectRequest {
    InspectRequest {
        text: text.to_owned(),
        connection: None,
        fetch_keys: false,
        keys: None,
        nonce: None,
        state: None,
        code: None,
        access_token: None,
    }
}

fn outcome(inspection: &InspectionView, title: &str) -> CheckOutcome {
    let check = inspection.checks.iter().find(|check| check.title == title);
    check.unwrap_or_else(|| panic!("{title} is among {:?}", inspection.checks)).outcome
}

async fn id_token(world: &World) -> (String, String) {
    let session = world.session_id().await;
    let secret = async |which| world.engine.session_secret(&session, which).await.unwrap();
    (secret(SessionSecret::IdToken).await, secret(SessionSecret::AccessToken).await)
}

#[tokio::test]
async fn a_pasted_id_token_is_checked_with_the_keys_of_the_connection_that_a_person_chose() {
    let world = World::new();
    let (token, access_token) = id_token(&world).await;
    let sent = world.engine.wire().len();
    let alone = world.engine.inspect(pasted(&format!("  \"Bearer {token}\"\n"))).await.unwrap();
    assert_eq!(alone.kind, "id_token");
    assert_eq!(outcome(&alone, "Signature"), CheckOutcome::Skipped, "no keys were given");
    assert_eq!(world.engine.wire().len(), sent, "nothing is sent unless a person wants keys");

    let request = InspectRequest {
        connection: Some("sandbox".to_owned()),
        fetch_keys: true,
        access_token: Some(access_token),
        ..pasted(&token)
    };
    let checked = world.engine.inspect(request).await.unwrap();
    for title in ["Signature", "Issuer", "Audience", "at_hash"] {
        assert_eq!(outcome(&checked, title), CheckOutcome::Passed, "{title}");
    }
    let wrong = InspectRequest { access_token: Some("another".to_owned()), ..pasted(&token) };
    let wrong = world.engine.inspect(wrong).await.unwrap();
    assert_eq!(outcome(&wrong, "at_hash"), CheckOutcome::Failed);
}

#[tokio::test]
async fn a_pasted_key_set_checks_offline_and_what_is_none_is_refused_with_what_to_paste() {
    let world = World::new();
    let (token, _) = id_token(&world).await;
    let base = world.engine.sandbox().await.unwrap();
    let jwks = reqwest::get(format!("{base}/.well-known/openid-configuration/jwks")).await.unwrap();
    let keys = Some(jwks.text().await.unwrap());
    let checked = world.engine.inspect(InspectRequest { keys, ..pasted(&token) }).await.unwrap();
    assert_eq!(outcome(&checked, "Signature"), CheckOutcome::Passed);

    let junk = InspectRequest { keys: Some("hello".to_owned()), ..pasted(&token) };
    let error = world.engine.inspect(junk).await.unwrap_err();
    assert_eq!(error.code(), "inspect_keys_unusable");
    assert!(error.view().hint.as_deref().unwrap().contains("JWKS"));
}

#[tokio::test]
async fn nothing_pasted_reaches_the_database_the_wire_record_or_a_file() {
    let world = World::new();
    let needle = "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4";
    world.engine.inspect(pasted(needle)).await.unwrap();
    assert!(world.engine.wire().is_empty());
    let mut folders = vec![world.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains(needle), "{}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn a_pkce_pair_is_checked_and_made() {
    let world = World::new();
    // RFC 7636 appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert_eq!(world.engine.pkce_check(verifier, challenge).fits, Some(true));
    let wrong = world.engine.pkce_check(verifier, &challenge.replace('E', "F"));
    assert_eq!(wrong.fits, Some(false));
    assert_eq!(wrong.expected_challenge.as_deref(), Some(challenge));
    assert!(!world.engine.pkce_check("short", challenge).verifier_problems.is_empty());
    let made = world.engine.pkce_values();
    assert_eq!(world.engine.pkce_check(&made.code_verifier, &made.code_challenge).fits, Some(true));
    assert_ne!(made.state, made.nonce);
}
