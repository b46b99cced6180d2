//! What is written to a remote server, how often, and how much may wait.

use super::answer::PushError;
use super::client::{Client, Message};
use super::encoder::{Encoder, WriteRequest};
use super::endpoint::{Endpoint, InvalidEndpoint};
use super::thread::RemoteWriteThread;
use crate::prometheus::Exposition;
use crate::prometheus::names::is_prefix;
use perf_core::{Profiler, Snapshot};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant, SystemTime};
use ureq::http::Method;

const INTERVAL: Duration = Duration::from_secs(15);
const QUEUE: usize = 100;
const MAX_SAMPLES: usize = 2_000;
const DEADLINE: Duration = Duration::from_secs(5);

const HEADERS: [(&str, &str); 3] = [
    ("content-encoding", "snappy"),
    ("content-type", "application/x-protobuf"),
    ("x-prometheus-remote-write-version", "0.1.0"),
];

/// Writes what a profiler measures to a server that speaks Prometheus' remote write 1.0.
///
/// Histograms are sent as their `_bucket`, `_sum` and `_count`; that protocol has no exemplars, and types,
/// units and descriptions are not sent. A series that disappears is marked as stale, and so are all when the
/// thread stops, so that graphs end where the process did.
///
/// # When the server does not keep up
///
/// Snapshots are taken on time by a thread that never waits for the network; whoever records waits for neither.
/// Requests wait in a queue, of which the oldest is dropped and counted when it is full: what is newest says
/// most about now. What became of everything is in [`RemoteWriteThread::totals`], and in the counters
/// `remote_write_sent_samples_total`, `remote_write_dropped_samples_total` and
/// `remote_write_retries_total` of the profiler, which are written too.
///
/// ```
/// use perf_core::Profiler;
/// use perf_export::push::RemoteWrite;
/// use std::time::Duration;
///
/// let profiler = Profiler::new();
/// let writing = RemoteWrite::to("http://127.0.0.1:9/api/v1/write")? // where nobody listens
///     .label("job", "shop")?
///     .label("instance", "shop-1")?
///     .interval(Duration::from_secs(30))
///     .spawn(&profiler)?;
/// profiler.record("search", Duration::from_millis(20));
/// let totals = writing.stop_within(Duration::ZERO);
/// assert_eq!(totals.sent_samples, 0);
/// assert!(totals.unsent.samples > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it writes nothing until it is spawned"]
pub struct RemoteWrite {
    pub(super) endpoint: Endpoint,
    exposition: Exposition,
    labels: BTreeMap<String, String>,
    pub(super) interval: Duration,
    pub(super) queue: usize,
    max_samples: usize,
    pub(super) deadline: Duration,
}

impl RemoteWrite {
    /// Writes to this URL: everything, under the names that a scrape has, every 15 s, 2,000 samples a request,
    /// of which 100 may wait.
    ///
    /// Prometheus started with `--web.enable-remote-write-receiver` and VictoriaMetrics take it at
    /// `/api/v1/write`.
    ///
    /// # Errors
    ///
    /// Those of [`Endpoint::new`].
    pub fn to(url: &str) -> Result<Self, InvalidEndpoint> {
        Ok(RemoteWrite::at(Endpoint::new(url)?))
    }

    /// [`to`](Self::to) an endpoint with headers, credentials and patience of its own.
    pub fn at(endpoint: Endpoint) -> Self {
        RemoteWrite {
            endpoint,
            exposition: Exposition::new(),
            labels: BTreeMap::new(),
            interval: INTERVAL,
            queue: QUEUE,
            max_samples: MAX_SAMPLES,
            deadline: DEADLINE,
        }
    }

    /// What is written, and under which names.
    pub fn exposition(mut self, exposition: Exposition) -> Self {
        self.exposition = exposition;
        self
    }

    /// Gives every series this label, unless it has one of that name. A scraper adds `job` and `instance`;
    /// who pushes says them, or two processes write one series.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when Prometheus has no such name of a label, or keeps it for itself (`__…`).
    pub fn label(mut self, name: &str, value: &str) -> Result<Self, InvalidEndpoint> {
        check_label(name)?;
        self.labels.insert(name.to_owned(), value.to_owned());
        Ok(self)
    }

    /// How often a snapshot is taken; at least 1 ms.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(Duration::from_millis(1));
        self
    }

    /// How many requests may wait beside the one that is being sent. Each takes what it has on the wire, 24 KB
    /// for 1,900 samples in our benchmark and never more than 1.2 MiB and one series: the default of 100 is
    /// 2.4 MB there, and 120 MiB at the very most. A snapshot is one request or more.
    pub fn queue(mut self, requests: usize) -> Self {
        self.queue = requests.max(1);
        self
    }

    /// The most samples of a request. One ends at 1 MiB before compression anyway.
    pub fn max_samples(mut self, samples: usize) -> Self {
        self.max_samples = samples.max(1);
        self
    }

    /// How long a thread that is stopped or dropped may take to send what is queued, and how long
    /// [`write`](Self::write) tries. 5 s by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Writes a snapshot once, with this time, from the thread that calls, and tries again until the
    /// [deadline](Self::deadline). Nothing is marked as stale.
    ///
    /// # Errors
    ///
    /// The first [`PushError`]: what follows of the snapshot is not sent then.
    pub fn write(&self, snapshot: &Snapshot, time: SystemTime) -> Result<(), PushError> {
        let client = Client::new(&self.endpoint);
        let deadline = Instant::now().checked_add(self.deadline);
        let mut requests = self.requests(snapshot, time).into_iter();
        requests
            .try_for_each(|request| client.deliver(&message(&self.endpoint, &request), deadline))
    }

    /// The bodies of the requests that [`write`](Self::write) sends, for an HTTP client of your own: POST with
    /// `Content-Encoding: snappy`, `Content-Type: application/x-protobuf` and
    /// `X-Prometheus-Remote-Write-Version: 0.1.0`.
    ///
    /// ```
    /// use perf_core::Profiler;
    /// use perf_export::push::RemoteWrite;
    /// use std::time::SystemTime;
    ///
    /// let profiler = Profiler::new();
    /// let write = RemoteWrite::to("http://prometheus:9090/api/v1/write")?;
    /// assert_eq!(write.bodies(&profiler.lifetime(), SystemTime::now()).len(), 1);
    /// # Ok::<(), perf_export::push::InvalidEndpoint>(())
    /// ```
    pub fn bodies(&self, snapshot: &Snapshot, time: SystemTime) -> Vec<Vec<u8>> {
        self.requests(snapshot, time).into_iter().map(|request| request.body).collect()
    }

    /// Starts two threads, one that takes snapshots of `profiler` and one that sends them.
    ///
    /// # Errors
    ///
    /// When a thread cannot be started.
    pub fn spawn(self, profiler: &Profiler) -> io::Result<RemoteWriteThread> {
        RemoteWriteThread::spawn(&self, profiler)
    }

    fn requests(&self, snapshot: &Snapshot, time: SystemTime) -> Vec<WriteRequest> {
        let encoder = self.encoder();
        let mut requests = encoder.begin(millis(time));
        encoder.add(&mut requests, snapshot, |_| ());
        requests.finish()
    }

    pub(super) fn encoder(&self) -> Encoder {
        let labels = self.labels.clone().into_iter().collect();
        Encoder::new(self.exposition.clone(), labels, self.max_samples)
    }
}

pub(super) fn message<'a>(endpoint: &'a Endpoint, request: &'a WriteRequest) -> Message<'a> {
    Message { method: Method::POST, uri: &endpoint.uri, headers: &HEADERS, body: &request.body }
}

/// Since 1970.
pub(super) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Whether a label can be called so.
pub(super) fn check_label(name: &str) -> Result<(), InvalidEndpoint> {
    if name.is_empty() || !is_prefix(name) || name.starts_with("__") {
        return Err(InvalidEndpoint(format!(
            "{name:?} is no name of a label; it has letters of ASCII, digits and _, and begins with neither a digit nor __"
        )));
    }
    Ok(())
}
