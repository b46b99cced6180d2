//! The labels of series, under names that Prometheus takes.

use super::names::label_name;
use perf_core::{MetricKind, Series};
use std::borrow::Cow;
use std::collections::HashSet;

/// Labels of one series.
pub(super) type Labels<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// The labels as they are exposed, or `None` if two would have one name. Those without a value are left out:
/// to Prometheus they are not there.
pub(super) fn exposed<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    kind: MetricKind,
) -> Option<Labels<'a>> {
    let mut labels = Labels::new();
    for (name, value) in pairs {
        let name = label_name(name, kind == MetricKind::Histogram);
        if labels.iter().any(|(known, _)| *known == name) {
            return None;
        }
        if !value.is_empty() {
            labels.push((name, value));
        }
    }
    Some(labels)
}

/// The labels of all series of a family, or `None` if two of them would be one.
pub(super) fn of_family<'a>(
    series: impl Iterator<Item = &'a Series>,
    kind: MetricKind,
) -> Option<Vec<Labels<'a>>> {
    let (mut all, mut is_changed) = (Vec::new(), false);
    for series in series {
        let labels = exposed(series.labels(), kind)?;
        is_changed |= labels.len() < series.labels().count()
            || labels.iter().any(|(name, _)| matches!(name, Cow::Owned(_)));
        is_changed |= labels.iter().any(|(name, _)| name == "le_");
        all.push(labels);
    }
    // Series that nobody has changed differ.
    if is_changed {
        let sorted = |labels: &Labels<'a>| {
            let mut labels = labels.clone();
            labels.sort_unstable();
            labels
        };
        let mut known = HashSet::with_capacity(all.len());
        if !all.iter().all(|labels| known.insert(sorted(labels))) {
            return None;
        }
    }
    Some(all)
}
