//! Endpoints that the issuer names.

use super::*;

/// A connection that knows its provider by the issuer alone.
async fn by_issuer(world: &World) -> String {
    let base = world.engine.sandbox().await.unwrap();
    let slug = world.engine.connection_create("openid", "Some provider").await.unwrap();
    world
        .save_connection_of(&slug, |draft| {
            PUBLIC_CLIENT_ID.clone_into(&mut draft.client_id);
            REDIRECT_URI.clone_into(&mut draft.redirect_uri);
            draft.scopes = ["openid", "accounts", "offline_access"].map(str::to_owned).to_vec();
            draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url: base }];
        })
        .await;
    slug
}

#[tokio::test]
async fn an_issuer_vouches_for_what_it_discovers_and_a_changed_one_is_not_even_asked() {
    let world = World::new();
    let slug = by_issuer(&world).await;
    world.engine.sign_in_start(&slug, "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let id = world.engine.sign_in(&slug).unwrap().session.unwrap();
    assert!(refreshed(&world, &id, 1).await.is_ok(), "discovered endpoints need no question");

    let other = Elsewhere::nobody().await;
    pull(&world, &slug, &[("issuer", other.origin())]);
    let before = world.engine.sandbox().await.unwrap();
    asks(&refreshed(&world, &id, 2).await.unwrap_err(), "issuer", other.origin(), &before);
    let error = world.engine.sign_in_start(&slug, "").await.unwrap_err();
    asks(&error, "issuer", other.origin(), &before);
    assert_eq!(other.reached(), 0, "not even its metadata was asked for");
}

#[tokio::test]
async fn a_written_endpoint_is_not_vouched_for_by_the_issuer() {
    let world = World::new();
    let slug = by_issuer(&world).await;
    let issuer = world.engine.sandbox().await.unwrap();
    world.engine.sign_in_start(&slug, "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let id = world.engine.sign_in(&slug).unwrap().session.unwrap();
    let other = Elsewhere::nobody().await;
    pull(&world, &slug, &[("issuer", &issuer), ("token_endpoint", &other.url)]);
    asks(&refreshed(&world, &id, 1).await.unwrap_err(), "token_endpoint", other.origin(), &issuer);
    assert_eq!(other.reached(), 0);
}
