//! What is asked for on the command line.

use std::str::FromStr;

use rand::{SeedableRng as _, rngs::StdRng};

pub(crate) struct Options {
    /// The only row to run.
    pub(crate) row: Option<String>,
    pub(crate) seed: u64,
    rounds: Option<usize>,
    /// A minute or two for all rows together, without the figures that are times.
    pub(crate) short: bool,
}

impl Options {
    /// `[ROW] [--rounds N] [--seed N] [--short]`
    pub(crate) fn parse(words: &[String], rows: &[&str]) -> Result<Self, String> {
        let mut options = Self { row: None, seed: rand::random(), rounds: None, short: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--short" => options.short = true,
                "--rounds" => options.rounds = Some(number(words.next())?),
                "--seed" => options.seed = number(words.next())?,
                row if rows.contains(&row) => options.row = Some(row.to_owned()),
                other => return Err(format!("{other} is no row; the rows are {}", rows.join(", "))),
            }
        }
        Ok(options)
    }

    /// How many rounds a row has that has `full` of them, or `short` in a short run.
    pub(crate) fn rounds(&self, full: usize, short: usize) -> usize {
        self.rounds.unwrap_or(if self.short { short } else { full })
    }

    /// The chance of a row, the same for the same seed.
    pub(crate) fn chance(&self) -> StdRng {
        StdRng::seed_from_u64(self.seed)
    }
}

fn number<T: FromStr>(word: Option<&String>) -> Result<T, String> {
    word.and_then(|word| word.parse().ok()).ok_or_else(|| "a number is wanted".to_owned())
}
