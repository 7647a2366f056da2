//! The sandbox's pages without a browser: what its forms send, sent directly, up to the link that it answers with.

use std::time::Duration;

use reqwest::{Client, Response, header::LOCATION, redirect::Policy};
use url::Url;

/// The address that a sign-in opens in the browser.
#[derive(Debug, Clone)]
pub struct AuthorizationUrl(Url);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Allow,
    Cancel,
}

impl AuthorizationUrl {
    pub fn parse(text: &str) -> Self {
        Self(Url::parse(text).unwrap_or_else(|error| panic!("{text} is no address: {error}")))
    }

    /// A parameter of the request.
    pub fn parameter(&self, name: &str) -> String {
        let found = self.0.query_pairs().find(|(parameter, _)| parameter == name);
        found.unwrap_or_else(|| panic!("{} has no {name}", self.0)).1.into_owned()
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// The provider's own address, `http://127.0.0.1:5001`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Where it leads, without what is asked there.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// Signs in as the first test person and decides; gives the callback URL that a browser would be sent to.
    pub async fn decide(&self, decision: Decision) -> String {
        let client =
            Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10)).build().unwrap();
        let login = self.location(&client.get(self.0.clone()).send().await.unwrap());
        let transaction = AuthorizationUrl::parse(&login).parameter("transaction");
        let page = client.get(&login).send().await.unwrap().text().await.unwrap();
        let person = value_of(&page, "person");
        let form = [("transaction", transaction.as_str()), ("person", person)];
        let reply = client.post(self.page("/account/login")).form(&form).send().await.unwrap();
        self.location(&reply);
        let decision = if decision == Decision::Allow { "allow" } else { "cancel" };
        let scope = self.parameter("scope");
        let form: Vec<(&str, &str)> = [("transaction", transaction.as_str()), ("decision", decision)]
            .into_iter()
            .chain(scope.split(' ').map(|scope| ("scope", scope)))
            .collect();
        self.location(&client.post(self.page("/consent")).form(&form).send().await.unwrap())
    }

    fn page(&self, path: &str) -> Url {
        self.0.join(path).unwrap()
    }

    fn location(&self, reply: &Response) -> String {
        let status = reply.status();
        let location = reply.headers().get(LOCATION).unwrap_or_else(|| panic!("{status}, and no redirect"));
        self.0.join(location.to_str().unwrap()).unwrap().to_string()
    }
}

/// The value of the first form field of that name.
fn value_of<'a>(page: &'a str, name: &str) -> &'a str {
    let field = page.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")));
    let value = field.and_then(|tag| tag.split("value=\"").nth(1)?.split('"').next());
    value.unwrap_or_else(|| panic!("the page has no field {name}:\n{page}"))
}
