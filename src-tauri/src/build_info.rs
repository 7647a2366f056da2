//! What this program was built from. The build script sets the values.

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The first 12 digits of the commit, or `unknown` outside a git checkout.
pub(crate) const COMMIT: &str = env!("BOBBIN_COMMIT");
/// In UTC, `2026-11-28`.
pub(crate) const BUILD_DATE: &str = env!("BOBBIN_BUILD_DATE");
