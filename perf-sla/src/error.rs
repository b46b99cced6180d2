//! What is wrong with an SLA file.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

/// Why an SLA file was refused: everything that is wrong with it, not only the first thing.
#[derive(Clone, Debug, PartialEq)]
pub struct SlaError {
    pub(crate) file: Option<PathBuf>,
    pub(crate) problems: Vec<Problem>,
}

/// One thing that is wrong with an SLA file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// Line and column, from 1, where it is in the file.
    pub position: Option<(usize, usize)>,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl SlaError {
    /// Each problem, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for SlaError {
    /// A line a problem: `sla.toml:3:11: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            match &self.file {
                Some(file) => write!(f, "{}:", file.display())?,
                None => write!(f, "sla:")?,
            }
            if let Some((line, column)) = problem.position {
                write!(f, "{line}:{column}:")?;
            }
            write!(f, " {}", problem.message)?;
        }
        Ok(())
    }
}

impl Error for SlaError {}
