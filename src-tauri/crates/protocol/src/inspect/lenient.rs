//! Reading what is broken, as far as it goes.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD},
};

use crate::{
    Map,
    json::{self, JsonError},
};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The form that every reader takes: the URL alphabet, no padding.
pub(super) fn url_safe(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect()
}

/// How many characters stand before the first that is not base64, in either alphabet.
pub(super) fn right_characters(text: &str) -> usize {
    let is_right = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '/' | '=');
    text.find(|c| !is_right(c)).unwrap_or(text.len())
}

/// The bytes up to the first character that is not base64, and whether that was all.
pub(super) fn base64(text: &str) -> (Vec<u8>, bool) {
    let right = right_characters(text);
    let text = url_safe(&text[..right]) + &text[right..];
    let right = right_characters(&text);
    // One character alone is less than a byte.
    let whole = if right % 4 == 1 { right - 1 } else { right };
    let bytes = LENIENT.decode(&text[..whole]).unwrap_or_default();
    (bytes, whole == text.len())
}

/// Whether a strict reader of base64url refuses it, as at a place where it was cut.
pub(super) fn is_broken(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_err()
}

/// A JSON object, or as many of its first members as are whole.
pub(super) struct Object {
    pub(super) members: Map,
    /// Where and why it broke; absent where it is whole.
    pub(super) broken: Option<String>,
}

/// None where not even the first member is whole.
pub(super) fn object(text: &str) -> Option<Object> {
    let broken = match json::read_object(text.as_bytes()) {
        Ok(members) => return Some(Object { members, broken: None }),
        Err(JsonError::NotAnObject(_)) => return None,
        Err(JsonError::Duplicate(name)) => {
            let members = serde_json::from_str(text).ok()?;
            let broken =
                format!("it holds {} twice, so that it could mean two things", crate::text::plain(&name));
            return Some(Object { members, broken: Some(broken) });
        }
        Err(JsonError::NotJson(reason)) => reason,
    };
    let whole = &text[..last_comma(text)?];
    let members = json::read_object(format!("{whole}}}").as_bytes()).ok()?;
    (!members.is_empty()).then_some(Object { members, broken: Some(broken) })
}

/// The last comma between members of the outermost object.
fn last_comma(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped, mut last) = (0_usize, false, false, None);
    for (place, byte) in text.bytes().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => last = Some(place),
            _ => {}
        }
    }
    last
}
