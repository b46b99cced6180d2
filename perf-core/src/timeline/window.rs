//! The last so many seconds.

use super::coverage::Coverage;
use super::entry::{Entry, losses_of};
use super::metrics::{Metric, Metrics};
use super::operation_tally::{OperationCounts, OperationTally};
use super::series_tally::{CounterTally, GaugeRange, GaugeTally, HistogramTally};
use super::standing::Tallies;
use super::throughput::{Busiest, Throughput, per_second};
use crate::clock::saturating_nanos;
use crate::distribution::Distribution;
use crate::losses::Losses;
use crate::metric::{Definitions, Series};
use crate::operation::{OperationCore, OperationSnapshot};
use crate::snapshot::{Origin, Snapshot};
use crate::varint::Reader;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What happened in the last so many seconds: whole intervals of a [`Timeline`](crate::Timeline).
///
/// Count, rate, percentiles, extremes, failures, counters and gauges are all of the same intervals. It
/// never changes and holds no lock. What is asked of it is added up each time it is asked: 13 to 60 µs an
/// operation and minute, 2 µs for a [`StandingWindow`](crate::StandingWindow).
///
/// Minimum and maximum are within 1/128, and exact where an extreme is new for the profiler, or one of
/// the slowest samples.
#[derive(Clone)]
pub struct Window {
    pub(super) coverage: Coverage,
    pub(super) metrics: Arc<Metrics>,
    /// Oldest first.
    pub(super) entries: Vec<Arc<Entry>>,
    /// The operations, if somebody has added them up already.
    pub(super) tallies: Option<Tallies>,
    pub(super) definitions: Definitions,
    pub(super) overall_operation: Option<Arc<str>>,
    pub(super) taken_at: SystemTime,
}

impl Window {
    /// How much of the time asked for it really covers.
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// When it ended, by the clock on the wall.
    pub fn taken_at(&self) -> SystemTime {
        self.taken_at
    }

    /// The name of the operation that stands for the whole, if one does.
    pub fn overall_operation(&self) -> Option<&str> {
        self.overall_operation.as_deref()
    }

    /// All that happened in the window, as a snapshot: it can be judged, reported and exported like one.
    pub fn snapshot(&self) -> Snapshot {
        let operations = self.metrics.all().iter().enumerate().filter_map(|(number, metric)| {
            let Metric::Operation(core) = metric else { return None };
            Some((Arc::clone(&core.name), self.read_operation(number, core)))
        });
        let mut snapshot = Snapshot {
            origin: Origin::default(),
            from: self.coverage.from,
            to: self.coverage.to,
            taken_at: self.taken_at,
            operations: operations.collect(),
            counters: Default::default(),
            gauges: Default::default(),
            histograms: Default::default(),
            definitions: self.definitions.clone(),
            losses: self.losses(),
            overall_operation: self.overall_operation.clone(),
        };
        for (number, metric) in self.metrics.all().iter().enumerate() {
            match metric {
                Metric::Operation(_) => {}
                Metric::Counter(core) => {
                    let growth = self.read_counter(number).growth;
                    snapshot.counters.insert(core.series.clone(), growth);
                }
                Metric::Gauge(core) => {
                    if let Some(range) = self.read_gauge(number) {
                        snapshot.gauges.insert(core.series.clone(), range.last);
                    }
                }
                Metric::Histogram(core) => {
                    let distribution = self.read_histogram(number);
                    snapshot.histograms.insert(core.series.clone(), distribution);
                }
            }
        }
        snapshot
    }

    /// The operation called `name`, if it was there when the window ended.
    pub fn operation(&self, name: &str) -> Option<OperationSnapshot> {
        let (number, core) = self.metrics.operation(name)?;
        Some(self.read_operation(number, core))
    }

    /// The growth of the counter with this name and these labels, in any order.
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> Option<u64> {
        let number = self.metrics.counter(&Series::new(name, labels))?;
        Some(self.read_counter(number).growth)
    }

    /// The gauge with this name and these labels, in any order, at the end of each interval.
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> Option<GaugeRange> {
        self.read_gauge(self.metrics.gauge(&Series::new(name, labels))?)
    }

    /// The histogram with this name and these labels, in any order.
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Option<Distribution> {
        Some(self.read_histogram(self.metrics.histogram(&Series::new(name, labels))?))
    }

    /// The calls a second of the operation called `name`: successes and failures, timed or not. `None`
    /// when there is no such operation, or the window covers nothing.
    pub fn throughput(&self, name: &str) -> Option<Throughput> {
        let (number, _) = self.metrics.operation(name)?;
        self.throughput_of(|entries| {
            let counts = OperationCounts::sum(parts(entries, number));
            (counts.count(), counts.busiest)
        })
    }

    /// The growth a second of the counter with this name and these labels, in any order. `None` when
    /// there is no such counter, or the window covers nothing.
    pub fn counter_throughput(&self, name: &str, labels: &[(&str, &str)]) -> Option<Throughput> {
        let number = self.metrics.counter(&Series::new(name, labels))?;
        self.throughput_of(|entries| {
            let tally = CounterTally::sum(parts(entries, number));
            (tally.growth, tally.busiest)
        })
    }

    /// What could not be kept as it came.
    pub fn losses(&self) -> Losses {
        losses_of(&self.entries)
    }

    /// The intervals it is made of, oldest first, each as a window of its own: what trends and charts
    /// are made of. They are the longer the older they are.
    pub fn intervals(&self) -> impl Iterator<Item = Window> {
        self.entries.chunks(1).map(|entry| self.part(entry, Duration::from_nanos(entry[0].span())))
    }

    /// Every stretch of `length` or a little more, each as a window of its own: one for each interval
    /// at which such a stretch ends, oldest first. They overlap. None when this window is shorter.
    pub fn sliding(&self, length: Duration) -> impl Iterator<Item = Window> {
        let nanos = saturating_nanos(length);
        let mut first = 0;
        self.entries.iter().enumerate().filter_map(move |(last, end)| {
            let reaches = |first: usize| end.to.saturating_sub(self.entries[first].from) >= nanos;
            while first < last && reaches(first + 1) {
                first += 1;
            }
            reaches(first).then(|| self.part(&self.entries[first..=last], length))
        })
    }

    /// Some of the entries, at least one.
    fn part(&self, entries: &[Arc<Entry>], asked: Duration) -> Window {
        let last = &entries[entries.len() - 1];
        Window {
            coverage: Coverage::of(entries, asked, last.to, last.to),
            entries: entries.to_vec(),
            tallies: None,
            taken_at: last.taken_at,
            ..self.clone()
        }
    }

    fn read_operation(&self, number: usize, core: &OperationCore) -> OperationSnapshot {
        let added_up = match &self.tallies {
            Some(tallies) => tallies.get(number).cloned().flatten(),
            None => {
                let mut tally = OperationTally::default();
                parts(&self.entries, number).for_each(|(span, packed)| tally.add(span, packed));
                Some(Arc::new(tally))
            }
        };
        let nothing = OperationTally::default();
        let tally = added_up.as_deref().unwrap_or(&nothing);
        let Coverage { from, to, .. } = self.coverage;
        let samples = self.entries.iter().filter_map(|entry| entry.samples(number));
        let slowest = samples.clone().flat_map(|samples| &samples.slowest).cloned().collect();
        let failed = samples.flat_map(|samples| &samples.failed).cloned().collect();
        let distributions = tally.distributions();
        OperationSnapshot::of_window(core, from..to, distributions, &tally.counts, slowest, failed)
    }

    fn read_counter(&self, number: usize) -> CounterTally {
        CounterTally::sum(parts(&self.entries, number))
    }

    fn read_gauge(&self, number: usize) -> Option<GaugeRange> {
        let mut tally = GaugeTally::NOTHING;
        parts(&self.entries, number).for_each(|(_, packed)| tally.add(packed));
        tally.range()
    }

    fn read_histogram(&self, number: usize) -> Distribution {
        let mut tally = HistogramTally::default();
        parts(&self.entries, number).for_each(|(_, packed)| tally.add(packed));
        tally.distribution()
    }

    fn throughput_of(&self, count: impl Fn(&[Arc<Entry>]) -> (u64, Busiest)) -> Option<Throughput> {
        let last = self.entries.last()?;
        let (all, busiest) = count(&self.entries);
        let (current, _) = count(std::slice::from_ref(last));
        let average = per_second(all, self.coverage.to - self.coverage.from)?;
        Some(Throughput {
            current: per_second(current, last.span())?,
            average,
            peak: busiest.per_second().max(average),
        })
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let intervals = self.entries.len();
        f.debug_struct("Window")
            .field("coverage", &self.coverage)
            .field("intervals", &intervals)
            .finish_non_exhaustive()
    }
}

/// What the entries know of a metric, each with its span.
pub(super) fn parts(
    entries: &[Arc<Entry>],
    number: usize,
) -> impl Iterator<Item = (u64, Reader<'_>)> + Clone {
    entries.iter().filter_map(move |entry| Some((entry.span(), entry.get(number)?)))
}
