use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const REDIRECT_URI: &str = "dev.bobbin.workbench:/oauth/callback";

fn link(query: &str) -> String {
    format!("{REDIRECT_URI}?{query}")
}

fn code(callback: &Callback) -> &str {
    match &callback.outcome {
        CallbackOutcome::Code(code) => code.expose_secret(),
        other => panic!("expected a code, got {other:?}"),
    }
}

fn error_code(input: &str) -> &'static str {
    parse(input).unwrap_err().code()
}

fn pasted_error_code(input: &str) -> &'static str {
    parse_pasted(input).unwrap_err().code()
}

#[test]
fn a_callback_of_stitch_gives_code_state_scope_and_session_state() {
    let callback =
        parse(&link("code=abc-123&scope=openid%20accounts+balances&state=xyz&session_state=s.1")).unwrap();
    assert_eq!(code(&callback), "abc-123");
    assert_eq!(callback.state.as_deref(), Some("xyz"));
    assert_eq!(callback.scope.unwrap(), ["openid", "accounts", "balances"]);
    assert_eq!(callback.session_state.as_deref(), Some("s.1"));
}

#[test]
fn a_code_without_state_is_read_so_that_it_can_be_ignored_knowingly() {
    let callback = parse(&link("code=abc")).unwrap();
    assert_eq!(callback.state, None);
}

#[test]
fn only_the_state_means_cancelled() {
    let callback = parse(&link("state=xyz")).unwrap();
    assert!(matches!(callback.outcome, CallbackOutcome::StateOnly));
}

#[test]
fn an_error_wins_over_a_code() {
    let callback = parse(&link(
        "code=abc&error=access_denied&error_description=No%0A%1b%5B31mthanks%E2%80%AE&error_uri=https%3A%2F%2Fa.example&state=xyz",
    ))
    .unwrap();
    let CallbackOutcome::Error { error, description, uri } = callback.outcome else {
        panic!("the error was lost");
    };
    assert_eq!(error, "access_denied");
    assert_eq!(
        description.as_deref(),
        Some("No [31mthanks"),
        "control and direction characters are not shown"
    );
    assert_eq!(uri.as_deref(), Some("https://a.example"));
}

#[test]
fn identity_servers_fragment_is_ignored() {
    let callback = parse(&link("error=access_denied&state=xyz#_=_")).unwrap();
    assert_eq!(callback.state.as_deref(), Some("xyz"));
    assert!(parse(&link("code=a&state=xyz#")).is_ok());
}

#[test]
fn any_other_fragment_is_rejected() {
    assert_eq!(error_code(&link("code=a&state=x#top")), "callback_fragment");
    assert_eq!(error_code(&format!("{REDIRECT_URI}#code=a&state=x")), "callback_fragment");
}

#[test]
fn a_parameter_twice_is_rejected() {
    for query in
        ["state=a&state=b", "state=a&state=a", "code=a&c%6Fde=b", "state=&state=a", "foo=1&foo=1&state=a"]
    {
        assert_eq!(error_code(&link(query)), "callback_repeated_parameter", "{query}");
    }
}

#[test]
fn an_unknown_parameter_is_ignored_and_an_empty_one_counts_as_absent() {
    let callback = parse(&link("code=&error=&state=x&iss=&foo=bar&&=&flag")).unwrap();
    assert!(matches!(callback.outcome, CallbackOutcome::StateOnly));
    assert_eq!(callback.iss, None);
}

#[test]
fn tokens_in_the_callback_are_another_flow() {
    for name in ["id_token", "access_token", "response"] {
        assert_eq!(error_code(&link(&format!("code=a&state=b&{name}=c"))), "callback_other_flow");
        assert_eq!(
            error_code(&format!("{REDIRECT_URI}#{name}=c&state=b")),
            "callback_other_flow",
            "also in the fragment"
        );
    }
}

#[test]
fn more_than_8_kib_is_dropped_unread() {
    let filler = MAX_LENGTH - link("state=a&code=").len();
    let fits = link(&format!("state=a&code={}", "c".repeat(filler)));
    assert!(parse(&fits).is_ok());
    assert_eq!(error_code(&format!("{fits}c")), "callback_too_long");
    assert_eq!(pasted_error_code(&format!("{fits}c")), "callback_too_long");
}

#[test]
fn only_the_exact_redirect_uri_matches() {
    assert!(parse(&link("state=a")).unwrap().matches(REDIRECT_URI));
    for other in [
        "dev.bobbin.workbench:/oauth/callback/?state=a",
        "dev.bobbin.workbench:/oauth/callbac%6B?state=a",
        "dev.bobbin.workbench:/oauth/%2e/callback?state=a",
        "dev.bobbin.workbench:/oauth/./callback?state=a",
        "dev.bobbin.workbench://oauth/callback?state=a",
        "DEV.bobbin.workbench:/oauth/callback?state=a",
        "dev.bobbin.workbench:/oauth?state=a",
        "dev.bobbin.workbench:?state=a",
    ] {
        assert!(!parse(other).unwrap().matches(REDIRECT_URI), "{other}");
    }
}

#[test]
fn a_loopback_address_matches_with_its_host_port_and_path() {
    let redirect_uri = "http://127.0.0.1:8765/callback";
    assert!(parse("http://127.0.0.1:8765/callback?state=a").unwrap().matches(redirect_uri));
    for other in [
        "http://127.0.0.1:8766/callback?state=a",
        "http://127.0.0.1/callback?state=a",
        "http://localhost:8765/callback?state=a",
        "http://user@127.0.0.1:8765/callback?state=a",
        "http://127.1:8765/callback?state=a",
        "https://127.0.0.1:8765/callback?state=a",
        "http://127.0.0.1:8765/Callback?state=a",
    ] {
        assert!(!parse(other).unwrap().matches(redirect_uri), "{other}");
    }
}

#[test]
fn what_is_encoded_twice_is_decoded_once() {
    let callback = parse(&link("code=a%252Bb&state=%2525")).unwrap();
    assert_eq!(code(&callback), "a%2Bb");
    assert_eq!(callback.state.as_deref(), Some("%25"));
}

#[test]
fn nul_and_broken_utf8_are_rejected() {
    assert_eq!(error_code(&link("code=a%00b&state=c")), "callback_control_character");
    assert_eq!(error_code(&link("code=a\0b&state=c")), "callback_control_character");
    assert_eq!(error_code(&link("code=a\n&state=c")), "callback_control_character");
    assert_eq!(error_code(&link("state=%ff")), "callback_not_utf8");
    assert_eq!(error_code(&link("state=%C0%AF")), "callback_not_utf8");
}

#[test]
fn what_is_not_a_url_is_said_to_be_none() {
    for input in ["", "hello", "?state=a", "/oauth/callback?state=a", "1a:/b?state=a", "a b:/c"] {
        assert_eq!(error_code(input), "callback_not_a_url", "{input:?}");
    }
    assert_eq!(error_code(REDIRECT_URI), "callback_empty");
    assert_eq!(error_code(&link("scope=a")), "callback_empty");
}

#[test]
fn a_pasted_url_may_have_white_space_and_quotes_around_it() {
    for input in [
        format!("  {}\r\n", link("code=a&state=b")),
        format!("\"{}\"", link("code=a&state=b")),
        format!("'{}' ", link("code=a&state=b")),
        format!("<{}>", link("code=a&state=b")),
    ] {
        let callback = parse_pasted(&input).unwrap();
        assert_eq!(code(&callback), "a", "{input}");
        assert!(callback.matches(REDIRECT_URI));
    }
}

#[test]
fn a_pasted_query_string_is_enough() {
    for input in ["code=a&state=b", "?code=a&state=b", " ?state=b&code=a#_=_ "] {
        let callback = parse_pasted(input).unwrap();
        assert_eq!(code(&callback), "a", "{input}");
        assert_eq!(callback.target, None);
        assert!(callback.matches(REDIRECT_URI), "it came to no address");
    }
    let callback = parse_pasted("code=a:b&state=c").unwrap();
    assert_eq!(code(&callback), "a:b", "a colon does not make it a URL");
}

#[test]
fn a_pasted_bare_code_is_refused_with_the_reason() {
    for input in ["nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4", "4/0Ab_5qlm", "YWJj=="] {
        assert_eq!(pasted_error_code(input), "callback_bare_code", "{input}");
    }
    let error = parse_pasted("abc").unwrap_err();
    insta::assert_snapshot!(format!("{error}\n{}", error.hint()), @"
    This is a bare code. Without its state nobody can say which sign-in it belongs to.
    Paste the whole address, or everything after the question mark, so that the state is in it.
    ");
}

#[test]
fn pasted_prose_is_not_a_callback() {
    for input in ["", "  ", "\"\"", "sign in failed", "/return?code=a&state=b", "foo=1&bar=2"] {
        assert_eq!(pasted_error_code(input), "callback_not_a_url", "{input:?}");
    }
}

#[test]
fn another_issuer_is_rejected_by_plain_comparison() {
    let callback = parse(&link("code=a&state=b&iss=https%3A%2F%2Fa.example")).unwrap();
    assert!(callback.check_issuer("https://a.example", true).is_ok());
    assert!(callback.check_issuer("https://a.example", false).is_ok());
    let error = callback.check_issuer("https://a.example/", false).unwrap_err();
    assert_eq!(error.code(), "callback_issuer_mismatch");
}

#[test]
fn a_removed_issuer_is_rejected_where_discovery_advertises_it() {
    let callback = parse(&link("code=a&state=b")).unwrap();
    assert!(callback.check_issuer("https://a.example", false).is_ok());
    let error = callback.check_issuer("https://a.example", true).unwrap_err();
    assert_eq!(error.code(), "callback_issuer_missing");
}

#[test]
fn debug_output_does_not_show_the_code() {
    let callback = parse(&link("code=topsecret&state=b")).unwrap();
    assert!(!format!("{callback:?}").contains("topsecret"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(input in "\\PC*") {
        let _ = parse(&input);
        let _ = parse_pasted(&input);
    }

    #[test]
    fn any_query_is_read_or_refused(query in "[a-z=&%+#?0-9\\x00-\\x20]{0,200}") {
        let _ = parse(&link(&query));
        let _ = parse_pasted(&query);
    }

    #[test]
    fn state_and_code_come_through_unchanged(state in "\\PC{1,60}", secret in "\\PC{1,60}") {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("state", &state)
            .append_pair("code", &secret)
            .finish();
        let callback = parse(&link(&query)).unwrap();
        prop_assert_eq!(callback.state.as_deref(), Some(state.as_str()));
        prop_assert_eq!(code(&callback), secret);
    }
}
