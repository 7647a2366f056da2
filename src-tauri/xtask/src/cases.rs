//! `cargo xtask cases`: the tables of cases, one line each.

use anyhow::{Context, Result};

use crate::command::{EVERYTHING, announce, cargo};

/// A test program, and the tables that it prints; one that has a test for each row prints none.
struct Suite {
    test: &'static str,
    /// The module that holds the tables; empty where all of the program does.
    module: &'static str,
    tables: &'static [&'static str],
}

/// The one whose rows are tests.
const MODULES: &str = "certification modules";

const SUITES: &[Suite] = &[
    Suite {
        test: "cases",
        module: "",
        tables: &["id_token negative", "id_token valid", "callbacks", "token endpoint"],
    },
    Suite { test: "engine", module: "certification::", tables: &[MODULES] },
];

/// Whether every table came out as it should; prints its line, and all the output where one did not.
pub(crate) fn run() -> Result<bool> {
    let mut all_well = true;
    for suite in SUITES {
        let Suite { test, module, .. } = suite;
        let mut tests = cargo(&format!("test --quiet {EVERYTHING} --test {test} -- --nocapture {module}"));
        announce(&tests);
        let output = tests.output().context("cannot start cargo")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut missing = Vec::new();
        for table in suite.tables {
            let line = if *table == MODULES { modules(&text) } else { line(&text, table).map(str::to_owned) };
            match line {
                Some(line) => println!("{line}"),
                None => missing.push(*table),
            }
        }
        if !output.status.success() || !missing.is_empty() {
            all_well = false;
            eprintln!("{text}{}", String::from_utf8_lossy(&output.stderr));
        }
        for table in missing {
            eprintln!("error: the table \"{table}\" printed no line");
        }
    }
    Ok(all_well)
}

/// The modules' line, from what the runner counted: each of them is a test.
fn modules(output: &str) -> Option<String> {
    let counts = output.lines().find_map(|line| line.strip_prefix("test result: "))?;
    let count = |what: &str| {
        let before = counts.split(&format!(" {what}")).next()?;
        before.split_whitespace().last()?.parse::<usize>().ok()
    };
    let (passed, failed) = (count("passed")?, count("failed")?);
    Some(format!("{MODULES}: {} modules, {failed} failed", passed + failed))
}

/// A table's line: `callbacks: 64 cases, 0 accepted`. The runner may have written before it.
fn line<'a>(output: &'a str, table: &str) -> Option<&'a str> {
    output.lines().find_map(|line| {
        let start = line.find(&format!("{table}: "))?;
        let line = &line[start..];
        line[table.len() + 2..].starts_with(|c: char| c.is_ascii_digit()).then_some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tables_line_is_found_wherever_the_runner_put_it() {
        let output = "running 2 tests\ntest callbacks::x ... callbacks: 64 cases, 0 accepted\nok\n";
        assert_eq!(line(output, "callbacks"), Some("callbacks: 64 cases, 0 accepted"));
        assert_eq!(line("callbacks: none\n", "callbacks"), None);
        assert_eq!(line(output, "token endpoint"), None);
    }

    #[test]
    fn modules_are_counted_as_tests_whether_or_not_they_pass() {
        let output = "\nrunning 36 tests\n....\ntest result: FAILED. 34 passed; 2 failed; 0 ignored\n";
        assert_eq!(modules(output).as_deref(), Some("certification modules: 36 modules, 2 failed"));
        assert_eq!(modules("error: could not compile"), None);
    }
}
