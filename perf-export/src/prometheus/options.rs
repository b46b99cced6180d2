//! What is exposed, and under which names.

use super::edge::{Edge, LATENCIES};
use super::gather::Gather;
use super::names::{Scale, checked_prefix};
use super::naming::{Naming, Part};
use super::negotiate::Format;
use super::never_back::WithinLimits;
use super::number::Number;
use super::protobuf::Protobuf;
use super::sink::Sink;
use super::text::Text;
use perf_core::Snapshot;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// Beyond these a histogram is no longer one.
const MOST_EDGES: usize = 1_000;

/// How a snapshot is exposed to Prometheus. Cheap to clone; clones count skipped families together.
///
/// The [module](crate::prometheus) says which names there are and what a bucket counts.
#[derive(Clone)]
pub struct Exposition {
    pub(super) prefix: String,
    pub(super) naming: Naming,
    pub(super) edges: Vec<Edge>,
    pub(super) limits: BTreeMap<String, Vec<u64>>,
    pub(super) sla: Option<Arc<SlaSource>>,
    #[cfg(feature = "sla")]
    pub(super) promised: Option<Arc<super::promised::Promised>>,
    pub(super) within: Arc<WithinLimits>,
    pub(super) build_labels: BTreeMap<String, String>,
    without: Vec<Part>,
    created: bool,
    pub(super) skipped: Arc<AtomicU64>,
}

type SlaSource = dyn Fn(&Snapshot) -> Vec<SlaEvents> + Send + Sync;

/// Exact counts of one promise, both since the process began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlaEvents {
    /// What the promise is called.
    pub sla: String,
    /// The events that kept it.
    pub good: u64,
    /// All that counted.
    pub total: u64,
}

/// Why names or buckets cannot be exposed so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidExposition(String);

impl Exposition {
    /// Everything, with the prefix `perf_` and the default edges.
    pub fn new() -> Self {
        Exposition {
            prefix: "perf_".to_owned(),
            naming: Naming::default(),
            edges: LATENCIES.map(|nanos| Edge::new(nanos, Scale::NANOS)).into(),
            limits: BTreeMap::new(),
            sla: None,
            #[cfg(feature = "sla")]
            promised: None,
            within: Arc::default(),
            build_labels: BTreeMap::new(),
            without: Vec::new(),
            created: false,
            skipped: Arc::default(),
        }
    }

    /// What names begin with, with the `_` at its end; empty for nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidExposition`] when no name begins so: it has other characters than letters of ASCII, digits
    /// and `_`, or begins with a digit.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, InvalidExposition> {
        self.prefix = checked_prefix(prefix).map_err(InvalidExposition)?;
        Ok(self)
    }

    /// What families of operations are called.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// The upper edges of the buckets of latencies, in the place of the default ones.
    ///
    /// # Errors
    ///
    /// [`InvalidExposition`] unless they are at most 1,000, each above 0 and the one before it, and below
    /// 584 years.
    pub fn buckets(mut self, edges: &[Duration]) -> Result<Self, InvalidExposition> {
        if edges.len() > MOST_EDGES {
            let why = format!("{} buckets; there may be at most {MOST_EDGES}", edges.len());
            return Err(InvalidExposition(why));
        }
        let (mut last, mut known) = (0, Vec::with_capacity(edges.len()));
        for edge in edges {
            let nanos = u64::try_from(edge.as_nanos()).unwrap_or(0);
            if nanos <= last {
                let why = format!("bucket {edge:?} is not above 0 s and the one before it");
                return Err(InvalidExposition(why));
            }
            last = nanos;
            known.push(Edge::new(nanos, Scale::NANOS));
        }
        self.edges = known;
        Ok(self)
    }

    /// Makes these limits edges of the buckets of one operation. Limits that the operation counts exactly
    /// ([`Operation::limits`](perf_core::Operation::limits)), as the targets of an SLA file do, are edges
    /// anyway.
    pub fn limits(mut self, operation: &str, limits: &[Duration]) -> Self {
        let known = self.limits.entry(operation.to_owned()).or_default();
        known.extend(limits.iter().filter_map(|limit| u64::try_from(limit.as_nanos()).ok()));
        self
    }

    /// Asks `source` at every scrape for the counts of promises. They must never go back, and of two with
    /// one name the last counts. For the promises of an SLA file there is `with_sla` (feature `sla`).
    ///
    /// ```
    /// use perf_export::prometheus::{Exposition, Format, SlaEvents};
    /// # let profiler = perf_core::Profiler::new();
    ///
    /// let exposition = Exposition::new().sla_events(|snapshot| {
    ///     let Some(search) = snapshot.operation("search") else { return Vec::new() };
    ///     let (good, total) = (search.successes(), search.count());
    ///     vec![SlaEvents { sla: "search answers".to_owned(), good, total }]
    /// });
    /// profiler.record_failure("search", std::time::Duration::from_millis(3));
    /// let mut body = Vec::new();
    /// exposition.encode(&profiler.lifetime(), Format::Text, &mut body);
    /// let body = String::from_utf8_lossy(&body);
    /// assert!(body.contains("perf_sla_good_total{sla=\"search answers\"} 0\n"));
    /// assert!(body.contains("perf_sla_events_total{sla=\"search answers\"} 1\n"));
    /// ```
    pub fn sla_events(
        mut self,
        source: impl Fn(&Snapshot) -> Vec<SlaEvents> + Send + Sync + 'static,
    ) -> Self {
        self.sla = Some(Arc::new(source));
        self
    }

    /// Adds a label to `build_info`: the revision or version of the service.
    pub fn build_label(mut self, name: &str, value: &str) -> Self {
        self.build_labels.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Leaves a part out.
    pub fn without(mut self, part: Part) -> Self {
        self.without.push(part);
        self
    }

    /// Says of every counter and histogram when it began, as OpenMetrics (`_created`) and protobuf can: at
    /// the start of the snapshot's interval. A Prometheus that does not expect them takes `_created` for
    /// series of their own.
    pub fn with_created(mut self) -> Self {
        self.created = true;
        self
    }

    /// Writes `snapshot` to the end of `out` in this format. A buffer that is cleared and used again needs
    /// no new memory.
    ///
    /// Take the snapshot with [`Profiler::lifetime`](perf_core::Profiler::lifetime): after a reset others
    /// begin at 0 again, which Prometheus takes for a restart. Of two processes' snapshots merged, the
    /// counters go back when one of them restarts.
    pub fn encode(&self, snapshot: &Snapshot, format: Format, out: &mut Vec<u8>) {
        let created = self.created.then(|| {
            let began = snapshot.taken_at().checked_sub(snapshot.interval());
            let began = began.unwrap_or(SystemTime::UNIX_EPOCH);
            began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
        });
        match format {
            Format::Text => self.gather(snapshot, false, &mut Text::new(out)),
            Format::OpenMetrics => {
                let millis =
                    |time: Duration| Number::Scaled { value: time.as_millis(), decimals: 3 };
                let mut text = Text::open_metrics(out, created.map(millis));
                self.gather(snapshot, true, &mut text);
                text.finish();
            }
            Format::Protobuf => self.gather(snapshot, true, &mut Protobuf::new(out, created)),
        }
    }

    /// How many families were left out of all scrapes so far.
    pub fn skipped_families(&self) -> u64 {
        self.skipped.load(Relaxed)
    }

    /// Tells `sink` everything.
    pub(crate) fn gather(&self, snapshot: &Snapshot, exemplars: bool, sink: &mut dyn Sink) {
        Gather::new(self, snapshot, exemplars, sink).everything();
    }

    pub(super) fn has(&self, part: Part) -> bool {
        !self.without.contains(&part)
    }
}

impl Default for Exposition {
    fn default() -> Self {
        Exposition::new()
    }
}

impl fmt::Debug for Exposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposition")
            .field("prefix", &self.prefix)
            .field("naming", &self.naming)
            .field("without", &self.without)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for InvalidExposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidExposition {}
