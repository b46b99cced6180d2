//! How monitoring went.

use crate::delivery::DispatchTotals;
use crate::engine::EngineTotals;
use crate::state_file::Loaded;
use std::time::Duration;

/// How monitoring went until now.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MonitoringTotals {
    /// What the engine did and could not do; its rounds are all that there were, by hand too.
    pub engine: EngineTotals,
    /// Rounds that should have been and were not, as the round before took too long or the process did not run.
    pub missed_rounds: u64,
    /// Rounds that panicked. What they would have told is lost: that something fires is said again when it is to be
    /// repeated, that it is over is not.
    pub panicked_rounds: u64,
    /// How long the last round took.
    pub last_round: Option<Duration>,
    /// How long the longest took.
    pub longest_round: Option<Duration>,
    /// The state file, if there is one.
    pub state: Option<StateTotals>,
    /// What became of everything that was told, handler by handler.
    pub delivery: DispatchTotals,
}

/// How it went with a state file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateTotals {
    /// What it held at the start. [`Loaded::SetAside`] is worth a warning: what fires is told anew, and silences
    /// are gone.
    pub loaded: Loaded,
    /// How often it was written since.
    pub saved: u64,
    /// How often that failed; it is tried again in the next round.
    pub failed: u64,
    /// What failed last, also after it went well again.
    pub last_error: Option<String>,
}
