//! What the page tells a person beside its views.

use std::sync::Arc;

use bobbin_api::Notices;
use bobbin_engine::view::Notice;
use tauri::{AppHandle, Emitter as _, Manager as _};

/// Tells the page, now or when it is there.
pub(crate) fn show(app: &AppHandle, notice: Notice) {
    app.state::<Arc<Notices>>().keep(&notice);
    // Without a page there is nobody to tell.
    let _ = app.emit("notice", notice);
}
