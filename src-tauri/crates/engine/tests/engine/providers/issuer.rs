//! Providers that are known by their issuer (OpenID Connect Discovery 1.0).

use super::*;

#[tokio::test]
async fn an_openid_provider_is_known_by_its_issuer_alone() {
    let world = World::new();
    let base = world.engine.sandbox().await.unwrap();
    let slug = world.engine.connection_create("openid", "Some provider").await.unwrap();
    world
        .save_connection_of(&slug, |draft| {
            PUBLIC_CLIENT_ID.clone_into(&mut draft.client_id);
            REDIRECT_URI.clone_into(&mut draft.redirect_uri);
            draft.scopes = vec!["openid".to_owned(), "accounts".to_owned()];
            draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url: base.clone() }];
        })
        .await;
    assert!(matches!(world.connection_of(&slug).await.discovery, DiscoveryView::Waiting));
    world.engine.sign_in_start(&slug, "").await.unwrap();
    let link = Person::allows(&world.opened()).await;
    world.engine.app_link(&link).await;
    let sign_in = world.engine.sign_in(&slug).unwrap();
    let session = sign_in.session.unwrap_or_else(|| panic!("{:?}", sign_in.failure));
    assert!(world.engine.session(&session).await.unwrap().id_token.unwrap().verified);

    let connection = world.connection_of(&slug).await;
    assert!(matches!(connection.discovery, DiscoveryView::Fetched { .. }));
    let token = connection.endpoints.iter().find(|it| it.kind == EndpointKind::Token).unwrap();
    assert_eq!(token.source, EndpointSource::Discovery);
    assert_eq!(token.url.as_deref(), Some(format!("{base}/connect/token").as_str()));
}

#[tokio::test]
async fn an_issuer_that_cannot_be_is_refused_with_what_to_do() {
    let world = World::new();
    let slug = world.engine.connection_create("openid", "Some provider").await.unwrap();
    for issuer in ["http://login.example.com", "not a url", "https://login.example.com/?a=b"] {
        world
            .save_connection_of(&slug, |draft| {
                draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url: issuer.to_owned() }];
            })
            .await;
        let error = world.engine.discover(&slug).await.unwrap_err();
        assert!(error.view().hint.is_some(), "{error:?}");
    }
}

#[tokio::test]
async fn what_an_issuer_supports_is_offered_beside_the_preset_s_own_scopes() {
    let world = World::new();
    let base = world.engine.sandbox().await.unwrap();
    let slug = world.engine.connection_create("openid", "Some provider").await.unwrap();
    assert!(world.connection_of(&slug).await.scopes_supported.is_empty(), "the issuer was not asked yet");
    let issuer = EndpointDraft { kind: EndpointKind::Issuer, url: base };
    world.save_connection_of(&slug, |draft| draft.endpoints = vec![issuer]).await;
    world.engine.discover(&slug).await.unwrap();
    let supported = world.connection_of(&slug).await.scopes_supported;
    assert!(supported.iter().any(|scope| scope == "accounts"), "{supported:?}");
    assert!(!supported.iter().any(|scope| scope == "openid"), "the preset lists it already");
}

#[tokio::test]
async fn metadata_that_nobody_waits_for_any_more_is_not_being_fetched() {
    let world = World::new();
    let slug = world.engine.connection_create("openid", "Some provider").await.unwrap();
    let silent = server::server(|_| std::future::pending()).await;
    let issuer = silent.trim_end_matches('/').to_owned();
    world
        .save_connection_of(&slug, |draft| {
            draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url: issuer }];
        })
        .await;
    let asking = tokio::spawn({
        let (engine, slug) = (world.engine.clone(), slug.clone());
        async move { engine.discover(&slug).await }
    });
    let state = async || world.connection_of(&slug).await.discovery;
    world::eventually("the request", async || matches!(state().await, DiscoveryView::Fetching)).await;
    asking.abort();
    world::eventually("the end of it", async || matches!(state().await, DiscoveryView::Waiting)).await;
}

#[tokio::test]
async fn an_issuer_that_is_silent_can_be_given_up_and_a_sign_in_with_it() {
    let world = World::new();
    let slug = world.engine.connection_create("openid", "Some provider").await.unwrap();
    let silent = server::server(|_| std::future::pending()).await;
    let issuer = silent.trim_end_matches('/').to_owned();
    world
        .save_connection_of(&slug, |draft| {
            draft.endpoints = vec![EndpointDraft { kind: EndpointKind::Issuer, url: issuer }];
            draft.client_id = "some-client".to_owned();
        })
        .await;
    let state = async || world.connection_of(&slug).await.discovery;
    for signs_in in [false, true] {
        let asking = tokio::spawn({
            let (engine, slug) = (world.engine.clone(), slug.clone());
            async move {
                if signs_in {
                    engine.sign_in_start(&slug, "").await.map(drop)
                } else {
                    engine.discover(&slug).await
                }
            }
        });
        world::eventually("the request", async || matches!(state().await, DiscoveryView::Fetching)).await;
        world.engine.discover_cancel(&slug);
        assert_eq!(asking.await.unwrap().unwrap_err().code(), "metadata_cancelled");
        assert!(matches!(state().await, DiscoveryView::Waiting), "nothing is being fetched");
    }
}
