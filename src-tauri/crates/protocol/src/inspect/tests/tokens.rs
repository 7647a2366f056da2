//! Tokens with what is given to check them, and in the state in which people paste them.

use aws_lc_rs::{rsa::KeyPair as RsaKeyPair, signature::KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    id_token::Outcome,
    inspect::{Given, Inspection, Kind, MAX_LENGTH, inspect},
    jwks::read_pasted,
    samples::{REFRESHED_ACCESS_TOKEN, SIGN_IN_ACCESS_TOKEN, SIGN_IN_ID_TOKEN},
    signing::{OTHER_RSA, RSA, key_set, rsa_jwk, signed},
};

const NOW: i64 = 1_576_138_900;
const CLIENT: &str = "f5cc94ee-e951-40d3-a31e-794659806230";

fn given() -> Given<'static> {
    Given { now: NOW, ..Given::default() }
}

fn outcome(found: &Inspection, name: &str) -> Outcome {
    let verdict = found.verdict.as_ref().unwrap();
    verdict.checks.iter().find(|check| check.name == name).unwrap().outcome
}

fn ours() -> (String, Value) {
    let claims = json!({ "iss": "https://a.example", "aud": "test-1", "sub": "thandi", "iat": NOW - 7200, "exp": NOW + 60, "nonce": "n" });
    (signed("RS256", &json!({ "alg": "RS256", "kid": "k" }), &claims), claims)
}

#[test]
fn stitchs_sample_is_checked_with_what_is_given() {
    let all = Given {
        issuer: Some("http://localhost:5001"),
        client_id: Some(CLIENT),
        nonce: Some("xyz"),
        state: Some("abc"),
        access_token: Some(SIGN_IN_ACCESS_TOKEN),
        ..given()
    };
    let found = inspect(SIGN_IN_ID_TOKEN, &all);
    for name in ["iss", "aud", "nonce", "s_hash", "at_hash", "exp", "sub"] {
        assert_eq!(outcome(&found, name), Outcome::Passed, "{name}");
    }
    assert_eq!(outcome(&found, "signature"), Outcome::Skipped);
    let other = inspect(SIGN_IN_ID_TOKEN, &Given { access_token: Some(REFRESHED_ACCESS_TOKEN), ..all });
    assert_eq!(outcome(&other, "at_hash"), Outcome::Failed);
    assert!(other.summary.contains("its at_hash is wrong"), "{}", other.summary);
}

#[test]
fn what_is_not_given_is_skipped_and_says_what_to_give() {
    let found = inspect(SIGN_IN_ID_TOKEN, &given());
    let verdict = found.verdict.unwrap();
    assert!(verdict.accepted());
    for (name, hint) in [
        ("signature", "Choose a connection, or paste a JWKS"),
        ("iss", "Choose the connection"),
        ("aud", "Choose the connection"),
        ("nonce", "Give the nonce"),
        ("at_hash", "Give the access token"),
        ("s_hash", "Give the state"),
    ] {
        let check = verdict.checks.iter().find(|check| check.name == name).unwrap();
        assert_eq!(check.outcome, Outcome::Skipped, "{name}");
        assert!(check.hint.as_ref().unwrap().starts_with(hint), "{check:?}");
    }
}

#[test]
fn a_pasted_token_may_be_old_and_not_expired() {
    let found = inspect(SIGN_IN_ID_TOKEN, &Given { now: NOW + 1_000_000, ..given() });
    assert_eq!(
        found.summary,
        format!(
            "An id_token of http://localhost:5001 for {CLIENT}: it expired at 2019-12-12 08:26:38 UTC, and its signature was not checked."
        )
    );
    assert_eq!(outcome(&found, "iat"), Outcome::Skipped);
    let times = found.parts[1].rows.iter().filter(|row| row.time.is_some());
    let told: Vec<_> = times.map(|row| (row.name.as_str(), row.meaning.as_str())).collect();
    assert_eq!(
        told,
        [("nbf", "Valid since"), ("exp", "Expired"), ("iat", "Issued"), ("auth_time", "Signed in")]
    );
}

#[test]
fn keys_from_a_set_or_a_certificate_check_the_signature() {
    let (token, _) = ours();
    let keys = key_set(&[rsa_jwk(&RSA, "k")]);
    let found = inspect(&token, &Given { keys: Some(&keys), ..given() });
    assert_eq!(outcome(&found, "signature"), Outcome::Passed);
    assert!(found.summary.ends_with("its signature is right, and nothing else is wrong with it."));
    let certificate = include_str!("../../private_key/samples/issuer-certificate.pem");
    let keys = read_pasted(certificate).unwrap();
    let found = inspect(&token, &Given { keys: Some(&keys), ..given() });
    assert_eq!(outcome(&found, "signature"), Outcome::Failed);
    assert!(found.summary.contains("its signature"), "{}", found.summary);
}

#[test]
fn a_token_reply_checks_its_own_at_hash() {
    let reply = |access_token: &str| {
        format!(
            r#"{{"id_token":"{SIGN_IN_ID_TOKEN}","access_token":"{access_token}","expires_in":900,"token_type":"Bearer"}}"#
        )
    };
    let found = inspect(&reply(SIGN_IN_ACCESS_TOKEN), &given());
    assert_eq!(found.kind, Kind::TokenReply);
    assert_eq!(outcome(&found.inner[0], "at_hash"), Outcome::Passed);
    let swapped = inspect(&reply(REFRESHED_ACCESS_TOKEN), &given());
    assert_eq!(outcome(&swapped.inner[0], "at_hash"), Outcome::Failed);
    let wrong = "in which something is wrong with id_token: its at_hash is wrong (expected ";
    assert!(swapped.summary.contains(wrong), "{}", swapped.summary);
}

#[test]
fn a_header_and_a_command_line_say_what_is_wrong_with_the_token_in_them() {
    let late = Given { now: NOW + 1_000_000, ..given() };
    for (text, what) in [
        (
            format!("Authorization: Bearer {SIGN_IN_ID_TOKEN}"),
            "An Authorization header with a Bearer token, in which something is wrong with the token",
        ),
        (
            format!("curl https://a.example -H 'Authorization: Bearer {SIGN_IN_ID_TOKEN}'"),
            "A curl command that sends GET to https://a.example, in which something is wrong with the header",
        ),
    ] {
        let expected =
            format!("{what}: it expired at 2019-12-12 08:26:38 UTC, and its signature was not checked.");
        assert_eq!(inspect(&text, &late).summary, expected);
    }
}

#[test]
fn an_opaque_token_that_is_no_base64_is_remarked_upon() {
    let meaning = |token: &str| inspect(token, &given()).parts[0].rows[0].meaning.clone();
    assert!(meaning(&"Q7".repeat(16)).starts_with("Letters, digits"), "32 characters are 24 bytes");
    let remark = meaning(&format!("{}x", "Q7".repeat(16)));
    assert!(remark.starts_with("No base64 of anything"), "{remark}");
}

/// Public keys as a certificate holds them.
fn pem(keys: &[&RsaKeyPair]) -> String {
    let block = |key: &&RsaKeyPair| {
        let base64 = STANDARD.encode(key.public_key());
        format!("-----BEGIN RSA PUBLIC KEY-----\n{base64}\n-----END RSA PUBLIC KEY-----\n")
    };
    keys.iter().map(block).collect()
}

#[test]
fn of_a_chain_of_certificates_the_one_that_signed_is_found() {
    let (token, _) = ours();
    for chain in [pem(&[&RSA, &OTHER_RSA]), pem(&[&OTHER_RSA, &RSA])] {
        let keys = read_pasted(&chain).unwrap();
        let found = inspect(&token, &Given { keys: Some(&keys), ..given() });
        assert_eq!(outcome(&found, "signature"), Outcome::Passed, "{}", found.summary);
    }
    let others = read_pasted(&pem(&[&OTHER_RSA, &OTHER_RSA])).unwrap();
    let found = inspect(&token, &Given { keys: Some(&others), ..given() });
    assert_eq!(outcome(&found, "signature"), Outcome::Failed);
    assert!(found.summary.contains("its signature does not fit"), "{}", found.summary);
}

#[test]
fn a_state_or_client_of_another_sign_in_is_said() {
    let callback = "https://localhost:9000/return?code=abc&state=xyz";
    let found = inspect(callback, &Given { state: Some("xyz"), ..given() });
    assert!(found.problems.is_empty());
    let state = found.parts[1].rows.iter().find(|row| row.name == "state").unwrap();
    assert_eq!(state.meaning, "Matches the original");
    let other = inspect(callback, &Given { state: Some("abc"), ..given() });
    assert_eq!(
        other.summary,
        "A callback with an authorization code: its state is xyz, and that of the sign-in is abc."
    );
    let issuer = inspect(
        &format!("{callback}&iss=https%3A%2F%2Fevil.example"),
        &Given { issuer: Some("https://a.example"), ..given() },
    );
    assert!(issuer.summary.contains("https://evil.example"), "{}", issuer.summary);
    let basic = inspect("Basic dGVzdC0xOmh1c2g=", &Given { client_id: Some("test-2"), ..given() });
    assert!(basic.summary.contains("another is chosen"), "{}", basic.summary);
}

#[test]
fn a_client_assertion_is_not_blamed_for_the_providers_keys() {
    let claims = json!({ "iss": "test-1", "sub": "test-1", "aud": "https://a.example/token", "iat": NOW, "exp": NOW + 60 });
    let token = signed("RS256", &json!({ "alg": "RS256", "kid": "mine" }), &claims);
    let keys = key_set(&[rsa_jwk(&RSA, "the provider's")]);
    let found = inspect(&token, &Given { keys: Some(&keys), ..given() });
    assert_eq!((found.kind, outcome(&found, "signature")), (Kind::ClientAssertion, Outcome::Skipped));
    assert!(found.problems[0].message.contains("no jti"));
}

#[test]
fn what_comes_along_when_a_token_is_copied_does_not_matter() {
    let token = SIGN_IN_ID_TOKEN;
    let (first, last) = token.split_at(200);
    let escaped = token.replace('.', "%2E").replace('_', "%5F");
    for text in [
        format!("  {token}\r\n"),
        format!("\"{token}\""),
        format!("'{token}',"),
        format!("`{token}`"),
        format!("\u{feff}{token}\u{200b}"),
        format!("Bearer {token}"),
        format!("bearer  {token}"),
        format!("\"Bearer {token}\""),
        format!("{first}\n{last}"),
        format!("{first}\r\n   {last}"),
        format!("id_token: {token}"),
        format!("  \"id_token\": \"{token}\","),
        escaped,
    ] {
        let found = inspect(&text, &given());
        assert_eq!(found.kind, Kind::IdToken, "{text:?}: {}", found.summary);
    }
    let (padded, problem) = (token.replacen('.', "==.", 1), "not quite base64url");
    let found = inspect(&padded, &given());
    assert_eq!(found.kind, Kind::IdToken);
    assert!(found.problems[0].message.contains(problem));
}

#[test]
fn a_token_that_is_cut_off_is_read_as_far_as_it_goes() {
    let payload_start = SIGN_IN_ID_TOKEN.find('.').unwrap();
    let found = inspect(&SIGN_IN_ID_TOKEN[..payload_start + 250], &given());
    assert_eq!(found.kind, Kind::Jwt);
    let rows: Vec<_> = found.parts[1].rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(rows, ["nbf", "exp", "iss", "aud", "nonce", "iat", "at_hash"], "those that are whole");
    assert_eq!(found.parts[1].title, "Payload, as far as it can be read");
    let short = inspect(&SIGN_IN_ID_TOKEN[..SIGN_IN_ID_TOKEN.len() - 100], &given());
    assert!(short.problems[0].message.contains("cut off"), "{:?}", short.problems);
    // Every place to cut gives something, and never another token than this one.
    for end in (40..SIGN_IN_ID_TOKEN.len()).step_by(7) {
        let found = inspect(&SIGN_IN_ID_TOKEN[..end], &given());
        assert!(
            matches!(found.kind, Kind::Jwt | Kind::OpaqueToken | Kind::IdToken),
            "{end}: {}",
            found.summary
        );
        assert!(!found.problems.is_empty(), "{end}: {}", found.summary);
    }
}

#[test]
fn no_secret_comes_out_unmasked() {
    let secret = "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4";
    let jwk = json!({ "kty": "RSA", "kid": "a", "d": secret, "p": secret }).to_string();
    for text in [
        secret.to_owned(),
        format!("Bearer {secret}"),
        format!("Authorization: Bearer {secret}"),
        format!("Authorization: DPoP {secret}"),
        format!(
            r#"{{"access_token":"{secret}","token_type":"Bearer","nested":{{"client_secret":"{secret}"}}}}"#
        ),
        format!(r#"{{"refresh_token":"{secret}""#),
        format!(r#"{{"client_secret":["{secret}"]}}"#),
        format!("https://localhost:9000/return?code={secret}&state=a"),
        format!("https://localhost:9000/return#access_token={secret}&state=a"),
        format!("https://user:{secret}@a.example/return?code=a&state=a"),
        format!("grant_type=refresh_token&refresh_token={secret}&client_secret={secret}"),
        format!(
            "curl -u test-1:{secret} -H 'X-Api-Key: {secret}' -H 'Cookie: s={secret}' https://a.example/{secret}"
        ),
        format!(
            "curl https://a.example/token -d grant_type=authorization_code -d code={secret} -d code_verifier={secret}"
        ),
        format!("curl --oauth2-bearer {secret} 'https://a.example/x?access_token={secret}'"),
        format!(r#"{{"errors":[{{"message":"Token {secret} is expired"}}]}}"#),
        format!(r#"{{"error":"invalid_grant","error_description":"unknown code {secret}"}}"#),
        jwk.clone(),
        format!(r#"{{"keys":[{jwk}]}}"#),
    ] {
        let found = inspect(&text, &given());
        assert!(!format!("{found:?}").contains("9P16drRQLnAm"), "{text}: {found:#?}");
    }
    let pem = include_str!("../../private_key/samples/rsa-with-certificate.pem");
    let body = pem.lines().rev().nth(3).unwrap();
    assert!(!format!("{:?}", inspect(pem, &given())).contains(body));
}

#[test]
fn more_than_64_kib_is_not_read() {
    let found = inspect(&"a".repeat(MAX_LENGTH + 1), &given());
    assert_eq!((found.kind, found.parts.len()), (Kind::Unknown, 0));
    assert!(found.summary.contains("64 KiB"));
}

/// Texts that look like what is known, and are broken somewhere.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("eyJhbGciOiJSUzI1NiJ9".to_owned()),
        Just(SIGN_IN_ID_TOKEN.to_owned()),
        Just("-----BEGIN CERTIFICATE-----".to_owned()),
        Just("-----END CERTIFICATE-----".to_owned()),
        Just("curl -H 'Authorization: Bearer ".to_owned()),
        Just("https://a.example/return?code=".to_owned()),
        Just(r#"{"keys":[{"kty":"RSA","n":""#.to_owned()),
        Just(r#"{"access_token":""#.to_owned()),
        Just(r#"{"issuer":"https://a.example","jwks_uri":"#.to_owned()),
        Just(r#"{"errors":[{"message":"#.to_owned()),
        "[.{}\\[\\]\":,=&%?#'\\\\ \n]{1,4}",
        "\\PC{0,8}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_told_in_a_sentence(text in "\\PC*") {
        prop_assert!(!inspect(&text, &given()).summary.is_empty());
    }

    #[test]
    fn any_bytes_are_told_in_a_sentence(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let found = inspect(&String::from_utf8_lossy(&bytes), &given());
        prop_assert!(!found.summary.is_empty());
    }

    #[test]
    fn anything_that_looks_like_something_is_told_in_a_sentence(text in pieces()) {
        let keys = key_set(&[rsa_jwk(&RSA, "k")]);
        let known = Given {
            issuer: Some("https://a.example"),
            client_id: Some("test-1"),
            keys: Some(&keys),
            state: Some("s"),
            ..given()
        };
        let found = inspect(&text, &known);
        prop_assert!(!found.summary.is_empty());
    }
}
