//! The store against real files and the real key store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
#[cfg(all(unix, not(target_os = "macos")))]
mod key_store;
#[cfg(all(unix, not(target_os = "macos")))]
mod session_bus;
