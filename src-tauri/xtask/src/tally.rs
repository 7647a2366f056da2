//! How many tests passed, failed and were skipped, read from what the runners say.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde_json::Value;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// From the output of `cargo test`, which may hold several harnesses.
    ///
    /// A harness that began and never gave its result has crashed, and counts as one failure.
    pub(crate) fn of_libtest(output: &str) -> Self {
        let mut sum = Self::default();
        let mut begun = 0u64;
        let mut ended = 0;
        for line in output.lines() {
            if let Some(result) = line.strip_prefix("test result: ") {
                ended += 1;
                let count = |what: &str| {
                    let mut fields = result.split(['.', ';']).map(str::trim);
                    fields.find_map(|field| field.strip_suffix(what)?.trim().parse().ok()).unwrap_or(0)
                };
                sum.passed += count("passed");
                sum.failed += count("failed");
                sum.skipped += count("ignored");
            } else if is_beginning(line) {
                begun += 1;
            }
        }
        sum.failed += begun.saturating_sub(ended);
        sum
    }

    /// From vitest's JSON report.
    pub(crate) fn of_vitest(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("vitest's report is not JSON")?;
        let count =
            |name: &str| report[name].as_u64().with_context(|| format!("vitest's report has no {name}"));
        let mut sum = Self {
            passed: count("numPassedTests")?,
            failed: count("numFailedTests")?,
            skipped: count("numPendingTests")? + count("numTodoTests")?,
        };
        // A file that could not even be loaded has no tests that failed, but it did.
        if sum.failed == 0 {
            sum.failed = count("numFailedTestSuites")?;
        }
        Ok(sum)
    }

    pub(crate) fn ran_nothing(self) -> bool {
        self.passed + self.failed == 0
    }
}

/// `running 12 tests`
fn is_beginning(line: &str) -> bool {
    let count = line
        .strip_prefix("running ")
        .and_then(|rest| rest.strip_suffix(" tests").or_else(|| rest.strip_suffix(" test")));
    count.is_some_and(|count| count.parse::<u64>().is_ok())
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_several_harnesses_are_summed() {
        let output = "\nrunning 2 tests\ntest a ... ok\ntest b ... ok\n\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.10s\n\n\
            running 3 tests\n\
            test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.25s\n";
        let sum = Tally::of_libtest(output);
        assert_eq!(sum, Tally { passed: 3, failed: 1, skipped: 1 });
        assert_eq!(sum.to_string(), "3 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_harness_that_never_ended_is_a_failure() {
        let output = "running 2 tests\ntest a ... ok\n";
        assert_eq!(Tally::of_libtest(output), Tally { passed: 0, failed: 1, skipped: 0 });
    }

    #[test]
    fn what_a_test_prints_is_not_a_harness() {
        let output = "running late tests\nrunning 1 test\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(Tally::of_libtest(output), Tally { passed: 1, failed: 0, skipped: 0 });
    }

    #[test]
    fn vitest_tells_by_number() {
        let report = r#"{"numPassedTests":7,"numFailedTests":1,"numPendingTests":1,"numTodoTests":1,
            "numFailedTestSuites":1,"success":false}"#;
        let sum = Tally::of_vitest(report).unwrap();
        assert_eq!(sum, Tally { passed: 7, failed: 1, skipped: 2 });
    }

    #[test]
    fn a_page_test_that_cannot_be_loaded_is_a_failure() {
        let report = r#"{"numPassedTests":7,"numFailedTests":0,"numPendingTests":0,"numTodoTests":0,
            "numFailedTestSuites":1,"success":false}"#;
        assert_eq!(Tally::of_vitest(report).unwrap().failed, 1);
    }

    #[test]
    fn a_report_without_its_numbers_is_refused() {
        assert!(Tally::of_vitest("{}").is_err());
        assert!(Tally::of_vitest("Segmentation fault").is_err());
    }
}
