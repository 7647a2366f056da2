//! The clock that nobody can set, which every process of this computer shares.

use std::{thread, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since this computer was started.
pub(crate) fn now() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

pub(crate) const fn ms(milliseconds: i64) -> i64 {
    milliseconds * 1_000_000
}

/// In milliseconds, for people.
pub(crate) fn shown(nanoseconds: i64) -> String {
    let microseconds = u32::try_from(nanoseconds / 1000).unwrap_or(u32::MAX);
    format!("{:.1} ms", f64::from(microseconds) / 1000.0)
}

pub(crate) fn sleep_until(moment: i64) {
    let left = u64::try_from(moment - now()).unwrap_or(0);
    thread::sleep(Duration::from_nanos(left));
}
