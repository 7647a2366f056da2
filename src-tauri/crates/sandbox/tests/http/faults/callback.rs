//! Faults of the authorization response.

use super::{Row, each_shows};
use crate::common::*;
use serde_json::Value;
use url::Url;

/// A callback, and what discovery says at the same moment.
pub(super) struct Seen {
    url: Url,
    metadata: Value,
}

async fn see(visitor: &Visitor) -> Seen {
    let callback = visitor.sign_in(&request(), "Thandi Nkosi", &["accounts"]).await;
    let metadata = visitor.get("/.well-known/openid-configuration").await;
    Seen { url: Url::parse(&callback).unwrap(), metadata: serde_json::from_str(&metadata.html).unwrap() }
}

impl Seen {
    fn all(&self, name: &str) -> Vec<String> {
        let pairs = self.url.query_pairs();
        pairs.filter(|pair| pair.0 == name).map(|pair| pair.1.into_owned()).collect()
    }

    fn names(&self) -> Vec<String> {
        self.url.query_pairs().map(|pair| pair.0.into_owned()).collect()
    }

    fn promises_iss(&self) -> bool {
        self.metadata["authorization_response_iss_parameter_supported"] == true
    }
}

pub(super) const TABLE: &[Row<Seen>] = &[
    ("callback-state-missing", |seen| seen.all("state").is_empty() && seen.all("code").len() == 1),
    ("callback-state-wrong", |seen| seen.all("state").len() == 1 && seen.all("state") != [STATE]),
    ("callback-code-missing", |seen| seen.names() == ["scope", "state", "session_state"]),
    ("callback-code-twice", |seen| seen.all("code").len() == 2),
    ("callback-error-with-code", |seen| {
        seen.all("error") == ["server_error"]
            && seen.all("code").len() == 1
            && !seen.all("error_description").is_empty()
            && !seen.all("error_uri").is_empty()
    }),
    ("callback-iss-wrong", |seen| seen.all("iss") == ["https://issuer.example"] && seen.promises_iss()),
    ("callback-iss-removed", |seen| seen.all("iss").is_empty() && seen.promises_iss()),
    ("callback-id-token", |seen| seen.all("id_token").len() == 1),
    ("cancel-state-only", |seen| seen.url.query() == Some(&format!("state={STATE}"))),
    ("cancel-access-denied", |seen| {
        seen.all("error") == ["access_denied"]
            && seen.all("state") == [STATE]
            && seen.all("code").is_empty()
            && seen.url.fragment() == Some("_=_")
    }),
];

#[tokio::test]
async fn each_fault_of_the_callback_shows_and_ends() {
    each_shows(sandbox().await, TABLE, |visitor| Box::pin(see(visitor))).await;
}

#[tokio::test]
async fn a_person_who_cancels_comes_back_in_the_chosen_style() {
    let (sandbox, visitor) = sandbox().await;
    for (active, expected) in [
        (&["cancel-access-denied"][..], format!("{REDIRECT}?error=access_denied&state={STATE}#_=_")),
        (&[], format!("{REDIRECT}?state={STATE}")),
    ] {
        sandbox.set_faults(active).unwrap();
        let login = visitor.login_page(&request()).await;
        let form = [("transaction", login.transaction()), ("decision", "cancel".into())];
        assert_eq!(location(&visitor.post("/account/login", &form).await), expected);
    }
}
