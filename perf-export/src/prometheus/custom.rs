//! Counters, gauges and histograms of the user's own.

use super::edge::{Edge, LATENCIES, powers_of_four};
use super::gather::{Family, Gather};
use super::labels::{self, Labels};
use super::names::{Scale, base_unit, family_name};
use super::number::Number;
use super::sink::{Histogram, Label};
use perf_core::{Distribution, MetricDefinition, MetricKind, Series};

/// What dashboards know without a prefix.
const PROCESS: &str = "process_";

pub(super) fn expose(gather: &mut Gather<'_>) {
    let snapshot = gather.snapshot;
    let mut metrics = Vec::new();
    by_name(snapshot.counters(), |series| {
        metrics.push(Metric::new(gather, Values::Counters(series)))
    });
    by_name(snapshot.gauges(), |series| metrics.push(Metric::new(gather, Values::Gauges(series))));
    by_name(snapshot.histograms(), |series| {
        metrics.push(Metric::new(gather, Values::Histograms(series)));
    });
    // Whoever is called so keeps the name; then the first comes first.
    metrics.sort_by(|a, b| (!a.keeps_name, a.given()).cmp(&(!b.keeps_name, b.given())));
    metrics.retain_mut(|metric| {
        let all = labels::of_family(metric.values.series().into_iter(), metric.kind);
        let is_exposed =
            all.is_some() && metric.is_sound() && gather.claim(&metric.name, metric.kind);
        metric.labels = all.unwrap_or_default();
        if !is_exposed {
            gather.skip();
        }
        is_exposed
    });
    metrics.sort_by(|a, b| a.name.cmp(&b.name));
    metrics.iter().for_each(|metric| metric.write(gather));
}

/// All series of one name and kind.
struct Metric<'a> {
    /// As it is exposed, without `_total`.
    name: String,
    /// Whether that is what the user called it.
    keeps_name: bool,
    kind: MetricKind,
    unit: &'a str,
    scale: Scale,
    definition: Option<&'a MetricDefinition>,
    values: Values<'a>,
    labels: Vec<Labels<'a>>,
}

enum Values<'a> {
    Counters(Vec<(&'a Series, u64)>),
    Gauges(Vec<(&'a Series, f64)>),
    Histograms(Vec<(&'a Series, &'a Distribution)>),
}

impl<'a> Metric<'a> {
    fn new(gather: &Gather<'a>, values: Values<'a>) -> Self {
        let (given, kind) = (values.name(), values.kind());
        // A definition may be one of another kind with this name.
        let definition = gather.snapshot.definition(given).filter(|d| d.kind() == kind);
        let (unit, scale) = base_unit(definition.map_or("", |definition| definition.unit()));
        let of_process = given.starts_with(PROCESS);
        let prefix = if of_process { "" } else { &gather.exposition.prefix };
        let kind = match kind {
            MetricKind::Gauge if of_process && given.ends_with("_total") => MetricKind::Counter,
            kind => kind,
        };
        let name = family_name(prefix, given, unit, kind == MetricKind::Counter);
        let total = if kind == MetricKind::Counter { "_total" } else { "" };
        let keeps_name = format!("{name}{total}") == format!("{prefix}{given}");
        Metric { name, keeps_name, kind, unit, scale, definition, values, labels: Vec::new() }
    }

    fn given(&self) -> &'a str {
        self.values.name()
    }

    /// Whether what is exposed as a counter can be one.
    fn is_sound(&self) -> bool {
        match &self.values {
            Values::Gauges(all) if self.kind == MetricKind::Counter => {
                all.iter().all(|(_, value)| value.is_finite() && *value >= 0.0)
            }
            _ => true,
        }
    }

    fn help(&self) -> &'a str {
        let described = self.definition.map_or("", |definition| definition.description());
        match self.kind {
            _ if !described.is_empty() => described,
            MetricKind::Counter => "A counter that nobody has described.",
            MetricKind::Gauge => "A gauge that nobody has described.",
            MetricKind::Histogram => "A histogram that nobody has described.",
        }
    }

    fn write(&self, gather: &mut Gather<'_>) {
        let Metric { unit, kind, .. } = *self;
        let family = Family { name: &self.name, help: self.help(), unit, kind };
        gather.write(&self.name, &family, |gather| {
            let mut pairs = Vec::<Label<'_>>::new();
            for (i, labels) in self.labels.iter().enumerate() {
                pairs.clear();
                pairs.extend(labels.iter().map(|(name, value)| (&**name, *value)));
                match &self.values {
                    Values::Counters(all) => {
                        gather.sink.counter(&pairs, Gather::number(all[i].1.into(), self.scale));
                    }
                    Values::Gauges(all) => {
                        let value = Number::Float(self.scale.float(all[i].1));
                        match kind {
                            MetricKind::Counter => gather.sink.counter(&pairs, value),
                            _ => gather.sink.gauge(&pairs, value),
                        }
                    }
                    Values::Histograms(all) => self.write_histogram(gather, &pairs, all[i].1),
                }
            }
        });
    }

    fn write_histogram(
        &self,
        gather: &mut Gather<'_>,
        labels: &[Label<'_>],
        distribution: &Distribution,
    ) {
        let values = self.edges();
        let edges: Vec<_> = values.iter().map(|value| Edge::new(*value, self.scale)).collect();
        let counts: Vec<u64> = distribution.cumulative(&values).collect();
        gather.sink.histogram(
            labels,
            &Histogram {
                edges: &edges,
                counts: &counts,
                count: distribution.count(),
                sum: distribution.sum(),
                scale: self.scale,
                distribution: Some(distribution),
                exemplars: &[],
            },
        );
    }

    /// Those of the definition, or else those of latencies or of values that are no times.
    fn edges(&self) -> Vec<u64> {
        let defined = self.definition.map_or(&[][..], |definition| definition.buckets());
        if !defined.is_empty() {
            return defined.to_vec();
        }
        if self.unit != "seconds" {
            return powers_of_four().collect();
        }
        let Scale { multiply, decimals } = self.scale;
        let own = |nanos: u64| nanos * 10u64.pow(decimals.into()) / (multiply * 1_000_000_000);
        let mut edges: Vec<u64> = match decimals {
            9 => LATENCIES.to_vec(),
            _ => LATENCIES.into_iter().map(own).filter(|edge| *edge > 0).collect(),
        };
        edges.dedup();
        edges
    }
}

impl<'a> Values<'a> {
    fn series(&self) -> Vec<&'a Series> {
        match self {
            Values::Counters(all) => all.iter().map(|(series, _)| *series).collect(),
            Values::Gauges(all) => all.iter().map(|(series, _)| *series).collect(),
            Values::Histograms(all) => all.iter().map(|(series, _)| *series).collect(),
        }
    }

    fn name(&self) -> &'a str {
        match self {
            Values::Counters(all) => all[0].0.name(),
            Values::Gauges(all) => all[0].0.name(),
            Values::Histograms(all) => all[0].0.name(),
        }
    }

    fn kind(&self) -> MetricKind {
        match self {
            Values::Counters(_) => MetricKind::Counter,
            Values::Gauges(_) => MetricKind::Gauge,
            Values::Histograms(_) => MetricKind::Histogram,
        }
    }
}

/// Hands over the series of each name; they come in the order of their names.
fn by_name<'a, V>(
    all: impl Iterator<Item = (&'a Series, V)>,
    mut found: impl FnMut(Vec<(&'a Series, V)>),
) {
    let mut all = all.peekable();
    while let Some(first) = all.next() {
        let name = first.0.name();
        let mut series = vec![first];
        while let Some(next) = all.next_if(|(series, _)| series.name() == name) {
            series.push(next);
        }
        found(series);
    }
}
