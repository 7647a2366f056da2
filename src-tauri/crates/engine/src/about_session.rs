//! What the provider says about a session when it is asked: userinfo, introspection, end of session.

use bobbin_protocol::{
    claims,
    end_session::build_end_session_url,
    introspection::process_introspection_reply,
    token::build_introspection,
    userinfo::{build_userinfo, process_userinfo},
};
use bobbin_store::Session;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::{
    Engine, Error, Result,
    client_auth::Leg,
    exchange::Purpose,
    provider::Provider,
    session_view,
    view::{IntrospectionView, SessionSecret, UserinfoView},
    wire,
};

impl Engine {
    /// The claims of the userinfo endpoint; its `sub` must be the id_token's (OIDC Core 5.3.2).
    pub async fn session_userinfo(&self, id: &str) -> Result<UserinfoView> {
        let session = self.stored_session(id).await?;
        let provider = self.provider_of(&session, "userinfo_endpoint").await?;
        let Some(subject) = subject(&session) else {
            return Err(Error::new("userinfo_without_id_token", "This session has no accepted id_token.")
                .hint("Userinfo is only believed about the subject of an id_token. Ask for openid and sign in again."));
        };
        let claims = self.userinfo(&provider, &session, &subject).await?;
        let now = self.now();
        Ok(UserinfoView { claims: session_view::claims(claims::explain(&claims, now / 1000)), at: now })
    }

    /// What the userinfo endpoint says about `subject`.
    pub(crate) async fn userinfo(
        &self,
        provider: &Provider,
        session: &Session,
        subject: &str,
    ) -> Result<Map<String, Value>> {
        let request = build_userinfo(&provider.userinfo_endpoint()?, &session.access_token);
        let reply = self.send(provider, Purpose::Userinfo, request).await?.reply;
        process_userinfo(&reply, subject).map_err(|error| {
            Error::new(error.code(), error.to_string())
                .hint("The reply stands in the Wire drawer; a token that has expired or lacks openid answers like this, too.")
        })
    }

    /// Asks the provider whether a token is active (RFC 7662).
    pub async fn session_introspect(&self, id: &str, which: SessionSecret) -> Result<IntrospectionView> {
        let session = self.stored_session(id).await?;
        let provider = self.provider_of(&session, "introspection_endpoint").await?;
        let (token, hint) = match which {
            SessionSecret::RefreshToken => (session.refresh_token.as_ref(), "refresh_token"),
            _ => (Some(&session.access_token), "access_token"),
        };
        let token: &SecretString = token.ok_or_else(|| {
            Error::new("token_missing", "This session has no refresh token.")
                .hint("Introspect its access token.")
        })?;
        let client = self.client(&provider, Leg::Other).await?;
        let endpoint = provider.introspection_endpoint()?;
        let request = build_introspection(&client.at_token_endpoint(), &endpoint, token, hint);
        let reply = self.send(&provider, Purpose::Introspection, request).await?.reply;
        let read = process_introspection_reply(&reply).map_err(|error| {
            Error::new(error.code(), error.to_string()).hint(
                "Providers answer introspection to clients that authenticate; a public client is refused.",
            )
        })?;
        let now = self.now();
        Ok(IntrospectionView {
            active: read.active,
            claims: session_view::claims(claims::explain(&read.members, now / 1000)),
            at: now,
        })
    }

    /// Opens the provider's end-session page in the browser (OIDC RP-Initiated Logout 1.0 section 2).
    ///
    /// The tokens stay until the session is deleted or revoked.
    pub async fn session_sign_out(&self, id: &str) -> Result<()> {
        let session = self.stored_session(id).await?;
        // The id_token goes along.
        let provider = self.provider_of(&session, "end_session_endpoint").await?;
        let endpoint = provider.end_session_endpoint()?;
        let hint = session.id_token.as_ref().map(ExposeSecret::expose_secret);
        let url = build_end_session_url(&endpoint, hint, provider.client_id(), None, None);
        let exchange = self.new_id();
        self.record(wire::Exchange::opened(&exchange, self.now(), &url, provider.slug()));
        let opened = self.0.config.browser.open(url.as_str());
        let outcome = match &opened {
            Ok(()) => crate::view::ExchangeOutcome::Ok,
            Err(_) => crate::view::ExchangeOutcome::NoReply,
        };
        self.record_returned(&exchange, outcome);
        opened.map_err(|reason| {
            Error::new("browser_failed", "Your browser could not be opened.")
                .hint("Open the provider's own page to sign out there.")
                .detail(Some(reason))
        })
    }
}

fn subject(session: &Session) -> Option<String> {
    session_view::accepted_claims(session)?.get("sub")?.as_str().map(str::to_owned)
}
