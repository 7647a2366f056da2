//! The project's commands, run as `cargo xtask <command>`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app;
mod bench;
mod cases;
mod command;
mod fuzz;
mod lint;
mod needs;
mod packages;
mod page;
mod tally;
mod test;
mod tools;
mod torture;
mod types;
mod window;
mod workspace;

use std::process::ExitCode;

mod flags {
    use super::test::Part;

    xflags::xflags! {
        /// The commands of the Bobbin project.
        cmd xtask {
            /// Install what is missing, build the page and the application, and start it.
            cmd run {}

            /// Run every test: Rust, page, the certified provider, and the real window.
            cmd test {
                /// Run only one part: rust, page, interop or window.
                optional --only part: Part
                /// Also the tests of the window that take long: every desktop, many deaths of the web process.
                optional --all
                /// Test the window of the release build.
                optional --release
                /// Run the tests of the window so often, and print a table of runs and failures.
                optional --repeat times: usize
                /// Run only the tests whose name contains this.
                optional filter: String
            }

            /// Run the tests against a certified provider alone.
            cmd interop {
                /// Run only the tests whose name contains this.
                optional filter: String
            }

            /// Try to lose what works once: kills, cut replies, clock steps, power cuts; one line for each row.
            cmd torture {
                /// Run only this row, such as kill.
                optional row: String
                /// How many rounds each row has.
                optional --rounds rounds: usize
                /// The seed that an earlier run printed.
                optional --seed seed: u64
                /// Torture the debug build; times are then not those of what ships.
                optional --debug
            }

            /// Run the tables of protocol cases, one line each.
            cmd cases {}

            /// Run the parsers against mutations of the kept seeds, one line each.
            cmd fuzz {
                /// Run only this target, such as callback.
                optional target: String
                /// How many inputs each gets (default: 200000).
                optional --runs runs: u32
            }

            /// Check formatting, lints, dependencies and file lengths.
            cmd lint {}

            /// Write the TypeScript types of everything that crosses to the page.
            cmd types {}

            /// Measure.
            cmd bench {
                /// Start-up time and memory of the application beside a bare Tauri window.
                cmd start {
                    /// How many runs of each (default: 15).
                    optional --runs runs: usize
                }

                /// How long each parser takes for the worst 64 KiB, and how that grows.
                cmd parse {}
            }
        }
    }
}

fn main() -> ExitCode {
    let flags = flags::Xtask::from_env_or_exit();
    let done = match flags.subcommand {
        flags::XtaskCmd::Run(_) => app::run().map(|()| true),
        flags::XtaskCmd::Test(test) => test::run(test::Choice {
            only: test.only,
            filter: test.filter.as_deref(),
            all: test.all,
            release: test.release,
            repeat: test.repeat,
        }),
        flags::XtaskCmd::Interop(interop) => test::run(test::Choice {
            only: Some(test::Part::Interop),
            filter: interop.filter.as_deref(),
            ..test::Choice::default()
        }),
        flags::XtaskCmd::Torture(torture) => torture::run(torture::Choice {
            row: torture.row.as_deref(),
            rounds: torture.rounds,
            seed: torture.seed,
            debug: torture.debug,
            short: false,
        }),
        flags::XtaskCmd::Cases(_) => cases::run(),
        flags::XtaskCmd::Fuzz(fuzz) => fuzz::run(fuzz.target.as_deref(), fuzz.runs.unwrap_or(fuzz::RUNS)),
        flags::XtaskCmd::Lint(_) => lint::run(),
        flags::XtaskCmd::Types(_) => types::write().map(|()| true),
        flags::XtaskCmd::Bench(bench) => match bench.subcommand {
            flags::BenchCmd::Start(start) => bench::start(start.runs.unwrap_or(15)),
            flags::BenchCmd::Parse(_) => bench::parse(),
        },
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
