//! Ids of nodes and cursors: base64 of a path, such as `account/fnb/250655/62425239471`.

use async_graphql::ID;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::NO_PAD},
};

/// Longer than any id that is given out.
const LONGEST: usize = 400;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const UNPADDED: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);

pub(super) fn encode(path: &str) -> ID {
    ID(UNPADDED.encode(path))
}

/// The path inside an id, with or without padding; `None` when it is not base64 of text.
pub(super) fn decode(id: &str) -> Option<String> {
    (id.len() <= LONGEST)
        .then(|| LENIENT.decode(id).ok())
        .flatten()
        .and_then(|path| String::from_utf8(path).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_account_id_decodes_to_its_path_and_back() {
        let id = "YWNjb3VudC9mbmIvMjUwNjU1LzYyNDI1MjM5NDcx";
        assert_eq!(decode(id).as_deref(), Some("account/fnb/250655/62425239471"));
        assert_eq!(encode("account/fnb/250655/62425239471").as_str(), id);
    }
}
