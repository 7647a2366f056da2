//! Requests of the token endpoint: each proves the client anew, and waits once where the server asks for it.

use std::time::Duration;

use bobbin_protocol::{
    http::{HttpReply, HttpRequest},
    token::{TokenClient, TokenReply, process_token_reply, retry_after, salvage_refresh_token},
};
use secrecy::SecretString;

use crate::{
    Engine, Error,
    callback::token_error,
    client_auth::Leg,
    exchange::{Exchanged, Lost, Purpose},
    provider::Provider,
    single_use::SingleUse,
    skew,
    view::NoticeLevel,
};

/// How long a server may ask to wait before the one other try (protocol cases B).
const LONGEST_WAIT: Duration = Duration::from_mins(1);

impl Engine {
    /// Sends a request of the token endpoint and reads its reply; a 429 or 503 is tried once more after its `Retry-After`.
    ///
    /// `about` is what the page knows the wait by, see [`WaitView`](crate::view::WaitView).
    /// Each attempt proves the client anew. Nothing else is tried again: a code or token may have been spent.
    /// A reply with tokens is not recorded yet: they are kept first.
    pub(crate) async fn ask_for_tokens(
        &self,
        provider: &Provider,
        purpose: Purpose,
        about: &str,
        single_use: Option<&SingleUse>,
        build: impl Fn(&TokenClient) -> HttpRequest,
    ) -> std::result::Result<(TokenReply, Exchanged), NoTokens> {
        let mut waited = false;
        loop {
            let client = self.client(provider, Leg::Token).await?;
            let request = build(&client.at_token_endpoint());
            let sent = self.send_before_record(provider, purpose, purpose.word(), request, single_use).await;
            match self.read_tokens(provider, sent) {
                Err(NoTokens { wait: Some(time), .. }) if !waited => {
                    waited = true;
                    if let Some(single_use) = single_use {
                        self.0.received.forget(&single_use.lock);
                    }
                    self.forget_reply(single_use).await;
                    self.wait(provider.slug(), about, time).await?;
                }
                read => return read,
            }
        }
    }

    /// Reads what the token endpoint sent. Only a reply with tokens is not recorded yet.
    pub(crate) fn read_tokens(
        &self,
        provider: &Provider,
        sent: std::result::Result<Exchanged, Lost>,
    ) -> std::result::Result<(TokenReply, Exchanged), NoTokens> {
        let exchanged = match sent {
            Ok(exchanged) => exchanged,
            Err(lost) => {
                let refresh_token = lost.received.as_ref().and_then(salvage).map(|token| (token, lost.at));
                return Err(NoTokens { error: lost.error, wait: None, refresh_token });
            }
        };
        match process_token_reply(&exchanged.reply, &provider.preset.errors) {
            Ok(tokens) => {
                self.tell_unusual(&tokens.warnings);
                Ok((tokens, exchanged))
            }
            Err(error) => {
                self.record_exchanged(&exchanged);
                let told = skew::told(token_error(&error), self.clock_ahead(provider));
                let refresh_token = salvage(&exchanged.reply).map(|token| (token, exchanged.received_at));
                Err(NoTokens { error: told, wait: wait_for(&exchanged.reply), refresh_token })
            }
        }
    }

    /// The next attempt is to be read, and not this one.
    async fn forget_reply(&self, single_use: Option<&SingleUse>) {
        let Some(single_use) = single_use else { return };
        let id = single_use.lock.id().to_owned();
        if let Err(error) = self.with_store(move |store| store.delete_reply(&id)).await {
            self.report(&error);
        }
    }

    /// Says what is unusual about a reply whose tokens are taken all the same.
    pub(crate) fn tell_unusual(&self, warnings: &[String]) {
        if warnings.is_empty() {
            return;
        }
        let message =
            format!("The token endpoint's reply is unusual, and was accepted. {}", warnings.join(" "));
        let hint = "The exchange is in the Wire drawer, for the provider to see.".to_owned();
        self.notice(NoticeLevel::Warning, "token_reply_unusual", message, Some(hint));
    }
}

/// How long the server asks to wait, if that can be waited for.
pub(crate) fn wait_for(reply: &HttpReply) -> Option<Duration> {
    retry_after(reply).map(Duration::from_secs).filter(|wait| *wait <= LONGEST_WAIT)
}

/// The refresh token of a success whose reply is wrong or was cut off.
fn salvage(reply: &HttpReply) -> Option<SecretString> {
    (200..300).contains(&reply.status).then(|| salvage_refresh_token(&reply.body)).flatten()
}

/// Why a reply has no tokens that can be used as they are.
pub(crate) struct NoTokens {
    pub(crate) error: Error,
    /// How long the server asks to wait before the next try.
    wait: Option<Duration>,
    /// What could be read all the same, and when it came, in Unix milliseconds.
    pub(crate) refresh_token: Option<(SecretString, i64)>,
}

impl From<Error> for NoTokens {
    fn from(error: Error) -> Self {
        Self { error, wait: None, refresh_token: None }
    }
}

impl From<NoTokens> for Error {
    fn from(no_tokens: NoTokens) -> Self {
        no_tokens.error
    }
}
