//! The client id: there, well-formed, and of this environment.

use super::{Check, Facts, Finding, Setting};

const PRESENT: Check = Check {
    code: "client_id_present",
    setting: Setting::ClientId,
    explains: &["invalid_client", "unauthorized_client", "invalid_grant", "invalid_request"],
};
const CHARACTERS: Check = Check {
    code: "client_id_characters",
    setting: Setting::ClientId,
    explains: &["invalid_client", "unauthorized_client", "invalid_request"],
};
const ENVIRONMENT: Check = Check {
    code: "client_id_environment",
    setting: Setting::ClientId,
    explains: &["invalid_client", "unauthorized_client"],
};

pub(super) fn examine(facts: &Facts, findings: &mut Vec<Finding>) {
    let id = facts.client_id;
    if id.is_empty() {
        let missing = PRESENT.missing("The client id is missing: the provider gave you one with the client.");
        findings.push(missing.hint("Paste it, or import the provider's credentials file."));
        return;
    }
    findings.push(PRESENT.passed("There is a client id.").hint(
        "It could still be another client's than the provider registered, or than the code or token was given to.",
    ));
    findings.push(if id.chars().any(char::is_whitespace) {
        CHARACTERS
            .error("The client id has white space in it.")
            .hint("Copy it again, without what is around it.")
    } else if !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        CHARACTERS
            .error("The client id has a character that no client id can have (RFC 6749 appendix A.1).")
            .hint("Copy it again; a dash or quote may have been replaced on its way.")
    } else {
        CHARACTERS.passed("The client id has no white space and no unusual character.")
    });
    findings.extend(environment(facts));
}

/// Only where the preset knows how ids of its environment look.
fn environment(Facts { preset, client_id, .. }: &Facts) -> Option<Finding> {
    if let Some(prefix) = &preset.client_id_prefix {
        return Some(if client_id.starts_with(prefix.as_str()) {
            ENVIRONMENT.passed(format!("The client id begins with \"{prefix}\", as it should here."))
        } else {
            ENVIRONMENT
                .warning(format!("Client ids of this environment begin with \"{prefix}\"; this one does not."))
                .hint("A client of another environment is answered with invalid_client. Use this id in a connection of its own environment.")
        });
    }
    let prefix = preset.client_id_wrong_prefix.as_ref()?;
    Some(if client_id.starts_with(prefix.as_str()) {
        ENVIRONMENT
            .warning(format!("The client id begins with \"{prefix}\", as those of {}'s other environment do.", preset.name))
            .hint("A client of another environment is answered with invalid_client. Use this id in a connection of its own environment.")
    } else {
        ENVIRONMENT
            .passed(format!("The client id does not begin with \"{prefix}\", so it is of this environment."))
    })
}
