//! What a profiler does about requests.

use crate::metadata::{Details, MetadataValue};
use crate::profiler::Profiler;
use crate::request::{Request, RequestCore, RequestError, RequestSummary};
use crate::sync::Relaxed;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

impl Profiler {
    /// Starts a request: a guard that ends it when dropped.
    pub fn request(&self, id: &str) -> Request {
        Request::start(self.clone(), id)
    }

    /// Starts a request that goes on and ends by its id, in whatever place.
    ///
    /// # Errors
    ///
    /// [`RequestError::AlreadyStarted`] when one with this id is in flight.
    pub fn start_request(&self, id: &str) -> Result<(), RequestError> {
        let evicted = self.0.requests.start(Arc::new(RequestCore::start(self, id)))?;
        self.0.losses.abandoned_requests.fetch_add(u64::from(evicted), Relaxed);
        Ok(())
    }

    /// Adds a stage that ends now to the request with this id.
    ///
    /// ```
    /// # use perf_core::{MetadataValue, Profiler};
    /// # use std::time::Duration;
    /// let profiler = Profiler::new();
    /// profiler.start_request("query-456")?;
    /// let documents = [("documents", 50)];
    /// profiler.log_stage("query-456", "retrieval", Duration::from_millis(15), documents)?;
    /// let summary = profiler.end_request("query-456")?;
    /// assert_eq!(summary.stages()[0].name(), "retrieval");
    /// # Ok::<(), perf_core::RequestError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError`] when no request with this id is in flight.
    pub fn log_stage<K, V>(
        &self,
        id: &str,
        name: impl Into<Cow<'static, str>>,
        duration: Duration,
        metadata: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), RequestError>
    where
        K: Into<Cow<'static, str>>,
        V: Into<MetadataValue>,
    {
        self.0.requests.get(id)?.log_stage(self, name.into(), duration, metadata);
        Ok(())
    }

    /// What is known until now of the request in flight with this id.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when there is none.
    pub fn request_summary(&self, id: &str) -> Result<RequestSummary, RequestError> {
        Ok(self.0.requests.get(id)?.summary(self))
    }

    /// Ends the request with this id: records it, tells the observers, and says what it was.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when none with this id is in flight.
    pub fn end_request(&self, id: &str) -> Result<RequestSummary, RequestError> {
        let summary = self.0.requests.end(id)?.summary(self);
        self.record_request(&summary);
        Ok(summary)
    }

    /// Ends the request with this id as a failure of this kind.
    ///
    /// # Errors
    ///
    /// As [`end_request`](Self::end_request).
    pub fn fail_request(
        &self,
        id: &str,
        kind: impl Into<Cow<'static, str>>,
    ) -> Result<RequestSummary, RequestError> {
        let request = self.0.requests.end(id)?;
        request.mark_failure_with(kind.into());
        let summary = request.summary(self);
        self.record_request(&summary);
        Ok(summary)
    }

    /// Has `observer` told of every request that ends, on the thread that ends it: it should be quick.
    /// It stays for as long as the profiler. If it panics, that is counted in
    /// [`Losses::observer_panics`](crate::Losses::observer_panics).
    pub fn observe_requests(&self, observer: impl Fn(&RequestSummary) + Send + Sync + 'static) {
        self.0.requests.observe(Arc::new(observer));
    }

    /// A duration in ns, as the operation called `name` would record it: what is too long is counted.
    pub(crate) fn nanos(&self, name: &str, duration: Duration) -> u64 {
        self.0.operations.get(name, &*self.0).nanos(duration)
    }

    /// Records a part of a request, or the whole, under `name`.
    pub(crate) fn record_part(&self, name: &str, nanos: u64, failed: bool, details: &Details) {
        let operation = self.0.operations.get(name, &*self.0);
        let details = (!details.is_empty()).then(|| Box::new(details.clone()));
        match (failed, details) {
            (true, details) => operation.record_failure(nanos, details),
            (false, None) => operation.record_success(nanos),
            (false, details) => operation.record_success_with(nanos, details),
        }
    }

    pub(crate) fn record_request(&self, summary: &RequestSummary) {
        let name = self.0.settings.overall_operation.as_deref().unwrap_or("request");
        let mut details = summary.details.clone();
        details.insert("request_id".into(), summary.id().into());
        self.record_part(name, summary.total, summary.failed, &details);
        let panics = self.0.requests.tell(summary);
        self.0.losses.observer_panics.fetch_add(panics, Relaxed);
    }
}
