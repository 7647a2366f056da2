//! The fault menu: ways in which the sandbox misbehaves on purpose, for tests and demonstrations.
//!
//! Nothing of it is kept: each start behaves well. A fault stands in the place where the behaviour is, and the ones
//! that spoil a whole reply stand around every endpoint, in [`reply`].

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

pub(crate) mod callback;
pub(crate) mod control;
pub(crate) mod id_token;
pub(crate) mod keys;
pub(crate) mod reply;
pub(crate) mod signature;

mod list;
mod token;

pub use list::faults;

/// An issuer and host that is not the sandbox and does not exist (RFC 2606 §3).
const ELSEWHERE: &str = "https://issuer.example";

/// One way to misbehave.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The stable name, in kebab-case.
    pub id: &'static str,
    /// What it belongs to: `id_token`, `keys`, `token`, `callback`, `userinfo` or `discovery`.
    pub group: &'static str,
    /// What the sandbox does, in a few words.
    pub title: &'static str,
    /// One sentence: what one should see in the client.
    pub see: &'static str,
    /// What it spoils. Two faults of one group that spoil the same cannot be active together.
    part: &'static str,
}

/// There is no such fault in the menu.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox has no fault “{0}”; its menu is in the reply to GET /sandbox/faults")]
pub struct UnknownFault(pub String);

/// Which faults are active.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: watch::Sender<Active>,
    /// Whether a fault that shows once was seen since it was chosen.
    shown: AtomicBool,
}

/// The active faults at one moment, so that a reply is spoilt as a whole or not at all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Active(Vec<&'static Fault>);

impl Faults {
    /// Replaces the active faults. Of two that spoil the same, the later one stays.
    pub(crate) fn set(&self, ids: &[&str]) -> Result<(), UnknownFault> {
        let mut chosen: Vec<&'static Fault> = Vec::new();
        for id in ids {
            let fault = faults().iter().find(|fault| fault.id == *id);
            let fault = fault.ok_or_else(|| UnknownFault((*id).into()))?;
            chosen.retain(|other| (other.group, other.part) != (fault.group, fault.part));
            chosen.push(fault);
        }
        self.shown.store(false, Ordering::Relaxed);
        self.active.send_replace(Active(chosen));
        Ok(())
    }

    pub(crate) fn active(&self) -> Active {
        self.active.borrow().clone()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Active> {
        self.active.subscribe()
    }

    /// Whether this is the first time since the faults were chosen.
    fn is_first_time(&self) -> bool {
        !self.shown.swap(true, Ordering::Relaxed)
    }
}

impl Active {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|fault| fault.id == id)
    }

    /// Their ids, in the order of the menu.
    pub(crate) fn ids(&self) -> Vec<&'static str> {
        faults().iter().map(|fault| fault.id).filter(|id| self.has(id)).collect()
    }
}
