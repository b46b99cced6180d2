//! The timeline of one profiler, behind its lock.

use super::SLOT;
use super::coverage::Coverage;
use super::entry::{Entry, EntryBuilder, Level};
use super::history::History;
use super::long_window::LongWindow;
use super::metrics::{Metric, Metrics};
use super::standing::{Standing, Tallies};
use super::tracks::Track;
use super::window::Window;
use crate::clock::saturating_nanos;
use crate::losses::Losses;
use crate::profiler::{ProfilerBuilder, ProfilerCore};
use crate::sync::{Relaxed, lock};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Everything that a tick changes.
pub(crate) struct TimelineCore {
    /// Somebody has asked for it: until then a reset need not end an interval.
    pub(crate) in_use: bool,
    /// When the last entry ended: there the next one begins.
    last: u64,
    metrics: Arc<Metrics>,
    /// One for each metric, at its number.
    tracks: Vec<Track>,
    losses: Losses,
    history: History,
    standing: Vec<Standing>,
}

impl TimelineCore {
    /// Of a profiler that was made at `started`.
    pub(crate) fn new(settings: &ProfilerBuilder, started: u64) -> Self {
        TimelineCore {
            in_use: false,
            last: started,
            metrics: Arc::default(),
            tracks: Vec::new(),
            losses: Losses::default(),
            history: History::new(settings.timeline_budget, settings.kept_samples),
            standing: Vec::new(),
        }
    }

    /// Ends the interval if a slot has ended since the last one, and says whether it did.
    pub(super) fn tick(&mut self, profiler: &ProfilerCore) -> bool {
        let now = profiler.clock().now();
        let due = now / SLOT > self.last / SLOT;
        if due {
            self.end_interval(profiler, now);
        }
        due
    }

    /// Ends the interval now, in the middle of a slot, because of a reset.
    pub(crate) fn cut(&mut self, profiler: &ProfilerCore, now: u64) {
        if self.in_use && now > self.last {
            self.end_interval(profiler, now);
        }
    }

    fn end_interval(&mut self, profiler: &ProfilerCore, now: u64) {
        profiler.clock().check();
        self.find_new_metrics(profiler);
        let mut entry = EntryBuilder::default();
        for (id, (track, metric)) in (0..).zip(self.tracks.iter_mut().zip(self.metrics.all())) {
            track.advance(id, metric, &mut entry);
        }
        let losses = profiler.losses();
        let since = losses.combine(&self.losses, u64::saturating_sub);
        let taken_at = profiler.clock().time_of_day();
        let entry = Arc::new(entry.build(Level::Second, self.last, now, taken_at, since));
        (self.last, self.losses) = (now, losses);

        let TimelineCore { metrics, standing, history, .. } = self;
        standing.iter_mut().for_each(|standing| standing.push(&entry, metrics));
        let early = history.push(entry, metrics, standing);
        profiler.losses.early_merges.fetch_add(early, Relaxed);
    }

    fn find_new_metrics(&mut self, profiler: &ProfilerCore) {
        if profiler.metric_counts() == self.metrics.counts() {
            return;
        }
        let metrics = Arc::make_mut(&mut self.metrics);
        profiler.operations.all().into_iter().map(Metric::Operation).for_each(|m| metrics.add(m));
        profiler.counters.all().into_iter().map(Metric::Counter).for_each(|m| metrics.add(m));
        profiler.gauges.all().into_iter().map(Metric::Gauge).for_each(|m| metrics.add(m));
        profiler.histograms.all().into_iter().map(Metric::Histogram).for_each(|m| metrics.add(m));
        let new = &self.metrics.all()[self.tracks.len()..];
        self.tracks.extend(new.iter().map(Track::of));
    }

    pub(super) fn window(&self, profiler: &ProfilerCore, last: Duration) -> Window {
        let mut entries = self.entries(last);
        entries.retain(|entry| entry.level.has_detail());
        self.window_of(profiler, last, entries, None)
    }

    /// The entries that begin at or after `moment`.
    pub(super) fn window_since(&self, profiler: &ProfilerCore, moment: Duration) -> Window {
        let since = saturating_nanos(moment);
        let later = |entry: &&Arc<Entry>| entry.from >= since && entry.level.has_detail();
        let mut entries: Vec<_> = self.history.latest_first().take_while(later).cloned().collect();
        entries.reverse();
        let asked = Duration::from_nanos(profiler.clock().now()).saturating_sub(moment);
        self.window_of(profiler, asked, entries, None)
    }

    pub(super) fn long_window(&self, profiler: &ProfilerCore, last: Duration) -> LongWindow {
        let entries = self.entries(last);
        let coverage = Coverage::of(&entries, last, self.last, profiler.clock().now());
        let taken_at = taken_at(profiler, &entries);
        LongWindow { coverage, metrics: Arc::clone(&self.metrics), entries, taken_at }
    }

    /// The entries of the last `last`, oldest first.
    fn entries(&self, last: Duration) -> Vec<Arc<Entry>> {
        let latest = self.history.latest_first().next();
        let lies_in =
            |entry: &&Arc<Entry>| latest.is_some_and(|latest| entry.lies_in(slots(last), latest));
        let mut entries: Vec<_> =
            self.history.latest_first().take_while(lies_in).cloned().collect();
        entries.reverse();
        entries
    }

    /// What `stand` was called for.
    pub(super) fn standing_window(&self, profiler: &ProfilerCore, last: Duration) -> Window {
        match self.standing.iter().find(|standing| standing.slots == slots(last)) {
            Some(standing) => {
                let entries = standing.entries().cloned().collect();
                self.window_of(profiler, last, entries, Some(standing.tallies.clone()))
            }
            None => self.window(profiler, last),
        }
    }

    fn window_of(
        &self,
        profiler: &ProfilerCore,
        last: Duration,
        entries: Vec<Arc<Entry>>,
        tallies: Option<Tallies>,
    ) -> Window {
        Window {
            coverage: Coverage::of(&entries, last, self.last, profiler.clock().now()),
            taken_at: taken_at(profiler, &entries),
            metrics: Arc::clone(&self.metrics),
            entries,
            tallies,
            definitions: lock(&profiler.definitions).clone(),
            overall_operation: profiler.settings.overall_operation.clone(),
        }
    }

    /// Keeps the window of `last` up to date until everybody who asked for that has left.
    pub(super) fn stand(&mut self, last: Duration) {
        let slots = slots(last);
        if let Some(standing) = self.standing.iter_mut().find(|standing| standing.slots == slots) {
            standing.users += 1;
            return;
        }
        let mut standing = Standing::new(slots);
        for entry in self.entries(last).iter().filter(|entry| entry.level.has_detail()) {
            standing.push(entry, &self.metrics);
        }
        self.standing.push(standing);
    }

    /// One who called `stand` has left.
    pub(super) fn leave(&mut self, last: Duration) {
        self.standing.retain_mut(|standing| {
            standing.users -= usize::from(standing.slots == slots(last));
            standing.users > 0
        });
    }

    /// Bytes in memory: all entries, and where each metric stood at the last tick.
    pub(super) fn size(&self) -> usize {
        self.history.size() + self.tracks.iter().map(Track::size).sum::<usize>()
    }
}

/// As many slots as `last` needs.
fn slots(last: Duration) -> u64 {
    last.as_secs().saturating_add(u64::from(last.subsec_nanos() > 0))
}

/// When the last of `entries` ended, by the clock on the wall.
fn taken_at(profiler: &ProfilerCore, entries: &[Arc<Entry>]) -> SystemTime {
    entries.last().map_or_else(|| profiler.clock().time_of_day(), |entry| entry.taken_at)
}
