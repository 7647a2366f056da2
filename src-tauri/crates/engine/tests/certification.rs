//! The OpenID Foundation's test modules for clients that apply (conformance suite, plans "oidcc-client" and
//! "fapi2"), against the sandbox with its faults.
//!
//! `cargo xtask cases` prints the line that the last test ends with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod world;

use bobbin_engine::view::{
    AuthenticationMethod, CheckOutcome, EndpointDraft, EndpointKind, ExchangePart, ExchangeSummary,
    SessionSecret, SignInState, SignInView, UserinfoView,
};
use bobbin_sandbox::{CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, PUBLIC_CLIENT_ID};
use world::{Person, REDIRECT_URI, World};

/// How a module must end.
#[derive(Clone, Copy)]
enum Must {
    /// With a session.
    Accept,
    /// With this reason code, and without a session.
    Reject(&'static str),
}
use Must::{Accept, Reject};

/// The module's name, the sandbox's faults that make it, and how the sign-in must end.
const SIGN_INS: &[(&str, &[&str], Must)] = &[
    ("oidcc-client-test", &[], Accept),
    ("invalid-iss", &["id-token-iss-wrong"], Reject("id_token_iss_mismatch")),
    ("missing-iss", &["id-token-iss-missing"], Reject("id_token_iss_missing")),
    ("missing-sub", &["id-token-sub-missing"], Reject("id_token_sub_missing")),
    ("invalid-aud", &["id-token-aud-wrong"], Reject("id_token_aud_mismatch")),
    ("missing-aud", &["id-token-aud-missing"], Reject("id_token_aud_missing")),
    ("missing-iat", &["id-token-iat-missing"], Reject("id_token_iat_missing")),
    ("nonce-invalid", &["id-token-nonce-wrong"], Reject("id_token_nonce_mismatch")),
    ("idtoken-sig-none", &["alg-none"], Reject("id_token_alg_none")),
    ("invalid-sig-rs256", &["invalid-sig-rs256"], Reject("id_token_signature_invalid")),
    ("invalid-sig-es256", &["invalid-sig-es256"], Reject("id_token_signature_invalid")),
    ("kid-absent-single-jwks", &["keys-one-without-kid"], Accept),
    ("kid-absent-multiple-jwks", &["keys-several-without-kid"], Reject("id_token_key_ambiguous")),
    ("signing-key-rotation-just-before-signing", &["keys-rotated-before-signing"], Accept),
    ("fapi2-invalid-authorization-response-iss", &["callback-iss-wrong"], Reject("callback_issuer_mismatch")),
    ("fapi2-secondary-aud", &["id-token-aud-secondary"], Reject("id_token_azp_mismatch")),
    ("fapi2-expired-exp", &["id-token-expired"], Reject("id_token_expired")),
    ("fapi2-null-alg", &["alg-none"], Reject("id_token_alg_none")),
    ("fapi2-alternate-alg", &["alternate-alg"], Reject("id_token_alg_key_mismatch")),
    ("idtoken-sig-hs256-with-public-key", &["alg-hs256"], Reject("id_token_alg_symmetric")),
    ("fapi2-aud-as-array", &["id-token-aud-array"], Accept),
    ("fapi2-no-expires-in", &["token-expires-in-missing"], Accept),
    ("fapi2-inverted-case-token-type", &["token-type-case"], Accept),
];

/// The refresh modules: the fault is there from the refresh on.
const REFRESHES: &[(&str, &[&str], Must)] = &[
    ("refresh-token", &[], Accept),
    ("refresh-token-invalid-issuer", &["refresh-iss-other"], Reject("id_token_iss_mismatch")),
    ("refresh-token-invalid-sub", &["refresh-sub-other"], Reject("id_token_sub_changed")),
];

async fn misbehaving(faults: &[&str]) -> World {
    let world = World::new();
    world.engine.sandbox().await.unwrap();
    misbehave(&world, faults).await;
    world
}

async fn misbehave(world: &World, faults: &[&str]) {
    let ids: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
    let set = world.engine.sandbox_faults_set(&ids).await.unwrap();
    assert_eq!(set.iter().filter(|fault| fault.active).count(), faults.len(), "{faults:?}");
}

async fn signs_in(world: &World, slug: &str) -> SignInView {
    world.engine.sign_in_start(slug, "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    world.engine.sign_in(slug).unwrap()
}

/// `None` where the module ended as it must.
fn judged(name: &str, must: Must, ended: Result<(), String>) -> Option<String> {
    match (must, ended) {
        (Accept, Ok(())) => None,
        (Reject(code), Err(got)) if got == code => None,
        (Accept, Err(got)) => Some(format!("{name}: rejected with {got}")),
        (Reject(code), Ok(())) => Some(format!("{name}: accepted, {code} was expected")),
        (Reject(code), Err(got)) => Some(format!("{name}: {got}, {code} was expected")),
    }
}

async fn sign_in_module(faults: &[&str]) -> Result<(), String> {
    let world = misbehaving(faults).await;
    let sign_in = signs_in(&world, "sandbox").await;
    let sessions = world.engine.overview().await.connections.remove(0).sessions.len();
    match (sign_in.state, sign_in.failure) {
        (SignInState::Done, None) if sessions == 1 => Ok(()),
        (_, Some(failure)) if sessions == 0 => Err(failure.code),
        (state, failure) => Err(format!("{state:?} with {sessions} sessions and {failure:?}")),
    }
}

/// The signature was verified, by RS256.
async fn rs256_module() -> Result<(), String> {
    let world = World::new();
    let checks = world.signed_in().await.checks;
    let signature = checks.into_iter().find(|check| check.title == "Signature").unwrap();
    let verified = signature.outcome == CheckOutcome::Passed && signature.got.starts_with("RS256");
    verified.then_some(()).ok_or_else(|| format!("{signature:?}"))
}

/// A second sign-in, by a key that was not there at the first.
async fn rotation_module() -> Result<(), String> {
    let world = World::new();
    let before = signature_key(&world).await?;
    misbehave(&world, &["keys-rotated"]).await;
    let after = signature_key(&world).await?;
    (before != after).then_some(()).ok_or_else(|| "the same key".to_owned())
}

/// Signs in; gives what is said of the key that the id_token was verified with.
async fn signature_key(world: &World) -> Result<String, String> {
    let sign_in = signs_in(world, "sandbox").await;
    match sign_in.failure {
        Some(failure) => Err(failure.code),
        None => Ok(sign_in.checks.into_iter().find(|check| check.title == "Signature").unwrap().got),
    }
}

async fn refresh_module(faults: &[&str]) -> Result<(), String> {
    let world = World::new();
    let session = world.session_id().await;
    misbehave(&world, faults).await;
    match world.engine.session_refresh(&session, 1, None).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error.code().to_owned()),
    }
}

/// An issuer alone; the metadata tell the rest.
async fn by_issuer(world: &World) -> String {
    let base = world.engine.sandbox().await.unwrap();
    let slug = world.engine.connection_create("openid", "Provider").await.unwrap();
    world
        .save_connection_of(&slug, |draft| {
            PUBLIC_CLIENT_ID.clone_into(&mut draft.client_id);
            REDIRECT_URI.clone_into(&mut draft.redirect_uri);
            draft.scopes = vec!["openid".to_owned(), "accounts".to_owned()];
            draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url: base }];
        })
        .await;
    slug
}

async fn discovery_module(faults: &[&str]) -> Result<(), String> {
    discovered(faults).await.map(drop)
}

/// Signs in with what the metadata say.
async fn discovered(faults: &[&str]) -> Result<World, String> {
    let world = misbehaving(faults).await;
    let slug = by_issuer(&world).await;
    world.engine.discover(&slug).await.map_err(|error| error.code().to_owned())?;
    match signs_in(&world, &slug).await.failure {
        None => Ok(world),
        Some(failure) => Err(failure.code),
    }
}

/// The keys came from the address that the metadata name.
async fn jwks_uri_module() -> Result<(), String> {
    discovered(&[]).await.and_then(|world| {
        let wire = world.engine.wire();
        let fetched = |row: &ExchangeSummary| {
            row.target.starts_with("/.well-known/openid-configuration/jwks") && row.status == Some(200)
        };
        wire.iter().any(fetched).then_some(()).ok_or_else(|| "no keys were fetched".to_owned())
    })
}

async fn userinfo_module(faults: &[&str]) -> Result<(World, UserinfoView), String> {
    let world = World::new();
    let session = world.session_id().await;
    misbehave(&world, faults).await;
    let userinfo = world.engine.session_userinfo(&session).await.map_err(|error| error.code().to_owned())?;
    Ok((world, userinfo))
}

/// The claims of the scopes that were asked for.
async fn userinfo_claims_module() -> Result<(), String> {
    let (_, userinfo) = userinfo_module(&[]).await?;
    let has = |name: &str| userinfo.claims.iter().any(|claim| claim.name == name);
    ["sub", "name"].iter().all(|name| has(name)).then_some(()).ok_or_else(|| format!("{:?}", userinfo.claims))
}

/// The access token is in the header, and nowhere else (RFC 6750 section 2.1).
async fn userinfo_header_module() -> Result<(), String> {
    let (world, _) = userinfo_module(&[]).await?;
    let row =
        world.engine.wire().into_iter().find(|row| row.target.starts_with("/connect/userinfo")).unwrap();
    let revealed = world.engine.exchange_reveal(&row.id, ExchangePart::RequestHeaders, Some("Authorization"));
    let session = world.engine.overview().await.connections.remove(0).sessions.remove(0).id;
    let token = world.engine.session_secret(&session, SessionSecret::AccessToken).await.unwrap();
    let url = world.engine.exchange(&row.id).unwrap().url;
    match revealed {
        Ok(header) if header == format!("Bearer {token}") && !url.contains('?') => Ok(()),
        other => Err(format!("{other:?} to {url}")),
    }
}

async fn secret_basic_module() -> Result<(), String> {
    let world = World::new();
    let secret = CONFIDENTIAL_CLIENT_SECRET.to_owned();
    world.engine.client_secret_set("sandbox", Some(secret)).await.unwrap();
    world
        .save_connection(|draft| {
            CONFIDENTIAL_CLIENT_ID.clone_into(&mut draft.client_id);
            draft.authentication_method = AuthenticationMethod::ClientSecretBasic;
        })
        .await;
    let session = signs_in(&world, "sandbox").await;
    match (session.session, session.failure) {
        (Some(session), None) => {
            world.engine.session_secret(&session, SessionSecret::IdToken).await.unwrap();
            Ok(())
        }
        (_, failure) => Err(failure.map_or_else(String::new, |failure| failure.code)),
    }
}

/// With metadata that promise `iss`, its absence is an attack (RFC 9207 section 2.4).
async fn removed_iss_module() -> Result<(), String> {
    discovery_module(&["callback-iss-removed"]).await
}

#[tokio::test]
async fn the_certification_modules_that_apply_end_as_they_must() {
    let mut wrong = Vec::new();
    let mut modules = 0;
    for (name, faults, must) in SIGN_INS {
        modules += 1;
        wrong.extend(judged(name, *must, sign_in_module(faults).await));
    }
    for (name, faults, must) in REFRESHES {
        modules += 1;
        wrong.extend(judged(name, *must, refresh_module(faults).await));
    }
    let others = [
        ("discovery-openid-config", Accept, discovery_module(&[]).await),
        ("discovery-jwks-uri-keys", Accept, jwks_uri_module().await),
        ("idtoken-sig-rs256", Accept, rs256_module().await),
        ("signing-key-rotation", Accept, rotation_module().await),
        (
            "discovery-issuer-mismatch",
            Reject("discovery_issuer_mismatch"),
            discovery_module(&["discovery-issuer-mismatch"]).await,
        ),
        ("userinfo-bearer-header", Accept, userinfo_header_module().await),
        ("scope-userinfo-claims", Accept, userinfo_claims_module().await),
        (
            "userinfo-invalid-sub",
            Reject("userinfo_sub_mismatch"),
            userinfo_module(&["userinfo-sub-other"]).await.map(drop),
        ),
        ("client-secret-basic", Accept, secret_basic_module().await),
        (
            "fapi2-removed-authorization-response-iss",
            Reject("callback_issuer_missing"),
            removed_iss_module().await,
        ),
    ];
    for (name, must, ended) in others {
        modules += 1;
        wrong.extend(judged(name, must, ended));
    }
    println!("certification modules: {modules} modules, {} failed", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
