//! The four ways in which the engine reaches outside. Tests give their own.

use crate::view::{Change, Notice};

/// What time it is.
pub trait Clock: Send + Sync {
    /// Unix milliseconds.
    fn now(&self) -> i64;

    /// Milliseconds from a beginning of its own that nobody can set; they may stand still while the computer sleeps.
    fn steady(&self) -> i64;
}

/// Where unguessable bytes come from.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The person's own browser.
pub trait Browser: Send + Sync {
    /// Opens `url`; the error says why it could not.
    fn open(&self, url: &str) -> Result<(), String>;
}

/// Who is told that something changed.
pub trait Events: Send + Sync {
    fn changed(&self, change: Change);
    fn notice(&self, notice: Notice);
    /// A sign-in came back from the browser: the person wants to see Bobbin now.
    fn returned(&self);
}
