//! The fault menu: each fault is seen on the wire, and is gone when the sandbox behaves.
//!
//! A table has a row for each fault of a group: its id, and how one sees it. What is seen with the fault must not be
//! seen without it.

use std::{future::Future, pin::Pin};

use crate::common::*;
use bobbin_sandbox::{Sandbox, faults};

mod callback;
mod control;
mod id_token;
mod keys;
mod metadata;
mod token;

/// A fault's id, and whether it shows.
type Row<T> = (&'static str, fn(&T) -> bool);

type Seeing<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Sees the sandbox with each fault of the table, and after each one without any.
async fn each_shows<T>(
    (sandbox, visitor): (Sandbox, Visitor),
    table: &[Row<T>],
    see: impl for<'a> Fn(&'a Visitor) -> Seeing<'a, T>,
) {
    for (id, shows) in table {
        sandbox.set_faults(&[id]).unwrap();
        assert!(shows(&see(&visitor).await), "{id} does not show");
        sandbox.set_faults(&[]).unwrap();
        assert!(!shows(&see(&visitor).await), "{id} still shows after the end of it");
    }
}

fn ids<T>(table: &[Row<T>]) -> Vec<&'static str> {
    table.iter().map(|row| row.0).collect()
}

#[test]
fn every_fault_of_the_menu_is_seen_somewhere() {
    let seen = [
        ids(id_token::TABLE),
        id_token::ELSEWHERE.to_vec(),
        ids(keys::TABLE),
        keys::ELSEWHERE.to_vec(),
        ids(token::TABLE),
        ids(token::REFRESH),
        token::ELSEWHERE.to_vec(),
        ids(callback::TABLE),
        ids(metadata::USERINFO),
        ids(metadata::DISCOVERY),
        vec!["graphql-late"],
    ];
    let seen = seen.concat();
    let unseen: Vec<_> = faults().iter().map(|fault| fault.id).filter(|id| !seen.contains(id)).collect();
    assert_eq!(unseen, [""; 0]);
}
