//! How much of a window was really seen.

use super::SLOT;
use super::entry::Entry;
use crate::clock::saturating_nanos;
use std::sync::Arc;
use std::time::Duration;

/// The span that a window was asked for, and the one it has.
///
/// A window is made of whole intervals between two ticks, those that lie in the time asked for; nothing
/// is apportioned. So it may cover less: when the timeline is younger, was ticked late (one long
/// interval does not fit into a short window), or not lately; and up to a second more, when ticks do
/// not fall on the second. Rates divide by what is covered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    pub(super) asked: u64,
    pub(super) from: u64,
    pub(super) to: u64,
    /// When it was asked for.
    now: u64,
}

impl Coverage {
    /// Of `entries`, oldest first. `latest` is the end of the timeline's last interval.
    pub(super) fn of(entries: &[Arc<Entry>], asked: Duration, latest: u64, now: u64) -> Self {
        let asked = saturating_nanos(asked);
        let from = entries.first().map_or(latest, |entry| entry.from);
        let to = entries.last().map_or(latest, |entry| entry.to);
        Coverage { asked, from, to, now: now.max(to) }
    }

    /// When the window begins, on the profiler's clock.
    pub fn from(&self) -> Duration {
        Duration::from_nanos(self.from)
    }

    /// When it ends: at the last tick.
    pub fn to(&self) -> Duration {
        Duration::from_nanos(self.to)
    }

    /// The span it covers.
    pub fn covered(&self) -> Duration {
        Duration::from_nanos(self.to - self.from)
    }

    /// The span that was asked for.
    pub fn asked(&self) -> Duration {
        Duration::from_nanos(self.asked)
    }

    /// How long before the question the last interval ended.
    pub fn age(&self) -> Duration {
        Duration::from_nanos(self.now - self.to)
    }

    /// How much of the time asked for is covered, in `0.0..=1.0`. The second that is under way is not
    /// held against it; what was missed beyond that is.
    pub fn ratio(&self) -> f64 {
        let missed = (self.now - self.to).saturating_sub(SLOT);
        let covered = (self.to - self.from).min(self.asked.saturating_sub(missed));
        if self.asked == 0 { 0.0 } else { covered as f64 / self.asked as f64 }
    }
}
