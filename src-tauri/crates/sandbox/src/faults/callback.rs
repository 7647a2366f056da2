//! Faults in the authorization response.

use super::{Active, ELSEWHERE};
use crate::secret;

/// A JWT with `alg` none and without claims: what it says does not matter where it has no place.
const ID_TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.";

/// Spoils the parameters, and gives what comes after the query.
pub(crate) fn spoil(parameters: &mut Vec<(&'static str, String)>, active: &Active) -> &'static str {
    let mut fragment = "";
    for id in active.ids() {
        match id {
            "callback-state-missing" => keep(parameters, |name| name != "state"),
            "callback-state-wrong" => {
                keep(parameters, |name| name != "state");
                parameters.push(("state", secret::handle()));
            }
            "callback-code-missing" => keep(parameters, |name| name != "code"),
            "callback-code-twice" => parameters.push(("code", secret::handle())),
            "callback-error-with-code" => parameters.extend([
                ("error", "server_error".into()),
                ("error_description", "The sandbox fails on purpose.".into()),
                ("error_uri", format!("{ELSEWHERE}/errors/server_error")),
            ]),
            "callback-iss-wrong" => parameters.push(("iss", ELSEWHERE.into())),
            "callback-id-token" => parameters.push(("id_token", ID_TOKEN.into())),
            "cancel-state-only" => keep(parameters, |name| name == "state"),
            "cancel-access-denied" => {
                keep(parameters, |name| name == "state");
                parameters.insert(0, ("error", "access_denied".into()));
                fragment = "#_=_";
            }
            _ => {}
        }
    }
    fragment
}

fn keep(parameters: &mut Vec<(&'static str, String)>, wanted: impl Fn(&str) -> bool) {
    parameters.retain(|(name, _)| wanted(name));
}
