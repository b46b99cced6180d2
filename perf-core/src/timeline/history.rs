//! The entries of the timeline: fine ones for the last minute, ever coarser ones for what is older.

use super::entry::{Entry, Level};
use super::metrics::Metrics;
use super::standing::Standing;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// When the entries of a level are merged, and into what: the level, how many slots old they are kept
/// to be, the level they become, and how many slots an entry of that has.
const STEPS: [(Level, u64, Level, u64); 4] = [
    (Level::Second, 60, Level::TenSeconds, 10),
    (Level::TenSeconds, 660, Level::Minute, 60),
    (Level::Minute, 4_260, Level::Quarter, 900),
    (Level::Quarter, 90_660, Level::Hour, 3_600),
];

/// How many slots old an entry can become.
const OLDEST: u64 = 30 * 24 * 3_600;

/// All entries, oldest first, without a gap, and no level after a finer one.
pub(super) struct History {
    entries: VecDeque<Arc<Entry>>,
    /// Bytes in memory.
    size: usize,
    budget: usize,
    /// Samples an entry keeps of an operation.
    kept: usize,
}

impl History {
    pub(super) fn new(budget: usize, kept: usize) -> Self {
        History { entries: VecDeque::new(), size: 0, budget, kept }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// All entries, latest first.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.iter().rev()
    }

    /// Adds the entry that ended now, merges what has become old, and says how many entries had to be
    /// merged or given up before their time because of the budget.
    pub(super) fn push(
        &mut self,
        entry: Arc<Entry>,
        metrics: &Metrics,
        standing: &mut [Standing],
    ) -> u64 {
        let now = entry.end_slot();
        self.size += entry.size();
        self.entries.push_back(entry);
        for (level, age, into, width) in STEPS {
            while let Some(run) = self.oldest_run(level, width) {
                let end = (self.entries[run.start].first_slot() / width + 1) * width;
                if end + age > now {
                    break;
                }
                self.merge(run, into, metrics, standing);
            }
        }
        while self.entries.front().is_some_and(|entry| entry.end_slot() + OLDEST <= now) {
            self.forget_oldest(standing);
        }
        self.keep_to_budget(metrics, standing)
    }

    /// The oldest fine entries go first, and what went into the latest entry never.
    fn keep_to_budget(&mut self, metrics: &Metrics, standing: &mut [Standing]) -> u64 {
        let mut early = 0;
        while self.size > self.budget && self.entries.len() > 1 {
            let latest = self.entries.len() - 1;
            let runs = STEPS.iter().filter_map(|&(level, _, into, width)| {
                let run = self.oldest_run(level, width)?;
                Some((run.start..run.end.min(latest), run.end <= latest, into))
            });
            // The run of the latest goes last, and still before anything is forgotten.
            let whole = runs.clone().find(|(_, is_whole, _)| *is_whole);
            let run = whole.or_else(|| runs.clone().find(|(run, ..)| !run.is_empty()));
            if let Some((run, _, into)) = run {
                early += run.len() as u64;
                self.merge(run, into, metrics, standing);
            } else {
                early += 1;
                self.forget_oldest(standing);
            }
        }
        early
    }

    /// The oldest entries of `level` that begin in the same `width` slots.
    fn oldest_run(&self, level: Level, width: u64) -> Option<Range<usize>> {
        let start = self.entries.partition_point(|entry| entry.level > level);
        let first = self.entries.get(start).filter(|entry| entry.level == level)?;
        let group = first.first_slot() / width;
        let same =
            |entry: &&Arc<Entry>| entry.level == level && entry.first_slot() / width == group;
        let len = self.entries.range(start..).take_while(same).count();
        Some(start..start + len)
    }

    fn merge(
        &mut self,
        run: Range<usize>,
        into: Level,
        metrics: &Metrics,
        standing: &mut [Standing],
    ) {
        let entries: Vec<_> = self.entries.range(run.clone()).cloned().collect();
        let Some(merged) = Entry::merge(&entries, into, metrics, self.kept) else { return };
        let merged = Arc::new(merged);
        standing.iter_mut().for_each(|standing| standing.merged(&entries, &merged));
        self.size -= entries.iter().map(|entry| entry.size()).sum::<usize>();
        self.size += merged.size();
        self.entries[run.start] = merged;
        self.entries.drain(run.start + 1..run.end);
    }

    fn forget_oldest(&mut self, standing: &mut [Standing]) {
        if let Some(entry) = self.entries.pop_front() {
            self.size -= entry.size();
            standing.iter_mut().for_each(|standing| standing.forgotten(&entry));
        }
    }
}
