//! A real browser, in which a person signs in at the provider.

use std::ops::Deref;

use serde_json::json;
use url::Url;

use crate::{AuthorizationUrl, Page, World, driver::Driver};

const FLAGS: [&str; 10] = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--password-store=basic",
    "--window-size=1000,760",
];

/// Chromium in a world; its page is what it derefs to.
pub struct Browser {
    page: Page,
    _driver: Driver,
}

impl Browser {
    pub(crate) async fn start(world: &World, url: &Url) -> Self {
        let profile = format!("--user-data-dir={}", world.path("home/chromium").display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str()]).collect();
        // What ticking "Always allow … to open links of this type in the associated app" keeps.
        let trusted = json!({ url.origin().ascii_serialization(): { "dev.bobbin.workbench": true } });
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": flags,
                "prefs": { "protocol_handler": { "allowed_origin_protocol_pairs": trusted } },
            },
        });
        let driver = Driver::start(world, "chromedriver", capabilities).await;
        let page = Page::new(driver.client.clone(), &format!("{}-browser", world.name()));
        let browser = Self { page, _driver: driver };
        browser.answer(url.as_str(), browser.client().goto(url.as_str())).await;
        browser
    }

    /// Goes to another page that the application asked for.
    pub async fn visit(&self, page: &AuthorizationUrl) {
        self.answer("a page", self.client().goto(page.url().as_str())).await;
    }

    /// Signs in as a test person, up to the consent page.
    pub async fn sign_in_as(&self, person: &str) {
        self.click("button", person).await;
        self.find("button", "Allow").await;
    }
}

impl Deref for Browser {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}
