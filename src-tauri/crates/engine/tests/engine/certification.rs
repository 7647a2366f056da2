//! The OpenID Foundation's test modules for clients that apply (conformance suite, plans "oidcc-client" and
//! "fapi2"), against the sandbox with its faults.
//!
//! Each module is a test of its name; `cargo xtask cases` counts them.

use crate::world::{Person, REDIRECT_URI, World};
use bobbin_engine::view::{
    AuthenticationMethod, CheckOutcome, EndpointDraft, EndpointKind, ExchangePart, ExchangeSummary,
    SessionSecret, SignInState, SignInView, UserinfoView,
};
use bobbin_sandbox::{CONFIDENTIAL_CLIENT_ID, CONFIDENTIAL_CLIENT_SECRET, PUBLIC_CLIENT_ID};

/// How a module must end.
enum Must {
    /// With a session.
    Accept,
    /// With this reason code, and without a session.
    Reject(&'static str),
}
use Must::{Accept, Reject};

/// A test for each module: how it must end, and how it does.
macro_rules! modules {
    ($($name:ident: $must:expr, $ended:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            match ($must, $ended.await) {
                (Accept, ended) => assert_eq!(ended, Ok(())),
                (Reject(code), ended) => assert_eq!(ended, Err(code.to_owned())),
            }
        }
    )*};
}

modules! {
    oidcc_client_test: Accept, sign_in_module(&[]);
    invalid_iss: Reject("id_token_iss_mismatch"), sign_in_module(&["id-token-iss-wrong"]);
    missing_iss: Reject("id_token_iss_missing"), sign_in_module(&["id-token-iss-missing"]);
    missing_sub: Reject("id_token_sub_missing"), sign_in_module(&["id-token-sub-missing"]);
    invalid_aud: Reject("id_token_aud_mismatch"), sign_in_module(&["id-token-aud-wrong"]);
    missing_aud: Reject("id_token_aud_missing"), sign_in_module(&["id-token-aud-missing"]);
    missing_iat: Reject("id_token_iat_missing"), sign_in_module(&["id-token-iat-missing"]);
    nonce_invalid: Reject("id_token_nonce_mismatch"), sign_in_module(&["id-token-nonce-wrong"]);
    idtoken_sig_none: Reject("id_token_alg_none"), sign_in_module(&["alg-none"]);
    invalid_sig_rs256: Reject("id_token_signature_invalid"), sign_in_module(&["invalid-sig-rs256"]);
    invalid_sig_es256: Reject("id_token_signature_invalid"), sign_in_module(&["invalid-sig-es256"]);
    kid_absent_single_jwks: Accept, sign_in_module(&["keys-one-without-kid"]);
    kid_absent_multiple_jwks: Reject("id_token_key_ambiguous"), sign_in_module(&["keys-several-without-kid"]);
    signing_key_rotation_just_before_signing: Accept, sign_in_module(&["keys-rotated-before-signing"]);
    fapi2_invalid_authorization_response_iss: Reject("callback_issuer_mismatch"), sign_in_module(&["callback-iss-wrong"]);
    fapi2_secondary_aud: Reject("id_token_azp_mismatch"), sign_in_module(&["id-token-aud-secondary"]);
    fapi2_expired_exp: Reject("id_token_expired"), sign_in_module(&["id-token-expired"]);
    fapi2_null_alg: Reject("id_token_alg_none"), sign_in_module(&["alg-none"]);
    fapi2_alternate_alg: Reject("id_token_alg_key_mismatch"), sign_in_module(&["alternate-alg"]);
    idtoken_sig_hs256_with_public_key: Reject("id_token_alg_symmetric"), sign_in_module(&["alg-hs256"]);
    fapi2_aud_as_array: Accept, sign_in_module(&["id-token-aud-array"]);
    fapi2_no_expires_in: Accept, sign_in_module(&["token-expires-in-missing"]);
    fapi2_inverted_case_token_type: Accept, sign_in_module(&["token-type-case"]);
    // The fault is there from the refresh on.
    refresh_token: Accept, refresh_module(&[]);
    refresh_token_invalid_issuer: Reject("id_token_iss_mismatch"), refresh_module(&["refresh-iss-other"]);
    refresh_token_invalid_sub: Reject("id_token_sub_changed"), refresh_module(&["refresh-sub-other"]);
    discovery_openid_config: Accept, discovery_module(&[]);
    discovery_jwks_uri_keys: Accept, jwks_uri_module();
    discovery_issuer_mismatch: Reject("discovery_issuer_mismatch"), discovery_module(&["discovery-issuer-mismatch"]);
    idtoken_sig_rs256: Accept, rs256_module();
    signing_key_rotation: Accept, rotation_module();
    userinfo_bearer_header: Accept, userinfo_header_module();
    scope_userinfo_claims: Accept, userinfo_claims_module();
    userinfo_invalid_sub: Reject("userinfo_sub_mismatch"), async { userinfo_module(&["userinfo-sub-other"]).await.map(drop) };
    client_secret_basic: Accept, secret_basic_module();
    // With metadata that promise `iss`, its absence is an attack (RFC 9207 section 2.4).
    fapi2_removed_authorization_response_iss: Reject("callback_issuer_missing"), discovery_module(&["callback-iss-removed"]);
}

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
