//! Who asks, and whether they may.

use async_graphql::{Context, Error, ErrorExtensions, Result, Value};

use crate::{
    grants::Grant,
    people::{self, Person},
};

/// The bearer of the access token of a request.
pub(super) struct Viewer {
    grant: Grant,
}

impl Viewer {
    pub(super) fn new(grant: Grant) -> Self {
        Self { grant }
    }

    pub(super) fn scopes(&self) -> &[String] {
        self.grant.scopes()
    }

    /// The person whose token it is, with the client's id.
    pub(super) fn person(&self) -> Option<(&'static Person, &str)> {
        match &self.grant {
            Grant::User(authorization) => {
                people::find(&authorization.person).map(|person| (person, authorization.client_id.as_str()))
            }
            Grant::Client { .. } => None,
        }
    }
}

/// What `value` gives, if the token has the scope; otherwise an error on this field alone, which becomes null.
///
/// A nullable field returns the inner result: an error outside the `Option` would take the whole parent with it.
#[allow(clippy::unnecessary_wraps, reason = "a field that becomes null is an Option to the library")]
pub(super) fn with_scope<T>(
    ctx: &Context<'_>,
    scope: &'static str,
    value: impl FnOnce() -> T,
) -> Option<Result<T>> {
    Some(require(ctx, scope).map(|()| value()))
}

/// An error as Stitch words it when the token lacks the scope.
pub(super) fn require(ctx: &Context<'_>, scope: &'static str) -> Result<()> {
    let viewer = ctx.data_opt::<Viewer>();
    if viewer.is_some_and(|viewer| viewer.scopes().iter().any(|granted| granted == scope)) {
        return Ok(());
    }
    let message = format!("Token is missing the following scope: {scope}");
    Err(Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", "FORBIDDEN");
        extensions.set("missingScopes", Value::List(vec![scope.into()]));
    }))
}

/// An error about an argument.
pub(super) fn bad_input(message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}
