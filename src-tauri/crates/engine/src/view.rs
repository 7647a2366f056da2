//! What the page is shown: plain serialisable values without a secret in them.
//!
//! Times are Unix milliseconds, lifetimes are seconds.
//! `ts-rs` writes these types to `ui/src/ipc/generated`.

mod about;
mod client;
mod connection;
mod error;
mod inspect;
mod overview;
mod query;
mod request;
mod session;
mod sign_in;
mod wire;

pub use bobbin_protocol::settings::{
    AssertionAudience, AuthenticationMethod, Environment, RedirectMethod, RefreshPolicy, StartsWith,
};

pub use about::*;
pub use client::*;
pub use connection::*;
pub use error::*;
pub use inspect::*;
pub use overview::*;
pub use query::*;
pub use request::*;
pub use session::*;
pub use sign_in::*;
pub use wire::*;
