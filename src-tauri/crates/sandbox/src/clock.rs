//! The one place where the sandbox reads the time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whole seconds since 1970, as JWT dates are counted (RFC 7519 §2).
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
