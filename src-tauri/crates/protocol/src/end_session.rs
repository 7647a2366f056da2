//! Signing out at the provider (`OpenID` Connect RP-Initiated Logout 1.0).

use url::Url;

/// Makes the URL that the browser opens to end the session there (section 2).
///
/// `id_token_hint` is a token: the URL is opened, and shown only masked. `state` comes back with
/// `post_logout_redirect_uri`, so it stands only beside it. The endpoint's own query stays.
pub fn build_end_session_url(
    endpoint: &Url,
    id_token_hint: Option<&str>,
    client_id: &str,
    post_logout_redirect_uri: Option<&str>,
    state: Option<&str>,
) -> Url {
    let parameters = [
        ("id_token_hint", id_token_hint),
        ("client_id", Some(client_id)),
        ("post_logout_redirect_uri", post_logout_redirect_uri),
        ("state", state.filter(|_| post_logout_redirect_uri.is_some())),
    ];
    let given =
        parameters.iter().filter_map(|(name, value)| Some((name, value.filter(|it| !it.is_empty())?)));
    let mut url = endpoint.clone();
    url.set_fragment(None);
    url.query_pairs_mut().extend_pairs(given);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Url {
        Url::parse("https://secure.stitch.money/connect/endsession").unwrap()
    }

    #[test]
    fn the_request_names_the_session_by_its_id_token_and_the_client() {
        let url = build_end_session_url(
            &endpoint(),
            Some("e30.e30.x"),
            "test-1",
            Some("a.b:/signed-out?x=1"),
            Some("s"),
        );
        assert_eq!(
            url.as_str(),
            "https://secure.stitch.money/connect/endsession?id_token_hint=e30.e30.x&client_id=test-1\
             &post_logout_redirect_uri=a.b%3A%2Fsigned-out%3Fx%3D1&state=s"
        );
    }

    #[test]
    fn what_there_is_none_of_is_left_out() {
        let url = build_end_session_url(&endpoint(), None, "test-1", None, Some("s"));
        assert_eq!(url.query(), Some("client_id=test-1"), "state comes back with a redirect alone");
    }

    #[test]
    fn the_endpoints_own_query_is_kept() {
        let endpoint = Url::parse("https://a.example/logout?tenant=1#top").unwrap();
        let url = build_end_session_url(&endpoint, None, "a&b", None, None);
        assert_eq!(url.as_str(), "https://a.example/logout?tenant=1&client_id=a%26b");
    }
}
