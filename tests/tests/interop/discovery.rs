//! What the provider says about itself fills in the connection.

use bobbin_engine::view::{AuthenticationMethod, DiscoveryView, EndpointDraft, EndpointKind, EndpointSource};

use crate::{
    person::Person,
    provider::Provider,
    world::{Proof, World, issuer},
};

#[tokio::test]
async fn discovery_fills_in_every_endpoint() {
    let world = World::new(Proof::None).await;
    world.engine.discover(&world.slug).await.unwrap();

    let connection = world.connection().await;
    assert!(matches!(connection.discovery, DiscoveryView::Fetched { .. }), "{:?}", connection.discovery);
    for (kind, path) in [
        (EndpointKind::Authorization, "/auth"),
        (EndpointKind::Token, "/token"),
        (EndpointKind::Jwks, "/jwks"),
        (EndpointKind::Userinfo, "/me"),
        (EndpointKind::Revocation, "/token/revocation"),
        (EndpointKind::Introspection, "/token/introspection"),
        (EndpointKind::EndSession, "/session/end"),
    ] {
        let endpoint = connection.endpoints.iter().find(|endpoint| endpoint.kind == kind).unwrap();
        assert_eq!(endpoint.url, Some(Provider::get().at(path)), "{}", endpoint.name);
        assert_eq!(endpoint.source, EndpointSource::Discovery, "{}", endpoint.name);
    }
    let methods: Vec<_> = connection.authentication.methods.iter().map(|choice| choice.method).collect();
    assert!(methods.contains(&AuthenticationMethod::PrivateKeyJwt), "{methods:?}");
}

#[tokio::test]
async fn a_sign_in_asks_the_issuer_by_itself() {
    let world = World::new(Proof::None).await;
    assert!(matches!(world.connection().await.discovery, DiscoveryView::Waiting));
    world.signed_in(&Person::new("ada")).await;
    assert!(matches!(world.connection().await.discovery, DiscoveryView::Fetched { .. }));
}

#[tokio::test]
async fn an_endpoint_written_by_hand_goes_before_the_discovered_one() {
    let world = World::new(Proof::None).await;
    let url = Provider::get().at("/token?by=hand");
    world
        .save(|draft| draft.endpoints.push(EndpointDraft { kind: EndpointKind::Token, url: url.clone() }))
        .await;
    world.engine.discover(&world.slug).await.unwrap();
    let endpoints = world.connection().await.endpoints;
    let token = endpoints.iter().find(|endpoint| endpoint.kind == EndpointKind::Token).unwrap();
    assert_eq!(token.url.as_deref(), Some(url.as_str()));
    assert_eq!(token.source, EndpointSource::Manual);
}

#[tokio::test]
async fn an_issuer_under_another_name_is_refused() {
    let world = World::new(Proof::None).await;
    // The same server, but not what it calls itself.
    let alias = Provider::get().issuer.replace("127.0.0.1", "localhost");
    world.save(|draft| draft.endpoints = vec![issuer(&alias)]).await;
    let refused = world.engine.discover(&world.slug).await.unwrap_err();
    assert_eq!(refused.code(), "discovery_issuer_mismatch", "{refused}");
}
