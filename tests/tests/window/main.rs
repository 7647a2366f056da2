//! The real window from the outside, as a person uses it. Each test has a computer of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accessibility;
mod app_link;
mod callback;
mod clients;
mod command_line;
mod deaths;
mod desktops;
mod display;
mod faults;
mod inspect;
mod outlive;
mod pasted;
mod pkce;
mod profiles;
mod providers;
mod query;
mod redirects;
mod remembered;
mod requests;
mod secrets;
mod session;
mod sign_in;
mod start;
mod steps;
mod trouble;
mod wire;
mod zoom;
