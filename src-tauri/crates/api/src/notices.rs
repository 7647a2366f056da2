//! What stays on screen until somebody dismisses it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bobbin_engine::view::Notice;

/// Notices that say what to do, one for each code, for a page that is not there yet or is loaded again.
#[derive(Default)]
pub struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    /// Keeps what says what to do; anything else is a line that passes.
    pub fn keep(&self, notice: &Notice) {
        if notice.hint.is_some() {
            let mut kept = self.lock();
            kept.retain(|other| other.code != notice.code);
            kept.push(notice.clone());
        }
    }

    pub fn kept(&self) -> Vec<Notice> {
        self.lock().clone()
    }

    pub fn dismiss(&self, code: &str) {
        self.lock().retain(|notice| notice.code != code);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
