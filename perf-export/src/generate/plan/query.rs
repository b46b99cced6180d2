//! Parts of expressions.

use crate::generate::generator::Generator;
use crate::generate::promql::{duration, quoted};
use std::time::Duration;

/// What windows that are too long to read every sample of are made of.
pub(super) const BASE: Duration = Duration::from_secs(300);
/// Up to this every sample is read.
const LONGEST: Duration = Duration::from_secs(7_200);
/// The window of what has none in the file.
pub(super) const USUAL: Duration = Duration::from_secs(300);

impl Generator {
    /// A window with enough samples in it.
    pub(in crate::generate) fn window(&self, window: Duration) -> Duration {
        window.max(4 * self.interval)
    }

    /// Whether a window is added up from shorter ones.
    pub(super) fn is_long(&self, window: Duration) -> bool {
        window > LONGEST
    }

    /// `{a='1',job='api'}`: these labels, of the processes that are meant.
    pub(super) fn matchers(&self, labels: &[(&str, &str)]) -> String {
        let own = labels.iter().map(|(label, value)| format!("{label}={}", quoted(value)));
        let all: Vec<String> = own.chain(self.selector.matchers()).collect();
        if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(",")) }
    }

    /// What is kept when processes are added up: `job`, the labels of the selector, and these.
    pub(super) fn by(&self, labels: &[&str]) -> String {
        let of_selector = self.selector.labels().filter(|label| *label != "job");
        let all: Vec<&str> =
            ["job"].into_iter().chain(of_selector).chain(labels.iter().copied()).collect();
        format!("by ({})", all.join(", "))
    }

    /// The name of a recording of one window.
    pub(super) fn recorded(&self, what: &str, window: Duration) -> String {
        format!("{}sla:{what}:increase{}", self.prefix, duration(window))
    }
}
