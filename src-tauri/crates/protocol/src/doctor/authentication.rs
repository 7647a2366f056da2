//! How the client proves who it is: method, secret, key.

use super::{Check, Facts, Finding, KeyFacts, Setting, listed};
use crate::{preset::Preset, private_key::expiry_warning, settings::AuthenticationMethod};

const METHOD: Check = Check {
    code: "authentication_method",
    setting: Setting::Authentication,
    explains: &["invalid_client", "unauthorized_client"],
};
const SECRET: Check =
    Check { code: "client_secret_present", setting: Setting::Authentication, explains: &["invalid_client"] };
const KEY: Check =
    Check { code: "private_key_present", setting: Setting::Key, explains: &["invalid_client"] };
const ALGORITHM: Check =
    Check { code: "private_key_algorithm", setting: Setting::Key, explains: &["invalid_client"] };
const EXPIRY: Check =
    Check { code: "certificate_expiry", setting: Setting::Key, explains: &["invalid_client"] };

pub(super) fn examine(facts: &Facts, findings: &mut Vec<Finding>) {
    let method = facts.method;
    findings.push(taken(facts.preset, method));
    match method {
        AuthenticationMethod::None => {}
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost => {
            findings.push(if facts.secret_present {
                SECRET
                    .passed("The client secret is there.")
                    .hint("It could still be an old one, or end where it was cut off: paste it again.")
            } else {
                SECRET
                    .missing(format!("{method} needs the client secret, and none is kept here."))
                    .hint("Paste the secret that the provider gave you with the client.")
            });
        }
        AuthenticationMethod::PrivateKeyJwt => match &facts.key {
            None => findings.push(
                KEY.missing("private_key_jwt needs the client's private key, and none is kept here.")
                    .hint("Import the PEM file whose certificate or public key the provider has."),
            ),
            Some(key) => {
                findings.push(KEY.passed("The private key is there, and fits its certificate if it has one.").hint(
                    "The provider could still have another certificate for this client, or expect another kid or audience.",
                ));
                findings.push(fits(key));
                findings.extend(expiry(key, facts.now));
            }
        },
    }
}

fn taken(preset: &Preset, method: AuthenticationMethod) -> Finding {
    let methods = &preset.client_authentication.methods;
    if !methods.contains(&method) {
        let names: Vec<_> = methods.iter().map(|method| method.as_str()).collect();
        return METHOD
            .warning(format!("{} is not known to take {method}.", preset.name))
            .hint(format!("Choose one that it takes: {}.", listed(&names)));
    }
    match method {
        AuthenticationMethod::None => METHOD
            .passed("The client is public: it sends neither a secret nor an assertion.")
            .hint("If the provider gave you a secret or a key with the client, choose its method: it refuses the client without."),
        _ => METHOD
            .passed(format!("{} takes {method}.", preset.name))
            .hint("The provider could still have registered the client with another method."),
    }
}

fn fits(key: &KeyFacts) -> Finding {
    let names: Vec<_> = key.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
    if key.algorithms.contains(&key.algorithm) {
        ALGORITHM.passed(format!("The key can sign with {}.", key.algorithm))
    } else {
        ALGORITHM
            .error(format!("The key cannot sign with {}.", key.algorithm))
            .hint(format!("Choose {}, or import a key of the other kind.", names.join(" or ")))
    }
}

fn expiry(key: &KeyFacts, now: i64) -> Option<Finding> {
    Some(match expiry_warning(key.not_after?, now) {
        Some(warning) => EXPIRY.warning(warning),
        None => EXPIRY.passed("The key's certificate has more than 30 days left."),
    })
}
