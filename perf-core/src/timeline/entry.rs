//! One interval of the timeline, packed.

use super::SLOT;
use super::metrics::{Metric, Metrics};
use super::operation_tally::{OperationCounts, OperationTally};
use super::series_tally::{CounterTally, GaugeTally, HistogramTally};
use crate::losses::Losses;
use crate::operation::Sample;
use crate::varint::Reader;
use std::cmp::Reverse;
use std::sync::Arc;
use std::time::SystemTime;

/// What happened between two moments. It never changes, so windows share it.
pub(super) struct Entry {
    /// In ns of the profiler's clock.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) taken_at: SystemTime,
    pub(super) level: Level,
    /// Nothing, as a rule.
    losses: Option<Box<Losses>>,
    /// The numbers of the metrics in it, ascending, each with the end of its bytes.
    places: Box<[(u32, u32)]>,
    bytes: Box<[u8]>,
    /// The samples that carry metadata, by the number of their operation.
    samples: Box<[(u32, Samples)]>,
}

/// The slowest calls and the last failures of one operation, those that carry metadata.
#[derive(Default)]
pub(super) struct Samples {
    /// Slowest first.
    pub(super) slowest: Box<[Sample]>,
    /// Latest first.
    pub(super) failed: Box<[Sample]>,
}

/// How long the intervals of an entry were merged for, and what is left of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// As ticked, at best a second.
    Second,
    TenSeconds,
    Minute,
    /// Only counts from here on.
    Quarter,
    Hour,
}

impl Level {
    /// Whether the entry has buckets, gauges and samples.
    pub(super) fn has_detail(self) -> bool {
        self < Level::Quarter
    }
}

impl Entry {
    pub(super) fn span(&self) -> u64 {
        self.to - self.from
    }

    pub(super) fn first_slot(&self) -> u64 {
        self.from / SLOT
    }

    pub(super) fn end_slot(&self) -> u64 {
        self.to / SLOT
    }

    /// Whether it lies in the `slots` slots that end with `latest`.
    pub(super) fn lies_in(&self, slots: u64, latest: &Entry) -> bool {
        slots > 0 && self.first_slot().saturating_add(slots) >= latest.end_slot()
    }

    /// What is known of the metric with this number, if anything happened.
    pub(super) fn get(&self, metric: usize) -> Option<Reader<'_>> {
        let at = self.places.binary_search_by_key(&metric, |(id, _)| *id as usize).ok()?;
        Some(self.bytes_at(at))
    }

    /// All that happened, by the metrics' numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Reader<'_>)> {
        (0..self.places.len()).map(|at| (self.places[at].0 as usize, self.bytes_at(at)))
    }

    pub(super) fn samples(&self, operation: usize) -> Option<&Samples> {
        let at = self.samples.binary_search_by_key(&operation, |(id, _)| *id as usize).ok()?;
        Some(&self.samples[at].1)
    }

    /// Bytes in memory.
    pub(super) fn size(&self) -> usize {
        let samples = self.samples.iter().map(|(_, samples)| samples);
        let samples = samples.flat_map(|samples| samples.slowest.iter().chain(&samples.failed));
        size_of::<Self>()
            + size_of_val(&*self.places)
            + self.bytes.len()
            + size_of_val(&*self.samples)
            + samples.map(Sample::size).sum::<usize>()
    }

    fn bytes_at(&self, at: usize) -> Reader<'_> {
        let start = at.checked_sub(1).map_or(0, |before| self.places[before].1);
        Reader::new(&self.bytes[start as usize..self.places[at].1 as usize])
    }

    /// All of `run`, oldest first and without a gap, as one entry.
    pub(super) fn merge(
        run: &[Arc<Entry>],
        level: Level,
        metrics: &Metrics,
        kept: usize,
    ) -> Option<Entry> {
        let (first, last) = (run.first()?, run.last()?);
        let mut merged = EntryBuilder::default();
        let mut places = vec![0; run.len()];
        for (number, metric) in metrics.all().iter().enumerate() {
            let id = number as u32;
            let of_metric = places.iter_mut().zip(run).filter_map(|(place, entry)| {
                let here = entry.places.get(*place).is_some_and(|(of, _)| *of == id);
                here.then(|| {
                    *place += 1;
                    (entry.span(), entry.bytes_at(*place - 1))
                })
            });
            let mut of_metric = of_metric.peekable();
            if of_metric.peek().is_some() {
                merged.merge_metric(id, metric, level, &mut of_metric);
                // Also what a coarse level does not keep: the next metric begins behind it.
                of_metric.for_each(drop);
            }
            if level.has_detail() && matches!(metric, Metric::Operation(_)) {
                let samples = run.iter().filter_map(|entry| entry.samples(number));
                let slowest = samples.clone().flat_map(|samples| &samples.slowest).cloned();
                let failed = samples.flat_map(|samples| &samples.failed).cloned();
                merged.samples(id, slowest.collect(), failed.collect(), kept);
            }
        }
        Some(merged.build(level, first.from, last.to, last.taken_at, losses_of(run)))
    }
}

/// What was lost in all of `entries`.
pub(super) fn losses_of(entries: &[Arc<Entry>]) -> Losses {
    let losses = entries.iter().filter_map(|entry| entry.losses.as_deref());
    losses.fold(Losses::default(), |all, losses| all.combine(losses, u64::saturating_add))
}

/// An entry in the making. Metrics come in the order of their numbers.
#[derive(Default)]
pub(super) struct EntryBuilder {
    places: Vec<(u32, u32)>,
    bytes: Vec<u8>,
    samples: Vec<(u32, Samples)>,
}

impl EntryBuilder {
    /// Adds what `pack` appends.
    pub(super) fn put(&mut self, id: u32, pack: impl FnOnce(&mut Vec<u8>)) {
        pack(&mut self.bytes);
        self.places.push((id, self.bytes.len() as u32));
    }

    /// Adds the slowest and the latest `kept` of those samples that carry metadata.
    pub(super) fn samples(
        &mut self,
        id: u32,
        mut slowest: Vec<Sample>,
        mut failed: Vec<Sample>,
        kept: usize,
    ) {
        slowest.sort_by_key(|sample| Reverse(sample.value));
        failed.sort_by_key(|sample| Reverse(sample.at));
        for samples in [&mut slowest, &mut failed] {
            samples.retain(|sample| sample.details.is_some());
            samples.truncate(kept);
        }
        if !slowest.is_empty() || !failed.is_empty() {
            self.samples.push((id, Samples { slowest: slowest.into(), failed: failed.into() }));
        }
    }

    pub(super) fn build(
        self,
        level: Level,
        from: u64,
        to: u64,
        taken_at: SystemTime,
        losses: Losses,
    ) -> Entry {
        let EntryBuilder { places, bytes, samples } = self;
        let losses = (!losses.is_empty()).then(|| Box::new(losses));
        let (places, bytes, samples) = (places.into(), bytes.into(), samples.into());
        Entry { from, to, taken_at, level, losses, places, bytes, samples }
    }

    fn merge_metric<'a>(
        &mut self,
        id: u32,
        metric: &Metric,
        level: Level,
        parts: impl Iterator<Item = (u64, Reader<'a>)>,
    ) {
        match metric {
            Metric::Operation(_) if level.has_detail() => {
                let mut tally = OperationTally::default();
                parts.for_each(|(span, packed)| tally.add(span, packed));
                let [successes, failures] = tally.distributions();
                self.put(id, |bytes| tally.counts.pack(Some([&successes, &failures]), bytes));
            }
            Metric::Operation(_) => {
                let counts = OperationCounts::sum(parts);
                self.put(id, |bytes| counts.pack(None, bytes));
            }
            Metric::Counter(_) => {
                let tally = CounterTally::sum(parts);
                self.put(id, |bytes| tally.pack(bytes));
            }
            Metric::Gauge(_) if level.has_detail() => {
                let mut tally = GaugeTally::NOTHING;
                parts.for_each(|(_, packed)| tally.add(packed));
                self.put(id, |bytes| tally.pack(bytes));
            }
            Metric::Histogram(_) if level.has_detail() => {
                let mut tally = HistogramTally::default();
                parts.for_each(|(_, packed)| tally.add(packed));
                self.put(id, |bytes| HistogramTally::pack(&tally.distribution(), bytes));
            }
            Metric::Gauge(_) | Metric::Histogram(_) => {}
        }
    }
}
