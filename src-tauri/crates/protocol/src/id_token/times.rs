//! When the token begins and ends, and when the person signed in.

use serde_json::Value;

use super::{
    BREAKS, Known, Origin,
    check::{Check, Topic},
};
use crate::{
    claims::{Claims, numeric_date},
    json::kind,
    text::{duration, plain, utc},
};

/// How far two clocks may be apart, in seconds.
const SKEW: i64 = 60;
/// How old a token that has just come may be, in seconds.
const MAX_AGE: i64 = 10 * 60;

const EXPIRY: Topic = Topic {
    name: "exp",
    title: "Expiry",
    section: "OIDC Core 3.1.3.7 (9)",
    why: "An expired token may have been kept by someone else.",
};
const ISSUED_AT: Topic = Topic {
    name: "iat",
    title: "Issued at",
    section: "OIDC Core 3.1.3.7 (10)",
    why: "A token that has just come was made just now.",
};
const NOT_BEFORE: Topic = Topic {
    name: "nbf",
    title: "Not before",
    section: "RFC 7519 4.1.5",
    why: "A token is not valid before the time it names.",
};
const AUTH_TIME: Topic = Topic {
    name: "auth_time",
    title: "Sign-in time (auth_time)",
    section: "OIDC Core 12.2",
    why: "A refresh is not a new sign-in, so its time stays.",
};

const ENDED: &str = "It has ended: get a new one where this one came from.";
const CLOCK: &str =
    "Compare this computer's clock with the server's. If both are right, start a new sign-in.";

pub(super) fn expiry(claims: &Claims, known: &Known) -> Check {
    let now = known.now;
    let wanted = format!("after {}, give or take {SKEW} s", utc(now));
    match time(claims, "exp") {
        Time::Absent => EXPIRY.failed("exp_missing", wanted, "no exp", BREAKS),
        Time::Malformed(got) => EXPIRY.failed("exp_malformed", wanted, got, BREAKS),
        Time::At(exp) if exp <= now.saturating_sub(SKEW) => {
            let hint = if known.origin == Origin::Received { CLOCK } else { ENDED };
            EXPIRY.failed("expired", wanted, apart(exp, now), hint)
        }
        Time::At(exp) => EXPIRY.passed(wanted, apart(exp, now)),
    }
}

pub(super) fn issued_at(claims: &Claims, known: &Known) -> Check {
    let now = known.now;
    let wanted = format!("at most {} before {}", duration(MAX_AGE.unsigned_abs()), utc(now));
    match time(claims, "iat") {
        Time::Absent => ISSUED_AT.failed("iat_missing", wanted, "no iat", BREAKS),
        Time::Malformed(got) => ISSUED_AT.failed("iat_malformed", wanted, got, BREAKS),
        Time::At(iat) if iat > now.saturating_add(SKEW) => {
            ISSUED_AT.failed("iat_in_future", not_after(now), apart(iat, now), CLOCK)
        }
        Time::At(iat) => match known.origin {
            Origin::Inspected => ISSUED_AT.skipped(
                "Only a token that has just come from the server must be new.",
                wanted,
                apart(iat, now),
                None,
            ),
            // How long ago it was given nobody knows.
            Origin::Pasted => Topic { why: "A token cannot come from the future.", ..ISSUED_AT }
                .passed(not_after(now), apart(iat, now)),
            Origin::Received if iat < now.saturating_sub(MAX_AGE) => {
                ISSUED_AT.failed("iat_too_old", wanted, apart(iat, now), CLOCK)
            }
            Origin::Received => ISSUED_AT.passed(wanted, apart(iat, now)),
        },
    }
}

pub(super) fn not_before(claims: &Claims, now: i64) -> Check {
    let wanted = not_after(now);
    match time(claims, "nbf") {
        Time::Absent => NOT_BEFORE.skipped(
            "The token names no time before which it is not valid, and needs none.",
            wanted,
            "no nbf",
            None,
        ),
        Time::Malformed(got) => NOT_BEFORE.failed("nbf_malformed", wanted, got, BREAKS),
        Time::At(nbf) if nbf > now.saturating_add(SKEW) => {
            NOT_BEFORE.failed("not_yet_valid", wanted, apart(nbf, now), CLOCK)
        }
        Time::At(nbf) => NOT_BEFORE.passed(wanted, apart(nbf, now)),
    }
}

pub(super) fn auth_time(claims: &Claims, previous: &Claims) -> Check {
    match (time(previous, "auth_time"), time(claims, "auth_time")) {
        (_, Time::Malformed(got)) => AUTH_TIME.failed("auth_time_malformed", "a number", got, BREAKS),
        (Time::At(before), Time::At(after)) if before == after => AUTH_TIME.passed(utc(before), utc(after)),
        (Time::At(before), Time::At(after)) => AUTH_TIME.failed(
            "auth_time_changed",
            utc(before),
            utc(after),
            "Do not use the new tokens: sign in again.",
        ),
        (Time::At(before), Time::Absent) => AUTH_TIME.skipped(
            "The refreshed token names no sign-in time, and needs none.",
            utc(before),
            "no auth_time",
            None,
        ),
        (_, Time::Absent) => {
            AUTH_TIME.skipped("Neither token names a sign-in time.", "as before", "no auth_time", None)
        }
        (_, Time::At(after)) => AUTH_TIME.skipped(
            "The token before named no sign-in time to compare with.",
            "as before",
            utc(after),
            None,
        ),
    }
}

fn not_after(now: i64) -> String {
    format!("not after {}, give or take {SKEW} s", utc(now))
}

enum Time {
    Absent,
    /// Unix seconds.
    At(i64),
    Malformed(String),
}

fn time(claims: &Claims, name: &str) -> Time {
    match claims.get(name) {
        None => Time::Absent,
        Some(Value::Number(number)) => {
            let beyond = || Time::Malformed(format!("{}, beyond the year 9999", plain(&number.to_string())));
            numeric_date(number).map_or_else(beyond, Time::At)
        }
        Some(other) => Time::Malformed(format!("{}, not a number", kind(other))),
    }
}

/// `2019-12-12 08:06:38 UTC, 5 min before the check`: a verdict is kept, and must stay true.
fn apart(time: i64, now: i64) -> String {
    let distance = duration(time.abs_diff(now));
    match time.cmp(&now) {
        std::cmp::Ordering::Less => format!("{}, {distance} before the check", utc(time)),
        std::cmp::Ordering::Equal => format!("{}, the time of the check", utc(time)),
        std::cmp::Ordering::Greater => format!("{}, {distance} after the check", utc(time)),
    }
}
