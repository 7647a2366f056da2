//! PEM: certificates, public keys, and private keys that should not have been pasted.

use super::{Given, Inspection, Kind, Part, Row};
use crate::{
    private_key::{self, Block, CertificateInfo, blocks, certificate, expiry_warning},
    text::plain,
};

pub(super) fn inspect(text: &str, given: &Given, _depth: usize) -> Option<Inspection> {
    if !text.contains("-----BEGIN ") {
        return None;
    }
    // Said first, and also where the rest of it cannot be read.
    let private = text.contains("PRIVATE KEY-----");
    let mut found = Inspection::new(if private { Kind::PrivateKey } else { Kind::Certificate }, "");
    if private {
        found.problem(
            "This is a PRIVATE KEY: whoever has it can sign as its client. It does not belong into a ticket, a chat or a mail.",
            Some("If it came that way, treat it as known to others: make a new key, register it, and have this one removed at the provider."),
        );
    }
    match blocks(text) {
        Ok(blocks) => {
            let fits = private.then(|| private_key::import(text, None));
            if let Some(Ok(key)) = &fits {
                let kid = key.kid.as_deref().unwrap_or("none");
                found.parts.push(Part::rows(
                    "Private key",
                    [
                        Row::new("kind", &key.key.kind().to_string(), ""),
                        Row::new("kid", kid, "What an assertion names it by"),
                    ],
                ));
            } else if let Some(Err(error)) = fits {
                found.problem(error.to_string(), Some(error.hint()));
            }
            for block in &blocks {
                read(&mut found, block, given);
            }
            if !private && !blocks.iter().any(Block::is_certificate) {
                found.kind = if blocks.iter().any(|block| block.label.ends_with("PUBLIC KEY")) {
                    Kind::PublicKey
                } else {
                    Kind::Unknown
                };
            }
        }
        Err(error) => found.problem(error.to_string(), Some(error.hint())),
    }
    let what = match (found.kind, subject(&found)) {
        (Kind::PrivateKey, _) => "A private key".to_owned(),
        (Kind::PublicKey, _) => "A public key, which can check signatures".to_owned(),
        (Kind::Certificate, Some(subject)) => format!("A certificate of {subject}"),
        (Kind::Certificate, None) => "A certificate".to_owned(),
        _ => "A PEM text".to_owned(),
    };
    found.conclude(&what, "");
    Some(found)
}

fn subject(found: &Inspection) -> Option<String> {
    let rows = found.parts.iter().flat_map(|part| &part.rows);
    rows.into_iter().find(|row| row.name == "subject").map(|row| row.value.clone())
}

fn read(found: &mut Inspection, block: &Block, given: &Given) {
    if !block.is_certificate() {
        if !block.label.ends_with("PRIVATE KEY") {
            found.parts.push(Part::rows("Block", [Row::new("label", &plain(&block.label), "")]));
        }
        return;
    }
    match certificate(block) {
        Ok(info) => {
            if let Some(warning) = expiry_warning(info.not_after, given.now) {
                found.problem(warning, None);
            }
            if info.not_before > given.now {
                found.problem("The certificate is not valid yet.", None);
            }
            found.parts.push(Part::rows("Certificate", rows(&info, given.now)));
        }
        Err(error) => found.problem(error.to_string(), Some(error.hint())),
    }
}

fn rows(info: &CertificateInfo, now: i64) -> [Row; 6] {
    let time = |name: &str, time: i64, meaning: &str| Row {
        time: Some(time),
        ..Row::new(name, &time.to_string(), meaning)
    };
    [
        Row::new("subject", &info.subject, "Whom it is about"),
        Row::new("issuer", &info.issuer, "Who made it"),
        Row::new("serial", &info.serial, "Its number"),
        time(
            "notBefore",
            info.not_before,
            if info.not_before <= now { "Valid since" } else { "Not valid before" },
        ),
        time("notAfter", info.not_after, if info.not_after <= now { "Expired" } else { "Expires" }),
        Row::new("sha1", &info.sha1, "Its SHA-1, which is the kid of IdentityServer's assertions"),
    ]
}
