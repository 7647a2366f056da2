//! The end of a session (OIDC RP-Initiated Logout).

use bobbin_sandbox::{CONFIDENTIAL_CLIENT_ID, PUBLIC_CLIENT_ID};
use reqwest::{Response, StatusCode, header};
use url::Url;

use crate::common::*;

async fn end(visitor: &Visitor, parameters: &[(&str, String)]) -> Response {
    let url = Url::parse_with_params(&format!("{}/connect/endsession", visitor.base), parameters).unwrap();
    visitor.http.get(url).send().await.unwrap()
}

/// It must end on the sandbox's own page, which says this.
async fn ends_here(response: Response, said: &str) {
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().get(header::LOCATION).is_none());
    let html = response.text().await.unwrap();
    assert!(html.contains("<h1>Signed out</h1>") && html.contains(said), "{html}");
}

#[tokio::test]
async fn without_an_address_to_return_to_it_is_a_page() {
    let (_sandbox, visitor) = sandbox().await;
    ends_here(end(&visitor, &[]).await, "Tokens stay valid").await;
    let named = [("client_id", PUBLIC_CLIENT_ID.to_owned()), ("state", STATE.into())];
    ends_here(end(&visitor, &named).await, "Tokens stay valid").await;
}

#[tokio::test]
async fn it_leads_back_with_the_state_when_the_client_is_known() {
    let (_sandbox, visitor) = sandbox().await;
    let id_token = text(&visitor.tokens("Thandi Nkosi", SCOPES).await["id_token"]);
    let back = |uri: &str| [("post_logout_redirect_uri", uri.to_owned()), ("state", "a b".into())];
    for client in [
        vec![("id_token_hint", id_token.clone())],
        vec![("client_id", PUBLIC_CLIENT_ID.to_owned())],
        vec![("id_token_hint", id_token.clone()), ("client_id", PUBLIC_CLIENT_ID.to_owned())],
    ] {
        let parameters = [client, back(REDIRECT).into()].concat();
        assert_eq!(location(&end(&visitor, &parameters).await), format!("{REDIRECT}?state=a+b"));
        let posted = visitor.post("/connect/endsession", &parameters).await;
        assert_eq!(location(&posted), format!("{REDIRECT}?state=a+b"), "by POST as well");
    }
    let parameters = [
        ("client_id", PUBLIC_CLIENT_ID.to_owned()),
        ("post_logout_redirect_uri", "http://localhost:8765/callback".into()),
    ];
    assert_eq!(location(&end(&visitor, &parameters).await), "http://localhost:8765/callback");
}

#[tokio::test]
async fn it_leads_nowhere_else() {
    let (_sandbox, visitor) = sandbox().await;
    for uri in ["https://evil.example/", "dev.bobbin.workbench:/oauth/callback/", "javascript:alert(1)"] {
        let parameters =
            [("client_id", PUBLIC_CLIENT_ID.to_owned()), ("post_logout_redirect_uri", uri.into())];
        ends_here(end(&visitor, &parameters).await, "must be one of those registered").await;
    }
}

#[tokio::test]
async fn a_client_that_is_unknown_contradicted_or_forged_is_not_returned_to() {
    let (_sandbox, visitor) = sandbox().await;
    let (_other, stranger) = sandbox().await;
    let own = text(&visitor.tokens("Thandi Nkosi", SCOPES).await["id_token"]);
    let foreign = text(&stranger.tokens("Thandi Nkosi", SCOPES).await["id_token"]);
    for client in [
        vec![],
        vec![("client_id", "live-1".to_owned())],
        vec![("id_token_hint", foreign)],
        vec![("id_token_hint", own), ("client_id", CONFIDENTIAL_CLIENT_ID.into())],
    ] {
        let parameters = [client, vec![("post_logout_redirect_uri", REDIRECT.into())]].concat();
        ends_here(end(&visitor, &parameters).await, "says to which client").await;
    }
}

#[tokio::test]
async fn tokens_outlive_it() {
    let (_sandbox, visitor) = sandbox().await;
    let reply = visitor.tokens("Thandi Nkosi", SCOPES).await;
    end(&visitor, &[("id_token_hint", text(&reply["id_token"]))]).await;
    let refresh = Visitor::refresh(&text(&reply["refresh_token"]));
    assert_eq!(visitor.token(&refresh).await.0, StatusCode::OK);
}
