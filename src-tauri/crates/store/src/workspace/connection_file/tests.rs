use std::{collections::BTreeMap, fs};

use super::{
    AssertionAudience, Authentication, AuthenticationMethod, ClientTokens, ConnectionFile, Lifetimes,
    Parameters, Redirect, RedirectMethod, Refresh, RefreshPolicy,
};
use crate::Workspace;

/// As the versions wrote it that knew nothing of the other keys.
const OLD: &str = r#"name = "Mine"
preset = "sandbox"
client_id = "test-1"
scopes = ["openid"]

[redirect]
method = "app_link"
uri = "dev.bobbin.workbench:/oauth/callback"

[endpoints]
token_endpoint = "https://example.test/token"
"#;

const FULL: &str = r#"name = "Everything"
preset = "stitch-test"
client_id = "test-1"
scopes = ["openid"]

[redirect]
method = "loopback"
uri = "http://127.0.0.1:9000/return"

[authentication]
method = "private_key_jwt"
algorithm = "RS256"
kid = "E306"
audience = "issuer"

[client_tokens]
scopes = ["client_paymentrequest"]
audience = "https://example.test/connect/token"

[refresh]
policy = "when_needed"

[lifetimes]
access_token = 900
refresh_token_sliding = 31536000

[headers]
X-Merchant-ID = "42"

[parameters.authorize]
login_hint = "thandi@example.test"
prompt = "login"

[parameters.token]
resource = "https://example.test/api"

[parameters.refresh]
extra = "1"

[endpoints]
token_endpoint = "https://example.test/token"
"#;

fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn full() -> ConnectionFile {
    ConnectionFile {
        name: "Everything".to_owned(),
        preset: "stitch-test".to_owned(),
        client_id: "test-1".to_owned(),
        scopes: vec!["openid".to_owned()],
        redirect: Some(Redirect {
            method: RedirectMethod::Loopback,
            uri: "http://127.0.0.1:9000/return".to_owned(),
        }),
        authentication: Some(Authentication {
            method: AuthenticationMethod::PrivateKeyJwt,
            algorithm: Some("RS256".to_owned()),
            kid: Some("E306".to_owned()),
            audience: Some(AssertionAudience::Issuer),
        }),
        client_tokens: Some(ClientTokens {
            scopes: vec!["client_paymentrequest".to_owned()],
            audience: Some("https://example.test/connect/token".to_owned()),
        }),
        refresh: Some(Refresh { policy: RefreshPolicy::WhenNeeded }),
        lifetimes: Lifetimes {
            access_token: Some(900),
            refresh_token: None,
            refresh_token_sliding: Some(31_536_000),
        },
        headers: map([("X-Merchant-ID", "42")]),
        parameters: Parameters {
            authorize: map([("login_hint", "thandi@example.test"), ("prompt", "login")]),
            token: map([("resource", "https://example.test/api")]),
            refresh: map([("extra", "1")]),
        },
        endpoints: map([("token_endpoint", "https://example.test/token")]),
    }
}

/// A fresh workspace with `text` as its connection `mine`.
fn workspace(text: &str) -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    fs::write(folder.path().join("connections/mine.toml"), text).unwrap();
    (folder, workspace)
}

fn error_of(text: &str) -> String {
    workspace(text).1.connection("mine").unwrap_err().to_string()
}

/// What is written after `text` was read.
fn saved(text: &str) -> String {
    let (folder, workspace) = workspace(text);
    workspace.save_connection("mine", &workspace.connection("mine").unwrap()).unwrap();
    fs::read_to_string(folder.path().join("connections/mine.toml")).unwrap()
}

#[test]
fn a_file_that_says_everything_is_read_whole_and_written_as_people_read_it() {
    assert_eq!(workspace(FULL).1.connection("mine").unwrap(), full());
    assert_eq!(saved(FULL), FULL);
}

#[test]
fn an_old_file_is_read_and_stays_as_it_is() {
    assert_eq!(saved(OLD), OLD);
}

#[test]
fn a_connection_without_a_sign_in_needs_no_redirect() {
    let text = "name = \"Vault\"\npreset = \"vault\"\nclient_id = \"\"\nscopes = []\n";
    assert_eq!(workspace(text).1.connection("mine").unwrap().redirect, None);
    assert_eq!(saved(text), text);
}

#[test]
fn every_method_and_policy_has_its_registered_name() {
    for (from, to) in [
        ("private_key_jwt", "none"),
        ("private_key_jwt", "client_secret_basic"),
        ("private_key_jwt", "client_secret_post"),
        ("loopback", "app_link"),
        ("loopback", "paste"),
        ("when_needed", "ask"),
        ("RS256", "PS256"),
        ("RS256", "ES256"),
        ("\"issuer\"", "\"token_endpoint\""),
        ("https://example.test/connect/token", ""),
    ] {
        let text = FULL.replace(from, to);
        assert_eq!(saved(&text), text, "{to}");
    }
}

#[test]
fn what_is_optional_may_be_missing() {
    for line in ["algorithm = \"RS256\"\n", "kid = \"E306\"\n", "audience = \"issuer\"\n"] {
        let text = FULL.replace(line, "");
        assert_eq!(saved(&text), text, "{line}");
    }
    let text = FULL.replace("[parameters.token]\nresource = \"https://example.test/api\"\n\n", "");
    assert_eq!(saved(&text), text);
}

#[test]
fn a_word_that_is_not_known_is_refused_by_its_line_with_those_that_are() {
    for (good, bad, line, known) in [
        ("private_key_jwt", "tls_client_auth", 11, "client_secret_basic"),
        ("RS256", "HS256", 12, "PS256"),
        ("\"issuer\"", "\"https://example.test\"", 14, "token_endpoint"),
        ("when_needed", "always", 21, "ask"),
        ("loopback", "carrier_pigeon", 7, "app_link"),
    ] {
        let error = error_of(&FULL.replace(good, bad));
        assert!(error.contains(&format!("mine.toml, line {line}: ")), "{error}");
        assert!(error.contains(bad.trim_matches('"')) && error.contains(known), "{error}");
    }
}

#[test]
fn a_key_that_is_not_known_is_refused_in_every_table() {
    for table in ["authentication", "client_tokens", "refresh", "parameters", "redirect"] {
        let text = match table {
            "parameters" => FULL.replace("[parameters.token]", "[parameters.tokens]"),
            table => FULL.replace(&format!("[{table}]\n"), &format!("[{table}]\nclient_secret = \"x\"\n")),
        };
        let error = error_of(&text);
        assert!(error.contains("unknown field"), "{table}: {error}");
        assert!(error.contains("line "), "{table}: {error}");
    }
    let error = error_of(&format!("client_secret = \"x\"\n{FULL}"));
    assert!(error.contains("line 1") && error.contains("unknown field `client_secret`"), "{error}");
}

#[test]
fn a_file_that_could_not_be_read_again_is_not_written() {
    let (folder, workspace) = workspace(FULL);
    let mut wrong = full();
    wrong.authentication.as_mut().unwrap().algorithm = Some("HS256".to_owned());

    let error = workspace.save_connection("mine", &wrong).unwrap_err().to_string();

    assert!(error.contains("HS256") && error.contains("RS256"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("connections/mine.toml")).unwrap(), FULL);
}
