//! The engine through its public face: one program, so that it is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certification;
mod clients;
mod faults;
mod faulty_provider;
mod hostile_callbacks;
mod inspect;
#[cfg(all(unix, not(target_os = "macos")))]
mod key_store;
mod loopback;
mod origins;
#[cfg(target_os = "linux")]
mod outlive;
mod providers;
mod queries;
mod recovery;
mod requests;
mod restart;
mod server;
mod sessions;
mod sign_in;
mod time;
mod unverified;
mod waits;
mod world;
