//! Why a metric cannot be defined so.

use crate::metric::{MAX_LABEL, MAX_NAME, MetricKind, OVERFLOW, OVERFLOW_LABEL};
use std::error::Error;
use std::fmt;

/// Why a metric was not defined. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DefinitionError {
    /// The name is empty, too long (cut here), has a control character, or is
    /// [`OVERFLOW`](crate::OVERFLOW).
    InvalidName {
        /// The metric's name.
        name: Box<str>,
    },
    /// The name of a label is empty, too long (cut here), has a control character, or is `overflow`.
    InvalidLabel {
        /// The metric's name.
        name: Box<str>,
        /// The label.
        label: Box<str>,
    },
    /// A label is named twice.
    DoubledLabel {
        /// The metric's name.
        name: Box<str>,
        /// The label.
        label: Box<str>,
    },
    /// A text has too many bytes, or there are too many labels or bucket edges.
    TooLong {
        /// The metric's name.
        name: Box<str>,
        /// What is too long.
        field: DefinitionField,
        /// How many there may be.
        max: usize,
    },
    /// A bucket edge is not above the one before it.
    BucketsNotAscending {
        /// The metric's name.
        name: Box<str>,
        /// The edge.
        edge: u64,
    },
    /// A counter or gauge was given bucket edges.
    BucketsOfNoHistogram {
        /// The metric's name.
        name: Box<str>,
        /// What it was to be.
        kind: MetricKind,
    },
    /// The metric is defined already, as something else.
    Disagrees {
        /// The metric's name.
        name: Box<str>,
        /// In what the two definitions differ.
        fields: Vec<DefinitionField>,
    },
    /// A metric of another kind has this name.
    OtherKind {
        /// The metric's name.
        name: Box<str>,
        /// What it is.
        defined: MetricKind,
    },
    /// There are as many definitions as there may be.
    TooMany {
        /// The metric's name.
        name: Box<str>,
        /// How many there may be:
        /// [`ProfilerBuilder::max_series`](crate::ProfilerBuilder::max_series).
        max: usize,
    },
}

/// What a [`Definition`](crate::Definition) says beside the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DefinitionField {
    /// What it measures.
    Description,
    /// What its values are counted in.
    Unit,
    /// The names of its labels.
    Labels,
    /// The edges of its buckets.
    Buckets,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DefinitionError::InvalidName { name } => write!(
                f,
                "no metric can be called {name:?}: choose 1 to {MAX_NAME} bytes without control \
                 characters, and not {OVERFLOW:?}"
            ),
            DefinitionError::InvalidLabel { name, label } => write!(
                f,
                "metric {name:?} cannot have a label {label:?}: choose 1 to {MAX_LABEL} bytes \
                 without control characters, and not {OVERFLOW_LABEL:?}"
            ),
            DefinitionError::DoubledLabel { name, label } => {
                write!(f, "metric {name:?} has label {label:?} twice: name it once")
            }
            DefinitionError::TooLong { name, field, max } => {
                let what = match field {
                    DefinitionField::Description | DefinitionField::Unit => "bytes",
                    DefinitionField::Labels => "names",
                    DefinitionField::Buckets => "edges",
                };
                write!(f, "the {field} of metric {name:?} may have at most {max} {what}")
            }
            DefinitionError::BucketsNotAscending { name, edge } => write!(
                f,
                "bucket edge {edge} of metric {name:?} is not above the one before it: sort the \
                 edges, each once"
            ),
            DefinitionError::BucketsOfNoHistogram { name, kind } => write!(
                f,
                "metric {name:?} is a {kind} and has no buckets: define a histogram, or no buckets"
            ),
            DefinitionError::Disagrees { name, fields } => {
                write!(f, "metric {name:?} is defined already, with ")?;
                for (i, field) in fields.iter().enumerate() {
                    write!(f, "{}other {field}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(": define it in one place, or choose another name")
            }
            DefinitionError::OtherKind { name, defined } => {
                write!(f, "metric {name:?} is defined already, as a {defined}: choose another name")
            }
            DefinitionError::TooMany { name, max } => write!(
                f,
                "metric {name:?} is one more than the {max} definitions there may be: make a label \
                 of what varies, or raise `max_series`"
            ),
        }
    }
}

impl Error for DefinitionError {}

impl fmt::Display for DefinitionField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DefinitionField::Description => "description",
            DefinitionField::Unit => "unit",
            DefinitionField::Labels => "labels",
            DefinitionField::Buckets => "buckets",
        })
    }
}
