//! How far a provider's clock is from this computer's, as the `Date` headers of its replies say (RFC 9110 6.6.1).

use std::{collections::HashMap, sync::Mutex, time::UNIX_EPOCH};

use bobbin_protocol::http::HttpReply;
use bobbin_store::{Lifetimes, Session};

use crate::{Engine, Error, lock, provider::Provider, session_view::expiry};

/// Less than this matters to nobody.
const NOTICEABLE_MS: i64 = 2_000;
/// Times are judged by the provider's clock up to this difference; further off, one of the two is plainly wrong.
const MAX_FOLLOWED_MS: i64 = 10 * 60 * 1000;
/// What we sign is dated by the provider's clock up to this difference: who writes the header must not get
/// assertions for a time of their choice.
const MAX_SIGNED_MS: i64 = 60 * 1000;

#[derive(Default)]
pub(crate) struct Clocks {
    /// The newest measurement of each host, in milliseconds that it is ahead.
    ahead: Mutex<HashMap<String, i64>>,
    /// How far this computer's clock was from the steady one when it was last looked at, in milliseconds.
    offset: Mutex<Option<i64>>,
}

impl Clocks {
    /// Takes a look at this computer's clock: set back, it is as much further behind every provider's.
    ///
    /// Set forward, it looks like one of a computer that has slept; the next reply tells.
    pub(crate) fn look(&self, now: i64, steady: i64) {
        let offset = now - steady;
        let Some(before) = lock(&self.offset).replace(offset) else { return };
        let set_back = before - offset;
        if set_back >= NOTICEABLE_MS {
            lock(&self.ahead).values_mut().for_each(|ahead| *ahead += set_back);
        }
    }
}

impl Engine {
    /// Takes the measurement of one reply. `sent` and `received` are Unix milliseconds.
    pub(crate) fn measure_clock(&self, host: Option<&str>, reply: &HttpReply, sent: i64, received: i64) {
        let (Some(host), Some(date)) = (host, reply.header("date").and_then(milliseconds)) else { return };
        // A cache in between repeats the date of another day (RFC 9111 section 5.1).
        if reply.header("age").is_none() {
            lock(&self.0.clocks.ahead).insert(host.to_owned(), ahead(date, sent, received));
        }
    }

    /// Milliseconds that the provider's clock is ahead, as its replies say, for people; 0 where it agrees or is not known.
    pub(crate) fn clock_ahead(&self, provider: &Provider) -> i64 {
        // This computer's clock may have been set since anyone looked at it.
        self.now();
        let host = provider.token_endpoint().ok().and_then(|url| url.host_str().map(str::to_owned));
        let ahead = host.and_then(|host| lock(&self.0.clocks.ahead).get(&host).copied()).unwrap_or(0);
        if ahead.abs() < NOTICEABLE_MS { 0 } else { ahead }
    }

    /// The provider's idea of now, in Unix seconds, as far as it is followed: its tokens tell times by it.
    pub(crate) fn now_at(&self, provider: &Provider) -> i64 {
        self.time_at(provider, self.now())
    }

    /// What the provider's clock showed, as far as it is followed, when this computer's showed `at` (Unix
    /// milliseconds), in Unix seconds.
    pub(crate) fn time_at(&self, provider: &Provider, at: i64) -> i64 {
        (at + followed(self.clock_ahead(provider))) / 1000
    }

    /// The time for what is signed and sent to the provider, in Unix seconds.
    pub(crate) fn now_to_sign(&self, provider: &Provider) -> i64 {
        (self.now() + within(self.clock_ahead(provider), MAX_SIGNED_MS)) / 1000
    }
}

/// The part of a measured difference by which times are judged: all or nothing of it.
pub(crate) fn followed(ahead_ms: i64) -> i64 {
    within(ahead_ms, MAX_FOLLOWED_MS)
}

/// A measured difference for the page: what is followed, and what is too far off to be.
pub(crate) fn for_page(ahead_ms: i64) -> (Option<i64>, Option<i64>) {
    let followed = followed(ahead_ms);
    ((followed != 0).then_some(followed), (followed != ahead_ms).then_some(ahead_ms))
}

fn within(ahead_ms: i64, limit: i64) -> i64 {
    if ahead_ms.abs() <= limit { ahead_ms } else { 0 }
}

/// When the access token ends by this computer's clock; `None` where nobody knows: neither the server nor the
/// provider's credentials file named a lifetime, or the token came at a time that is still to come, so that the clock
/// was set back since.
pub(crate) fn access_end(session: &Session, lifetimes: Lifetimes, now: i64) -> Option<i64> {
    named_end(session, lifetimes).filter(|_| !is_of_another_clock(session, now))
}

/// Whether the access token cannot be counted on: its time is over, or of a clock that was set back since.
pub(crate) fn is_over(session: &Session, lifetimes: Lifetimes, now: i64) -> bool {
    let end = named_end(session, lifetimes);
    end.is_some_and(|end| end <= now || is_of_another_clock(session, now))
}

/// The reply says it, or else the credentials file.
fn named_end(session: &Session, lifetimes: Lifetimes) -> Option<i64> {
    let by_file = || expiry(session.access_issued_at, lifetimes.access_token.map(u64::from));
    session.access_expires_at.or_else(by_file)
}

fn is_of_another_clock(session: &Session, now: i64) -> bool {
    session.access_issued_at - now >= NOTICEABLE_MS
}

/// 0 where a reply of the second `date` can have been made from `sent` to `received`.
///
/// Else rather too little than too much, so that nothing of ours is dated in the provider's future.
fn ahead(date: i64, sent: i64, received: i64) -> i64 {
    let agree = date <= received && date + 999 >= sent;
    if agree { 0 } else { date - received }
}

fn milliseconds(date: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

/// An error with what the clocks say, where they differ.
pub(crate) fn told(error: Error, ahead_ms: i64) -> Error {
    if ahead_ms == 0 {
        return error;
    }
    let detail = error.view().detail.clone().unwrap_or_default();
    error.detail(Some(format!("{detail}\n{}", words(ahead_ms)).trim_start().to_owned()))
}

fn words(ahead_ms: i64) -> String {
    let seconds = ahead_ms.abs() / 1000;
    let direction = if ahead_ms > 0 { "ahead of" } else { "behind" };
    let advice = match ahead_ms.abs() {
        0..=MAX_SIGNED_MS => "",
        apart if apart <= MAX_FOLLOWED_MS => " Client assertions are dated by this computer's: check it.",
        _ => " That is too far to be followed: check this computer's.",
    };
    format!("The provider's clock is {seconds} s {direction} this computer's.{advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_in_all_its_forms_and_nothing_else() {
        for date in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(milliseconds(date), Some(784_111_777_000), "{date}");
        }
        assert_eq!(milliseconds("yesterday"), None);
    }

    #[test]
    fn a_reply_that_took_long_says_nothing_against_a_clock() {
        assert_eq!(ahead(10_000, 10_400, 10_600), 0, "the header leaves out what is below a second");
        assert_eq!(ahead(40_000, 10_400, 40_300), 0, "made at the end of half a minute");
        assert_eq!(ahead(70_000, 10_400, 40_300), 29_700);
        assert_eq!(ahead(5_000, 10_400, 10_600), -5_600);
    }

    #[test]
    fn a_clock_that_is_set_back_leaves_the_providers_ahead_and_one_that_slept_does_not() {
        let clocks = Clocks::default();
        clocks.look(1_000_000, 500);
        lock(&clocks.ahead).insert("login.example.com".to_owned(), 0);
        let ahead = || lock(&clocks.ahead)["login.example.com"];
        clocks.look(1_060_000, 60_500);
        assert_eq!(ahead(), 0, "a minute has passed");
        clocks.look(29_860_000, 60_600);
        assert_eq!(ahead(), 0, "eight hours of sleep");
        clocks.look(22_660_000, 60_600);
        assert_eq!(ahead(), 7_200_000, "set back by two hours");
        clocks.look(22_659_000, 60_600);
        assert_eq!(ahead(), 7_200_000, "a second matters to nobody");
    }

    #[test]
    fn the_words_say_who_is_late() {
        assert_eq!(words(30_400), "The provider's clock is 30 s ahead of this computer's.");
        assert_eq!(words(-3_000), "The provider's clock is 3 s behind this computer's.");
        assert!(words(90_000).ends_with("Client assertions are dated by this computer's: check it."));
        assert!(words(-601_000).ends_with("too far to be followed: check this computer's."));
    }

    #[test]
    fn a_difference_is_followed_whole_within_ten_minutes_and_not_at_all_beyond() {
        for (ahead, page) in [
            (0, (None, None)),
            (600_000, (Some(600_000), None)),
            (-600_000, (Some(-600_000), None)),
            (600_001, (None, Some(600_001))),
            (-7_200_000, (None, Some(-7_200_000))),
        ] {
            assert_eq!(for_page(ahead), page);
        }
        assert_eq!([60_000, 60_001, -60_001].map(|ahead| within(ahead, MAX_SIGNED_MS)), [60_000, 0, 0]);
    }
}
