//! Lines that were no entries: nothing is lost silently.

use std::fmt;
use std::path::{Path, PathBuf};

/// Lines that were skipped, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    counts: [u64; SkipReason::ALL.len()],
    first: Option<(PathBuf, u64, SkipReason)>,
}

/// Why a line was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It is not written as the format says: torn, or of somebody else.
    Malformed,
    /// It lacks the duration, or what stands there is no time.
    NoDuration,
    /// It is longer than 1 MiB.
    TooLong,
}

impl SkipReason {
    const ALL: [SkipReason; 3] =
        [SkipReason::Malformed, SkipReason::NoDuration, SkipReason::TooLong];
}

impl Skipped {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Each reason that there was, with how often.
    pub fn reasons(&self) -> impl Iterator<Item = (SkipReason, u64)> {
        SkipReason::ALL.into_iter().zip(self.counts).filter(|(_, count)| *count > 0)
    }

    /// File, line (from 1) and reason of the first.
    pub fn first(&self) -> Option<(&Path, u64, SkipReason)> {
        self.first.as_ref().map(|(path, line, reason)| (path.as_path(), *line, *reason))
    }

    pub(super) fn count(&mut self, reason: SkipReason, path: &Path, line: u64) {
        self.counts[reason as usize] += 1;
        self.first.get_or_insert_with(|| (path.to_owned(), line, reason));
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SkipReason::Malformed => "not of this format",
            SkipReason::NoDuration => "without a duration",
            SkipReason::TooLong => "longer than 1 MiB",
        })
    }
}

impl fmt::Display for Skipped {
    /// `3 lines skipped: 2 not of this format, 1 longer than 1 MiB; the first is logs/a.jsonl:17`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        write!(f, "{total} {} skipped", if total == 1 { "line" } else { "lines" })?;
        for (i, (reason, count)) in self.reasons().enumerate() {
            write!(f, "{} {count} {reason}", if i == 0 { ":" } else { "," })?;
        }
        match self.first() {
            Some((path, line, _)) => write!(f, "; the first is {}:{line}", path.display()),
            None => Ok(()),
        }
    }
}
