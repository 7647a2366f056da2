//! The cases of the protocol, as tables that read like the document: name, reason code, section, input.
//!
//! Keys are made at test time. Signatures are made by `ring`, and verified by `jsonwebtoken` with `aws-lc-rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod callbacks;
mod draft;
mod keys;
mod negative;
mod seeds;
mod token_endpoint;
mod valid;
