//! Gauges of several processes. Neither a sum nor the latest value is right for every gauge, and a limit has to
//! hold for each process: so the smallest and the largest value stay, as two series.

use crate::model::{GaugeModel, MERGED};
use std::collections::BTreeMap;

type Labels = BTreeMap<String, String>;

/// Which of the values of all reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extreme {
    Smallest,
    Largest,
}

impl Extreme {
    const BOTH: [Extreme; 2] = [Extreme::Smallest, Extreme::Largest];

    /// What the series with these labels keeps, if it is one of a merged report.
    pub(crate) fn of_series(labels: &Labels) -> Option<Extreme> {
        let name = labels.get(MERGED)?;
        Extreme::BOTH.into_iter().find(|extreme| extreme.name() == name)
    }

    /// A value that is no number stays: it must not be covered by a better one.
    pub(crate) fn of(self, a: f64, b: f64) -> f64 {
        match self {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Extreme::Smallest => a.min(b),
            Extreme::Largest => a.max(b),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Extreme::Smallest => "min",
            Extreme::Largest => "max",
        }
    }
}

/// The series that the gauge with these labels is in a merged report, and what is kept there. One that was
/// merged before is one of the two.
pub(super) fn split(labels: &Labels) -> impl Iterator<Item = (Labels, Extreme)> {
    let kept = Extreme::of_series(labels).map_or(Extreme::BOTH.to_vec(), |extreme| vec![extreme]);
    kept.into_iter().map(|extreme| {
        let mut labels = labels.clone();
        labels.insert(MERGED.to_owned(), extreme.name().to_owned());
        (labels, extreme)
    })
}

pub(super) fn merged(reports: [&[GaugeModel]; 2]) -> Vec<GaugeModel> {
    let mut merged: BTreeMap<(&str, Labels), f64> = BTreeMap::new();
    for gauge in reports.into_iter().flatten() {
        let value = gauge.number();
        for (labels, extreme) in split(&gauge.labels) {
            let known = merged.entry((&gauge.name, labels)).or_insert(value);
            *known = extreme.of(*known, value);
        }
    }
    let model = |((name, labels), value): ((&str, Labels), f64)| GaugeModel {
        name: name.to_owned(),
        labels,
        value: Some(value).filter(|value| value.is_finite()),
    };
    merged.into_iter().map(model).collect()
}
