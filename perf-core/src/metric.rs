//! What is no duration: counters, gauges and histograms by name and labels, and what they mean.

mod counter;
mod definition;
mod definition_error;
mod definitions;
mod family;
mod gauge;
mod hit_ratio;
mod metric_definition;
mod series;
mod value_histogram;

pub use counter::Counter;
pub(crate) use counter::CounterCore;
pub use definition::Definition;
pub(crate) use definition::{MAX_LABEL, MAX_LABELS, MAX_NAME};
pub use definition_error::{DefinitionError, DefinitionField};
pub(crate) use definitions::Definitions;
pub(crate) use family::Find;
pub use family::{CounterFamily, Family, GaugeFamily, HistogramFamily, LabelError};
pub use gauge::Gauge;
pub(crate) use gauge::GaugeCore;
pub use hit_ratio::{HitCounter, HitRatio};
pub use metric_definition::{MetricDefinition, MetricKind};
pub(crate) use series::OVERFLOW_LABEL;
pub use series::{OVERFLOW, Series};
pub(crate) use value_histogram::HistogramCore;
pub use value_histogram::ValueHistogram;
