//! The provider's side of OAuth 2.0 and OpenID Connect.

pub(crate) mod authorize;
pub(crate) mod client_assertion;
pub(crate) mod discovery;
pub(crate) mod end_session;
pub(crate) mod id_token;
pub(crate) mod interaction;
pub(crate) mod page;
pub(crate) mod session;
pub(crate) mod sign_ins;
pub(crate) mod token;

mod client_auth;
