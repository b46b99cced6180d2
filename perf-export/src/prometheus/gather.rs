//! Which families a scrape has, and which names are taken.

use super::custom;
use super::labels;
use super::names::{Scale, has_suffix};
use super::naming::Part;
use super::number::Number;
use super::operations;
use super::options::Exposition;
use super::sink::{Header, Label, Sink};
use super::sla;
use perf_core::{MetricKind, Snapshot};
use std::collections::HashSet;
use std::sync::atomic::Ordering::Relaxed;

/// One scrape.
pub(super) struct Gather<'a> {
    pub(super) exposition: &'a Exposition,
    pub(super) snapshot: &'a Snapshot,
    /// Whether the format has exemplars.
    pub(super) exemplars: bool,
    pub(super) sink: &'a mut dyn Sink,
    /// The names of all samples, and of families without their suffix.
    taken: HashSet<String>,
    skipped: u64,
}

/// What a family is, without the prefix of its name.
pub(super) struct Family<'a> {
    pub(super) name: &'a str,
    pub(super) help: &'a str,
    pub(super) unit: &'a str,
    pub(super) kind: MetricKind,
}

const SKIPPED: Family<'_> = Family {
    name: "export_skipped_families",
    help: "Metric families that were left out of scrapes because they could not be told apart from others.",
    unit: "",
    kind: MetricKind::Counter,
};

impl<'a> Gather<'a> {
    pub(super) fn new(
        exposition: &'a Exposition,
        snapshot: &'a Snapshot,
        exemplars: bool,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Gather { exposition, snapshot, exemplars, sink, taken: HashSet::new(), skipped: 0 }
    }

    pub(super) fn everything(mut self) {
        let exposition = self.exposition;
        // It comes last and must have its name.
        let skipped = self.full_name(SKIPPED.name);
        self.claim(&skipped, SKIPPED.kind);
        if exposition.has(Part::Operations) {
            operations::expose(&mut self);
        }
        sla::expose(&mut self);
        if exposition.has(Part::Losses) {
            self.losses();
        }
        if exposition.has(Part::BuildInfo) {
            self.build_info();
        }
        if exposition.has(Part::Metrics) {
            custom::expose(&mut self);
        }
        let before = exposition.skipped.fetch_add(self.skipped, Relaxed);
        self.write(&skipped, &SKIPPED, |gather| {
            gather.sink.counter(&[], Number::integer(before.saturating_add(gather.skipped)));
        });
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}{name}", self.exposition.prefix)
    }

    /// Tells the sink of a family whose name begins with the prefix, if that name is free.
    pub(super) fn family(&mut self, family: &Family<'_>, series: impl FnOnce(&mut Self)) {
        let name = self.full_name(family.name);
        if self.claim(&name, family.kind) {
            self.write(&name, family, series);
        } else {
            self.skip();
        }
    }

    /// Tells the sink of a family whose name was claimed.
    pub(super) fn write(
        &mut self,
        name: &str,
        family: &Family<'_>,
        series: impl FnOnce(&mut Self),
    ) {
        let unit = if has_suffix(name, family.unit) { family.unit } else { "" };
        self.sink.begin(&Header { name, help: family.help, unit, kind: family.kind });
        series(self);
        self.sink.end();
    }

    /// Takes the name of a family and those of its samples, all or none.
    pub(super) fn claim(&mut self, name: &str, kind: MetricKind) -> bool {
        let suffixes: &[&str] = match kind {
            MetricKind::Counter => &["", "_total", "_created"],
            MetricKind::Gauge => &[""],
            MetricKind::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
        };
        let names: Vec<String> = suffixes.iter().map(|suffix| format!("{name}{suffix}")).collect();
        let is_free = names.iter().all(|name| !self.taken.contains(name));
        if is_free {
            self.taken.extend(names);
        }
        is_free
    }

    /// Counts a family that is left out.
    pub(super) fn skip(&mut self) {
        self.skipped += 1;
    }

    fn losses(&mut self) {
        let help = "What the profiler could not keep as it came.";
        let family = Family { name: "losses", help, unit: "", kind: MetricKind::Counter };
        self.family(&family, |gather| {
            for (reason, count) in gather.snapshot.losses().iter() {
                gather.sink.counter(&[("reason", reason)], Number::integer(count));
            }
        });
    }

    fn build_info(&mut self) {
        let help = "Which perfkit measures here, and what the service says of itself.";
        let family = Family { name: "build_info", help, unit: "", kind: MetricKind::Gauge };
        let mut own = self.exposition.build_labels.clone();
        own.entry("version".to_owned()).or_insert_with(|| env!("CARGO_PKG_VERSION").to_owned());
        let pairs = own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        match labels::exposed(pairs, MetricKind::Gauge) {
            Some(labels) => self.family(&family, |gather| {
                let labels: Vec<Label<'_>> = labels.iter().map(|(n, v)| (&**n, *v)).collect();
                gather.sink.gauge(&labels, Number::integer(1));
            }),
            None => self.skip(),
        }
    }

    pub(super) fn number(value: u128, scale: Scale) -> Number {
        Number::Scaled { value: scale.integer(value), decimals: scale.decimals }
    }
}
