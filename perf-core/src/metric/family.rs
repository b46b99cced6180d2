//! The handles of a defined metric, one for each set of labels.

use crate::metadata::cut;
use crate::metric::{Counter, Gauge, MAX_LABEL, MAX_LABELS, MetricDefinition, ValueHistogram};
use crate::profiler::Profiler;
use std::error::Error;
use std::fmt;

/// A defined counter.
pub type CounterFamily = Family<Counter>;

/// A defined gauge.
pub type GaugeFamily = Family<Gauge>;

/// A defined histogram.
pub type HistogramFamily = Family<ValueHistogram>;

/// A defined metric: gives a handle `H` for each set of labels. Cheap to clone; keeps its profiler
/// alive.
///
/// It checks that labels are those of the definition. A look-up by name
/// ([`Profiler::counter_with`] and its siblings) does not: it is allowed any labels under any name,
/// and with the labels of the definition it finds the same series.
///
/// ```
/// # use perf_core::{Definition, Profiler};
/// let profiler = Profiler::new();
/// let retries = profiler.define_counter(Definition::new("retries").labels(&["to"]))?;
/// let to_index = retries.with(&[("to", "index")])?; // a handle to keep
/// to_index.increment();
/// profiler.counter_with("retries", &[("to", "index")]).increment();
/// assert_eq!(profiler.snapshot().counter("retries", &[("to", "index")]), Some(2));
/// assert!(retries.with(&[]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Family<H> {
    profiler: Profiler,
    definition: MetricDefinition,
    find: Find<H>,
}

/// How a profiler finds the handle with a name and labels.
pub(crate) type Find<H> = fn(&Profiler, &str, &[(&str, &str)]) -> H;

impl<H> Family<H> {
    pub(crate) fn new(profiler: Profiler, definition: MetricDefinition, find: Find<H>) -> Self {
        Family { profiler, definition, find }
    }

    /// What the metric is.
    pub fn definition(&self) -> &MetricDefinition {
        &self.definition
    }

    /// The handle with these labels, in any order; each label of the definition once, with any value.
    /// Beyond the cap, and where name and labels together are over 4 KB, it is the series with the
    /// label `overflow="true"`: the total stays exact.
    ///
    /// Allocates, formats the labels into a key and takes a lock to find it: keep the handle.
    ///
    /// # Errors
    ///
    /// [`LabelError`] when a label is missing, unknown or given twice.
    pub fn with(&self, labels: &[(&str, &str)]) -> Result<H, LabelError> {
        self.check(labels)?;
        Ok((self.find)(&self.profiler, self.definition.name(), labels))
    }

    fn check(&self, labels: &[(&str, &str)]) -> Result<(), LabelError> {
        let metric = || self.definition.clone();
        let mut given = [false; MAX_LABELS];
        for &(label, _) in labels {
            match self.definition.place_of(label) {
                Some(place) if given[place] => {
                    return Err(LabelError::Doubled { metric: metric(), label: label.into() });
                }
                Some(place) => given[place] = true,
                None => {
                    let label = cut(label, MAX_LABEL).into();
                    return Err(LabelError::Unknown { metric: metric(), label });
                }
            }
        }
        match self.definition.labels().zip(given).find(|(_, given)| !given) {
            Some((label, _)) => Err(LabelError::Missing { metric: metric(), label: label.into() }),
            None => Ok(()),
        }
    }
}

impl<H> fmt::Debug for Family<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Family").field(&self.definition).finish()
    }
}

/// Why labels are not those of a defined metric.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelError {
    /// A label of the definition is not given.
    Missing {
        /// The metric, with the labels it has.
        metric: MetricDefinition,
        /// The label.
        label: Box<str>,
    },
    /// A label is given that the definition has not.
    Unknown {
        /// The metric, with the labels it has.
        metric: MetricDefinition,
        /// The label, cut at the 128 bytes that one can have.
        label: Box<str>,
    },
    /// A label is given twice.
    Doubled {
        /// The metric, with the labels it has.
        metric: MetricDefinition,
        /// The label.
        label: Box<str>,
    },
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (metric, label, wrong) = match self {
            LabelError::Missing { metric, label } => (metric, label, "is missing"),
            LabelError::Unknown { metric, label } => (metric, label, "is unknown"),
            LabelError::Doubled { metric, label } => (metric, label, "is given twice"),
        };
        write!(f, "label {label:?} of metric {:?} {wrong}: it has ", metric.name())?;
        for (i, known) in metric.labels().enumerate() {
            write!(f, "{}{known:?}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str(if metric.labels().next().is_none() { "no labels" } else { "" })
    }
}

impl Error for LabelError {}
