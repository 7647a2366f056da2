//! How the engine reaches outside from a desktop: the clock, chance, the browser, the page.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bobbin_engine::{
    Browser, Clock, Entropy, Events, is_protected,
    view::{Change, Notice},
};
use rand::Rng as _;
use tauri::{AppHandle, Emitter as _, Url};
use tauri_plugin_opener::OpenerExt as _;

use crate::{leaving, notices};

/// With the moment it was made at, from which the steady time counts.
pub(crate) struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn steady(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The thread's generator, which is cryptographically secure and seeded by the operating system.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

pub(crate) struct SystemBrowser(pub(crate) AppHandle);

impl Browser for SystemBrowser {
    fn open(&self, url: &str) -> Result<(), String> {
        if !may_be_opened(url) {
            return Err("only https addresses, and http ones on this computer, are opened".to_owned());
        }
        self.0.opener().open_url(url, None::<&str>).map_err(|error| error.to_string())
    }
}

/// Tells the page what is out of date; the page then asks for it.
pub(crate) struct PageEvents(pub(crate) AppHandle);

impl Events for PageEvents {
    // A page that is not there to be told asks for everything when it comes.
    fn changed(&self, change: Change) {
        let _ = self.0.emit("changed", change);
    }

    fn notice(&self, notice: Notice) {
        notices::show(&self.0, notice);
    }

    fn returned(&self) {
        leaving::stay(&self.0);
    }
}

/// Another scheme could start any program.
fn may_be_opened(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_protected(&url))
}

#[cfg(test)]
mod tests {
    use super::may_be_opened;

    #[test]
    fn the_browser_is_only_sent_to_https_and_to_this_computer() {
        assert!(may_be_opened("https://secure.stitch.money/connect/authorize"));
        assert!(may_be_opened("http://127.0.0.1:5001/connect/authorize"));
        for refused in
            ["http://example.com/", "file:///etc/passwd", "javascript:alert(1)", "ssh://host", "not a url"]
        {
            assert!(!may_be_opened(refused), "{refused} must not be opened");
        }
    }
}
