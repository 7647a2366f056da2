//! Bobbin against a certified provider that its authors did not write: real HTTP, a real process, no stubs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod about_session;
mod authentication;
mod client_tokens;
mod discovery;
mod person;
mod provider;
mod redirects;
mod refresh;
mod signatures;
mod world;
