//! Everything the timeline follows, each under a number of its own.

use crate::metric::{CounterCore, GaugeCore, HistogramCore, Series};
use crate::operation::OperationCore;
use std::collections::HashMap;
use std::sync::Arc;

/// One metric, alive as long as a window may ask for its name.
#[derive(Clone)]
pub(super) enum Metric {
    Operation(Arc<OperationCore>),
    Counter(Arc<CounterCore>),
    Gauge(Arc<GaugeCore>),
    Histogram(Arc<HistogramCore>),
}

/// The metrics by number and by name. They are only ever added.
#[derive(Clone, Default)]
pub(super) struct Metrics {
    all: Vec<Metric>,
    operations: HashMap<Arc<str>, usize>,
    counters: HashMap<Series, usize>,
    gauges: HashMap<Series, usize>,
    histograms: HashMap<Series, usize>,
}

impl Metrics {
    /// Every metric, by number.
    pub(super) fn all(&self) -> &[Metric] {
        &self.all
    }

    /// How many of each kind: operations, counters, gauges, histograms.
    pub(super) fn counts(&self) -> [usize; 4] {
        [self.operations.len(), self.counters.len(), self.gauges.len(), self.histograms.len()]
    }

    /// Adds what is not there yet.
    pub(super) fn add(&mut self, metric: Metric) {
        let next = self.all.len();
        let number = match &metric {
            Metric::Operation(core) => {
                self.operations.entry(Arc::clone(&core.name)).or_insert(next)
            }
            Metric::Counter(core) => self.counters.entry(core.series.clone()).or_insert(next),
            Metric::Gauge(core) => self.gauges.entry(core.series.clone()).or_insert(next),
            Metric::Histogram(core) => self.histograms.entry(core.series.clone()).or_insert(next),
        };
        if *number == next {
            self.all.push(metric);
        }
    }

    pub(super) fn operation(&self, name: &str) -> Option<(usize, &Arc<OperationCore>)> {
        let number = *self.operations.get(name)?;
        match &self.all[number] {
            Metric::Operation(core) => Some((number, core)),
            _ => None,
        }
    }

    pub(super) fn counter(&self, series: &Series) -> Option<usize> {
        self.counters.get(series).copied()
    }

    pub(super) fn gauge(&self, series: &Series) -> Option<usize> {
        self.gauges.get(series).copied()
    }

    pub(super) fn histogram(&self, series: &Series) -> Option<usize> {
        self.histograms.get(series).copied()
    }
}
