//! The statistics of all requests that a profiler sees end.

use crate::request_statistics::RequestStatistics;
use perf_core::Profiler;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Adds up the requests of a profiler as they end; a handle that can be cloned and sent.
///
/// Each request costs the thread that ends it what [`RequestStatistics::add`] does, under a lock that all
/// share. Once the last handle is dropped, requests are no longer added.
///
/// ```
/// use perf_analysis::RequestWatch;
/// use perf_core::Profiler;
///
/// let profiler = Profiler::new();
/// let watch = RequestWatch::new(&profiler);
/// profiler.request("query-456").end();
/// assert_eq!(watch.read().requests(), 1);
/// assert_eq!(watch.reset().requests(), 1);
/// assert_eq!(watch.read().requests(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct RequestWatch(Arc<Mutex<RequestStatistics>>);

impl RequestWatch {
    /// Watches the requests of `profiler` that end from now on, and keeps the 8 slowest.
    pub fn new(profiler: &Profiler) -> Self {
        RequestWatch::starting_with(profiler, RequestStatistics::default())
    }

    /// Adds requests to `statistics`: empty ones that keep another number of the slowest, or those of an
    /// earlier watch.
    pub fn starting_with(profiler: &Profiler, statistics: RequestStatistics) -> Self {
        let watch = RequestWatch(Arc::new(Mutex::new(statistics)));
        // The profiler has its observers for good.
        let watched = Arc::downgrade(&watch.0);
        profiler.observe_requests(move |request| {
            if let Some(watched) = watched.upgrade() {
                lock(&watched).add(request);
            }
        });
        watch
    }

    /// A copy of the statistics until now. Requests that end wait while it is made: 0.3 ms when
    /// they have 5 stages.
    pub fn read(&self) -> RequestStatistics {
        lock(&self.0).clone()
    }

    /// The statistics until now; from here on they start anew, with as many requests kept.
    pub fn reset(&self) -> RequestStatistics {
        lock(&self.0).take()
    }
}

/// Whoever panicked with the lock left whole sums behind, but for one request.
fn lock(statistics: &Mutex<RequestStatistics>) -> MutexGuard<'_, RequestStatistics> {
    statistics.lock().unwrap_or_else(PoisonError::into_inner)
}
