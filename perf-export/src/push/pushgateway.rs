//! What a job has measured, left with a Pushgateway when it ends.

use super::answer::PushError;
use super::client::{Client, Message};
use super::endpoint::{Endpoint, InvalidEndpoint};
use super::grouping::push_pair;
use super::remote_write::check_label;
use crate::prometheus::{Exposition, Format};
use perf_core::Snapshot;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use ureq::http::{Method, Uri};

const DEADLINE: Duration = Duration::from_secs(30);

/// Leaves snapshots with a Pushgateway, which Prometheus scrapes: for jobs that end before a scraper comes.
///
/// A Pushgateway keeps the last push of each group, which is the job and the [grouping](Self::grouping), until
/// somebody [deletes](Self::delete) it. It is not for services: nothing there says that one is down.
///
/// ```
/// use perf_core::Profiler;
/// use perf_export::push::{PushError, Pushgateway};
/// use std::time::Duration;
///
/// let profiler = Profiler::new();
/// let gateway = Pushgateway::to("http://127.0.0.1:9", "nightly")? // where nobody listens
///     .grouping("instance", "db-1")?
///     .deadline(Duration::ZERO);
/// profiler.time("vacuum", || ());
/// let error = gateway.push(&profiler.lifetime()).unwrap_err();
/// assert!(matches!(error, PushError::OutOfTime { attempts: 1, .. }), "{error}");
/// # Ok::<(), perf_export::push::InvalidEndpoint>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it pushes nothing until it is told to"]
pub struct Pushgateway {
    endpoint: Endpoint,
    exposition: Exposition,
    job: String,
    grouping: BTreeMap<String, String>,
    format: Format,
    deadline: Duration,
    /// Of the group.
    uri: Uri,
}

impl Pushgateway {
    /// The group of this job alone at the gateway with this URL, whose path ends where `/metrics/job/…` begins:
    /// everything, as text, tried for 30 s.
    ///
    /// # Errors
    ///
    /// Those of [`Endpoint::new`], and [`InvalidEndpoint`] when the job has no name, or the URL has a query or is too long.
    pub fn to(url: &str, job: &str) -> Result<Self, InvalidEndpoint> {
        Pushgateway::at(Endpoint::new(url)?, job)
    }

    /// [`to`](Self::to) an endpoint with headers, credentials and patience of its own.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when the job has no name, or the URL has a query or is too long.
    pub fn at(endpoint: Endpoint, job: &str) -> Result<Self, InvalidEndpoint> {
        if job.is_empty() {
            return Err(InvalidEndpoint("the job has no name".to_owned()));
        }
        if endpoint.uri.query().is_some() {
            return Err(InvalidEndpoint("the URL of a Pushgateway has no query".to_owned()));
        }
        let gateway = Pushgateway {
            uri: endpoint.uri.clone(),
            endpoint,
            exposition: Exposition::new(),
            job: job.to_owned(),
            grouping: BTreeMap::new(),
            format: Format::Text,
            deadline: DEADLINE,
        };
        gateway.with_uri()
    }

    /// Makes this label part of what the group is called. All its series get it, in the place of one of that
    /// name that they have.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when Prometheus has no such name of a label, it is `job`, or the URL gets too long.
    pub fn grouping(mut self, name: &str, value: &str) -> Result<Self, InvalidEndpoint> {
        check_label(name)?;
        if name == "job" {
            return Err(InvalidEndpoint("the job is given by itself".to_owned()));
        }
        self.grouping.insert(name.to_owned(), value.to_owned());
        self.with_uri()
    }

    /// What is pushed, and under which names.
    pub fn exposition(mut self, exposition: Exposition) -> Self {
        self.exposition = exposition;
        self
    }

    /// Pushes delimited messages of protobuf, so that native histograms arrive too, in the place of text.
    pub fn as_protobuf(mut self) -> Self {
        self.format = Format::Protobuf;
        self
    }

    /// How long to try. One attempt is made in any case.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Puts the snapshot in the place of everything that the group has, and waits until that is done.
    ///
    /// # Errors
    ///
    /// [`PushError`] when the gateway refuses it, or is not there in time.
    pub fn push(&self, snapshot: &Snapshot) -> Result<(), PushError> {
        self.send(Method::PUT, Some(snapshot))
    }

    /// Puts the snapshot in the place of what the group has under the same names, and leaves the rest.
    ///
    /// # Errors
    ///
    /// [`PushError`] when the gateway refuses it, or is not there in time.
    pub fn add(&self, snapshot: &Snapshot) -> Result<(), PushError> {
        self.send(Method::POST, Some(snapshot))
    }

    /// Deletes the group and everything that it has.
    ///
    /// # Errors
    ///
    /// [`PushError`] when the gateway refuses it, or is not there in time.
    pub fn delete(&self) -> Result<(), PushError> {
        self.send(Method::DELETE, None)
    }

    fn send(&self, method: Method, snapshot: Option<&Snapshot>) -> Result<(), PushError> {
        let mut body = Vec::new();
        let mut headers = Vec::new();
        if let Some(snapshot) = snapshot {
            self.exposition.encode(snapshot, self.format, &mut body);
            headers.push(("content-type", self.format.content_type()));
        }
        let message = Message { method, uri: &self.uri, headers: &headers, body: &body };
        let deadline = Instant::now().checked_add(self.deadline);
        Client::new(&self.endpoint).deliver(&message, deadline)
    }

    fn with_uri(mut self) -> Result<Self, InvalidEndpoint> {
        let base = &self.endpoint.uri;
        let mut path = base.path().trim_end_matches('/').to_owned();
        path.push_str("/metrics");
        push_pair(&mut path, "job", &self.job);
        self.grouping.iter().for_each(|(name, value)| push_pair(&mut path, name, value));
        let mut parts = base.clone().into_parts();
        parts.path_and_query = path.parse().ok();
        self.uri = Uri::from_parts(parts).map_err(|_| {
            InvalidEndpoint("the job and the grouping are too long for a URL".to_owned())
        })?;
        Ok(self)
    }
}
