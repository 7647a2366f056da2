//! The sandbox as its users meet it: over HTTP, against a started one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assertions;
mod client_keys;
mod clients;
mod common;
mod end_session;
mod faults;
mod graphql;
mod introspection;
mod server;
mod sign_in;
mod tokens;
mod vault;
