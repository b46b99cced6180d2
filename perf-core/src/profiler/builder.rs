//! What can be set of a profiler.

use crate::clock::Clock;
use crate::operation::MAX_KEPT;
use crate::profiler::Profiler;
use std::sync::Arc;

/// The settings of a [`Profiler`].
#[derive(Clone, Debug)]
#[must_use = "`build` makes the profiler"]
pub struct ProfilerBuilder {
    pub(crate) clock: Option<Clock>,
    pub(crate) kept_samples: usize,
    pub(crate) max_operations: usize,
    pub(crate) max_series: usize,
    pub(crate) max_requests: usize,
    pub(crate) max_call_nodes: usize,
    pub(crate) overall_operation: Option<Arc<str>>,
    pub(crate) timeline_budget: usize,
}

impl Default for ProfilerBuilder {
    fn default() -> Self {
        ProfilerBuilder {
            clock: None,
            kept_samples: 8,
            max_operations: 2_000,
            max_series: 2_000,
            max_requests: 10_000,
            max_call_nodes: 0,
            overall_operation: None,
            timeline_budget: 32 << 20,
        }
    }
}

impl ProfilerBuilder {
    /// Where the time comes from; [`Clock::system`] if not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How many of the slowest and of the last failed samples an operation keeps with their
    /// metadata: 8 if not set, at most 64.
    pub fn kept_samples(mut self, count: usize) -> Self {
        self.kept_samples = count.min(MAX_KEPT);
        self
    }

    /// How many operations there may be: 2,000 if not set.
    pub fn max_operations(mut self, count: usize) -> Self {
        self.max_operations = count;
        self
    }

    /// How many counters, how many gauges and how many histograms there may be, each label set
    /// counted, and how many metrics may be defined: 2,000 if not set.
    pub fn max_series(mut self, count: usize) -> Self {
        self.max_series = count;
        self
    }

    /// How many requests may be in flight by id: 10,000 if not set. The oldest is given up for one
    /// more, and counted in [`Losses::abandoned_requests`](crate::Losses::abandoned_requests).
    pub fn max_requests(mut self, count: usize) -> Self {
        self.max_requests = count;
        self
    }

    /// Keeps a [`CallTree`](crate::CallTree) of [`Scope`](crate::Scope)s, of at most `max_nodes` nodes
    /// in memory (and never more than 1,048,576). Off if not set, or 0.
    ///
    /// Every path that a thread has taken is a node of 100 bytes; threads give theirs to the next when
    /// they end. So allow for as many times the paths there are as threads are alive at a time. Each
    /// thread has 2 KB of open scopes besides.
    pub fn call_tree(mut self, max_nodes: usize) -> Self {
        self.max_call_nodes = max_nodes;
        self
    }

    /// Which operation stands for the whole in [`Snapshot::overall`](crate::Snapshot::overall); if not set, all together do.
    pub fn overall_operation(mut self, name: &str) -> Self {
        self.overall_operation = Some(name.into());
        self
    }

    /// How many bytes the intervals of the [`Timeline`](crate::Timeline) may take: 32 MiB if not set.
    /// Beyond it the oldest are merged before their time, and counted in
    /// [`Losses::early_merges`](crate::Losses::early_merges); the latest interval always stays.
    pub fn timeline_budget(mut self, bytes: usize) -> Self {
        self.timeline_budget = bytes;
        self
    }

    /// Makes the profiler. The first one of a process may take 1 ms to calibrate the clock.
    pub fn build(self) -> Profiler {
        Profiler::with_settings(self)
    }
}
