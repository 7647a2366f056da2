//! The contract with the page: every command once, with its arguments and its answer.
//!
//! A command is declared in one of the modules of [`commands`]. From there come the dispatcher, [`Api::call`], and the
//! page's client in TypeScript. What a command needs of the window it is sent from is a [`Desktop`].
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod commands;
mod desktop;
mod notices;
#[cfg(test)]
mod typescript;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bobbin_engine::{Engine, view::ErrorView};

pub use crate::{
    desktop::{Desktop, ThemeChoice, ZoomStep},
    notices::Notices,
};

/// How every command answers.
pub type Reply<T> = Result<T, ErrorView>;

/// What answers the page.
pub struct Api {
    engine: Engine,
    desktop: Arc<dyn Desktop>,
    notices: Arc<Notices>,
    /// What was typed in the page and is saved nowhere, by the page's own keys, so that it outlives the web process.
    /// It is never written to disk, as it may hold a token that somebody pasted.
    held: Mutex<BTreeMap<String, String>>,
}

impl Api {
    pub fn new(engine: Engine, desktop: Arc<dyn Desktop>, notices: Arc<Notices>) -> Self {
        Self { engine, desktop, notices, held: Mutex::default() }
    }
}
