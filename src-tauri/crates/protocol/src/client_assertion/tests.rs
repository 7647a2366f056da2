use aws_lc_rs::{
    rsa::KeyPair as RsaKeyPair,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
        RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
    },
};
use secrecy::ExposeSecret;

use super::*;
use crate::{jwt, private_key::import};

const RSA: &str = include_str!("../private_key/samples/rsa-with-certificate.pem");
const EC: &str = include_str!("../private_key/samples/ec-sec1.pem");

fn key(text: &str) -> PrivateKey {
    import(text, None).unwrap().key
}

fn assertion(algorithm: SigningAlgorithm) -> Assertion<'static> {
    Assertion {
        algorithm,
        kid: Some("E306A98842066ABE9C45B4422255469E5304A6E4"),
        client_id: "test-1",
        audience: "https://secure.stitch.money/connect/token",
        now: 1_800_000_000,
        jti: "c2f6f5a0-0000-4000-8000-000000000001".to_owned(),
    }
}

fn public(key: &PrivateKey) -> Vec<u8> {
    let der = key.pkcs8().expose_secret();
    match key.kind() {
        KeyKind::Rsa { .. } => RsaKeyPair::from_pkcs8(der).unwrap().public_key().as_ref().to_vec(),
        KeyKind::P256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).unwrap();
            pair.public_key().as_ref().to_vec()
        }
    }
}

#[test]
fn the_preview_is_what_is_sent() {
    let assertion = assertion(SigningAlgorithm::Rs256);
    let preview = [assertion.header(), assertion.claims()];
    let [header, claims] = &preview;
    insta::assert_snapshot!(format!("{header:#}\n{claims:#}"), @r#"
    {
      "typ": "JWT",
      "alg": "RS256",
      "kid": "E306A98842066ABE9C45B4422255469E5304A6E4"
    }
    {
      "iss": "test-1",
      "sub": "test-1",
      "aud": "https://secure.stitch.money/connect/token",
      "jti": "c2f6f5a0-0000-4000-8000-000000000001",
      "iat": 1800000000,
      "nbf": 1800000000,
      "exp": 1800000060
    }
    "#);

    let token = assertion.sign(&key(RSA)).unwrap();
    let sent = jwt::decode(token.expose_secret()).unwrap();
    let [header, claims] = preview.map(|part| part.as_object().unwrap().clone());
    assert_eq!(sent.header, header);
    assert_eq!(sent.payload, claims);
}

#[test]
fn without_a_kid_the_header_has_none() {
    let assertion = Assertion { kid: None, ..assertion(SigningAlgorithm::Es256) };
    assert_eq!(assertion.header().to_string(), r#"{"typ":"JWT","alg":"ES256"}"#);
    let token = assertion.sign(&key(EC)).unwrap();
    assert_eq!(jwt::decode(token.expose_secret()).unwrap().header_text("kid"), None);
}

#[test]
fn each_signature_holds_under_its_own_algorithm_alone() {
    let algorithms: [(SigningAlgorithm, &str, &'static dyn VerificationAlgorithm); 3] = [
        (SigningAlgorithm::Rs256, RSA, &RSA_PKCS1_2048_8192_SHA256),
        (SigningAlgorithm::Ps256, RSA, &RSA_PSS_2048_8192_SHA256),
        (SigningAlgorithm::Es256, EC, &ECDSA_P256_SHA256_FIXED),
    ];
    for (algorithm, text, own) in algorithms {
        let key = key(text);
        let token = assertion(algorithm).sign(&key).unwrap();
        let jwt = jwt::decode(token.expose_secret()).unwrap();
        assert_eq!(jwt.header_text("alg"), Some(algorithm.as_str()));
        for (other, _, verifier) in algorithms {
            let public = UnparsedPublicKey::new(verifier, public(&key));
            let holds = public.verify(jwt.signing_input.as_bytes(), &jwt.signature).is_ok();
            assert_eq!(holds, other == algorithm, "{algorithm} under {other}");
        }
        let public = UnparsedPublicKey::new(own, public(&key));
        let changed = jwt.signing_input.replace('.', "-");
        assert!(public.verify(changed.as_bytes(), &jwt.signature).is_err(), "{algorithm}");
    }
}

#[test]
fn an_algorithm_that_does_not_fit_the_key_is_refused_with_those_that_do() {
    let error = assertion(SigningAlgorithm::Es256).sign(&key(RSA)).unwrap_err();
    assert_eq!(error.code(), "assertion_algorithm_unfit");
    assert_eq!(
        error.to_string(),
        "ES256 cannot sign with this private key (RSA 2048). It signs with RS256 or PS256."
    );
    assert!(assertion(SigningAlgorithm::Ps256).sign(&key(EC)).is_err());
}

#[test]
fn algorithms_have_their_registered_names() {
    for algorithm in [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256, SigningAlgorithm::Es256] {
        assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        assert_eq!(serde_json::from_value::<SigningAlgorithm>(algorithm.as_str().into()).unwrap(), algorithm);
    }
}
