//! The header of a token in words (RFC 7515 section 4.1, RFC 7516 section 4.1, RFC 7518 section 4).

use super::{Row, shown::member_rows};
use crate::Map;

pub(super) fn rows(header: &Map) -> Vec<Row> {
    let mut rows: Vec<Row> = member_rows(header, meaning).collect();
    if let Some(row) = rows.iter_mut().find(|row| row.name == "alg") {
        row.meaning = algorithm(&row.value).to_owned();
    }
    rows
}

fn meaning(name: &str) -> &'static str {
    match name {
        "alg" => "Algorithm",
        "typ" => "What kind of token it is",
        "kid" => "Which key it was signed with",
        "cty" => "What kind of content it has",
        "crit" => "Extensions that a reader must understand",
        "jwk" => "A public key that the token brings along, which nobody may believe",
        "jku" => "The address of keys that the token brings along, which nobody may fetch",
        "x5u" => "The address of a certificate that the token brings along, which nobody may fetch",
        "x5c" => "Certificates that the token brings along",
        "x5t" => "SHA-1 of the signer's certificate",
        "x5t#S256" => "SHA-256 of the signer's certificate",
        "zip" => "Compression",
        "enc" => "What the content is encrypted with",
        "epk" => "The sender's public key for this token",
        "apu" => "Who made the encryption key",
        "apv" => "Whom the encryption key is for",
        "iv" => "Initialization vector of the key's encryption",
        "tag" => "Authentication tag of the key's encryption",
        "p2s" => "Salt of the password's key",
        "p2c" => "Iterations of the password's key",
        "b64" => "Whether the payload is base64url (RFC 7797)",
        "nonce" => "Replay protection",
        _ => "The provider's own member",
    }
}

fn algorithm(alg: &str) -> &'static str {
    match alg {
        "RS256" => "RSA with SHA-256",
        "RS384" => "RSA with SHA-384",
        "RS512" => "RSA with SHA-512",
        "PS256" => "RSA-PSS with SHA-256",
        "PS384" => "RSA-PSS with SHA-384",
        "PS512" => "RSA-PSS with SHA-512",
        "ES256" => "ECDSA on P-256 with SHA-256",
        "ES384" => "ECDSA on P-384 with SHA-384",
        "ES512" => "ECDSA on P-521 with SHA-512",
        "EdDSA" => "Ed25519",
        "HS256" | "HS384" | "HS512" => "A shared secret: whoever can check it can also make one",
        "RSA-OAEP" | "RSA-OAEP-256" | "RSA1_5" => "Encrypted to an RSA key",
        "dir" => "Encrypted with a shared key",
        alg if alg.eq_ignore_ascii_case("none") => "Nobody has signed it",
        alg if alg.starts_with("ECDH-ES") => "Encrypted to an elliptic curve key",
        _ => "Algorithm",
    }
}
