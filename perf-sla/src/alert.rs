//! What the file wants somebody to be told of. It is read here, so that a mistake is found where all
//! others are; `perf-alert` acts on it.

use crate::burn_rate::Severity;
use std::time::Duration;

/// Somebody is to be told when a target or an objective of the file is violated.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AlertRule {
    /// Its name: unique in the file.
    pub name: String,
    /// What it watches, as its path in the file: `overall.max_p95`, `objectives.fast answers`.
    pub watch: String,
    /// How urgent it is; of an objective, its burn rates say so where this is `None`.
    pub severity: Option<Severity>,
    /// The stretch that is looked at, again and again.
    pub window: Duration,
    /// How long the target must be violated before anybody is told.
    pub pending: Duration,
    /// How long it must be met before it counts as over.
    pub keep_firing: Duration,
    /// How long nobody is told again of what goes on.
    pub cooldown: Duration,
    /// Who is told, by the names that handlers have; all of them if none is named.
    pub handlers: Vec<String>,
    /// Where to read what to do.
    pub runbook: Option<String>,
    /// What to say.
    pub summary: Option<String>,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}
