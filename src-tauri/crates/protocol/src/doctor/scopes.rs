//! Scopes: of the right kind for their token, known, and within the server's limit.

use super::{Check, Facts, Finding, Setting, listed};
use crate::{authorization::is_scope, preset::Preset, settings::AuthenticationMethod, text::plain};

/// The checks that a user's and a client's scopes have in common.
struct Checks {
    characters: Check,
    kind: Check,
    length: Check,
    known: Check,
}

const REFUSED: &[&str] = &["invalid_scope", "unauthorized_client"];
const INVALID: &[&str] = &["invalid_scope"];

const USER: Checks = Checks {
    characters: Check {
        code: "scopes_characters",
        setting: Setting::Scopes,
        explains: &["invalid_scope", "invalid_request"],
    },
    kind: Check { code: "scopes_kind", setting: Setting::Scopes, explains: REFUSED },
    length: Check { code: "scopes_length", setting: Setting::Scopes, explains: INVALID },
    known: Check { code: "scopes_known", setting: Setting::Scopes, explains: INVALID },
};
const CLIENT: Checks = Checks {
    characters: Check {
        code: "client_scopes_characters",
        setting: Setting::ClientScopes,
        explains: &["invalid_scope", "invalid_request"],
    },
    kind: Check { code: "client_scopes_kind", setting: Setting::ClientScopes, explains: REFUSED },
    length: Check { code: "client_scopes_length", setting: Setting::ClientScopes, explains: INVALID },
    known: Check { code: "client_scopes_known", setting: Setting::ClientScopes, explains: INVALID },
};

const PRESENT: Check = Check {
    code: "scopes_present",
    setting: Setting::Scopes,
    explains: &["invalid_scope", "invalid_request"],
};
const OPENID: Check = Check { code: "scopes_openid", setting: Setting::Scopes, explains: INVALID };
const OFFLINE: Check = Check { code: "scopes_offline_access", setting: Setting::Scopes, explains: REFUSED };
const CLIENT_AUTHENTICATED: Check = Check {
    code: "client_tokens_authenticated",
    setting: Setting::ClientScopes,
    explains: &["unauthorized_client", "invalid_client"],
};
const DEPRECATED: Check = Check {
    code: "client_tokens_deprecated",
    setting: Setting::ClientScopes,
    explains: &["unauthorized_client"],
};

/// What a user's sign-in asks for.
pub(super) fn examine_user(facts: &Facts, findings: &mut Vec<Finding>) {
    let Facts { preset, scopes, .. } = facts;
    if scopes.is_empty() {
        let none = PRESENT.missing("No scope is chosen.");
        findings.push(none.hint("Choose at least one: a token without any scope opens nothing."));
        return;
    }
    findings.push(PRESENT.passed(counted(scopes.len())));
    let has = |name: &str| scopes.iter().any(|scope| scope == name);
    if preset.openid {
        findings.push(if has("openid") {
            OPENID.passed("openid is asked for, so an id_token says who signed in.")
        } else {
            OPENID
                .warning("Without openid there is no id_token, and nobody can say who signed in.")
                .hint("Choose openid.")
        });
    }
    findings.extend(offline_access(facts, has("offline_access")));
    let client: Vec<_> = scopes.iter().filter(|scope| kind(preset, scope) == Some(true)).collect();
    findings.push(if client.is_empty() {
        USER.kind.passed("No scope in it is for client tokens alone.")
    } else {
        let (belongs, it) = if client.len() == 1 { ("belongs", "it") } else { ("belong", "them") };
        USER.kind
            .warning(format!(
                "{} {belongs} in a client token; a user's sign-in cannot grant {it}.",
                listed(&client)
            ))
            .hint(format!("Move {it} to the scopes of the client tokens."))
    });
    common(&USER, facts, scopes, findings);
}

/// What a client token asks for.
pub(super) fn examine_client(facts: &Facts, findings: &mut Vec<Finding>) {
    let Facts { preset, client_scopes, method, .. } = facts;
    findings.push(if *method == AuthenticationMethod::None {
        CLIENT_AUTHENTICATED
            .passed("The client is public, so it signs users in and gets no token of its own (RFC 6749 section 4.4).")
            .hint("A client token needs a client secret or a private key.")
    } else {
        CLIENT_AUTHENTICATED
            .passed("The client proves who it is, as client tokens need it.")
            .hint("The provider could still not have allowed client_credentials to it.")
    });
    // The server decides what a token without named scopes may do.
    if client_scopes.is_empty() {
        return;
    }
    let rules = preset.client_tokens.iter().flat_map(|rules| &rules.deprecated);
    for deprecated in rules.filter(|deprecated| deprecated.method == *method) {
        findings.push(DEPRECATED.warning(deprecated.reason.clone()));
    }
    let user: Vec<_> = client_scopes.iter().filter(|scope| kind(preset, scope) == Some(false)).collect();
    findings.push(if user.is_empty() {
        CLIENT.kind.passed("No scope of the client tokens is for users alone.")
    } else {
        let (belongs, it) = if user.len() == 1 { ("belongs", "it") } else { ("belong", "them") };
        CLIENT
            .kind
            .warning(format!(
                "{} {belongs} to a user's sign-in; a client token cannot have {it}.",
                listed(&user)
            ))
            .hint(format!("Remove {it} from the scopes of the client tokens."))
    });
    common(&CLIENT, facts, client_scopes, findings);
}

/// A refresh token is wanted where the preset's own scopes ask for one.
fn offline_access(facts: &Facts, asked: bool) -> Option<Finding> {
    let wanted = facts.preset.default_scopes.iter().any(|scope| scope == "offline_access");
    if asked {
        Some(
            OFFLINE
                .passed("offline_access is asked for, so a refresh token comes.")
                .hint("The provider could still not have allowed it to this client."),
        )
    } else {
        wanted.then(|| {
            OFFLINE
                .warning(
                    "Without offline_access there is no refresh token: a session ends with its access token.",
                )
                .hint("Choose offline_access if sessions should last longer.")
        })
    }
}

/// Characters, length and catalogue.
fn common(checks: &Checks, facts: &Facts, scopes: &[String], findings: &mut Vec<Finding>) {
    let wrong: Vec<_> = scopes.iter().filter(|scope| !is_scope(scope)).map(|scope| plain(scope)).collect();
    findings.push(if wrong.is_empty() {
        checks.characters.passed("Each scope is one word without quotes and backslashes.")
    } else {
        checks
            .characters
            .error(format!(
                "\"{}\" cannot be a scope: it has a space, quote, backslash or accent, or is empty (RFC 6749 section 3.3).",
                wrong.join("\", \"")
            ))
            .hint("Write each scope by itself.")
    });
    if let Some(limit) = facts.preset.limits.scope {
        let length = scopes.join(" ").chars().count();
        findings.push(if length > limit as usize {
            checks
                .length
                .error(format!("The scopes are {length} characters long; the server takes {limit}."))
                .hint("Choose fewer; another connection can ask for the others.")
        } else {
            checks.length.passed(format!("The scopes are {length} of at most {limit} characters long."))
        });
    }
    findings.extend(known(checks.known, facts, scopes));
}

/// The provider's own list goes before the preset's; a preset for any provider has no list.
fn known(check: Check, facts: &Facts, scopes: &[String]) -> Option<Finding> {
    let supported = facts.metadata.map(|metadata| &metadata.scopes_supported).filter(|list| !list.is_empty());
    let (list, whose): (Vec<&str>, _) = match supported {
        Some(supported) => (supported.iter().map(String::as_str).collect(), "The provider's metadata"),
        None if facts.preset.discovery || facts.preset.scopes.is_empty() => return None,
        None => (facts.preset.scopes.iter().map(|scope| scope.name.as_str()).collect(), "The preset"),
    };
    let unknown: Vec<_> =
        scopes.iter().filter(|scope| !list.contains(&scope.as_str())).map(|it| plain(it)).collect();
    Some(if unknown.is_empty() {
        check
            .passed(format!("{whose} knows each of the scopes."))
            .hint("The provider could still not have allowed one of them to this client.")
    } else {
        check
            .warning(format!("{whose} does not know {}.", listed(&unknown)))
            .hint("Compare the spelling with the provider's documentation.")
    })
}

/// Whether a scope is for client tokens; `None` where nobody knows.
fn kind(preset: &Preset, scope: &str) -> Option<bool> {
    // These two say who a user is and let a user's session go on, at every provider.
    if matches!(scope, "openid" | "offline_access") {
        return Some(false);
    }
    // A preset for any provider lists what is common, not what is for whom.
    let known = preset.scopes.iter().find(|known| known.name == scope);
    known.map(|known| known.client)
}

fn counted(count: usize) -> String {
    if count == 1 { "1 scope is chosen.".to_owned() } else { format!("{count} scopes are chosen.") }
}
