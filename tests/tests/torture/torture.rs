//! Each row has a file of its own; it ends in figures and the limits that they are held against.
//!
//! Bobbin runs in processes of its own (`driver`, or the application), the provider is a certified one in Node, and what
//! they say to each other passes through `proxy`, which knows when each reply arrived.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod bobbin;
mod clocks;
mod driver;
mod durable;
mod ends;
mod key_store;
mod kill;
mod options;
mod page;
#[path = "../interop/person.rs"]
#[allow(dead_code, reason = "the tests of interop use the rest")]
mod person;
mod power;
#[path = "../interop/provider.rs"]
#[allow(dead_code, reason = "the tests of interop use the rest")]
mod provider;
mod proxy;
mod replies;
mod reply;
mod report;
mod scene;
mod time;
mod window;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use self::{options::Options, report::Report};

/// What can be run alone, in the order of a full run.
const ROWS: [&str; 8] = ["kill", "durable", "ends", "clocks", "replies", "power", "key-store", "page"];

pub(crate) fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some(driver::WORD) => {
            driver::main(&words[1..]);
            return ExitCode::SUCCESS;
        }
        Some(driver::SINGLE_USE) => {
            driver::send_single_use();
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let options = match Options::parse(&words, &ROWS) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(2);
        }
    };
    // The processes that a row starts end with the thread that started them: this one.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut report = Report::default();
    eprintln!("seed {}; give it again with --seed", options.seed);
    let is_wanted = |row: &str| match options.row.as_deref() {
        Some(only) => only == row,
        // The short form is for debug builds, whose times say nothing.
        None => !options.short || row != "durable",
    };
    for row in ROWS.into_iter().filter(|row| is_wanted(row)) {
        let run = AssertUnwindSafe(|| runtime.block_on(run(row, &options, &mut report)));
        if catch_unwind(run).is_err() {
            report.missed(row, "it broke off");
        }
    }
    report.end()
}

async fn run(row: &str, options: &Options, report: &mut Report) {
    match row {
        "kill" => kill::run(options, report).await,
        "durable" => durable::run(options, report).await,
        "ends" => ends::run(options, report).await,
        "clocks" => clocks::run(options, report).await,
        "replies" => replies::run(options, report).await,
        "power" => power::run(options, report).await,
        "key-store" => key_store::run(options, report).await,
        "page" => page::run(options, report).await,
        _ => unreachable!("every row is named above"),
    }
}
