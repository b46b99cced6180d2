//! The identity of a counter or gauge: a name and its labels.

use std::fmt;
use std::sync::Arc;

/// The name of the operation, counter or gauge that takes what is beyond the cap. Label sets beyond
/// it go to a series of their own metric with the one label `overflow="true"`.
pub const OVERFLOW: &str = "(overflow)";

/// The label of the series that takes the label sets beyond the cap.
pub(crate) const OVERFLOW_LABEL: &str = "overflow";

/// A metric name with its labels, sorted by key. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    name: Arc<str>,
    labels: Arc<[(Box<str>, Box<str>)]>,
}

impl Series {
    /// A metric of this name with these labels, in any order; of labels with the same key the last one
    /// counts.
    pub fn new(name: &str, labels: &[(&str, &str)]) -> Self {
        let mut sorted: Vec<(Box<str>, Box<str>)> = Vec::with_capacity(labels.len());
        for &(key, value) in labels {
            match sorted.binary_search_by(|(known, _)| (**known).cmp(key)) {
                Ok(at) => sorted[at].1 = value.into(),
                Err(at) => sorted.insert(at, (key.into(), value.into())),
            }
        }
        Series { name: name.into(), labels: sorted.into() }
    }

    /// The one series of a metric that takes all label sets beyond the cap.
    pub(crate) fn overflow(name: &str) -> Self {
        Series::new(name, &[(OVERFLOW_LABEL, "true")])
    }

    /// The metric's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels, sorted by key, each key once.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(key, value)| (&**key, &**value))
    }

    /// A text that no other series has: every part with its length before it.
    pub(crate) fn key(&self) -> String {
        let mut key = format!("{}:{}", self.name.len(), self.name);
        for (label, value) in self.labels.iter() {
            key.push_str(&format!("{}:{label}{}:{value}", label.len(), value.len()));
        }
        key
    }
}

impl fmt::Display for Series {
    /// As Prometheus writes it: `hits{cache="l1"}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (i, (key, value)) in self.labels.iter().enumerate() {
            write!(f, "{}{key}={value:?}", if i == 0 { '{' } else { ',' })?;
        }
        f.write_str(if self.labels.is_empty() { "" } else { "}" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_order_makes_no_difference_and_the_last_of_a_key_counts() {
        let a = Series::new("hits", &[("b", "2"), ("a", "1"), ("b", "3")]);
        let b = Series::new("hits", &[("a", "1"), ("b", "3")]);
        assert_eq!(a, b);
        assert_eq!(a.to_string(), r#"hits{a="1",b="3"}"#);
    }

    #[test]
    fn texts_cannot_be_moved_between_the_parts_of_a_key() {
        let a = Series::new("a", &[("1:b", "c")]);
        let b = Series::new("a1:1", &[(":b", "c")]);
        assert_ne!(a.key(), b.key());
    }
}
