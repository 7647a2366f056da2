//! Every parser of text from outside, as a function of bytes: what is measured and what is fuzzed.
//!
//! GraphQL is not here: its documents are the person's own, and its responses are as long as a person asks for.
//!
//! Besides not ending in a panic, each holds to what is promised of it.

use std::sync::LazyLock;

use bobbin_protocol::{
    callback::{self, CallbackOutcome},
    credentials, discovery,
    http::HttpReply,
    id_token::{Expected, verify},
    inspect::{Given, inspect},
    introspection::process_introspection_reply,
    jwks::{Jwks, process_jwks, read_pasted},
    jwt,
    preset::{ErrorShape, preset},
    private_key,
    token::process_token_reply,
    userinfo::process_userinfo,
};

pub(crate) type Parser = fn(&[u8]);

pub(crate) const PARSERS: &[(&str, Parser)] = &[
    ("callback", callback),
    ("jwt", jwt),
    ("jwks", jwks),
    ("pasted_keys", pasted_keys),
    ("discovery", discovery),
    ("token_reply", token_reply),
    ("token_refusal", token_refusal),
    ("pem", pem),
    ("inspect", inspected),
    ("credentials", client_credentials),
    ("userinfo", userinfo),
    ("introspection", introspection),
];

const ISSUER: &str = "https://login.example.com";
const CLIENT: &str = "test-18fbd892";
const NOW: i64 = 1_795_230_040;

/// Nobody has the private half, so that no token can be accepted.
static KEYS: LazyLock<Jwks> = LazyLock::new(|| {
    process_jwks(&reply(200, include_bytes!("../../../../fuzz/seeds/jwks/three-keys.json")))
        .expect("the seed is a key set")
});

fn reply(status: u16, body: &[u8]) -> HttpReply {
    HttpReply {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_vec(),
    }
}

fn one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

fn callback(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for callback in [callback::parse(&text), callback::parse_pasted(&text)] {
        match callback {
            Ok(callback) => {
                assert!(text.len() <= callback::MAX_LENGTH, "a longer one is dropped unread");
                assert!(callback.state.as_deref() != Some(""), "an empty parameter counts as absent");
                if let CallbackOutcome::Error { error, description, uri } = callback.outcome {
                    let texts = [Some(error), description, uri];
                    assert!(texts.iter().flatten().all(|text| one_line(text)), "it is shown as it is");
                }
            }
            Err(error) => assert!(one_line(&error.to_string()), "the message is shown as it is"),
        }
    }
}

fn jwt(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let decoded = jwt::decode(&text);
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: Some("n-0S6_WzA2Mj"),
        state: Some("af0ifjsldkj"),
        access_token: Some("nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4"),
        code: Some("c0de"),
        now: NOW,
        previous: decoded.as_ref().ok().map(|jwt| &jwt.payload),
    };
    let verdict = verify(&text, &KEYS, &expected);
    assert!(!verdict.accepted(), "nobody can have signed it");
    assert_eq!(verdict.claims.is_some(), decoded.is_ok(), "both read it, or neither does");
}

fn jwks(bytes: &[u8]) {
    let read = process_jwks(&reply(200, bytes));
    if let Ok(set) = &read {
        assert!(set.warnings().iter().all(|warning| one_line(warning)), "they are shown as they are");
    }
}

fn pasted_keys(bytes: &[u8]) {
    let _ = read_pasted(&String::from_utf8_lossy(bytes));
}

fn discovery(bytes: &[u8]) {
    if let Ok(metadata) = discovery::process_discovery(&reply(200, bytes), ISSUER) {
        assert_eq!(metadata.issuer, ISSUER, "nobody else is believed");
    }
}

fn token_reply(bytes: &[u8]) {
    match process_token_reply(&reply(200, bytes), &ErrorShape::default()) {
        Ok(tokens) => assert!(tokens.token_type.eq_ignore_ascii_case("bearer"), "no other can be used"),
        Err(error) => assert!(one_line(&error.to_string()), "the message is shown as it is"),
    }
}

fn token_refusal(bytes: &[u8]) {
    let shape = preset("vault").map(|it| it.errors.clone()).unwrap_or_default();
    let read = process_token_reply(&reply(400, bytes), &shape);
    assert!(read.is_err(), "a refusal brings no tokens");
    if let Err(error) = read {
        assert!(one_line(&error.to_string()), "the message is shown as it is");
    }
}

/// Without a passphrase: what that costs, the file says, up to a limit of its own.
fn pem(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = private_key::import(&text, None) {
        assert!(one_line(&error.to_string()), "the message is shown as it is");
    }
}

fn inspected(bytes: &[u8]) {
    let given = Given {
        now: NOW,
        issuer: Some(ISSUER),
        client_id: Some(CLIENT),
        keys: Some(&KEYS),
        nonce: Some("n-0S6_WzA2Mj"),
        state: Some("af0ifjsldkj"),
        code: Some("c0de"),
        access_token: Some("nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4"),
    };
    let found = inspect(&String::from_utf8_lossy(bytes), &given);
    assert!(!found.summary.is_empty() && one_line(&found.summary), "it is one sentence: {}", found.summary);
    if let Some(verdict) = &found.verdict {
        assert!(verdict.checks.iter().all(|check| one_line(&check.got)), "they are shown as they are");
    }
}

fn client_credentials(bytes: &[u8]) {
    let _ = credentials::import(&String::from_utf8_lossy(bytes));
}

fn userinfo(bytes: &[u8]) {
    let _ = process_userinfo(&reply(200, bytes), "thandi");
}

fn introspection(bytes: &[u8]) {
    let _ = process_introspection_reply(&reply(200, bytes));
}
