//! Somebody with a browser: follows redirects, keeps cookies, fills in the provider's own pages.

use reqwest::{Client, Response, StatusCode, header::LOCATION, redirect::Policy};
use url::Url;

/// A browser of one person, who is signed in nowhere at first.
pub(crate) struct Person {
    name: &'static str,
    browser: Client,
}

impl Person {
    pub(crate) fn new(name: &'static str) -> Self {
        let browser = Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        Self { name, browser }
    }

    /// Signs in and consents; gives the address that the browser is sent to at last.
    pub(crate) async fn allows(&self, authorization_url: &str) -> Url {
        let login = self.follow(Url::parse(authorization_url).unwrap()).await.page();
        let form = [("prompt", "login"), ("login", self.name), ("password", "any")];
        let consent = self.submit(&login, &form).await.page();
        self.submit(&consent, &[("prompt", "consent")]).await.away()
    }

    /// Follows the login page's link "Cancel".
    pub(crate) async fn cancels(&self, authorization_url: &str) -> Url {
        let login = self.follow(Url::parse(authorization_url).unwrap()).await.page();
        let link = login.attribute("<a href=\"", "/abort");
        self.follow(link).await.away()
    }

    /// Opens a page and gives what it says.
    pub(crate) async fn reads(&self, url: &str) -> String {
        self.follow(Url::parse(url).unwrap()).await.page().html
    }

    /// Where a redirect to a listener on this computer leads: its page and status.
    pub(crate) async fn returns(&self, url: Url) -> (StatusCode, String) {
        let reply = self.browser.get(url).send().await.unwrap();
        (reply.status(), reply.text().await.unwrap())
    }

    async fn submit(&self, page: &Page, form: &[(&str, &str)]) -> Arrived {
        let action = page.attribute("action=\"", "");
        let reply = self.browser.post(action.clone()).form(form).send().await.unwrap();
        self.arrive(action, reply).await
    }

    async fn follow(&self, url: Url) -> Arrived {
        let reply = self.browser.get(url.clone()).send().await.unwrap();
        self.arrive(url, reply).await
    }

    /// Follows redirects while they stay with the provider.
    async fn arrive(&self, mut url: Url, mut reply: Response) -> Arrived {
        while let Some(location) = reply.headers().get(LOCATION) {
            let next = url.join(location.to_str().unwrap()).unwrap();
            if next.origin() != url.origin() {
                return Arrived::Away(next);
            }
            url = next;
            reply = self.browser.get(url.clone()).send().await.unwrap();
        }
        let status = reply.status();
        let html = reply.text().await.unwrap();
        assert!(status.is_success(), "{url} answered {status}: {html}");
        Arrived::Page(Page { url, html })
    }
}

enum Arrived {
    Page(Page),
    Away(Url),
}

impl Arrived {
    fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            Self::Away(url) => panic!("a page of the provider was expected, not {url}"),
        }
    }

    fn away(self) -> Url {
        match self {
            Self::Away(url) => url,
            Self::Page(page) => panic!("the provider keeps the browser at {}: {}", page.url, page.html),
        }
    }
}

struct Page {
    url: Url,
    html: String,
}

impl Page {
    /// The first address that stands behind `before` and ends with `end`.
    fn attribute(&self, before: &str, end: &str) -> Url {
        let values = self.html.split(before).skip(1).filter_map(|rest| rest.split('"').next());
        let mut matching = values.filter(|value| value.ends_with(end));
        let value = matching.next().unwrap_or_else(|| panic!("{} has no {before}…{end}", self.html));
        self.url.join(value).unwrap()
    }
}
