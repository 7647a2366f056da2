mod metadata;

use super::*;
use crate::preset::preset;

/// A connection to Stitch's test environment that lacks nothing.
struct Connection {
    preset: &'static Preset,
    client_id: &'static str,
    scopes: Vec<String>,
    client_scopes: Vec<String>,
    redirect_uri: String,
    redirect: RedirectKind,
    method: AuthenticationMethod,
    secret_present: bool,
    key: Option<KeyFacts<'static>>,
    metadata: Option<ProviderMetadata>,
}

const NOW: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

fn scopes(names: &str) -> Vec<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

fn stitch() -> Connection {
    Connection {
        preset: preset("stitch-test").unwrap(),
        client_id: "test-18fbd892-3b73-43c3-a854-c6f78c681349",
        scopes: scopes("openid accounts offline_access"),
        client_scopes: scopes("client_paymentrequest"),
        redirect_uri: "dev.bobbin.workbench:/oauth/callback".to_owned(),
        redirect: RedirectKind::AppLink,
        method: AuthenticationMethod::None,
        secret_present: false,
        key: None,
        metadata: None,
    }
}

const RSA_KEY: KeyFacts = KeyFacts {
    algorithms: &[SigningAlgorithm::Rs256, SigningAlgorithm::Ps256],
    algorithm: SigningAlgorithm::Rs256,
    not_after: Some(NOW + 300 * DAY),
};

impl Connection {
    fn findings(&self) -> Vec<Finding> {
        examine(&Facts {
            preset: self.preset,
            client_id: self.client_id,
            scopes: &self.scopes,
            client_scopes: &self.client_scopes,
            redirect_uri: &self.redirect_uri,
            redirect: self.redirect,
            method: self.method,
            secret_present: self.secret_present,
            key: self.key,
            metadata: self.metadata.as_ref(),
            now: NOW,
        })
    }

    /// Code and level of what did not pass.
    fn wrong(&self) -> Vec<(&'static str, Level)> {
        let findings = self.findings().into_iter();
        findings.filter(|it| it.level != Level::Passed).map(|it| (it.code, it.level)).collect()
    }

    fn finding(&self, code: &str) -> Option<Finding> {
        self.findings().into_iter().find(|finding| finding.code == code)
    }

    fn message(&self, code: &str) -> String {
        self.finding(code).unwrap().message
    }
}

fn with(change: impl FnOnce(&mut Connection)) -> Connection {
    let mut connection = stitch();
    change(&mut connection);
    connection
}

fn card(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|it| {
        let hint = it.hint.as_ref().map(|hint| format!("\n    {hint}")).unwrap_or_default();
        format!("{:?} {} ({:?}): {}{hint}", it.level, it.code, it.setting, it.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_connection_that_lacks_nothing_passes_each_check_and_says_what_holds() {
    insta::assert_snapshot!(card(&stitch().findings()), @r#"
    Passed client_id_present (ClientId): There is a client id.
        It could still be another client's than the provider registered, or than the code or token was given to.
    Passed client_id_characters (ClientId): The client id has no white space and no unusual character.
    Passed client_id_environment (ClientId): The client id begins with "test-", as it should here.
    Passed authentication_method (Authentication): The client is public: it sends neither a secret nor an assertion.
        If the provider gave you a secret or a key with the client, choose its method: it refuses the client without.
    Passed redirect_uri_valid (RedirectUri): The redirect URI is a URL without a fragment.
        The provider could still have registered another one than dev.bobbin.workbench:/oauth/callback, by a single character.
    Passed redirect_uri_length (RedirectUri): The redirect URI is 36 of at most 400 characters long.
    Passed redirect_uri_method (RedirectUri): The redirect URI is an app link: the system hands it to the application that holds dev.bobbin.workbench.
    Passed redirect_uri_protected (RedirectUri): The code does not cross the network unprotected.
    Passed scopes_present (Scopes): 3 scopes are chosen.
    Passed scopes_openid (Scopes): openid is asked for, so an id_token says who signed in.
    Passed scopes_offline_access (Scopes): offline_access is asked for, so a refresh token comes.
        The provider could still not have allowed it to this client.
    Passed scopes_kind (Scopes): No scope in it is for client tokens alone.
    Passed scopes_characters (Scopes): Each scope is one word without quotes and backslashes.
    Passed scopes_length (Scopes): The scopes are 30 of at most 300 characters long.
    Passed scopes_known (Scopes): The preset knows each of the scopes.
        The provider could still not have allowed one of them to this client.
    Passed client_tokens_authenticated (ClientScopes): The client is public, so it signs users in and gets no token of its own (RFC 6749 section 4.4).
        A client token needs a client secret or a private key.
    Passed client_scopes_kind (ClientScopes): No scope of the client tokens is for users alone.
    Passed client_scopes_characters (ClientScopes): Each scope is one word without quotes and backslashes.
    Passed client_scopes_length (ClientScopes): The scopes are 21 of at most 300 characters long.
    Passed client_scopes_known (ClientScopes): The preset knows each of the scopes.
        The provider could still not have allowed one of them to this client.
    "#);
}

#[test]
fn each_check_is_made_once_and_is_about_one_setting() {
    let connection = with(|it| {
        it.method = AuthenticationMethod::PrivateKeyJwt;
        it.key = Some(RSA_KEY);
        it.metadata = Some(metadata::metadata(&serde_json::json!({})));
    });
    let findings = connection.findings();
    let codes: std::collections::HashSet<_> = findings.iter().map(|it| it.code).collect();
    assert_eq!(codes.len(), findings.len());
    assert!(findings.iter().all(|it| it.message.ends_with('.')));
}

#[test]
fn what_is_not_asked_of_a_provider_is_not_examined() {
    assert_eq!(with(|it| it.preset = preset("tokens").unwrap()).findings(), []);
    let vault = with(|it| {
        it.preset = preset("vault").unwrap();
        it.client_id = "";
        it.scopes.clear();
        it.redirect_uri.clear();
    });
    assert_eq!(vault.findings(), [], "Vault's request names no client, scope or redirect URI");
}

#[test]
fn a_client_id_is_there_and_well_formed() {
    assert_eq!(with(|it| it.client_id = "").wrong(), [("client_id_present", Level::Error)]);
    for id in ["test-a b", "test-a\n", "test-a\u{2013}b"] {
        assert_eq!(with(|it| it.client_id = id).wrong(), [("client_id_characters", Level::Error)], "{id:?}");
    }
}

#[test]
fn a_client_of_the_other_environment_is_noticed_both_ways() {
    let live_on_test = with(|it| it.client_id = "18fbd892");
    assert_eq!(live_on_test.wrong(), [("client_id_environment", Level::Warning)]);
    assert_eq!(
        live_on_test.message("client_id_environment"),
        "Client ids of this environment begin with \"test-\"; this one does not."
    );
    let test_on_live = with(|it| it.preset = preset("stitch-live").unwrap());
    assert_eq!(test_on_live.wrong(), [("client_id_environment", Level::Warning)]);
    let live = with(|it| {
        it.preset = preset("stitch-live").unwrap();
        it.client_id = "18fbd892";
    });
    assert_eq!(live.wrong(), []);
    let any = with(|it| it.preset = preset("openid").unwrap());
    assert_eq!(any.finding("client_id_environment"), None, "nobody knows how its ids look");
}

#[test]
fn a_sign_in_needs_scopes_and_openid_and_a_refresh_token_needs_offline_access() {
    assert_eq!(with(|it| it.scopes.clear()).wrong(), [("scopes_present", Level::Error)]);
    let without_openid = with(|it| it.scopes = scopes("accounts offline_access"));
    assert_eq!(without_openid.wrong(), [("scopes_openid", Level::Warning)]);
    let without_refresh = with(|it| it.scopes = scopes("openid accounts"));
    assert_eq!(without_refresh.wrong(), [("scopes_offline_access", Level::Warning)]);
    let elsewhere = with(|it| {
        it.preset = preset("openid").unwrap();
        it.scopes = scopes("openid profile");
        it.client_scopes.clear();
    });
    assert_eq!(elsewhere.wrong(), [], "a preset that asks for no refresh token misses none");
}

#[test]
fn scopes_of_the_other_kind_of_token_are_named() {
    let client_scope = with(|it| it.scopes = scopes("openid offline_access client_refund client_cdv"));
    assert_eq!(client_scope.wrong(), [("scopes_kind", Level::Warning)]);
    assert_eq!(
        client_scope.message("scopes_kind"),
        "client_refund and client_cdv belong in a client token; a user's sign-in cannot grant them."
    );
    for scope in ["accounts", "openid", "offline_access"] {
        let user_scope = with(|it| it.client_scopes = scopes(scope));
        assert_eq!(user_scope.wrong(), [("client_scopes_kind", Level::Warning)], "{scope}");
    }
}

#[test]
fn all_client_scopes_together_are_longer_than_the_server_takes() {
    let all = with(|it| {
        let client = it.preset.scopes.iter().filter(|scope| scope.client);
        it.client_scopes = client.map(|scope| scope.name.clone()).collect();
    });
    assert_eq!(all.wrong(), [("client_scopes_length", Level::Error)]);
    assert_eq!(
        all.message("client_scopes_length"),
        "The scopes are 343 characters long; the server takes 300."
    );
}

#[test]
fn misspelt_and_impossible_scopes_are_named() {
    let misspelt = with(|it| it.scopes = scopes("openid offline_access acounts"));
    assert_eq!(misspelt.wrong(), [("scopes_known", Level::Warning)]);
    assert_eq!(misspelt.message("scopes_known"), "The preset does not know acounts.");
    let two_in_one = with(|it| it.scopes.push("accounts balances".to_owned()));
    assert!(two_in_one.wrong().contains(&("scopes_characters", Level::Error)));
}

#[test]
fn a_secret_or_key_that_the_method_needs_is_missed() {
    for method in [AuthenticationMethod::ClientSecretBasic, AuthenticationMethod::ClientSecretPost] {
        let missing = with(|it| {
            it.method = method;
            it.client_scopes.clear();
        });
        assert_eq!(missing.wrong(), [("client_secret_present", Level::Error)]);
        assert!(missing.message("client_secret_present").starts_with(method.as_str()));
    }
    let missing = with(|it| it.method = AuthenticationMethod::PrivateKeyJwt);
    assert_eq!(missing.wrong(), [("private_key_present", Level::Error)]);
}

#[test]
fn a_key_fits_its_algorithm_and_warns_before_its_certificate_ends() {
    let keyed = |key: KeyFacts<'static>| {
        with(|it| {
            it.method = AuthenticationMethod::PrivateKeyJwt;
            it.key = Some(key);
        })
    };
    assert_eq!(keyed(RSA_KEY).wrong(), []);
    let other_kind = keyed(KeyFacts { algorithm: SigningAlgorithm::Es256, ..RSA_KEY });
    assert_eq!(other_kind.wrong(), [("private_key_algorithm", Level::Error)]);
    for not_after in [NOW + 29 * DAY, NOW - DAY] {
        let ending = keyed(KeyFacts { not_after: Some(not_after), ..RSA_KEY });
        assert_eq!(ending.wrong(), [("certificate_expiry", Level::Warning)]);
    }
    let bare = keyed(KeyFacts { not_after: None, ..RSA_KEY });
    assert_eq!(bare.finding("certificate_expiry"), None, "a key without a certificate has no end");
}

#[test]
fn client_tokens_by_secret_are_deprecated_at_stitch_and_still_possible() {
    let by_secret = with(|it| {
        it.method = AuthenticationMethod::ClientSecretPost;
        it.secret_present = true;
    });
    assert_eq!(by_secret.wrong(), [("client_tokens_deprecated", Level::Warning)]);
    assert!(by_secret.message("client_tokens_deprecated").contains("private_key_jwt"));
}

#[test]
fn a_method_that_the_preset_does_not_know_is_named() {
    let vault = with(|it| {
        it.preset = preset("vault").unwrap();
        it.method = AuthenticationMethod::ClientSecretBasic;
        it.secret_present = true;
    });
    assert_eq!(vault.wrong(), [("authentication_method", Level::Warning)]);
}

#[test]
fn a_redirect_uri_fits_the_way_back() {
    use RedirectKind::{AppLink, Loopback, Paste};
    for (kind, uri, wrong) in [
        (AppLink, "dev.bobbin.workbench:/oauth/callback", None),
        (AppLink, "https://localhost:9000/return", Some(("redirect_uri_method", Level::Warning))),
        (Loopback, "http://127.0.0.1:8765/callback", None),
        (Loopback, "http://localhost/callback", None),
        (Loopback, "http://[::1]:0/callback", None),
        (Loopback, "https://localhost:9000/return", Some(("redirect_uri_method", Level::Error))),
        (Loopback, "a.b:/callback", Some(("redirect_uri_method", Level::Error))),
        (Paste, "https://localhost:9000/return", None),
        (Paste, "http://login.example/return", Some(("redirect_uri_protected", Level::Warning))),
        (Paste, "https://a.example/*", Some(("redirect_uri_valid", Level::Warning))),
        (Paste, "https://a.example/#x", Some(("redirect_uri_valid", Level::Error))),
        (Paste, "https://a.example/ b", Some(("redirect_uri_valid", Level::Error))),
        (Paste, "localhost/return", Some(("redirect_uri_valid", Level::Error))),
        (Paste, "", Some(("redirect_uri_present", Level::Error))),
    ] {
        let connection = with(|it| {
            it.redirect = kind;
            it.redirect_uri = uri.to_owned();
        });
        assert_eq!(connection.wrong(), Vec::from_iter(wrong), "{kind:?} {uri}");
    }
    let long = with(|it| it.redirect_uri = format!("a.b:/{}", "x".repeat(396)));
    assert_eq!(long.wrong(), [("redirect_uri_length", Level::Error)]);
}

fn explained(error: &str, connection: &Connection) -> Vec<(&'static str, Level)> {
    let findings = connection.findings();
    explain(error, Asked::SignIn, &findings).iter().map(|it| (it.code, it.level)).collect()
}

#[test]
fn a_bare_invalid_client_is_explained_worst_first() {
    let connection = with(|it| {
        it.client_id = "18fbd892";
        it.method = AuthenticationMethod::ClientSecretPost;
    });
    let explained = explained("invalid_client", &connection);
    assert_eq!(
        explained[..2],
        [("client_secret_present", Level::Error), ("client_id_environment", Level::Warning)]
    );
    assert!(explained[2..].iter().all(|(_, level)| *level == Level::Passed));
    assert!(explained.contains(&("client_id_present", Level::Passed)), "it could still be another client's");
}

#[test]
fn a_proof_that_is_there_is_the_first_suspect_after_invalid_client() {
    let first = |method| {
        let connection = with(|it| {
            it.method = method;
            it.secret_present = true;
            it.client_scopes.clear();
        });
        explained("invalid_client", &connection)[0]
    };
    let passed = |code| (code, Level::Passed);
    assert_eq!(first(AuthenticationMethod::ClientSecretBasic), passed("client_secret_present"));
    assert_eq!(first(AuthenticationMethod::None), passed("authentication_method"));
}

#[test]
fn each_error_is_explained_by_what_could_cause_it_and_by_nothing_else() {
    let connection = stitch();
    let codes = |error| explained(error, &connection).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    assert!(codes("invalid_scope").iter().all(|code| code.contains("scopes")));
    assert!(codes("invalid_scope").contains(&"scopes_offline_access"));
    assert!(codes("invalid_grant").contains(&"redirect_uri_valid"));
    assert!(!codes("invalid_grant").contains(&"scopes_length"));
    assert!(codes("server_error").is_empty());
}

#[test]
fn a_passed_check_that_explains_an_error_alone_says_what_could_still_be_wrong() {
    let findings = stitch().findings();
    for error in ["invalid_client", "unauthorized_client", "invalid_scope", "invalid_grant"] {
        let explained = explain(error, Asked::SignIn, &findings);
        assert!(explained.iter().any(|finding| finding.hint.is_some()), "{error}");
    }
}

#[test]
fn only_what_was_asked_for_is_suspected() {
    let connection = metadata::discovered(&serde_json::json!({ "grant_types_supported": ["implicit"] }));
    let findings = connection.findings();
    let fields = |error, asked| {
        let found = explain(error, asked, &findings).into_iter();
        found.map(|it| (it.setting, it.code)).collect::<Vec<_>>()
    };
    for error in ["invalid_client", "unauthorized_client", "invalid_scope", "invalid_grant"] {
        let of_client = |(setting, _): &(Setting, &str)| *setting == Setting::ClientScopes;
        assert!(
            !fields(error, Asked::SignIn).iter().any(of_client),
            "{error}: no client token was asked for"
        );
        let of_user = |(setting, _): &(Setting, &str)| {
            matches!(setting, Setting::Scopes | Setting::RedirectUri | Setting::Issuer)
        };
        assert!(!fields(error, Asked::ClientToken).iter().any(of_user), "{error}: nobody signed in");
        let others = fields(error, Asked::Refresh).into_iter().filter(|it| of_user(it) || of_client(it));
        assert!(others.into_iter().all(|(_, code)| code == "metadata_refresh_grant"), "{error}");
    }
    let codes = |asked| fields("unauthorized_client", asked).into_iter().map(|(_, code)| code);
    assert!(codes(Asked::ClientToken).any(|code| code == "client_tokens_authenticated"));
    assert!(codes(Asked::SignIn).any(|code| code == "metadata_code_grant"));
    assert!(codes(Asked::Refresh).any(|code| code == "metadata_refresh_grant"));
    assert!(codes(Asked::Refresh).any(|code| code == "authentication_method"), "the client is the same");
}
