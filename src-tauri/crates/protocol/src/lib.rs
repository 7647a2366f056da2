//! What the protocols say: OAuth 2.0, `OpenID` Connect and GraphQL over HTTP, as pure values.
//!
//! `build_x` makes a request value, `process_x` reads a reply value.
//! **Architecture Invariant:** nothing here does I/O, reads a clock, draws random bytes or logs;
//! the time and random bytes are arguments.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod authorization;
pub mod callback;
pub mod claims;
pub mod client_assertion;
pub mod credentials;
pub mod discovery;
pub mod doctor;
pub mod end_session;
pub mod graphql;
pub mod http;
pub mod id_token;
pub mod inspect;
pub mod introspection;
pub mod jwks;
pub mod jwt;
pub mod pkce;
pub mod preset;
pub mod private_key;
pub mod settings;
pub mod token;
pub mod userinfo;

mod json;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod signing;
pub mod text;

/// A JSON object whose members keep their order and whose numbers keep their digits.
pub type Map = serde_json::Map<String, serde_json::Value>;
