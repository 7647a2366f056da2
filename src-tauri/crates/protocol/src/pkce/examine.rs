//! What a verifier and a challenge that a person has in hand are to each other.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{CodeVerifier, is_unreserved};

/// What is wrong with a pair, one sentence each; texts of the pair itself are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PkceReport {
    pub verifier_problems: Vec<String>,
    pub challenge_problems: Vec<String>,
    /// Whether the challenge is the verifier's; absent until both are there and well-formed.
    pub fits: Option<bool>,
    /// The `S256` challenge of a well-formed verifier.
    pub expected_challenge: Option<String>,
}

/// At most this many wrong characters are named.
const MAX_NAMED: usize = 5;

/// Compares a `code_verifier` with a `code_challenge` of the method `S256` (RFC 7636 sections 4.1, 4.2, 4.6).
///
/// An empty one is not there, and has no problems.
pub fn examine(verifier: &str, challenge: &str) -> PkceReport {
    let expected_challenge = CodeVerifier::parse(verifier).ok().map(|verifier| verifier.challenge());
    let challenge_problems = challenge_problems(verifier, challenge);
    let fits = expected_challenge
        .as_deref()
        .filter(|_| !challenge.is_empty() && challenge_problems.is_empty())
        .map(|expected| expected == challenge);
    PkceReport {
        verifier_problems: verifier_problems(verifier),
        challenge_problems,
        fits,
        expected_challenge,
    }
}

fn verifier_problems(verifier: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if verifier.is_empty() {
        return problems;
    }
    let length = verifier.chars().count();
    if !(43..=128).contains(&length) {
        problems.push(format!("It has {length} characters, where 43 to 128 belong (RFC 7636 section 4.1)."));
    }
    problems.extend(wrong_characters(verifier, is_unreserved, "A-Z a-z 0-9 - . _ ~"));
    problems
}

fn challenge_problems(verifier: &str, challenge: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if challenge.is_empty() {
        return problems;
    }
    if challenge == verifier {
        problems.push(
            "It is the verifier itself. That is the method plain, which protects nothing; S256 is used here."
                .to_owned(),
        );
        return problems;
    }
    let unpadded = challenge.trim_end_matches('=');
    if unpadded.len() < challenge.len() {
        problems.push("It ends with =, which base64url leaves out here (RFC 7636 appendix A).".to_owned());
    }
    let length = unpadded.chars().count();
    if length != 43 {
        let hex = length == 64 && unpadded.bytes().all(|byte| byte.is_ascii_hexdigit());
        let looks = if hex { ": it looks like hex, where base64url belongs" } else { "" };
        let written = challenge.chars().count();
        problems.push(format!(
            "It has {written} characters, where the 43 of a SHA-256 in base64url belong{looks} (RFC 7636 section 4.2)."
        ));
    }
    let is_base64url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    problems.extend(wrong_characters(unpadded, is_base64url, "A-Z a-z 0-9 - _"));
    if problems.is_empty() && URL_SAFE_NO_PAD.decode(challenge).is_err() {
        problems.push("Its last character is not one that base64url of 32 bytes ends with.".to_owned());
    }
    problems
}

/// `It holds "+" at place 5 and "/" at place 9, where only … belong.`
fn wrong_characters(text: &str, is_right: fn(char) -> bool, right: &str) -> Option<String> {
    let mut wrong = text.chars().enumerate().filter(|(_, c)| !is_right(*c));
    let mut named: Vec<String> = wrong
        .by_ref()
        .take(MAX_NAMED)
        .map(|(index, c)| format!("{} at place {}", name(c), index + 1))
        .collect();
    match wrong.count() {
        0 => {}
        more => named.push(format!("{more} more")),
    }
    let last = named.pop()?;
    let all = if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) };
    Some(format!("It holds {all}, where only {right} belong."))
}

fn name(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        c if c.is_ascii_graphic() || c.is_alphanumeric() => format!("\"{c}\""),
        c => format!("U+{:04X}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_pair_of_rfc_7636_fits() {
        let report = examine(VERIFIER, CHALLENGE);
        assert_eq!(report.fits, Some(true));
        assert!(report.verifier_problems.is_empty() && report.challenge_problems.is_empty());
    }

    #[test]
    fn another_challenge_does_not_fit_and_the_right_one_is_said() {
        let report = examine(VERIFIER, "FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw");
        assert_eq!(report.fits, Some(false));
        assert_eq!(report.expected_challenge.as_deref(), Some(CHALLENGE));
    }

    #[test]
    fn what_is_not_there_is_not_judged() {
        assert_eq!(examine("", ""), PkceReport::default());
        assert_eq!(examine("", CHALLENGE), PkceReport::default());
        let report = examine(VERIFIER, "");
        assert_eq!((report.fits, report.expected_challenge.as_deref()), (None, Some(CHALLENGE)));
    }

    #[test]
    fn a_verifier_that_breaks_the_rule_says_with_which_characters_and_length() {
        let report = examine("a+b c\u{e9}\n\u{200b}/=", CHALLENGE);
        assert_eq!((report.fits, report.expected_challenge), (None, None));
        assert_eq!(
            report.verifier_problems,
            [
                "It has 10 characters, where 43 to 128 belong (RFC 7636 section 4.1).",
                "It holds \"+\" at place 2, a space at place 4, \"é\" at place 6, a line break at place 7, \
                 U+200B at place 8 and 2 more, where only A-Z a-z 0-9 - . _ ~ belong."
            ]
        );
        assert_eq!(examine(&"a".repeat(129), "").verifier_problems.len(), 1);
        for length in [43, 128] {
            assert!(examine(&"a".repeat(length), "").verifier_problems.is_empty());
        }
    }

    #[test]
    fn a_challenge_that_breaks_the_rule_says_how() {
        for (challenge, problem) in [
            (VERIFIER, "method plain"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "ends with ="),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "\"+\" at place 41"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "last character"),
            ("E9Mel", "5 characters"),
            ("abc+def=", "8 characters"),
            ("13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3", "looks like hex"),
        ] {
            let report = examine(VERIFIER, challenge);
            assert_eq!(report.fits, None, "{challenge}");
            assert!(report.challenge_problems.concat().contains(problem), "{:?}", report.challenge_problems);
        }
    }
}
