use proptest::prelude::*;

use super::*;

const RSA_WITH_CERTIFICATE: &str = include_str!("samples/rsa-with-certificate.pem");
const RSA_PKCS1: &str = include_str!("samples/rsa-pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("samples/rsa-public.pem");
const RSA_1024: &str = include_str!("samples/rsa-1024.pem");
const EC_PKCS8: &str = include_str!("samples/ec-pkcs8.pem");
const EC_SEC1: &str = include_str!("samples/ec-sec1.pem");
const EC_WITHOUT_PUBLIC: &str = include_str!("samples/ec-without-public.pem");
const EC_CERTIFICATE: &str = include_str!("samples/ec-certificate.pem");
const ISSUER_CERTIFICATE: &str = include_str!("samples/issuer-certificate.pem");
const EC_ENCRYPTED: &str = include_str!("samples/ec-encrypted.pem");
const EC_ENCRYPTED_SCRYPT: &str = include_str!("samples/ec-encrypted-scrypt.pem");
const EC_ENCRYPTED_3DES: &str = include_str!("samples/ec-encrypted-3des.pem");
const EC_ENCRYPTED_PBES1: &str = include_str!("samples/ec-encrypted-pbes1.pem");
const EC_ENCRYPTED_SLOW: &str = include_str!("samples/ec-encrypted-slow.pem");
const EC_TRADITIONAL: &str = include_str!("samples/ec-traditional-encrypted.pem");
const EC_P384: &str = include_str!("samples/ec-p384.pem");
const ED25519: &str = include_str!("samples/ed25519.pem");
const OPENSSH: &str = include_str!("samples/openssh.pem");

/// What OpenSSL says of the sample certificates.
const RSA_FINGERPRINT: &str = "2D0DCB07A21F3622E7F91F75B0172008C6090D9B";
const EC_FINGERPRINT: &str = "47CB7F8D7412A5C2C3899B7D61B46B0E7AB9E17B";

fn imported(text: &str) -> ImportedKey {
    import(text, None).unwrap()
}

fn opened(text: &str, passphrase: &str) -> Result<ImportedKey, KeyImportError> {
    import(text, Some(&passphrase.into()))
}

fn refused(text: &str) -> KeyImportError {
    import(text, None).unwrap_err()
}

fn card(error: &KeyImportError) -> String {
    format!("{}\n{error}\n{}", error.code(), error.hint())
}

fn same(one: &PrivateKey, other: &PrivateKey) -> bool {
    one.kind == other.kind && one.public == other.public
}

/// The sample's two halves, each with the bag attributes before it.
fn halves() -> (&'static str, &'static str) {
    let end = "-----END CERTIFICATE-----\n";
    RSA_WITH_CERTIFICATE.split_at(RSA_WITH_CERTIFICATE.find(end).unwrap() + end.len())
}

#[test]
fn a_certificate_with_its_key_as_openssl_writes_them_is_read() {
    let read = imported(RSA_WITH_CERTIFICATE);
    assert_eq!(read.key.kind(), KeyKind::Rsa { bits: 2048 });
    assert_eq!(read.key.kind().to_string(), "RSA 2048");
    assert_eq!(read.key.algorithms(), [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256]);
    insta::assert_debug_snapshot!(read.certificate.unwrap(), @r#"
    CertificateInfo {
        subject: "CN=test-1,O=Example",
        issuer: "CN=test-1,O=Example",
        serial: "29:68:FC:A9:31:5F:B1:C6:8C:1F:AA:A5:FF:F3:9C:6C:78:1C:EF:99",
        not_before: 1795247674,
        not_after: 4948847674,
        sha1: "2D0DCB07A21F3622E7F91F75B0172008C6090D9B",
    }
    "#);
}

#[test]
fn the_order_of_key_and_certificate_does_not_matter() {
    let (certificate, key) = halves();
    let read = imported(&format!("{key}{certificate}"));
    assert_eq!(read.certificate, imported(RSA_WITH_CERTIFICATE).certificate);
    assert_eq!(read.kid.as_deref(), Some(RSA_FINGERPRINT));
}

#[test]
fn the_kid_is_the_local_key_id_wherever_it_stands() {
    let read = imported(RSA_WITH_CERTIFICATE);
    assert_eq!((read.kid.as_deref(), read.kid_source), (Some(RSA_FINGERPRINT), KidSource::LocalKeyId));

    let (certificate, key) = halves();
    let named = certificate.replace("localKeyID: 2D 0D", "localKeyID: 0a 0B");
    let bare_key = &key[key.find("-----BEGIN").unwrap()..];
    let read = imported(&format!("{named}{bare_key}"));
    assert!(read.kid.as_deref().unwrap().starts_with("0A0BCB07"), "{:?}", read.kid);
    assert_eq!(read.kid_source, KidSource::LocalKeyId);

    let read = imported(key);
    assert_eq!(read.kid_source, KidSource::LocalKeyId, "also without the certificate");
    assert!(read.certificate.is_none());
}

#[test]
fn without_a_local_key_id_the_kid_is_the_sha_1_of_the_certificate() {
    let read = imported(&format!("{EC_PKCS8}{EC_CERTIFICATE}"));
    assert_eq!((read.kid.as_deref(), read.kid_source), (Some(EC_FINGERPRINT), KidSource::CertificateSha1));
    let bare = imported(EC_PKCS8);
    assert_eq!((bare.kid, bare.kid_source), (None, KidSource::None));
}

#[test]
fn the_keys_own_certificate_is_found_among_its_issuers() {
    let read = imported(&format!("{ISSUER_CERTIFICATE}{EC_CERTIFICATE}{EC_PKCS8}"));
    let certificate = read.certificate.unwrap();
    assert_eq!(certificate.subject, "CN=client");
    assert_eq!(certificate.issuer, "CN=Issuing authority,O=Example");
    assert_eq!(certificate.serial, "01:23:45:67:89:AB:CD:EF");
    assert_eq!(read.kid.as_deref(), Some(EC_FINGERPRINT));
}

#[test]
fn pkcs1_and_sec1_give_the_same_key_as_pkcs8() {
    assert!(same(&imported(RSA_PKCS1).key, &imported(RSA_WITH_CERTIFICATE).key));
    let ec = imported(EC_SEC1).key;
    assert!(same(&ec, &imported(EC_PKCS8).key));
    assert_eq!((ec.kind(), ec.kind().to_string().as_str()), (KeyKind::P256, "EC P-256"));
    assert_eq!(ec.algorithms(), [SigningAlgorithm::Es256]);
}

#[test]
fn a_key_without_its_public_half_still_fits_its_certificate() {
    let read = imported(&format!("{EC_WITHOUT_PUBLIC}{EC_CERTIFICATE}"));
    assert_eq!(read.kid.as_deref(), Some(EC_FINGERPRINT));
    assert!(same(&read.key, &imported(EC_PKCS8).key));
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase() {
    let plain = imported(EC_PKCS8).key;
    for (scheme, text) in
        [("AES, SHA-256", EC_ENCRYPTED), ("scrypt", EC_ENCRYPTED_SCRYPT), ("3DES, SHA-1", EC_ENCRYPTED_3DES)]
    {
        let read = opened(&format!("{EC_CERTIFICATE}{text}"), "correct horse").unwrap();
        assert!(same(&read.key, &plain), "{scheme}");
        assert_eq!(read.kid.as_deref(), Some(EC_FINGERPRINT), "{scheme}");
    }
}

#[test]
fn a_missing_passphrase_and_a_wrong_one_are_told_apart() {
    assert_eq!(refused(EC_ENCRYPTED), KeyImportError::PassphraseMissing);
    assert_eq!(opened(EC_ENCRYPTED, "").unwrap_err(), KeyImportError::PassphraseMissing);
    assert_eq!(opened(EC_ENCRYPTED, "Correct horse").unwrap_err(), KeyImportError::PassphraseWrong);
}

#[test]
fn no_wrong_passphrase_ever_looks_like_a_broken_file() {
    // About one in 256 gives bytes that are padded well and are no key.
    for number in 0..2000 {
        let error = opened(EC_ENCRYPTED, &format!("wrong {number}")).unwrap_err();
        assert_eq!(error, KeyImportError::PassphraseWrong, "{number}");
    }
}

#[test]
fn other_encryptions_are_refused_by_name() {
    assert_eq!(opened(EC_ENCRYPTED_PBES1, "correct horse").unwrap_err().code(), "key_encryption_unsupported");
    assert_eq!(opened(EC_ENCRYPTED_SLOW, "correct horse").unwrap_err(), KeyImportError::TooCostly);
    insta::assert_snapshot!(card(&refused(EC_TRADITIONAL)), @"
    key_traditional_encryption
    The private key is encrypted in OpenSSL's old form (Proc-Type: 4,ENCRYPTED).
    Encrypt it in the usual form, then import that: openssl pkcs8 -topk8 -in key.pem -out new.pem
    ");
}

#[test]
fn escaped_line_ends_and_quotes_of_an_environment_file_are_read() {
    let key = imported(EC_PKCS8).key;
    let escaped = EC_PKCS8.replace('\n', "\\n");
    for text in [
        escaped.clone(),
        format!("\"{escaped}\""),
        format!("PRIVATE_KEY='{escaped}'"),
        escaped.replace("\\n", "\\r\\n").replace('/', "\\/"),
        EC_PKCS8.replace('\n', "\r\n"),
        EC_PKCS8.replace('\n', " "),
        format!("\u{feff}  {}", EC_PKCS8.replace('\n', "\n    ")),
    ] {
        assert!(same(&imported(&text).key, &key), "{text:?}");
    }
    let read = imported(&RSA_WITH_CERTIFICATE.replace('\n', "\\n"));
    assert_eq!(read.kid.as_deref(), Some(RSA_FINGERPRINT), "bag attributes too");
}

#[test]
fn a_certificate_or_a_public_key_alone_is_refused() {
    insta::assert_snapshot!(card(&refused(EC_CERTIFICATE)), @"
    key_certificate_only
    There is a certificate here, but no private key.
    Add the private key that belongs to it: it was made together with it, often in a file of its own (.key or .pem).
    ");
    assert_eq!(refused(RSA_PUBLIC), KeyImportError::PublicKeyOnly);
    assert_eq!(refused(&format!("{RSA_PUBLIC}{EC_CERTIFICATE}")), KeyImportError::CertificateOnly);
}

#[test]
fn a_key_that_does_not_fit_its_certificate_is_refused() {
    insta::assert_snapshot!(card(&refused(&format!("{EC_CERTIFICATE}{RSA_PKCS1}"))), @"
    key_does_not_fit
    The private key does not belong to the certificate of CN=client.
    Choose the key and the certificate that were made together. The provider knows the client by this certificate.
    ");
    let error = refused(&format!("{ISSUER_CERTIFICATE}{EC_PKCS8}"));
    assert_eq!(error.code(), "key_does_not_fit", "the issuer's certificate alone is not the key's");
}

#[test]
fn keys_that_cannot_sign_here_are_refused_by_kind() {
    let texts: Vec<_> = [RSA_1024, EC_P384, ED25519, OPENSSH].map(|text| card(&refused(text))).into();
    insta::assert_snapshot!(texts.join("\n\n"), @"
    key_rsa_too_small
    The RSA key has 1024 bits. Keys under 2048 bits are not safe (RFC 7518 section 3.3).
    Make a new key, RSA with 2048 bits or more or EC P-256, and register it at the provider.

    key_curve_unsupported
    The EC key is on P-384. ES256 needs P-256 (RFC 7518 section 3.4).
    Make a new key, RSA with 2048 bits or more or EC P-256, and register it at the provider.

    key_kind_unsupported
    This is an Ed25519 key. Client assertions are signed with an RSA or EC P-256 key here.
    Make a new key, RSA with 2048 bits or more or EC P-256, and register it at the provider.

    key_openssh
    This is a private key in OpenSSH's own form.
    Turn a copy of it into PKCS#8, then import that: ssh-keygen -p -m PKCS8 -f key
    ");
}

#[test]
fn several_keys_are_refused() {
    assert_eq!(refused(&format!("{EC_PKCS8}{EC_ENCRYPTED}{RSA_PKCS1}")), KeyImportError::SeveralKeys(3));
}

#[test]
fn what_is_no_whole_pem_is_refused() {
    let label = |label: &str| format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
    for (text, code) in [
        (String::new(), "key_no_pem"),
        ("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg".to_owned(), "key_no_pem"),
        (EC_PKCS8[..100].to_owned(), "key_truncated"),
        ("-----BEGIN PRIVATE KEY".to_owned(), "key_truncated"),
        (EC_PKCS8.replace("MIG", "M*G"), "key_not_base64"),
        (label("PRIVATE KEY"), "key_malformed"),
        (label("RSA PRIVATE KEY"), "key_malformed"),
        (label("EC PRIVATE KEY"), "key_malformed"),
        (label("ENCRYPTED PRIVATE KEY"), "key_malformed"),
        (label("DSA PRIVATE KEY"), "key_missing"),
        (label("CERTIFICATE REQUEST"), "key_missing"),
        (format!("{EC_PKCS8}{}", label("CERTIFICATE")), "key_malformed"),
        (" ".repeat(MAX_LENGTH + 1), "key_too_large"),
    ] {
        assert_eq!(refused(&text).code(), code, "{text:.60}");
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let read = imported(EC_PKCS8).key;
    let mut der = read.pkcs8().expose_secret().to_vec();
    let last = der.len() - 1;
    der[last] ^= 1;
    assert_eq!(PrivateKey::from_pkcs8(&der).unwrap_err(), KeyImportError::Inconsistent);
}

#[test]
fn a_kept_key_is_read_again_as_it_was() {
    for text in [RSA_WITH_CERTIFICATE, EC_SEC1] {
        let key = imported(text).key;
        let again = PrivateKey::from_pkcs8(key.pkcs8().expose_secret()).unwrap();
        assert_eq!(again.kind(), key.kind());
        assert_eq!(again.pkcs8().expose_secret(), key.pkcs8().expose_secret());
    }
}

#[test]
fn debug_output_does_not_show_the_key() {
    let read = imported(EC_PKCS8);
    let shown = format!("{read:?}");
    assert!(shown.contains("PrivateKey(EC P-256)"), "{shown}");
    assert!(shown.len() < 200, "{shown}");
}

#[test]
fn an_expiry_is_warned_about_from_30_days_before() {
    let (end, day) = (1_800_000_000, 86_400);
    assert_eq!(expiry_warning(end, end - 30 * day - 1), None);
    let warnings: Vec<_> =
        [end - 30 * day, end - 90_061, end - 1, end, end + day].map(|now| expiry_warning(end, now)).into();
    insta::assert_debug_snapshot!(warnings, @r#"
    [
        Some(
            "The certificate expires in 30 d, at 2027-01-15 08:00:00 UTC. Make a new one and register it at the provider before that.",
        ),
        Some(
            "The certificate expires in 1 d 1 h, at 2027-01-15 08:00:00 UTC. Make a new one and register it at the provider before that.",
        ),
        Some(
            "The certificate expires in 1 s, at 2027-01-15 08:00:00 UTC. Make a new one and register it at the provider before that.",
        ),
        Some(
            "The certificate expired at 2027-01-15 08:00:00 UTC. Providers refuse its key then: make a new one and register it.",
        ),
        Some(
            "The certificate expired at 2027-01-15 08:00:00 UTC. Providers refuse its key then: make a new one and register it.",
        ),
    ]
    "#);
    assert_eq!(expiry_warning(i64::MAX, i64::MIN), None);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_a_bounded_error(text in "(?s).{0,300}", label in "[A-Z ]{0,20}") {
        let block = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----");
        for text in [&text, &block] {
            if let Err(error) = opened(text, "p") {
                prop_assert!(card(&error).len() < 2000);
            }
        }
    }
}

proptest! {
    // Each case reads 25 damaged blocks.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_changed_byte_is_never_a_panic(place in 0usize..5000, byte in any::<u8>()) {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE"] {
            for text in [RSA_WITH_CERTIFICATE, EC_SEC1, EC_ENCRYPTED, EC_ENCRYPTED_SCRYPT] {
                for mut block in pem::blocks(text).unwrap() {
                    let place = place % block.der.len();
                    block.der[place] = byte;
                    label.clone_into(&mut block.label);
                    let passphrase = "correct horse".into();
                    let _ = decode::pkcs8(&block, Some(&passphrase))
                        .and_then(|document| PrivateKey::from_pkcs8(document.as_bytes()));
                    let _ = certificate::fitting(&[block], &imported(EC_PKCS8).key);
                }
            }
        }
    }
}
