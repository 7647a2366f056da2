//! What the tests of the whole stand on: a world of one's own for each test, in it the real window
//! driven through `WebKitWebDriver`, and a real browser driven through `chromedriver`.
//!
//! Everything here fails by panicking, with a sentence that says what was waited for and what was there instead.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

mod app;
mod axe;
mod browser;
mod desktop;
mod driver;
mod handlers;
mod page;
mod picture;
mod process;
mod provider;
mod screen;
mod wait;
mod world;

pub use app::{App, program};
pub use browser::Browser;
pub use desktop::{Desktop, Manager};
pub use page::Page;
pub use picture::{Area, Layout, Picture};
pub use provider::{AuthorizationUrl, Decision};
pub use rustix::process::Signal;
pub use screen::{Running, Screen};
pub use wait::{PATIENCE, until};
pub use world::{KeyStore, World};
