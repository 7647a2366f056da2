//! PEM blocks (RFC 7468) in whatever text a person has them in.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::zeroize::Zeroizing;

use super::KeyImportError;
use crate::text::plain;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// One block: what its label says it is, and the bytes.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// From the bag attributes that OpenSSL writes before a block: upper-case hex.
    pub(super) local_key_id: Option<String>,
}

impl Block {
    pub(crate) fn is_certificate(&self) -> bool {
        matches!(self.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE")
    }
}

/// All blocks of a text. Line ends may have become `\n`, spaces or nothing on the way.
pub(crate) fn blocks(text: &str) -> Result<Vec<Block>, KeyImportError> {
    let text = Zeroizing::new(unescaped(text));
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (label, after) = after.split_once(DASHES).ok_or(KeyImportError::Truncated)?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(end.as_str()).ok_or(KeyImportError::Truncated)?;
        let label = plain(label);
        // A key's parameters stand before it on their own, and say nothing that it does not say.
        if label != "EC PARAMETERS" {
            let der = decoded(body, &label)?;
            blocks.push(Block { label, der, local_key_id: local_key_id(before) });
        }
        rest = after;
    }
    if blocks.is_empty() {
        return Err(KeyImportError::NoPem);
    }
    Ok(blocks)
}

/// Line ends that an environment file or a JSON string has escaped; a lone backslash is the escape of a slash.
fn unescaped(text: &str) -> String {
    // As long as before, so that no half of it stays behind in memory.
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if matches!(characters.peek(), Some('n' | 'r' | 't')) => {
                characters.next();
                plain.push('\n');
            }
            '\\' => {}
            other => plain.push(other),
        }
    }
    plain
}

fn decoded(body: &str, label: &str) -> Result<Zeroizing<Vec<u8>>, KeyImportError> {
    if body.contains("ENCRYPTED") {
        return Err(KeyImportError::TraditionalEncryption);
    }
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    base64.extend(body.split_whitespace());
    match STANDARD.decode(base64.as_bytes()) {
        Ok(der) => Ok(Zeroizing::new(der)),
        Err(_) => Err(KeyImportError::NotBase64(label.to_owned())),
    }
}

/// The pairs of hex digits after `localKeyID:`.
fn local_key_id(attributes: &str) -> Option<String> {
    let (_, after) = attributes.rsplit_once("localKeyID:")?;
    let is_pair = |word: &&str| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id: String = after.split_whitespace().take_while(is_pair).collect();
    (!id.is_empty()).then(|| id.to_ascii_uppercase())
}
