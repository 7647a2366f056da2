//! The GraphQL API: a part of Stitch's schema, with its scopes, ids and errors.

mod access;
mod account;
mod enums;
mod holder;
mod http;
mod id;
mod payment;
mod reauthorization;
mod scalars;
mod schema;
mod transaction;
mod user;
mod verification;

pub(crate) use http::{Api, endpoint, payment_page};
