//! One line for each row of the table: what was counted, and what it may be.

use std::{fmt::Display, process::ExitCode};

#[derive(Default)]
pub(crate) struct Report {
    held: usize,
    missed: usize,
}

impl Report {
    /// A figure that must be exactly this.
    pub(crate) fn exactly(&mut self, what: &str, figure: usize, of: usize, wanted: usize) {
        self.line(figure == wanted && of > 0, what, format!("{figure} of {of}"), wanted);
    }

    /// A figure that may be as large as this.
    pub(crate) fn at_most(&mut self, what: &str, figure: f64, limit: f64) {
        self.line(figure <= limit, what, format!("{figure:.2}"), format!("≤ {limit}"));
    }

    /// What could not be measured is missed, with the reason.
    pub(crate) fn missed(&mut self, what: &str, why: &str) {
        self.line(false, what, format!("not measured: {why}"), "-");
    }

    /// Prints the line when the row has ended: others may take long.
    fn line(&mut self, held: bool, what: &str, figure: impl Display, limit: impl Display) {
        let verdict = if held { "held" } else { "MISSED" };
        *(if held { &mut self.held } else { &mut self.missed }) += 1;
        println!("{verdict:<6}  {what}: {figure} (limit {limit})");
    }

    /// What stands behind a figure.
    pub(crate) fn note(text: impl Display) {
        println!("        {text}");
    }

    pub(crate) fn end(&self) -> ExitCode {
        println!("torture: {} held, {} missed", self.held, self.missed);
        if self.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
