//! The answer of a check, and what a command ends with.

use std::fmt;

/// The answer to a check, or to all checks of a verdict together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The target is met. Where the rule is firm: in at most one of twenty runs would a service that is
    /// exactly at its limit look like this. docs/sla.md says which kinds of target are judged so.
    Met,
    /// There is too little evidence to say, or none.
    Inconclusive,
    /// The target is violated, as firmly.
    Violated,
}

impl Status {
    /// The exit code of every command that judges: 0 met, 1 violated, 2 inconclusive. 3 is for bad
    /// input, configuration and usage.
    pub fn exit_code(self) -> u8 {
        match self {
            Status::Met => 0,
            Status::Violated => 1,
            Status::Inconclusive => 2,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Status::Met => "met",
            Status::Violated => "violated",
            Status::Inconclusive => "inconclusive",
        })
    }
}
